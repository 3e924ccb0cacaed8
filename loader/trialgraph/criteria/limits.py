"""Limits as criteria word them: comparator, number or range, unit or multiple of a reference."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from math import isinf

from trialgraph.criteria.wording import Scale, Unit, wording
from trialgraph.expressions import Limit, Reference

__all__ = ["Found", "parse_limit", "parse_scale_limit"]

_DIGITS = (
    r"\d{1,3}(?: \d{3})+(?=\s?/)|\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+[.·]\d+|\d+,\d(?![\d,])|\d+|\.\d+"
)
_POWER = r"(?:\s*(?:×|x|\*)?\s*10\s?\^\s?(?P<power>\d{1,2})(?!\d)|(?P<kilo>k)\b(?!\s?/))?"
_RANGE = re.compile(r"\s*(?:-|to\b|through\b|~)\s*(?=[\d.])", re.IGNORECASE)
_AND_RANGE = re.compile(r"\s*(?:and|to|-)\s*(?=[\d.])", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:between|from|ranging\s+from|range\s+of|range|ranges\s+from)\s+(?=[\d.≥>])", re.IGNORECASE
)
_WITHIN = re.compile(r"within\s+(?=[\d.])", re.IGNORECASE)
_THEN = re.compile(r"\s*(?:,\s*)?(?:(?:and|but|to|-)\s*)?(?=[<>≤≥a-z])", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\(\s*(?:or\s+)?[≤≥<>=]?\s*[\d.,]+(?!\s*[×x])[^()≤≥<>]{0,24}\)")
_OLD = re.compile(r"\s*-?\s*(?:old|of\s+age|in\s+age)\b", re.IGNORECASE)
_INCLUSIVE = re.compile(
    r"\s*,?\s*\(?\s*(?:(?:both|boundary|limits?|values?)\s+)*inclusive(?:\s+of\s+(?:both\s+)?\w+)?\s*\)?",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?:\s*(?:×|x|\*)\s*|\s*-?\s*(?:times|time|folds?|multiples?)\b\s*|\s*)"
    r"(?:\(?(?:of|the|than|above|institution(?:al|'s)?|laborator(?:y|y's|ies)|lab|local|site(?:'s)?|specific"
    r"|respective|age-?\s?(?:adjusted|appropriate|specific|based)|applicable|corresponding|reference|central)\s+)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A limit in a text, and the characters it takes.

    `stated` tells a comparator or a range from a bare number.
    """

    limit: Limit
    unit: Unit | None
    relative_to: Reference | None
    start: int
    end: int
    stated: bool = True


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    exponent: int
    end: int


@cache
def _number_pattern() -> re.Pattern[str]:
    words = "|".join(wording().numbers)
    return re.compile(rf"(?:(?P<digits>{_DIGITS}){_POWER}|(?P<word>{words})\b(?:\s*\(\d+\))?)", re.IGNORECASE)


def _parse_number(text: str, position: int) -> _Number | None:
    match = _number_pattern().match(text, position)
    if match is None:
        return None
    if match["word"]:
        return _Number(wording().numbers[match["word"].lower()], exponent=0, end=match.end())
    digits = match["digits"].replace("·", ".")
    if re.fullmatch(r"\d+,\d", digits):
        digits = digits.replace(",", ".")
    value = float(digits.replace(",", "").replace(" ", ""))
    if isinf(value):
        return None
    exponent = int(match["power"]) if match["power"] else 3 if match["kilo"] else 0
    return _Number(_scaled(value, exponent), exponent, match.end())


def _scaled(value: float, exponent: int) -> float:
    """Multiply by a power of ten without the dust of binary fractions."""
    return float(f"{value!r}e{exponent}") if "e" not in repr(value) else value * 10.0**exponent


