"""Limits as criteria word them: comparator, number or range, unit or multiple of a reference."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from trialgraph.criteria.language.wording import Unit, wording
from trialgraph.criteria.quantities.numerals import Number, parse_number, scaled
from trialgraph.criteria.quantities.ranges import (
    OF_THE_PLACE,
    after_gloss,
    end_of_bracket,
    end_of_normal_range,
    numbers_of_range,
)
from trialgraph.criteria.quantities.sides import MONTHS, Found, are_opposite, merged
from trialgraph.expressions import Limit, Reference

__all__ = ["OPENING", "THEN", "after_comparator", "parse_limit", "parse_range", "side_of", "with_suffix"]

_RANGE = re.compile(r"\s*(?:(?:-|to\b|through\b|~)\s*(?=[\d.])|to\s+(?=[a-z]))", re.IGNORECASE)
_OR = re.compile(r"\s+or\s+(?=[a-z\d])", re.IGNORECASE)
_AND_RANGE = re.compile(r"(?:\s+of\s+age)?\s*(?:and|to|-)\s*(?=[\d.])", re.IGNORECASE)
OPENING = re.compile(
    r"(?:between|from|ranging\s+from|range\s+of|range|ranges\s+from)\s+(?=[\d.≥>])", re.IGNORECASE
)
_TO_BOUND = re.compile(r"\s*(?:-|to|~)\s*(?=[<≤])", re.IGNORECASE)
_UNIT_RANGE = re.compile(r"(?:\s+(?:of\s+age|old))?\s*(?:-|to\b|through\b|~)\s*(?=[\d.])", re.IGNORECASE)
_PLUS = re.compile(r"\s?\+(?=\s*-?(?:(?:pack[\s-]?)?years?|yrs?|months?)\b)", re.IGNORECASE)
_RESTATED = re.compile(
    r"[\s:='\"]*(?:(?:to|than)\s+(?=[\d.]))?(?:[(\[]\s*[≤≥<>=]+\s*[)\]]|[≤≥<>](?=\s?\d))?[\s:=]*"
    r"(?:an?\s+(?=\d+[\s-]?pack))?"
)
_THAN = re.compile(r"\s+(?:than|or)\b", re.IGNORECASE)
_WITHIN = re.compile(r"within\s+(?=[\d.])", re.IGNORECASE)
_WITHIN_REFERENCE = re.compile(rf"within\s+(?:{OF_THE_PLACE}\s+)*(?=(?:u|i)\w*\s)", re.IGNORECASE)
_WITHIN_BOUND = re.compile(r"within\s+(?=[≤<])", re.IGNORECASE)
THEN = re.compile(
    r"(?:\s*-?\s*(?:of\s+age|old)\b)?\s*(?:,\s*)?(?:(?:and|but|to|-)\s*)?(?=[<>≤≥a-z])", re.IGNORECASE
)
_BRACKET = re.compile(r"\s*\(\s*(?:or\s+)?[≤≥<>=]?\s*[\d.,]+(?!\s*[×x])[^()≤≥<>]{0,24}\)")
_OLD = re.compile(r"\s*-?\s*(?:old|of\s+age|in\s+age)\b", re.IGNORECASE)
_TIMES = re.compile(
    r"(?:(?:\s*(?P<sign>(?:×|x|\*|\?)(?:'?s\b)?)\s*|\s*-?\s*(?P<word>(?:times|time|folds?|multiples?)\b\s*(?:[×x]\s*|\(\s*[×x*]\s*\)\s*)?))"
    rf"(?:\(?(?:than|above|{OF_THE_PLACE})(?:\s+|/))*(?P<opened>\()?|\s*(?:{OF_THE_PLACE}(?:\s+|/))*)",
    re.IGNORECASE,
)
_OF_LIMITS = re.compile(r"(?:normal\s+)?(?:institutional|laboratory|normal)\s+limits?\b", re.IGNORECASE)
_CLOSED = re.compile(r"\s*\)")
_BY = re.compile(r"\s*[×x*]\s*(?=\d)")
_ONLY = re.compile(
    r"(?:(?:one\s+and\s+)?only|exactly)\s+(?=(?:\d|one|two|three|four)\)?\s(?:[^\s.;,]+\s){0,4}?(?:lines?|regimens?)\b)",
    re.IGNORECASE,
)
"""What tells a number of lines of therapy to be neither more nor less."""
_OPEN_BELOW = re.compile(r"\b(?:may|can|could)\s+have\b[^.;]{0,40}$", re.IGNORECASE)
_EXPLAINING = re.compile(r"\b(?:considered|count(?:s|ed)?)\b[^.;]{0,40}$", re.IGNORECASE)
_ALLOWED = re.compile(r"[^.;]*\b(?:allow(?:ed|able)|permitted|acceptable)\b", re.IGNORECASE)
_BEFORE = 60


@lru_cache(maxsize=64)
def parse_limit(text: str, position: int) -> Found | None:
    """Read a limit that starts at a position of a normalised text.

    The last results are remembered, since several readers look at one place.

    Returns:
        The limit in the unit as UCUM has it; None when no number stands there.
    Example:
        >>> parse_limit("≥ 1.5 × 10^9/L", 0).limit.low
        1.5
    """
    opening = OPENING.match(text, position)
    if opening:
        return _parse_range(text, position, opening.end())
    if exact := _parse_only(text, position):
        return exact
    normal = end_of_normal_range(text, position)
    if normal is not None:
        plain = Found(Limit(low=1.0, high=1.0), None, None, position, normal, normal=True)
        return _parse_numbers_of_range(text, plain) or plain
    if within := _parse_within(text, position):
        return within
    bound = _WITHIN_BOUND.match(text, position)
    first = _parse_bound(text, bound.end() if bound else position)
    return None if first is None else _with_second(text, first)


def _parse_only(text: str, start: int) -> Found | None:
    """Read "only one prior line": where that is allowed, it is as many as there may be."""
    only = _ONLY.match(text, start)
    number = parse_number(text, only.end()) if only else None
    before = text[max(0, start - _BEFORE) : start]
    if number is None or _EXPLAINING.search(before):
        return None
    most = _ALLOWED.match(text, start) or _OPEN_BELOW.search(before)
    return Found(Limit(None if most else number.value, high=number.value), None, None, start, number.end)


def _parse_numbers_of_range(text: str, normal: Found) -> Found | None:
    """Read "within normal limits (≤ 1.5 × ULN)", where a bracket tells what is held to be normal."""
    start = numbers_of_range(text, normal.end)
    found = None if start is None else parse_limit(text, start)
    end = None if found is None else end_of_bracket(text, found.end)
    if found is None or end is None or found.normal or not found.stated:
        return None
    told = found.relative_to is not None or found.unit is not None
    return replace(found, start=normal.start, end=end) if told else None


def _with_second(text: str, first: Found) -> Found | None:
    """Take in the other side of a limit ("≥ 18 and ≤ 75 years", "18 to < 75 years")."""
    if first.stated and (upper := _up_to(text, first)) is not None:
        return upper
    then = (THEN if first.stated else _TO_BOUND).match(text, first.end)
    second = _parse_bound(text, then.end()) if then else None
    if second is None or not second.stated:
        return first
    if not first.stated:
        first = replace(first, limit=Limit(low=first.limit.low), stated=True)
        return (merged(first, second) if are_opposite(text, first, second) else None) or replace(
            first, limit=Limit(low=first.limit.low, high=first.limit.low), stated=False
        )
    return merged(first, second) if are_opposite(text, first, second) else first


def _up_to(text: str, first: Found) -> Found | None:
    """Take in the upper end of "≥ 18 years to 80 years", which has no sign of its own."""
    joint = _UNIT_RANGE.match(text, first.end) if first.limit.high is None else None
    number = parse_number(text, joint.end()) if joint else None
    if number is None or first.limit.low is None:
        return None
    upper = _with_unit(text, Found(Limit(high=number.value), None, None, first.start, number.end))
    if {each.unit.ucum for each in (first, upper) if each.unit is not None} == set(MONTHS):
        return merged(first, upper)
    if number.value <= first.limit.low:
        return None
    same = (upper.unit, upper.relative_to) == (first.unit, first.relative_to)
    bare = first.unit is None and first.relative_to is None
    return merged(first, upper) if same or bare else None


def _parse_within(text: str, start: int) -> Found | None:
    """Read "within 1.5 times the upper limit of normal", or without a number: up to it."""
    counted = _WITHIN.match(text, start)
    found = _parse_bound(text, counted.end()) if counted else None
    if found is not None:
        told = found.relative_to is not None and not found.stated
        return replace(found, limit=Limit(high=found.limit.high), start=start, stated=True) if told else None
    named = _WITHIN_REFERENCE.match(text, start)
    reference = wording().reference.match(text, named.end()) if named else None
    if reference is None or wording().references.get(_key(reference.group())) != "ULN":
        return None
    return Found(Limit(high=1.0), None, "ULN", start, after_gloss(text, reference.end()))


def parse_range(text: str, position: int) -> Found | None:
    """Return the range that two numbers from a position on state ("18 and 75 years" after "between")."""
    return _parse_range(text, position, position)


def _parse_range(text: str, start: int, position: int) -> Found | None:
    compare = wording().compare.match(text, position)
    low = parse_number(text, compare.end() + _blank(text, compare.end()) if compare else position)
    if low is None:
        return None
    after = wording().unit.match(text, low.end)
    joint = _AND_RANGE.match(text, low.end) or (after and _AND_RANGE.match(text, after.end()))
    if not joint:
        return None
    high = parse_number(text, joint.end())
    if high is None or high.value < low.value:
        return None
    return _with_unit(text, Found(_between(low, high), None, None, start, high.end))


def _between(low: Number, high: Number) -> Limit:
    """Return the range of two numbers; a power of ten after the second is meant for both."""
    first = scaled(low.value, high.exponent) if high.exponent and not low.exponent else low.value
    return Limit(low=first, high=high.value)


def _blank(text: str, position: int) -> int:
    return len(text) - position - len(text[position:].lstrip()) if text.startswith(" ", position) else 0


def after_comparator(text: str, position: int) -> int:
    """Return where the number after a comparator starts; a sign that says it again is stepped over."""
    restated = _RESTATED.match(text, position)
    return restated.end() if restated else position


def _parse_bound(text: str, position: int) -> Found | None:
    compare = wording().compare.match(text, position)
    start = position
    if compare:
        position = after_comparator(text, compare.end())
    number = parse_number(text, position)
    if number is None:
        return _parse_bare_reference(text, start, position, compare)
    if compare is None:
        return _parse_uncompared(text, start, number)
    side, inside = side_of(compare.group())
    limit = (
        Limit(low=number.value, low_inclusive=inside)
        if side == "low"
        else Limit(high=number.value, high_inclusive=inside)
    )
    again = wording().suffix.match(text, number.end) if inside else None
    end = again.end() if again and wording().suffixes[_key(again["suffix"])] == side else number.end
    found = _with_unit(text, Found(limit, None, None, start, end))
    again = wording().suffix.match(text, found.end) if inside and found.end > end else None
    told = (
        again is not None
        and wording().suffixes[_key(again["suffix"])] == side
        and not _THAN.match(text, again.end())
    )
    return replace(found, end=again.end()) if again and told else found


def _parse_uncompared(text: str, start: int, number: Number) -> Found:
    """Read a range, "18+ years", "18 years or older", or a bare number."""
    joint = _RANGE.match(text, number.end)
    high = parse_number(text, joint.end()) if joint else _next_number(text, number)
    if high is not None and high.value > number.value:
        return _with_unit(text, Found(_between(number, high), None, None, start, high.end))
    if joint and high is not None and (turned := _parse_turned(text, start, number, high)):
        return turned
    if plus := _PLUS.match(text, number.end):
        return _with_unit(text, Found(Limit(low=number.value), None, None, start, plus.end()))
    exact = Found(Limit(low=number.value, high=number.value), None, None, start, number.end, stated=False)
    found = _with_unit(text, exact)
    return _parse_twice_united(text, found) or with_suffix(text, found)


def _parse_turned(text: str, start: int, high: Number, low: Number) -> Found | None:
    """Read "140-100 mmHg", a range from its upper end, which only a unit tells from other numbers."""
    if not low.value < high.value <= 10 * low.value or low.exponent or high.exponent:
        return None
    found = _with_unit(text, Found(Limit(low=low.value, high=high.value), None, None, start, low.end))
    return found if found.unit is not None else None


def _next_number(text: str, number: Number) -> Number | None:
    """Return the second of "1 or 2", which is a range when no number lies between them."""
    joint = _OR.match(text, number.end)
    high = parse_number(text, joint.end()) if joint else None
    return high if high is not None and high.value == number.value + 1 <= 5 else None


def _parse_twice_united(text: str, low: Found) -> Found | None:
    """Read "3 months to 21 years": a range that repeats its unit, or changes it."""
    joint = _UNIT_RANGE.match(text, low.end) if low.unit else None
    number = parse_number(text, joint.end()) if joint else None
    if number is None or low.unit is None or low.limit.low is None:
        return None
    exact = Found(Limit(low=number.value, high=number.value), None, None, low.start, number.end)
    high = _with_unit(text, exact)
    if high.unit is None or high.limit.high is None:
        return None
    first, second = low.limit.low, high.limit.high
    if {low.unit.ucum, high.unit.ucum} == set(MONTHS):
        first, second = first * MONTHS[low.unit.ucum], second * MONTHS[high.unit.ucum]
        high = replace(high, unit=low.unit if low.unit.ucum == "mo" else high.unit)
    elif low.unit != high.unit:
        return None
    return replace(high, limit=Limit(low=first, high=second)) if first < second else None


def side_of(words: str) -> tuple[str, bool]:
    """Return which side of a limit a comparator's number is, and whether the number is within."""
    return wording().comparators[" ".join(words.lower().split())]


