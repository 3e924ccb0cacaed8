"""``trialgraph queries``: list the named queries with what they take and give."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from trialgraph.cli.options import output
from trialgraph.errors import UsageError
from trialgraph.queries import Parameter, Query, named_queries

__all__ = ["queries"]


def queries(
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """List the named queries: what each answers, and its parameters."""
    if form == "json":
        typer.echo(json.dumps([_to_json(query) for query in named_queries().values()], indent=2))
        return
    if form != "table":
        raise UsageError(f"unknown format {form!r}", advice="use table or json")
    table = Table(header_style="bold", show_edge=False, show_lines=True)
    for heading in ("name", "answers", "parameters"):
        table.add_column(heading, no_wrap=heading == "name")
    for query in named_queries().values():
        parameters = Text("\n".join(_describe(parameter) for parameter in query.parameters))
        table.add_row(
            Text(query.name, style="bold cyan"), Text(f"{query.title}\n{query.purpose}"), parameters
        )
    output.print(table)


def _describe(parameter: Parameter) -> str:
    if parameter.required:
        state = "required"
    else:
        state = f"else {parameter.default}" if parameter.default else "optional"
    return f"{parameter.name} ({parameter.type}, {state}): {parameter.description}"


def _to_json(query: Query) -> dict[str, object]:
    return {
        "name": query.name,
        "title": query.title,
        "purpose": query.purpose,
        "parameters": [asdict(parameter) for parameter in query.parameters],
        "columns": [{"name": name, "description": description} for name, description in query.columns],
    }
