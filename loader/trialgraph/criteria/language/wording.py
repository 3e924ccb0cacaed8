"""How criteria word limits, units and scales: the tables of ``data/language``, compiled once."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from trialgraph.criteria.language.choices import alternatives
from trialgraph.expressions import Reference
from trialgraph.resources import product_folder

__all__ = ["Pair", "Scale", "Unit", "Wording", "wording"]


_NOT_A_TISSUE = (
    r"(?!\s+(?:(?:adjacent|surrounding|background)\s+)?(?:liver|lungs?|brain|bone|marrow|muscle|tissues?|parenchyma"
    r"|background|organs?)\b(?!\s+(?:function|enzyme|test|metast)))"
)
_NOT_A_LINE = r"(?!\s+(?:the\s+)?(?:first|second|third|1st|2nd|3rd)\b|\s+the\s+age\b)"
"""What shows that "or over" says nothing of the number before it: another number's, of lines or of an age."""
_NOT_AN_ASSAY = r"(?!\s+of\s+(?:the\s+)?(?:quanti|qualif|detect|assay))"


_LEADS = {"normal", "between", "elevated", "abnormal"}
"""Words before a quantity that tell its limit, beside comparators."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM unit; a number in the unit as spelled, times `factor`, is in UCUM's."""

    ucum: str
    dimension: str
    factor: float


@dataclass(frozen=True, slots=True)
class Scale:
    """A score: which way is better, its ends, the scores its classes stand for, and what it grades."""

    better: str
    low: float
    high: float
    symbols: dict[str, tuple[float, float]]
    grades: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two quantities written as one over the other; a limit from `middle` on is against too much.

    `conditions` are those behind which a pair of numbers is one of them.
    """

    first: str
    second: str
    middle: float
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """Patterns and what their matches mean; keys are lower case with single spaces."""

    compare: re.Pattern[str]
    comparators: dict[str, tuple[str, bool]]
    signs: frozenset[str]
    leads: frozenset[str]
    limit_openers: frozenset[str]
    size_openers: frozenset[str]
    suffix: re.Pattern[str]
    suffixes: dict[str, str]
    reference: re.Pattern[str]
    references: dict[str, Reference]
    normal: re.Pattern[str]
    unit: re.Pattern[str]
    units: dict[str, Unit]
    spelled_unit: re.Pattern[str]
    unit_words: dict[str, str]
    numbers: dict[str, float]
    scales: dict[str, Scale]
    method: re.Pattern[str]
    by_unit: dict[str, list[str]]
    lookalikes: dict[str, str]
    normal_sides: dict[str, str]
    wanted: dict[str, str]
    kinds: dict[str, str]
    scarce: dict[str, str]
    habitual_units: dict[str, list[tuple[str, float, float]]]
    likely_units: dict[str, list[tuple[str, float, float]]]
    pairs: dict[str, Pair]
    measured_by: dict[str, tuple[str, str]]
    stains: dict[str, str]
    doses: dict[str, list[str]]
    cumulative: dict[str, list[str]]
    other_units: dict[str, dict[str, str]]
    cycles: dict[str, str]
    per_hundred: frozenset[str]
    sums: frozenset[str]
    exact: dict[str, tuple[float, float]]
    lines: dict[str, list[str]]
    lines_of: dict[str, list[str]]
    agents_of: dict[str, list[str]]
    diameters: dict[str, str]
    named_by_unit: dict[str, dict[str, list[str]]]

    def opens_limit(self, sign: str) -> bool:
        """Whether a limit may start with a letter, digit or sign."""
        return sign.isalnum() or sign in self.signs


@cache
def wording() -> Wording:
    """Return the wording of limits from ``data/language/limits.toml`` and ``units.csv``."""
    folder = product_folder("data") / "language"
    table = tomllib.loads((folder / "limits.toml").read_text(encoding="utf-8"))
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    comparators, suffixes, references = table["comparators"], table["suffixes"], table["references"]
    signs = "".join(sign for sign in comparators if len(sign) == 1)
    words = alternatives(phrase for phrase in comparators if len(phrase) > 1)
    spaced = alternatives((row["spelling"] for row in rows), loose=True)
    return Wording(
        compare=re.compile(rf"(?:{words})(?![a-z])|[{signs}]", re.IGNORECASE),
        comparators={phrase.lower(): (side, inside) for phrase, (side, inside) in comparators.items()},
        signs=frozenset([".", *(phrase[0] for phrase in comparators)]),
        leads=frozenset(phrase.lower().split()[0] for phrase in comparators) | _LEADS,
        limit_openers=frozenset(table["limit_openers"]),
        size_openers=frozenset(table["size_openers"]),
        suffix=re.compile(
            rf"\s*(?:,\s*|(?P<opened>\()\s*)?(?P<suffix>{alternatives(suffixes)})\b{_NOT_A_LINE}(?(opened)\s*\))",
            re.IGNORECASE,
        ),
        suffixes=suffixes,
        reference=re.compile(rf"(?:{alternatives(references)})(?![a-z]){_NOT_AN_ASSAY}", re.IGNORECASE),
        references={phrase.lower(): reference for phrase, reference in references.items()},
        normal=re.compile(rf"(?:{alternatives(table['normal'])})(?![a-z]){_NOT_A_TISSUE}", re.IGNORECASE),
        unit=re.compile(rf"\s*-?(?P<unit>{spaced})(?![a-zA-Z])", re.IGNORECASE),
        units={
            "".join(row["spelling"].lower().split()): Unit(
                row["ucum"], row["dimension"], float(row["factor"])
            )
            for row in reversed(rows)
        },
        spelled_unit=_spelled(table["unit_words"]),
        unit_words=table["unit_words"],
        numbers={word: float(number) for word, number in table["numbers"].items()},
        scales={
            name: Scale(scale["better"], float(scale["low"]), float(scale["high"]), {
                symbol: (float(low), float(high)) for symbol, (low, high) in scale.get("symbols", {}).items()
            }, frozenset(scale.get("grades", ())))
            for name, scale in table["scales"].items()
        },
        method=_method(table["method_openers"], table["method_links"], table["methods"]),
        by_unit=table["by_unit"],
        lookalikes=table["lookalikes"],
        normal_sides=_sides(table["normal_sides"]),
        scarce={name: side for name, side in _sides(table["normal_sides"]).items() if side == "low"},
        wanted=_sides(table["wanted"]),
        kinds=_sides(table["kinds"]),
        habitual_units=_ranges(table["habitual_units"]),
        likely_units=_ranges(table["likely_units"]),
        pairs={name: _pair(row) for name, row in table["pairs"].items()},
        measured_by={name: (quantity, side) for name, (quantity, side) in table["measured_by"].items()},
        stains={spelling.lower(): name for spelling, name in _sides(table["stains"]).items()},
        doses=table["doses"],
        cumulative=table["cumulative"],
        other_units=table["other_units"],
        cycles=table["cycles"],
        per_hundred=frozenset(table["per_hundred"]),
        sums=frozenset(table["sums"]),
        exact={name: (float(low), float(high)) for name, (low, high) in table["exact"].items()},
        lines=table["lines"],
        lines_of=table["lines_of"],
        agents_of=table["agents_of"],
        named_by_unit=table["named_by_unit"],
        diameters={noun.lower(): name for noun, name in _sides(table["diameters"]).items()},
    )  # fmt: skip


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(row["first"], row["second"], float(row["middle"]), tuple(row.get("conditions", ())))


def _spelled(words: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of a unit in words, each of which a bracket may repeat as a symbol."""
    word = alternatives(words)
    symbol = r"(?:\s*[(\[][a-z/\^]{1,8}\d?[)\]])?"
    return re.compile(
        rf"\s*-?(?P<above>{word}){symbol}\s*(?:/\s*(?:per\b\s*)?|\bper\b\s*|\bin(?:\s+a)?\b\s*)(?P<below>{word})(?![a-z]){symbol}",
        re.IGNORECASE,
    )