def _parse_bare_reference(
    text: str, start: int, position: int, compare: re.Match[str] | None
) -> Found | None:
    """Read "≤ ULN", once the reference limit, and "≤ ULN × 1.5"."""
    if compare is None:
        return None
    times = _TIMES.match(text, position)
    offset = times.end() if times else position
    reference = wording().reference.match(text, offset) or wording().normal.match(text, offset)
    if reference is None:
        return None
    factor, end = 1.0, after_gloss(text, reference.end())
    if by := _BY.match(text, reference.end()):
        number = parse_number(text, by.end())
        factor, end = (number.value, number.end) if number else (factor, end)
    side, inside = side_of(compare.group())
    relative = wording().references.get(_key(reference.group())) or _end_of_normal(side, inside=inside)
    if relative is None:
        return None
    limit = (
        Limit(low=factor, low_inclusive=inside)
        if side == "low"
        else Limit(high=factor, high_inclusive=inside)
    )
    return Found(limit, None, relative, start, end)


def _end_of_normal(side: str, *, inside: bool) -> Reference | None:
    """Return which end of the normal range a bound is set by; None for "< normal", which may be either."""
    if side == "low":
        return "LLN" if inside else "ULN"
    return "ULN" if inside else None


def _key(words: str) -> str:
    return " ".join(words.lower().split())


