"""Grades of how bad a condition is: "grade 2", "≥ CTCAE grade 3", "grade 1 or less".

Criteria ask for them and records state them, in the same words (`data/records/grades.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from trialgraph.concepts import Concepts
from trialgraph.namespaces import TGC
from trialgraph.resources import product_folder

__all__ = ["WORST", "Degree", "GradeTables", "degrees_in", "grade_tables", "has_own_scale", "stated_grade"]

Json: TypeAlias = Any

WORST = 5
"""The highest grade of CTCAE."""
_NUMBERS = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_NUMBER = r"(?:[0-5]|i{1,3}|iv|v)(?!\w|\.\d)"
_MORE = r">|(?:greater|more|higher|worse)\s+than|above|exceed(?:s|ing)?|over"
_LESS = r"<|(?:less|lower|better)\s+than|below|under"
_LEAST = (
    r"≥|>=|=>|at\s+least|(?:greater|more|higher)\s+than\s+or\s+equal\s+to"
    r"|equal\s+to\s+or\s+(?:greater|more|higher)\s+than"
)
_MOST = (
    r"≤|<=|=<|at\s+most|up\s+to|(?:less|lower)\s+than\s+or\s+equal\s+to"
    r"|equal\s+to\s+or\s+(?:less|lower)\s+than"
)
_COMPARED = re.compile(
    rf"(?P<least>{_LEAST})|(?P<most>{_MOST})|(?P<more>{_MORE})|(?P<less>{_LESS})", re.IGNORECASE
)
_COMPARE = rf"(?:(?:no|not)\s+)?(?:{_LEAST}|{_MOST}|{_MORE}|{_LESS})"
_UP = r"(?:greater|higher|above|more|worse|over|up)\b"
_DOWN = r"(?:less|lower|better|below|under|milder)\b"
_VERSION = r"(?:\s*,?\s*(?:version\s*|v\.?\s*)?\d(?:\.\d+)?)?"
_JOINT = r"\s*(?:-|–|to|through|/|,\s*(?:or|and)?|or|and|and/or)\s*"
_FLIPPED = {"least": "less", "less": "least", "most": "more", "more": "most"}


class Degree(NamedTuple):
    """Grades from one to another, both included, and where a text names them."""

    low: int
    high: int
    start: int = 0
    end: int = 0
    ctcae: bool = False


class GradeTables(NamedTuple):
    """What `grades.toml` says of grades; concepts as IRIs."""

    ctcae: re.Pattern[str]
    others: re.Pattern[str]
    own: frozenset[str]
    whole: frozenset[str]
    passing: frozenset[str]
    past: frozenset[str]
    codes: Mapping[str, int]
    systems: frozenset[str]


@lru_cache(maxsize=1)
def grade_tables() -> GradeTables:
    """Return what is known of grades."""
    path = product_folder("data") / "records" / "grades.toml"
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return GradeTables(
        re.compile(table["ctcae"], re.IGNORECASE),
        re.compile(table["others"], re.IGNORECASE),
        _iris(table["own"]),
        _iris(table["whole"]),
        _iris(table["passing"]),
        frozenset(table["past"]),
        table["codes"],
        frozenset(table["systems"]),
    )


def _iris(names: Iterable[str]) -> frozenset[str]:
    return frozenset(str(TGC[name]) for name in names)


def has_own_scale(iri: str, concepts: Concepts) -> bool:
    """Whether a condition has a scale of its own, so that its grades tell only where CTCAE is named."""
    return not grade_tables().own.isdisjoint(concepts.ancestors(iri))


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    scale = rf"(?:(?:{grade_tables().ctcae.pattern}){_VERSION}\s*)?"
    return re.compile(
        rf"(?:(?P<before>{_COMPARE}|=)\s*)?{scale}\bgrades?\s*(?:of\s+)?(?:(?P<inner>{_COMPARE}|=)\s*)?"
        rf"(?P<first>{_NUMBER})(?P<rest>(?:{_JOINT}(?:grades?\s*)?{_NUMBER})*)(?P<odd>\s*[-–/]\s*\w)?"
        rf"(?P<plus>\s*\+)?(?:\s*(?:,\s*)?(?:(?:or|and|/)\s*)+(?:(?P<up>{_UP})|(?P<down>{_DOWN})))?",
        re.IGNORECASE,
    )


def degrees_in(text: str) -> Iterator[Degree | None]:
    """Yield the grades that a text names, each with its place; None for one that isn't understood."""
    ctcae = grade_tables().ctcae.search(text) is not None
    for found in _named().finditer(text):
        ends = _ends(found)
        yield None if ends is None else Degree(*ends, found.start(), found.end(), ctcae)


