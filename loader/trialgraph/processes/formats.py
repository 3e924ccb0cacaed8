"""Media types of answers, and how the engine writes each."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyoxigraph as ox

__all__ = ["GRAPHS", "SOLUTIONS", "graph_format", "media_header", "named"]

SOLUTIONS: Mapping[str, ox.QueryResultsFormat] = MappingProxyType(
    {
        "application/sparql-results+json": ox.QueryResultsFormat.JSON,
        "application/sparql-results+xml": ox.QueryResultsFormat.XML,
        "text/csv": ox.QueryResultsFormat.CSV,
        "text/tab-separated-values": ox.QueryResultsFormat.TSV,
        "application/json": ox.QueryResultsFormat.JSON,
    }
)
"""What SELECT and ASK come as, the server's favourite first."""

GRAPHS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {
        "text/turtle": ox.RdfFormat.TURTLE,
        "application/n-triples": ox.RdfFormat.N_TRIPLES,
        "application/rdf+xml": ox.RdfFormat.RDF_XML,
        "application/ld+json": ox.RdfFormat.JSON_LD,
        "application/trig": ox.RdfFormat.TRIG,
        "application/n-quads": ox.RdfFormat.N_QUADS,
        "application/json": ox.RdfFormat.JSON_LD,
    }
)
"""What CONSTRUCT, DESCRIBE and graphs come as, the server's favourite first."""

_NAMES = {  # of the parameter ``format``, which links and forms use, since they can't set headers
    "json": ("application/sparql-results+json", "application/ld+json"),
    "xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
    "turtle": ("text/turtle",),
    "ttl": ("text/turtle",),
    "ntriples": ("application/n-triples",),
    "nt": ("application/n-triples",),
    "rdfxml": ("application/rdf+xml",),
    "jsonld": ("application/ld+json",),
    "trig": ("application/trig",),
    "nquads": ("application/n-quads",),
}


def named(name: str) -> str | None:
    """Return the Accept header that a format's name stands for; None for a name that isn't known.

    Example:
        >>> named("csv")
        'text/csv'
    """
    types: Sequence[str] | None = _NAMES.get(name.lower())
    return ",".join(types) if types else None


def graph_format(content_type: str) -> ox.RdfFormat | None:
    """Return the format of a body of RDF by its Content-Type; None when it isn't one."""
    return GRAPHS.get(content_type.partition(";")[0].strip().lower())


def media_header(media: str) -> str:
    """Return the value of Content-Type for a media type; all text is UTF-8."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media
