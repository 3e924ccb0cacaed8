"""A cohort as a table: one row per patient, one column per concept.

An empty cell states nothing: it is missing, never a "no".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from trialgraph.errors import PatientError
from trialgraph.patients.amounts import amount_of
from trialgraph.patients.checks import checked
from trialgraph.patients.coding import Coder
from trialgraph.patients.columns import Column, Columns, columns_of_header, read_columns
from trialgraph.patients.dates import ANY_DAY, DateRange, parse_range
from trialgraph.patients.facts import (
    AllergyFact,
    Amount,
    Coded,
    CompletenessStatement,
    ConditionFact,
    Demographics,
    ExposureFact,
    Fact,
    ImportNote,
    ImportReport,
    Measurement,
    PatientRecord,
    ProcedureFact,
    ResultFact,
    Sex,
    in_order,
)
from trialgraph.resources import product_folder

__all__ = ["read_cohort", "read_table"]

_COURSES: dict[str, type[ConditionFact] | type[ExposureFact] | type[ProcedureFact] | type[AllergyFact]] = {
    "allergy": AllergyFact,
    "condition": ConditionFact,
    "lesion": ConditionFact,
    "procedure": ProcedureFact,
    "treatment": ExposureFact,
}


def read_cohort(path: Path, columns: Path | None, coder: Coder) -> Iterator[PatientRecord]:
    """Yield the patients of a CSV file, one per row.

    Args:
        path: The table; its first row is the header.
        columns: A mapping of its columns; None when their names say what they mean.
        coder: Finds concepts.
    Raises:
        PatientError: when a cell isn't what its column is about; says in which row and column. Rows are
            read one at a time, so it may come after some patients.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(csv.reader(file, strict=True), path, columns, coder)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PatientError(f"can't be read: {error}", where=str(path), advice="check the file") from error


def read_table(text: str, where: str, coder: Coder) -> Iterator[PatientRecord]:
    """Yield the patients of a table that is in memory, whose columns say by their names what they mean.

    Raises:
        PatientError: as `read_cohort` does.
    """
    try:
        yield from _rows(csv.reader(io.StringIO(text, newline=""), strict=True), Path(where), None, coder)
    except csv.Error as error:
        raise PatientError(f"can't be read: {error}", where=where, advice="check the file") from error