def _ends(found: re.Match[str]) -> tuple[int, int] | None:
    between = re.findall(_NUMBER, found["rest"], re.IGNORECASE)
    numbers = [_NUMBERS[each.casefold()] for each in (found["first"], *between)]
    told = [found["before"], found["inner"], found["plus"], found["up"], found["down"]]
    compared = [each for each in told if each]
    low, high = numbers[0], numbers[-1]
    if found["odd"]:
        return None
    if not compared:
        spanned = len(numbers) == 2 and re.match(r"\s*(?:-|–|to\b|through\b)", found["rest"], re.IGNORECASE)
        listed = all(later == earlier + 1 for earlier, later in pairwise(numbers))
        return (low, high) if listed or (spanned and low < high) else None
    if len(compared) > 1 or len(numbers) > 1 or "=" in compared:
        return None
    if found["plus"] or found["up"]:
        return low, WORST
    return (0, low) if found["down"] else _side(compared[0], low)


def _side(compared: str, number: int) -> tuple[int, int] | None:
    """Return the grades on one side of a number; None where no grade is."""
    told = _COMPARED.search(compared)
    assert told is not None
    side = told.lastgroup or ""
    if re.match(r"not?\s", compared, re.IGNORECASE):
        side = _FLIPPED[side]
    ends = {
        "least": (number, WORST),
        "more": (number + 1, WORST),
        "most": (0, number),
        "less": (0, number - 1),
    }[side]
    return ends if ends[0] <= ends[1] else None


def stated_grade(text: str, severities: Iterable[Json]) -> Degree | None:
    """Return the grade that a record states of a condition; None where it states none, or not one alone.

    Args:
        text: What the record calls the condition.
        severities: CodeableConcepts, or numbers, that say how bad it is.
    """
    told = {degree for degree in (_told(each) for each in severities) if degree is not None}
    said = _said(text)
    told |= {said} if said is not None else set()
    ends = {(each.low, each.high) for each in told}
    if len(ends) != 1:
        return None
    ((low, high),) = ends
    return Degree(low, high, ctcae=any(each.ctcae for each in told))


def _said(text: str) -> Degree | None:
    """Return the grade that words state, where they speak of now and of no other scale."""
    tables = grade_tables()
    if "grade" not in text.casefold() or tables.others.search(text):
        return None
    if tables.past & set(re.findall(r"[a-z]+", text.casefold())):
        return None
    found = [*degrees_in(text)]
    return found[0]._replace(start=0, end=0) if len(found) == 1 and found[0] is not None else None


def _told(severity: Json) -> Degree | None:
    tables = grade_tables()
    if isinstance(severity, int):
        return Degree(severity, severity, ctcae=True) if 0 <= severity <= WORST else None
    if not isinstance(severity, Mapping):
        return None
    numbers = {tables.codes[each] for each in _codes(severity) if each in tables.codes}
    numbers |= {
        int(str(coding.get("code")))
        for coding in severity.get("coding") or ()
        if coding.get("system") in tables.systems and str(coding.get("code")) in _NUMBERS
    }
    if numbers:
        return Degree(*(2 * (numbers.pop(),)), ctcae=True) if len(numbers) == 1 else None
    shown = (coding.get("display") for coding in severity.get("coding") or ())
    text = str(severity.get("text") or next((each for each in shown if each), ""))
    return _said(text)


def _codes(severity: Json) -> list[str]:
    return [str(coding.get("code")) for coding in severity.get("coding") or ()]
