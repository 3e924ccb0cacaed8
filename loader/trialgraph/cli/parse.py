"""``trialgraph parse``: criteria text or trial records to expressions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialgraph.errors import InputError

if TYPE_CHECKING:
    from trialgraph.criteria import Criterion

__all__ = ["parse"]


def parse(
    path: Annotated[
        str,
        typer.Argument(
            help="A record, an archive or folder of records, a text file, or - for text on stdin."
        ),
    ] = "-",
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, one trial a line.")] = False,
) -> None:
    """Read eligibility criteria and print what each of them says, formally."""
    for trial, structured, criteria in _trials(path):
        if as_json:
            line = {
                "trial": trial,
                "criteria": [_criterion(each) for each in criteria],
                "structured": [_criterion(each) for each in structured],
            }
            print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - the command's output
        else:
            _print_table(trial, (*structured, *criteria))


def _trials(path: str) -> Iterator[tuple[str, tuple[Criterion, ...], tuple[Criterion, ...]]]:
    from trialgraph.criteria import read_criteria, read_structured, read_text

    if path == "-":
        yield "stdin", (), read_text(sys.stdin.read())
        return
    from trialgraph.sources.files import Refusal, read_records

    refusals = []
    found = False
    for each in read_records([Path(path)]):
        if isinstance(each, Refusal):
            refusals.append(each)
            continue
        found = True
        yield each.nct, read_structured(each), read_criteria(each)
    for refusal in refusals:
        print(f"trialgraph: {refusal}", file=sys.stderr)  # noqa: T201 - refused records are named
    if not found:
        raise InputError(
            "no trial record could be read", where=path, advice="give plain criteria text on stdin"
        )


def _criterion(criterion: Criterion) -> dict[str, Any]:
    from trialgraph.expressions import to_json

    return {
        "id": criterion.id,
        "kind": criterion.kind,
        "text": criterion.text,
        "span": list(criterion.span),
        "normalized": criterion.normalized,
        "scope": criterion.scope,
        "parts": [
            {"text": part.text, "span": list(part.span), "level": part.level} for part in criterion.parts
        ],
        "expression": to_json(criterion.expression),
    }


def _print_table(trial: str, criteria: Iterable[Criterion]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from trialgraph.criteria.plain import plain

    table = Table(title=trial, show_lines=True)
    for heading in ("id", "words", "reading"):
        table.add_column(heading, overflow="fold")
    for criterion in criteria:
        table.add_row(criterion.id, Text(criterion.normalized), Text(plain(criterion.expression)))
    Console().print(table)
