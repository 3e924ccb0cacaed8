"""Results of queries: as rows for people, and in the W3C's formats for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import pyoxigraph as ox
from rich.table import Table
from rich.text import Text

from trialgraph.errors import UsageError
from trialgraph.queries.files import Query
from trialgraph.queries.parameters import bind
from trialgraph.queries.terms import PREFIXES
from trialgraph.stores import Results, Store
from trialgraph.stores.syntax import check_syntax

__all__ = ["FORMATS", "Format", "format_results", "run_query", "shorten", "to_table"]

Format = Literal["table", "json", "xml", "csv", "tsv", "turtle", "ntriples", "rdfxml"]
FORMATS: tuple[Format, ...] = get_args(Format)

_LONGEST_CELL = 160
_SOLUTIONS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_TRIPLES = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def run_query(query: Query, store: Store, values: Mapping[str, str | Sequence[str]] | None = None) -> Results:
    """Answer a query with its parameters set; see `bind` for what `values` may be.

    Raises:
        QueryError: when the query is not valid SPARQL or a parameter is missing or wrong.
    """
    check_syntax(query.text, prefixes=PREFIXES)  # before values shift its columns
    return store.query(bind(query, values or {}, store), prefixes=PREFIXES)


def format_results(results: Results, form: Format) -> str:
    """Return results in one of the formats for programs.

    Args:
        results: What a query gave.
        form: ``json``, ``xml``, ``csv``, ``tsv`` for SELECT and ASK; ``turtle``, ``ntriples``,
            ``rdfxml`` for CONSTRUCT and DESCRIBE.
    Raises:
        UsageError: when the format doesn't fit the form of the query.
    """
    if isinstance(results, ox.QueryTriples):
        if form not in _TRIPLES:
            advice = "use --format turtle, ntriples or rdfxml"
            raise UsageError(f"the query gives triples, not {form}", advice=advice)
        triples = sorted(set(results), key=str)
        prefixes = None if form == "ntriples" else dict(PREFIXES)
        return (ox.serialize(triples, format=_TRIPLES[form], prefixes=prefixes) or b"").decode()
    if form not in _SOLUTIONS:
        advice = "use --format table, json, xml, csv or tsv"
        raise UsageError(f"the query gives rows, not {form}", advice=advice)
    return (results.serialize(format=_SOLUTIONS[form]) or b"").decode()


def to_table(results: ox.QuerySolutions, columns: Sequence[str] = ()) -> Table:
    """Return rows as a table for a terminal, its IRIs shortened.

    Args:
        results: What a SELECT query gave.
        columns: Columns to show; all when empty.
    """
    names = list(columns) or [variable.value for variable in results.variables]
    table = Table(header_style="bold", show_edge=False, row_styles=("", "on grey7"))
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in results:
        table.add_row(*(Text(_cell(row[name])) for name in names))
    return table


def _cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> str:
    """Return a term for a cell; long words are cut, since the other formats have them whole."""
    line = " ".join(shorten(term).split())
    return line if len(line) <= _LONGEST_CELL else f"{line[: _LONGEST_CELL - 1].rstrip()}…"


def shorten(term: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> str:
    """Return a term as a reader would write it: a prefixed name, a registry number, a bare text.

    Example:
        >>> shorten(ox.NamedNode("https://w3id.org/trialgraph/trial/NCT06794086/criterion/I4"))
        'NCT06794086/criterion/I4'
    """
    if term is None:
        return ""
    if not isinstance(term, ox.NamedNode):
        return str(term.value)
    for prefix, base in PREFIXES.items():
        if term.value.startswith(base):
            local = term.value.removeprefix(base)
            return local if prefix == "trial" else f"{prefix}:{local}"
    return str(term.value)
