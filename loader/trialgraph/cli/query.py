"""``trialgraph query``: answer a named query, a file, or standard input."""

import sys
from typing import Annotated

import pyoxigraph as ox
import typer

from trialgraph.cli.options import StoreOption, messages, output, reading_store
from trialgraph.errors import QueryError, UsageError
from trialgraph.queries import (
    FORMATS,
    Format,
    Query,
    format_results,
    load_query,
    parse_query,
    run_query,
    to_table,
)
from trialgraph.stores.syntax import QuerySyntaxError

__all__ = ["query"]


def query(
    source: Annotated[
        str, typer.Argument(metavar="NAME|FILE|-", help="A named query, a file, or - for stdin.")
    ],
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "-p", "--parameter", metavar="NAME=VALUE", help="Set a parameter; repeat it for several values."
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help=f"One of {', '.join(FORMATS)}; else table, or turtle for triples."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Answer a SPARQL query over the loaded trials.

    Named queries are listed by `trialgraph queries`; a file is any SPARQL 1.1 query.
    """
    if form is not None and form not in FORMATS:
        raise UsageError(f"unknown format {form!r}", advice=f"use one of {', '.join(FORMATS)}")
    asked = _from_stdin() if source == "-" else load_query(source)
    values = _values(parameters or [])
    with reading_store(store) as opened:
        try:
            results = run_query(asked, opened, values)
        except QuerySyntaxError as error:
            _show_place(error)
            error.where = f"{asked.name}: {error.where}"
            raise
        _print_results(results, form)


def _from_stdin() -> Query:
    try:
        return parse_query(sys.stdin.buffer.read().decode("utf-8-sig"), name="stdin")
    except UnicodeDecodeError as error:
        raise QueryError("not UTF-8 text", where="stdin", advice="save the query as UTF-8") from error


def _values(parameters: list[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"{parameter!r} is no parameter", advice="write -p name=value")
        values.setdefault(name.strip(), []).append(value)
    return values


def _print_results(results: ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean, form: str | None) -> None:
    chosen: Format = next((known for known in FORMATS if known == form), "table")
    if form is None and isinstance(results, ox.QueryTriples):
        chosen = "turtle"
    if chosen != "table":
        typer.echo(format_results(results, chosen), nl=False)
    elif isinstance(results, ox.QueryBoolean):
        typer.echo("yes" if results else "no")
    elif isinstance(results, ox.QueryTriples):
        raise UsageError("the query gives triples, not a table", advice="use --format turtle or ntriples")
    else:
        table = to_table(results)
        output.print(table)
        rows = "1 row" if table.row_count == 1 else f"{table.row_count} rows"
        messages.print(rows, style="dim")


def _show_place(error: QuerySyntaxError) -> None:
    """Show the place on a terminal; elsewhere the one line with its numbers has to do."""
    if sys.stderr.isatty():
        messages.print(error.excerpt, markup=False, highlight=False)