_LIMITING = (
    r"unless|except|excluding|if(?! applicable| needed| possible| available)|without|not?|only"
    r"|patients?|subjects?|participants?|individuals?|allowed|permitted"
)
"""Words of a bracket that tells of whom a value is asked, rather than how it is measured."""


def _method(openers: list[str], links: list[str], words: list[str]) -> re.Pattern[str]:
    """Return the pattern of how something is measured: an opening and words that name methods."""
    opening = rf"(?:{alternatives([*openers, *links])})\b"
    word = rf"(?:{alternatives(words)})(?![\w'])"
    gloss = rf"\s*[(\[](?![^()\[\]]*\b(?:{_LIMITING})\b)[^()\[\]≤≥<>]{{1,60}}[)\]]"
    return re.compile(
        rf"[\s,]*(?:{alternatives(openers)})\b(?:(?:[\s,/-]*{opening})*[\s,/-]*{word}(?:{gloss})?)+",
        re.IGNORECASE,
    )


def _ranges(table: dict[str, list[list[str | float]]]) -> dict[str, list[tuple[str, float, float]]]:
    """Return the units of each quantity with the numbers between which a limit is in each."""
    return {
        name: [(str(unit), float(low), float(high)) for unit, low, high in units]
        for name, units in table.items()
    }


def _sides(table: dict[str, list[str]]) -> dict[str, str]:
    """Return the side of each quantity from the quantities of each side."""
    return {name: side for side, names in table.items() for name in names}