def parse_limit(text: str, position: int) -> Found | None:
    """Read a limit that starts at a position of a normalised text.

    Returns:
        The limit in the unit as UCUM has it; None when no number stands there.
    Example:
        >>> parse_limit("≥ 1.5 × 10^9/L", 0).limit.low
        1.5
    """
    opening = _OPENING.match(text, position)
    if opening:
        return _parse_range(text, position, opening.end())
    within = _WITHIN.match(text, position)
    if within:
        return _parse_within(text, position, within.end())
    first = _parse_bound(text, position)
    if first is None:
        return None
    then = _THEN.match(text, first.end)
    if then and first.stated:
        second = _parse_bound(text, then.end())
        if second and second.stated and _opposite(text, first, second):
            return _merge(first, second)
    return first


def _parse_within(text: str, start: int, position: int) -> Found | None:
    """Read "within 1.5 times the upper limit of normal": up to it."""
    found = _parse_bound(text, position)
    if found is None or found.relative_to is None or found.stated:
        return None
    return replace(found, limit=Limit(high=found.limit.high), start=start, stated=True)


def _parse_range(text: str, start: int, position: int) -> Found | None:
    compare = wording().compare.match(text, position)
    low = _parse_number(text, compare.end() + _blank(text, compare.end()) if compare else position)
    if low is None:
        return None
    after = wording().unit.match(text, low.end)
    joint = _AND_RANGE.match(text, low.end) or (after and _AND_RANGE.match(text, after.end()))
    if not joint:
        return None
    high = _parse_number(text, joint.end())
    if high is None or high.value < low.value:
        return None
    return _with_unit(text, Found(_between(low, high), None, None, start, high.end))


def _between(low: _Number, high: _Number) -> Limit:
    """Return the range of two numbers; a power of ten after the second is meant for both."""
    first = _scaled(low.value, high.exponent) if high.exponent and not low.exponent else low.value
    return Limit(low=first, high=high.value)


def _blank(text: str, position: int) -> int:
    return (
        len(text) - position - len(text[position:].lstrip())
        if position < len(text) and text[position] == " "
        else 0
    )


def _parse_bound(text: str, position: int) -> Found | None:
    compare = wording().compare.match(text, position)
    start = position
    if compare:
        position = compare.end()
        while position < len(text) and text[position] in " :=":
            position += 1
    number = _parse_number(text, position)
    if number is None:
        return _parse_bare_reference(text, start, position, compare)
    if compare is None:
        joint = _RANGE.match(text, number.end)
        high = _parse_number(text, joint.end()) if joint else None
        if high is not None and high.value > number.value:
            return _with_unit(text, Found(_between(number, high), None, None, start, high.end))
        found = Found(Limit(low=number.value, high=number.value), None, None, start, number.end, stated=False)
        return _with_suffix(text, _with_unit(text, found))
    side, inside = _comparator(compare.group())
    limit = (
        Limit(low=number.value, low_inclusive=inside)
        if side == "low"
        else Limit(high=number.value, high_inclusive=inside)
    )
    return _with_unit(text, Found(limit, None, None, start, number.end))


def _comparator(words: str) -> tuple[str, bool]:
    return wording().comparators[" ".join(words.lower().split())]


def _parse_bare_reference(
    text: str, start: int, position: int, compare: re.Match[str] | None
) -> Found | None:
    """Read "≤ ULN": once the reference limit."""
    if compare is None:
        return None
    times = _TIMES.match(text, position)
    reference = wording().reference.match(text, times.end() if times else position)
    if reference is None:
        return None
    side, inside = _comparator(compare.group())
    limit = Limit(low=1.0, low_inclusive=inside) if side == "low" else Limit(high=1.0, high_inclusive=inside)
    return Found(limit, None, wording().references[_key(reference.group())], start, reference.end())


def _key(words: str) -> str:
    return " ".join(words.lower().split())


