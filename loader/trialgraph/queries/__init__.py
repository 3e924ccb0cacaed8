"""Named SPARQL queries: files with metadata, typed parameters, results in the formats of the web."""

from trialgraph.queries.files import Column, Parameter, Query, load_query, named_queries, parse_query
from trialgraph.queries.parameters import bind, insert_values
from trialgraph.queries.results import FORMATS, Format, format_results, run_query, shorten, to_table
from trialgraph.queries.terms import PREFIXES

__all__ = [
    "FORMATS",
    "PREFIXES",
    "Column",
    "Format",
    "Parameter",
    "Query",
    "bind",
    "format_results",
    "insert_values",
    "load_query",
    "named_queries",
    "parse_query",
    "run_query",
    "shorten",
    "to_table",
]
