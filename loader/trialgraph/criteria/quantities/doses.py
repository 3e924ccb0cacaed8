"""Doses that a text limits by the drug they are told in ("> 10 mg/day prednisone or equivalent").

They are of a day, or of all that was ever given ("doxorubicin > 360 mg/m2").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from trialgraph.criteria.language.choices import alternatives
from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.limits import side_of
from trialgraph.expressions import Limit, Span, Value

__all__ = ["Dose", "doses_of", "offers_other"]

_RATE = (
    r"(?:/\s?d(?:ay)?\b|per\s+day\b|(?:a|each|every)\s+day\b|(?:once\s+)?daily\b|once\s+a\s+day\b|QD\b"
    r"|/\s?24\s?h\b)"
)
_AMOUNT = (
    r"(?P<number>\d+(?:\.\d+)?)\s?-?\s?(?:mg|milligrams?(?:\s?[(\[]mg[)\]])?)(?![a-z])(?!\s?(?:/|per)\s?(?:kg|m))"
    rf"(?P<rate>\s*{_RATE}(?:\s?[(\[]mg\s?/\s?d(?:ay)?[)\]])?)?"
)
_BEHIND = rf"(?P<behind>[\s,(]*{_RATE}\)?)?"
_EQUIVALENT = (
    r"(?:(?:[\s,-]*\(?\s*(?:or|and|/)?\s*"
    r"(?:an?\s+|its\s+|their\s+|the\s+|any\s+|another\s+|other\s+|daily\s+)*"
    r"(?:corticosteroid\s+|glucocorticoid\s+|steroid\s+|dose\s+|bio)?-?equivalents?\b"
    r"(?:\s+(?:doses?|dosage|steroids?|corticosteroids?)\b)?"
    r"(?:\s+of\s+(?:other|similar|another)\s+\w+)?)?\)?)"
)
_LEADING = (
    r"(?:(?:a|an|the|of|to|oral|total|daily|dose|doses|dosage|equivalent|equivalents|is|was|be|at|in)\b\s*"
    r"|[:=]\s*)*"
)
_BEFORE_DRUG = r"\s*,?\s*\(?(?:(?:of|oral|systemic|or|the|equivalent|to)\b\s*)*"
_CUMULATIVE = re.compile(r"\b(?:cumulative|total|course|pulses?|bolus|single)\b[^.;]{0,40}$", re.IGNORECASE)
_PER_WEIGHT = re.compile(r"\s*(?:/|per)\s?(?:kg|m2|m\^2)", re.IGNORECASE)
_PER_AREA = (
    r"mg\s?(?:/|per)\s?(?:m2|m\^2|m\s?\(2\)|square\s+met(?:er|re)s?)"
    r"(?!\s?(?:/|per\b|daily|weekly|every|on\b|q\d|d\d|[x×]))"
)
_EVER = re.compile(
    r"cumulative|lifetime|life-time|exposure|exposed|total|prior|previous|history", re.IGNORECASE
)
_NEAR = 60
_FURTHEST = 160
"""How many characters a dose may stand from its drug, its comparator included."""


_PARTED = re.compile(r"[,;]|\band\b|\bbut\b", re.IGNORECASE)
_ALIKE = re.compile(
    r"\bor\s+(?:its\s+|an?\s+|the\s+)?(?:\w+\s+)?equivalents?\b"
    r"|\b(?:stable|steady)\s+or\s+(?:decreas|taper|reduc|wean|improv)\w*"
    r"|\b(?:off|no|without|discontinued)\b.*?\bor\b",
    re.IGNORECASE,
)
"""Alternatives in all of which somebody keeps to a dose."""
_OTHER = re.compile(r"\bor\b|/or\b|\bunless\b|\bexcept", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dose:
    """A limit on a daily dose, and the characters it takes in the normalised text.

    `told` is where what it says of its drug starts: behind the drug, when that stands first.
    """

    value: Value
    start: int
    end: int
    told: int


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns of a dose before and behind its drug, each with the quantity's local name."""
    said = wording()
    compare = rf"(?P<compare>{said.compare.pattern})?\s*{_LEADING}"
    suffix = rf"(?:\s+(?P<suffix>{alternatives(said.suffixes)})\b)?"
    found: list[tuple[re.Pattern[str], str]] = []
    for name, drugs in said.doses.items():
        drug = rf"\b(?:{alternatives(drugs)})\b"
        ahead = rf"{compare}{_AMOUNT}{suffix}{_BEFORE_DRUG}{drug}{_EQUIVALENT}{_BEHIND}{_EQUIVALENT}"
        told = rf"{_AMOUNT}{_BEHIND}{suffix}{_EQUIVALENT}"
        behind = rf"(?P<drug>{drug}){_EQUIVALENT}[\s(,]*{_LEADING}{compare}{told}"
        led = rf"(?P<compare>{said.compare.pattern})\s*{_LEADING}{drug}\s*{told}"
        found += [(re.compile(each, re.IGNORECASE), name) for each in (led, ahead, behind)]
    return tuple(found)