def _with_unit(text: str, found: Found) -> Found:
    times = _TIMES.match(text, found.end)
    reference = wording().reference.match(text, times.end()) if times else None
    if reference:
        end = _after_gloss(text, reference.end())
        return replace(found, relative_to=wording().references[_key(reference.group())], end=end)
    match = wording().unit.match(text, found.end)
    if match is None:
        return found
    unit = wording().units["".join(match["unit"].lower().split())]
    low, high = found.limit.low, found.limit.high
    limit = replace(
        found.limit,
        low=None if low is None else _times(low, unit.factor),
        high=None if high is None else _times(high, unit.factor),
    )
    end = match.end()
    bracket = _BRACKET.match(text, end)
    return replace(found, limit=limit, unit=unit, end=bracket.end() if bracket else end)


def _times(value: float, factor: float) -> float:
    return value if factor == 1 else float(f"{value * factor:.12g}")


_GLOSS = re.compile(
    r"\s*\(\s*(?:[UL]LN|UNL)\s*\)|\s*(?:for\s+(?:the\s+)?(?:institution|laboratory|age))\b", re.IGNORECASE
)


def _after_gloss(text: str, position: int) -> int:
    gloss = _GLOSS.match(text, position)
    return gloss.end() if gloss else position


def _with_suffix(text: str, found: Found) -> Found:
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
    return replace(found, limit=limit, end=match.end(), stated=True)


def _opposite(text: str, first: Found, second: Found) -> bool:
    """Whether two bounds are the two sides of one limit."""
    if first.unit is not None and second.unit != first.unit:
        follower = text[second.end : second.end + 2].strip()
        if second.unit is not None or follower[:1].isalpha():
            return False
    return (
        (first.limit.low is None) != (second.limit.low is None)
        and (first.limit.high is None) != (second.limit.high is None)
        and first.relative_to == second.relative_to
    )


def _merge(first: Found, second: Found) -> Found | None:
    lower, upper = (first, second) if first.limit.low is not None else (second, first)
    low, high = lower.limit.low, upper.limit.high
    if low is None or high is None or low > high:
        return first
    limit = Limit(low, lower.limit.low_inclusive, high, upper.limit.high_inclusive)
    return Found(limit, first.unit or second.unit, first.relative_to, first.start, second.end)


def parse_scale_limit(text: str, position: int, scale: Scale) -> Found | None:
    """Read a limit on a score: numbers, classes ("B"), both ("B7"), lists ("0, 1 or 2"), "or worse"."""
    return _ScaleReader(text, scale).read(position)