def _rows(
    reader: Iterator[list[str]], path: Path, columns: Path | None, coder: Coder
) -> Iterator[PatientRecord]:
    header = [name.strip() for name in next(reader, [])]
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise PatientError(f"two columns {twice[0]!r}", where=f"{path}:1", advice="name each once")
    meaning = (
        read_columns(columns, header, coder) if columns else columns_of_header(header, f"{path}:1", coder)
    )
    notes = tuple(
        ImportNote(f"column {name}", "not read", "nothing says what it means") for name in meaning.ignored
    )
    known: dict[str, int] = {}
    for number, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problem = f"row {number}: {len(cells)} cells where the header has {len(header)} columns"
            raise PatientError(problem, where=str(path), advice="check for stray commas and quotes")
        row = _Row(path, number, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
        record = _record(row, meaning, notes)
        if record.id in known:
            raise row.bad(
                meaning.patient, f"{record.id!r} is the patient of row {known[record.id]} too", "one row each"
            )
        known[record.id] = number
        # What is said of the columns is said once.
        notes = ()
        yield checked(record, coder.concepts)
    if not known:
        raise PatientError(
            "a header and no rows" if header else "empty", where=str(path), advice="give a row per patient"
        )


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    number: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        return self.cells[column] if column else ""

    def source(self, column: str) -> str:
        return f"row {self.number}/{column}"

    def bad(self, column: str, what: str, advice: str) -> PatientError:
        return PatientError(
            f"row {self.number}, column {column!r}: {what}", where=str(self.path), advice=advice
        )

    def day(self, column: str) -> DateRange | None:
        text = self.text(column)
        if not text or _means(text) == "unknown":
            return None
        try:
            return parse_range(text)
        except ValueError as error:
            raise self.bad(column, str(error), "write YYYY-MM-DD, YYYY-MM or YYYY") from error

    def answer(self, column: str) -> str:
        """Return ``yes``, ``no``, ``unknown``, or nothing for an empty cell."""
        text = self.text(column)
        if text and not _means(text):
            raise self.bad(
                column, f"{text!r} is not an answer", "write yes, no or unknown, or leave it empty"
            )
        return _means(text)

    def number_in(self, column: str) -> float | None:
        text = self.text(column)
        if not text or _means(text) == "unknown":
            return None
        amount = amount_of(text)
        if amount is None or amount.unit or amount.low is None or amount.low != amount.high:
            raise self.bad(column, f"{text!r} is not a number", "write it like 12.5")
        return amount.low


def _record(row: _Row, columns: Columns, notes: tuple[ImportNote, ...]) -> PatientRecord:
    patient = row.text(columns.patient)
    if not patient:
        raise row.bad(columns.patient, "no patient", "give each row an identifier")
    facts = [fact for column in columns.facts for fact in _facts(row, column)]
    return PatientRecord(
        patient,
        Demographics(f"row {row.number}", _sex(row, columns.sex), row.day(columns.born)),
        in_order(facts),
        ImportReport(1, notes),
    )


def _sex(row: _Row, column: str) -> Sex | None:
    text = row.text(column).casefold()
    if not text or _means(text) == "unknown":
        return None
    for sex in get_args(Sex):
        if text in (sex, sex[0]):
            return sex  # type: ignore[no-any-return]  # one of the members of Sex
    raise row.bad(column, f"{text!r} is neither female nor male", "leave it empty when it isn't known")


def _facts(row: _Row, column: Column) -> Iterator[Fact]:
    if not row.text(column.name):
        return
    if column.complete:
        yield from _completeness(row, column)
    elif column.category == "measurement":
        yield from _measurement(row, column)
    else:
        yield from _answered(row, column)


def _completeness(row: _Row, column: Column) -> Iterator[Fact]:
    through = row.day(column.date)
    if not _means(row.text(column.name)):
        through = row.day(column.name)
    elif row.answer(column.name) != "yes":
        return
    if through is None or column.complete is None:
        advice = "write the day instead of yes, or name a column of dates"
        raise row.bad(column.name, "complete through which day?", advice)
    text = f"{column.name}: {row.text(column.name)}"
    yield CompletenessStatement(row.source(column.name), column.complete, through, text, through)


def _measurement(row: _Row, column: Column) -> Iterator[Fact]:
    text = row.text(column.name)
    if _means(text) == "unknown":
        return
    amount = amount_of(text)
    if amount is None:
        raise row.bad(column.name, f"{text!r} is not a number", "write it like 12.5, <0.5 or 12.5 g/L")
    unit = amount.unit or column.unit
    value = Amount(amount.low, amount.high, amount.low_open, amount.high_open, unit)
    own_unit = unit == column.unit
    yield Measurement(
        row.source(column.name),
        Coded(column.name, (column.concept,)),
        value,
        row.day(column.date) or ANY_DAY,
        row.number_in(column.low) if own_unit else None,
        row.number_in(column.high) if own_unit else None,
    )


def _answered(row: _Row, column: Column) -> Iterator[Fact]:
    answer, when = row.answer(column.name), row.day(column.date)
    source, what = row.source(column.name), Coded(column.name, (column.concept,))
    kind = _COURSES.get(column.category)
    if answer == "no":
        yield ResultFact(source, what, positive=False, when=when or ANY_DAY)
    elif kind is not None and not (answer == "yes" and column.category == "lesion"):
        ongoing = row.answer(column.ongoing)
        active = {"yes": True, "no": False}.get(ongoing)
        certain = answer == "yes"
        yield kind(source, what, certain, active, when or ANY_DAY, row.day(column.ended))
    elif answer == "yes":
        yield ResultFact(source, what, positive=True, when=when or ANY_DAY)


def _means(text: str) -> str:
    return _answers().get(" ".join(text.casefold().split()), "")


@cache
def _answers() -> dict[str, str]:
    with (product_folder("data") / "records" / "cells.csv").open(encoding="utf-8", newline="") as file:
        return {row["text"]: row["means"] for row in csv.DictReader(file)}