def _with_unit(text: str, found: Found) -> Found:
    times = _TIMES.match(text, found.end)
    if times:
        reference = wording().reference.match(text, times.end())
        if reference is None and (times["sign"] or times["word"] or _OF_LIMITS.match(text, times.end())):
            reference = wording().normal.match(text, times.end())
        if reference:
            relative = wording().references.get(_key(reference.group()), "ULN")
            end = after_gloss(text, reference.end())
            closed = _CLOSED.match(text, end) if times["opened"] else None
            return replace(found, relative_to=relative, end=closed.end() if closed else end)
    told = _unit_at(text, found.end)
    if told is None:
        return found
    unit, end = told
    low, high = found.limit.low, found.limit.high
    limit = replace(
        found.limit,
        low=None if low is None else _times(low, unit.factor),
        high=None if high is None else _times(high, unit.factor),
    )
    bracket = _BRACKET.match(text, end)
    return replace(found, limit=limit, unit=unit, end=bracket.end() if bracket else end)


def _unit_at(text: str, position: int) -> tuple[Unit, int] | None:
    """Return the unit that starts at a position, in symbols or in words, and where it ends."""
    spelled = wording().spelled_unit.match(text, position)
    if spelled is not None:
        parts = (wording().unit_words[_key(spelled[name])] for name in ("above", "below"))
        unit = wording().units.get("/".join(parts).lower().replace(" ", ""))
        if unit is not None:
            return unit, spelled.end()
    match = wording().unit.match(text, position)
    return None if match is None else (wording().units["".join(match["unit"].lower().split())], match.end())


def _times(value: float, factor: float) -> float:
    return value if factor == 1 else float(f"{value * factor:.12g}")


def with_suffix(text: str, found: Found) -> Found:
    """Apply "or older", "or more" to a bare number."""
    old = _OLD.match(text, found.end)
    match = wording().suffix.match(text, old.end() if old else found.end)
    if match is None:
        return found
    side = wording().suffixes[_key(match["suffix"])]
    number = found.limit.low
    if side not in ("low", "high"):
        return found
    limit = Limit(low=number) if side == "low" else Limit(high=number)
    told = replace(found, limit=limit, end=match.end(), stated=True)
    return told if found.unit is not None else _with_unit(text, told)