class _ScaleReader:
    """Reads limits on one scale; a class stands for the range of its scores."""

    def __init__(self, text: str, scale: Scale) -> None:
        self.text = text
        self.scale = scale
        symbols = "|".join(sorted(scale.symbols, key=len, reverse=True)) or "(?!)"
        self.value = re.compile(
            rf"\s*(?:(?i:class|grade|score|stage|category|functional|status|ps|level)\b\s*|of\s+)*"
            rf"(?:(?P<symbol>{symbols})(?![a-zA-Z])(?:\s*[(-]?\s*(?P<points>\d{{1,2}})\b(?:\s*(?:points?|score)?\))?)?"
            r"|(?P<number>\d{1,3}|zero|one|two|three|four)(?!\.?\d|/\d{3})(?:\s*(?:%|points?))?)"
        )
        self.joint = re.compile(
            r"\s*(?:,\s*(?:or|and)?|/|or|and|-|to|through|&|~|;(?=\s*\d)|(?=\s\d(?!\S)))\s*(?:class\s+|score\s+)?(?=[\dIVABCz])"
        )

    def read(self, position: int) -> Found | None:
        position = self._skip(position)
        opening = _OPENING.match(self.text, position)
        start, position = position, opening.end() if opening else position
        compare = wording().compare.match(self.text, position)
        if compare:
            return self._compared(start, compare)
        first = self._value(position)
        if first is None:
            return None
        low, high, end = first
        inner = wording().compare.match(self.text, self._skip(end))
        if inner and low != high:
            return self._inside_class((low, high), start, inner)
        low, high, end, count = self._listed(low, high, end)
        return self._suffixed(low, high, start, end, stated=count > 1 or low != high)

    def _skip(self, position: int) -> int:
        while position < len(self.text) and self.text[position] in " :=":
            position += 1
        return position

    def _value(self, position: int) -> tuple[float, float, int] | None:
        match = self.value.match(self.text, position)
        if match is None:
            return None
        if match["symbol"]:
            low, high = self.scale.symbols[match["symbol"]]
            if match["points"]:
                low = high = float(match["points"])
            return low, high, match.end()
        words = {"zero": 0.0, **wording().numbers}
        number = words.get(match["number"])
        value = float(match["number"]) if number is None else number
        return (value, value, match.end()) if self.scale.low <= value <= self.scale.high else None

    def _listed(self, low: float, high: float, end: int) -> tuple[float, float, int, int]:
        """Take in the rest of a list or range of scores, so long as it leaves no gap."""
        count = 1
        while joint := self.joint.match(self.text, end):
            following = self._value(joint.end())
            if following is None:
                break
            span = any(sign in joint.group() for sign in ("-", "~", "to", "through"))
            if not joint.group().strip() and following[0] != high + 1:
                break
            if (not span and following[0] > high + 1 and self.scale.high < 50) or following[0] < low:
                break
            high, end, count = max(high, following[1]), following[2], count + 1
        return low, high, end, count

    def _compared(self, start: int, compare: re.Match[str]) -> Found | None:
        side, inside = _comparator(compare.group())
        value = self._value(self._skip(compare.end()))
        if value is None:
            return None
        low, high, end = value
        if side == "low":
            limit = Limit(low=low if inside else high, low_inclusive=inside)
            then = _THEN.match(self.text, end)
            second = wording().compare.match(self.text, then.end()) if then else None
            if second and _comparator(second.group())[0] == "high":
                upper = self._value(self._skip(second.end()))
                if upper:
                    within = _comparator(second.group())[1]
                    limit = replace(limit, high=upper[1] if within else upper[0], high_inclusive=within)
                    end = upper[2]
        else:
            limit = Limit(high=high if inside else low, high_inclusive=inside)
            suffix = re.compile(r"\s*\(\s*\d(?:\s*(?:,|-|or|/|and)\s*(?:or\s*)?\d)*\s*\)").match(
                self.text, end
            )
            end = suffix.end() if suffix else end
        return Found(limit, None, None, start, end)

    def _inside_class(self, span: tuple[float, float], start: int, compare: re.Match[str]) -> Found | None:
        """Read "B >7": the scores of a class beyond a number, "or worse" those of worse classes too."""
        inner = self._compared(start, compare)
        if inner is None:
            return None
        limit = inner.limit
        suffix = wording().suffix.match(self.text, inner.end)
        if suffix and wording().suffixes[_key(suffix["suffix"])] in ("worse", "low"):
            return replace(inner, end=suffix.end())
        low = span[0] if limit.low is None else limit.low
        high = span[1] if limit.high is None else limit.high
        return replace(inner, limit=Limit(low, limit.low_inclusive, high, limit.high_inclusive))

    def _suffixed(self, low: float, high: float, start: int, end: int, *, stated: bool) -> Found:
        suffix = wording().suffix.match(self.text, end)
        if suffix:
            side = wording().suffixes[_key(suffix["suffix"])]
            better = self.scale.better
            worse = "high" if better == "low" else "low"
            open_side = {"better": better, "worse": worse, "low": "high", "high": "low"}[side]
            limit = Limit(low=low) if open_side == "high" else Limit(high=high)
            return Found(limit, None, None, start, suffix.end())
        if high >= self.scale.high and self.scale.symbols and self.scale.better == "low" and high > low:
            return Found(Limit(low=low), None, None, start, end)
        return Found(Limit(low=low, high=high), None, None, start, end, stated)
