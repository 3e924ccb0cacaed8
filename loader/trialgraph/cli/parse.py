"""``trialgraph parse``: criteria text or trial records to expressions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from trialgraph.cli.diagnosis import diagnose_trials, print_report, report_json
from trialgraph.cli.options import CurationOption, messages, output
from trialgraph.cli.readings import reading_text, report_stale
from trialgraph.cli.vocabulary import prepared_vocabularies
from trialgraph.criteria import Criterion, read_criteria, read_structured, read_text, segment
from trialgraph.curation import Corrections, correct, curation_folders, read_corrections
from trialgraph.errors import InputError
from trialgraph.expressions import to_json
from trialgraph.records import EligibilityText, TrialRecord
from trialgraph.sources.documents import Place, read_document
from trialgraph.sources.files import Refusal, read_records
from trialgraph.vocabularies import reading_vocabulary

__all__ = ["parse"]


def parse(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH…]",
            help="Records, archives or folders of records, text files, or - for text on stdin.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, one trial a line.")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Sum up what was not understood instead, and why.")
    ] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="How many phrases the report lists.")] = 50,
    curation: CurationOption = None,
) -> None:
    """Read eligibility criteria and print what each of them says, formally."""
    corrections = read_corrections(curation_folders(curation))
    used = [asdict(vocabulary) for vocabulary in prepared_vocabularies()]
    trials = (trial for path in paths or ["-"] for trial in _trials(path, corrections))
    if report:
        diagnosis = diagnose_trials((name, criteria) for name, _, criteria in trials)
        if as_json:
            print(report_json(diagnosis, top))  # noqa: T201 - the command's output
        else:
            print_report(diagnosis, top)
        return
    for trial, structured, criteria in trials:
        if as_json:
            line = {
                "trial": trial,
                "criteria": [_criterion(each) for each in criteria],
                "structured": [_criterion(each) for each in structured],
            }
            if used:
                line["vocabularies"] = used
            print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - the command's output
        else:
            _print_table(trial, (*structured, *criteria))


def _trials(
    path: str, corrections: Corrections
) -> Iterator[tuple[str, tuple[Criterion, ...], tuple[Criterion, ...]]]:
    """Yield each trial's id, the criteria of its structured fields, and those of its prose."""
    refusals = []
    found = False
    for record in _records(path):
        if isinstance(record, Refusal):
            refusals.append(record)
            continue
        found = True
        if isinstance(record, _PlainText):
            yield record.name, (), read_text(record.text, vocabulary=reading_vocabulary())
        else:
            yield _corrected(record, corrections)
    for refusal in refusals:
        messages.print(
            f"refused: {refusal.error}", style="red", markup=False, highlight=False, soft_wrap=True
        )
    if not found:
        raise InputError("no trial record and no criteria could be read", where=path)


def _corrected(
    record: TrialRecord, corrections: Corrections
) -> tuple[str, tuple[Criterion, ...], tuple[Criterion, ...]]:
    structured = read_structured(record)
    read = read_criteria(record, vocabulary=reading_vocabulary())
    criteria, stale = correct(record.nct, (*structured, *read), corrections)
    report_stale(stale)
    return record.nct, criteria[: len(structured)], criteria[len(structured) :]


@dataclass(frozen=True, slots=True)
class _PlainText:
    """Criteria that come as text, without a record around them."""

    name: str
    text: str


def _records(path: str) -> Iterator[TrialRecord | Refusal | _PlainText]:
    if path != "-":
        for record in read_records([Path(path)]):
            yield _text_of(Path(path)) or record if isinstance(record, Refusal) else record
        return
    data = sys.stdin.buffer.read()
    if data.lstrip()[:1] in (b"{", b"["):
        yield from read_document(BytesIO(data), Place("stdin", "stdin"))
    else:
        yield _PlainText("stdin", data.decode("utf-8", errors="replace"))


def _text_of(path: Path) -> _PlainText | None:
    """Return a text file that is no page but has the headings of criteria."""
    if path.suffix != ".txt" or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    headings = any(piece.kind == "heading" for piece in segment(EligibilityText(text)).pieces)
    return _PlainText(path.stem, text) if headings else None


def _criterion(criterion: Criterion) -> dict[str, Any]:

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
        "curation": None if criterion.curation is None else asdict(criterion.curation),
    }


def _print_table(trial: str, criteria: Iterable[Criterion]) -> None:

    table = Table(title=trial, show_lines=True)
    for heading in ("id", "words", "reading"):
        table.add_column(heading, overflow="fold")
    for criterion in criteria:
        table.add_row(criterion.id, Text(criterion.normalized), reading_text(criterion))
    output.print(table)