@cache
def _cumulative() -> tuple[tuple[Sought, str], ...]:
    """Return the patterns of a cumulative dose behind and before its drug, each with what it is of."""
    said = wording()
    suffix = rf"(?:\s+(?P<suffix>{alternatives(said.suffixes)})\b)?"
    amount = rf"(?P<compare>{said.compare.pattern})?\s*(?P<number>\d+(?:\.\d+)?)\s?{_PER_AREA}{suffix}"
    found: list[tuple[Sought, str]] = []
    for name, drugs in said.cumulative.items():
        drug = rf"(?<![\w-])(?:{alternatives(drugs)})\b"
        behind = rf"(?P<drug>{drug}(?:\s+(?:use|exposure|equivalents?))?)[\s,(:–-]*{amount}"
        ahead = rf"{amount}\s+(?:of|for)\s+(?:(?:prior|the)\s+)?{drug}"
        found += [(Sought(each), name) for each in (behind, ahead)]
    return tuple(found)


@cache
def _named() -> re.Pattern[str]:
    return re.compile(
        alternatives(drug for drugs in wording().doses.values() for drug in drugs), re.IGNORECASE
    )


def doses_of(
    text: str, named: Callable[[str], Term | None], span: Callable[[int, int], Span]
) -> dict[int, Dose]:
    """Return the limits on daily doses in a text by where they are told; a dose of a whole course is none.

    Args:
        text: A criterion's readable text.
        named: Gives the concept with a local name.
        span: Gives the verbatim span of a stretch of the text.
    """
    found: dict[int, Dose] = {}
    weighed = "mg" in text or "milligram" in text
    stretches = list(_around_drugs(text)) if weighed else []
    taken = 0
    matches = [
        (match, name)
        for start, end in stretches
        for pattern, name in _patterns()
        for match in pattern.finditer(text, start, end)
        if _is_daily(text, match)
    ]
    if "mg" in text and _EVER.search(text):
        matches += [(match, name) for pattern, name in _cumulative() for match in pattern.finditer(text)]
    for match, name in sorted(matches, key=lambda each: (each[0].start(), -each[0].end())):
        term, limit = named(name), _limit(match)
        if term is None or limit is None or match.start() < taken:
            continue
        taken = match.end()
        words = match.group().rstrip(" ,")
        start = match.end() - len(match.group().lstrip())
        words = words.lstrip()
        if words.count(")") > words.count("("):
            words = words.removesuffix(")")
        end = start + len(words)
        value = Value(term.iri, term.label, limit, term.unit, None, None, span(start, end))
        told = match.groupdict().get("drug")
        told = start + len(told) if told else start
        told += len(text[told:]) - len(text[told:].lstrip())
        found[told] = Dose(value, start, end, told)
    return found


def offers_other(before: str, behind: str) -> bool:
    """Whether words around a dose offer something else to those who don't keep to it ("or approved by …")."""
    told = f"{_PARTED.split(before)[-1]} {_PARTED.split(behind)[0]}"
    return _OTHER.search(_ALIKE.sub("", told)) is not None


def _around_drugs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text around the drugs that doses are told in, near ones together."""
    start, end = 0, -1
    for match in _named().finditer(text):
        if match.start() - _FURTHEST > end >= 0:
            yield start, end
        if match.start() - _FURTHEST > end:
            start = max(0, match.start() - _FURTHEST)
        end = match.end() + _FURTHEST
    if end >= 0:
        yield start, end


def _limit(match: re.Match[str]) -> Limit | None:
    number = float(match["number"])
    if match["compare"]:
        side, inside = side_of(match["compare"])
    elif match["suffix"]:
        side, inside = wording().suffixes[" ".join(match["suffix"].lower().split())], True
    else:
        return None
    if side == "low":
        return Limit(low=number, low_inclusive=inside)
    return Limit(high=number, high_inclusive=inside) if side == "high" else None


def _is_daily(text: str, match: re.Match[str]) -> bool:
    """Whether a dose is one a day: it says so, or names what it is equivalent to, and no course."""
    told = match["rate"] or match["behind"]
    alike = "equivalent" in match.group().lower()
    before = text[max(0, match.start() - _NEAR) : match.start()]
    if _PER_WEIGHT.match(text, match.end()):
        return False
    return bool(told) or (alike and _CUMULATIVE.search(before) is None)
