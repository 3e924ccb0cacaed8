"""What the columns of a cohort's table mean: from a mapping in TOML, or from a header by convention."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from trialgraph.concepts import Concepts
from trialgraph.errors import PatientError
from trialgraph.patients.coding import Coder
from trialgraph.views import Completeness

__all__ = ["Column", "Columns", "columns_of_header", "read_columns"]

_COURSES = frozenset({"allergy", "condition", "procedure", "treatment"})
_RESULTS = frozenset({"biomarker", "lesion", "reproductive"})
_KEYS = frozenset({"name", "concept", "complete", "unit", "date", "ended", "ongoing", "low", "high"})
_WHO = ("patient", "sex", "born")
_BESIDE = ("date", "ended", "ongoing", "low", "high")
_HEADED = re.compile(r"\s*(?P<concept>.*?)\s*(?:\[(?P<unit>[^]]*)\])?\s*")
_ADVICE = "see the section on tables in docs/patients.md"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that says something of one concept, with the columns that say more of it.

    Args:
        name: Its header.
        concept: IRI of the concept; empty when it is about completeness.
        category: Category of the concept; ``measurement`` for a quantity.
        complete: The category of facts that it says to be complete; None otherwise.
        unit: Unit of its numbers, unless a cell states its own.
        date: Column of the day: measured, found, begun, complete through.
        ended: Column of the day on which it ended.
        ongoing: Column that says whether it goes on.
        low: Column of the lower limit of normal, in the same unit.
        high: Column of the upper limit of normal.
    """

    name: str
    concept: str = ""
    category: str = ""
    complete: Completeness | None = None
    unit: str = ""
    date: str = ""
    ended: str = ""
    ongoing: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table mean.

    Args:
        patient: Column of the identifier.
        sex: Column of the administrative sex; empty without one.
        born: Column of the birth date; empty without one.
        facts: The columns about concepts and completeness.
        ignored: Columns that mean nothing.
    """

    patient: str
    sex: str = ""
    born: str = ""
    facts: tuple[Column, ...] = ()
    ignored: tuple[str, ...] = field(default=())


def read_columns(path: Path, header: Sequence[str], coder: Coder) -> Columns:
    """Return what a mapping says of the columns of a table.

    Args:
        path: A TOML file: ``patient``, ``sex``, ``born`` name columns; each ``[[column]]`` has a ``name``
            and a ``concept`` (label, synonym or IRI) or a category that is ``complete``.
        header: The columns that the table has.
        coder: Finds concepts.
    Raises:
        PatientError: when it is no such mapping, or names a column that there isn't or a concept that
            isn't surely one; says which.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PatientError(f"not a mapping of columns: {error}", where=str(path), advice=_ADVICE) from error
    entries = document.get("column", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PatientError("column is not a list of tables", where=str(path), advice="write [[column]]")
    _check_keys(document, {*_WHO, "column"}, path)
    for entry in entries:
        _check_keys(entry, _KEYS, path)
    facts = tuple(_column(entry, coder, path) for entry in entries)
    who = {key: str(document.get(key, "")) for key in _WHO}
    used = [*filter(None, who.values()), *_used(facts)]
    for name in used:
        if name not in header:
            raise PatientError(
                f"the table has no column {name!r}", where=str(path), advice=f"it has {', '.join(header)}"
            )
    if not who["patient"]:
        raise PatientError("no column identifies the patient", where=str(path), advice="add patient = …")
    return Columns(**who, facts=facts, ignored=tuple(name for name in header if name not in used))


def columns_of_header(header: Sequence[str], where: str, coder: Coder) -> Columns:
    """Return what columns mean by their names alone.

    ``patient``, ``sex`` and ``born`` are those; ``hemoglobin [g/L]`` is a concept with its unit, beside
    which ``hemoglobin date``, ``… ended``, ``… ongoing``, ``… low`` and ``… high`` say more of it;
    ``conditions complete`` is about completeness. A column that names no concept is ignored.

    Raises:
        PatientError: when there is no column ``patient``, or a quantity has no unit.
    """
    if "patient" not in header:
        advice = "name it so, or say with --columns what the columns mean"
        raise PatientError("no column 'patient'", where=where, advice=advice)
    facts = []
    for name in header:
        match = _HEADED.fullmatch(name)
        words, unit = (match["concept"], match["unit"] or "") if match else (name, "")
        category = words.removesuffix(" complete")
        if category in get_args(Completeness) and category != words:
            facts.append(_column({"name": name, "complete": category}, coder, where))
        elif name not in _WHO and len(_named(words, coder)) == 1:
            beside = {key: f"{words} {key}" for key in _BESIDE if f"{words} {key}" in header}
            entry = {"name": name, "concept": words, "unit": unit, **beside}
            facts.append(_column(entry, coder, where))
    used = {*_WHO, *_used(facts)}
    who = {key: key for key in _WHO if key in header}
    return Columns(**who, facts=tuple(facts), ignored=tuple(name for name in header if name not in used))


def _used(facts: Iterable[Column]) -> list[str]:
    return [
        name
        for each in facts
        for name in (each.name, each.date, each.ended, each.ongoing, each.low, each.high)
        if name
    ]


def _check_keys(table: Mapping[str, Any], known: Iterable[str], path: Path) -> None:
    for key, value in table.items():
        if key not in known:
            raise PatientError(f"no key {key!r}", where=str(path), advice=f"use {', '.join(sorted(known))}")
        if key != "column" and not isinstance(value, str):
            raise PatientError(f"{key} = {value!r} is not text", where=str(path), advice="put it in quotes")


def _column(entry: Mapping[str, str], coder: Coder, where: Path | str) -> Column:
    name = entry.get("name", "")
    if not name or ("concept" in entry) == ("complete" in entry):
        problem = f"the column {name!r} needs a name, and either a concept or what is complete"
        raise PatientError(problem, where=str(where), advice=_ADVICE)
    if "complete" in entry:
        if entry["complete"] not in get_args(Completeness):
            problem = f"column {name!r}: {entry['complete']!r} is no category that can be complete"
            known = ", ".join(get_args(Completeness))
            raise PatientError(problem, where=str(where), advice=f"use {known}")
        return Column(**entry)  # type: ignore[arg-type]  # its keys and the category are checked
    found = _named(entry["concept"], coder)
    if len(found) != 1:
        problem = f"column {name!r}: {entry['concept']!r} is not the name of one concept"
        raise PatientError(problem, where=str(where), advice="use its label or IRI in ontology/concepts.ttl")
    concept = found[0]
    category = _category(concept, coder.concepts)
    if not category:
        problem = f"column {name!r}: {entry['concept']!r} is nothing that a table can state"
        raise PatientError(problem, where=str(where), advice="leave the column out")
    unit = entry.get("unit") or _unit_of_score(concept, coder.concepts)
    if category == "measurement" and not unit:
        problem = f"column {name!r}: no unit"
        raise PatientError(problem, where=str(where), advice="state it in UCUM, such as g/L")
    return Column(**{**entry, "concept": concept, "category": category, "unit": unit})  # type: ignore[arg-type]


def _named(words: str, coder: Coder) -> list[str]:
    if words in coder.concepts:
        return [words]
    kinds = {*_COURSES, *_RESULTS, "measurement"}
    return sorted(coder.named(words, kinds, whole=True))


def _category(concept: str, concepts: Concepts) -> str:
    if concepts.is_quantity(concept):
        return "measurement"
    category = concepts.category(concept)
    return category if category in _COURSES | _RESULTS else ""


def _unit_of_score(concept: str, concepts: Concepts) -> str:
    """Return the unit of what has no other one, such as the points of a score; empty for the rest."""
    unit = concepts[concept].unit if concept in concepts else None
    return unit if unit and unit.startswith("{") else ""
