"""The formats in which a graph is given: their media types and the endings of their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pyoxigraph as ox

from trialgraph.queries import PREFIXES
from trialgraph.server.jsonld import to_jsonld

__all__ = ["GRAPH_FORMATS", "GRAPH_SUFFIXES", "serialize_graph"]

_JSONLD = "application/ld+json"
GRAPH_FORMATS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {
        "text/turtle": ox.RdfFormat.TURTLE,
        _JSONLD: ox.RdfFormat.JSON_LD,
        "application/n-triples": ox.RdfFormat.N_TRIPLES,
        "application/rdf+xml": ox.RdfFormat.RDF_XML,
    }
)
"""Formats by media type, the favourite first."""

GRAPH_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        "ttl": "text/turtle",
        "jsonld": "application/ld+json",
        "nt": "application/n-triples",
        "rdf": "application/rdf+xml",
    }
)
"""Media types by the ending of an address."""


def serialize_graph(triples: Iterable[ox.Triple], media: str, *, first: str = "") -> bytes:
    """Return triples in a format, sorted, so that the same graph gives the same bytes.

    Args:
        triples: The graph.
        media: A key of `GRAPH_FORMATS`.
        first: IRI of the thing that comes first, in formats where that is for us to choose.
    """
    dataset = ox.Dataset(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    # names of blank nodes that depend on the graph alone
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    ordered = sorted((quad.triple for quad in dataset), key=str)
    if media == _JSONLD and not any(isinstance(each.object, ox.Triple) for each in ordered):
        return to_jsonld(ordered, first)
    return ox.serialize(ordered, format=GRAPH_FORMATS[media], prefixes=dict(PREFIXES)) or b""
