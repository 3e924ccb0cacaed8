"""The formats in which a graph is given: their media types and the endings of their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pyoxigraph as ox

from trialgraph.queries import PREFIXES

__all__ = ["GRAPH_FORMATS", "GRAPH_SUFFIXES", "serialize_graph"]

GRAPH_FORMATS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {
        "text/turtle": ox.RdfFormat.TURTLE,
        "application/ld+json": ox.RdfFormat.JSON_LD,
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


def serialize_graph(triples: Iterable[ox.Triple], media: str) -> bytes:
    """Return triples in a format, sorted, so that the same graph gives the same bytes.

    Args:
        triples: The graph.
        media: A key of `GRAPH_FORMATS`.
    """
    form = GRAPH_FORMATS[media]
    ordered = sorted(triples, key=str)
    return ox.serialize(ordered, format=form, prefixes=dict(PREFIXES)) or b""
