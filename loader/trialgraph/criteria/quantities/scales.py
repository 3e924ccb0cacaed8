"""Limits on scores: numbers and classes of a scale, in lists and ranges, and their worse or better side."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import Scale, wording
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import OPENING, THEN, after_comparator, side_of
from trialgraph.criteria.quantities.sides import Found
from trialgraph.expressions import Limit

__all__ = ["alike_scales", "parse_choice", "parse_scale_limit", "parse_sum"]

_SUM = re.compile(
    r"(?:(?:sum|scores?|grade|gleason|of|is)\s+)*(?P<compare>[≥>≤<]?)\s*(?P<first>[1-5])\s*\+\s*(?P<second>[1-5])(?![\d.])"
    r"(?:\s*=\s*\(?\d{1,2}\)?)?",
    re.IGNORECASE,
)

_SUM_TOO = re.compile(
    r"\s*(?:[(\[][^()\[\]]{1,30}[)\]]\s*)?(?:,\s*)?(?:or|to|and|-)\s*(?:gleason\s+)?(?:score\s+)?(?P<first>[1-5])\s*\+\s*(?P<second>[1-5])(?![\d.])"
    r"(?:\s*=\s*\(?\d{1,2}\)?)?",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"(?:(?:scores?|sum|grade|group|category|categories|of|is|either|being)\b[\s:=]*)*(?P<scores>\d{1,2}(?:\s*,\s*\d{1,2})*"
    r"\s*,?\s*(?:or|and)\s+\d{1,2})(?![\d.+/-]|\s*(?:%|points?\s+(?:above|below)|times|days?|weeks?|months?|years?|lines?|cores?))",
    re.IGNORECASE,
)
"""Scores of which any will do, told one by one."""
_CLASS = re.compile(r"(?:(?:class(?:es|ification)?|grades?)\b\s*)+", re.IGNORECASE)
_GLOSS = re.compile(r"\s*\([^()\d≤≥<>]{4,200}\)")
_TO = re.compile(r"\s?-\s?(?=\d(?!\d|\s*(?:days?|weeks?|months?)\b))")


def parse_scale_limit(text: str, position: int, scale: Scale) -> Found | None:
    """Read a limit on a score: numbers, classes ("B"), both ("B7"), lists ("0, 1 or 2"), "or worse"."""
    return _ScaleReader(text, scale).read(position)


def alike_scales(text: str, name: str, find: Callable[[str], Term | None]) -> tuple[Term, ...]:
    """Return a scale, and those of the same numbers that a text names without a limit."""
    scales = wording().scales
    alike = [other for other in scales if other == name or scales[other] == scales[name]]
    terms = [term for other in alike if (term := find(other)) is not None]
    return tuple(term for term in terms if local_name(term) == name or _is_named_alone(text, term))


def _is_named_alone(text: str, term: Term) -> bool:
    word = re.escape(term.label.split()[0])
    limited = re.search(rf"\b{word}\b[^.;]{{0,40}}?[≥>≤<]\s*\d{{2,3}}\b(?!\s*-?\s*(?:year|yr))", text)
    return limited is None and re.search(rf"\b{word}\b", text) is not None


def parse_choice(text: str, position: int) -> Found | None:
    """Read scores told one by one, so long as none is left out between them ("8, 9 or 10")."""
    match = _CHOICE.match(text, position)
    scores = [int(score) for score in re.findall(r"\d+", match["scores"])] if match else []
    if match is None or scores != list(range(scores[0], scores[0] + len(scores))):
        return None
    return Found(Limit(low=float(scores[0]), high=float(scores[-1])), None, None, position, match.end())


def parse_sum(text: str, position: int) -> Found | None:
    """Read a score told as the sum of its parts ("≥ 3+4", "4+3=7"); it is loose where their order counts."""
    match = _SUM.match(text, position)
    if match is None:
        return None
    first, second = int(match["first"]), int(match["second"])
    suffix = wording().suffix.match(text, match.end()) if not match["compare"] else None
    side, inside = wording().suffixes[" ".join(suffix["suffix"].lower().split())] if suffix else "", True
    end = suffix.end() if suffix and side in ("low", "high") else match.end()
    if match["compare"]:
        side, inside = side_of(match["compare"])
    total = float(first + second)
    if not match["compare"] and not suffix and (other := _SUM_TOO.match(text, match.end())) is not None:
        # "3+3 or 3+4": from the one sum to the other, of which the order of the parts still tells more.
        sums = sorted((total, float(int(other["first"]) + int(other["second"]))))
        return Found(Limit(low=sums[0], high=sums[1]), None, None, position, other.end(), loose=True)
    limit = Limit(
        None if side == "high" else total,
        inside or side == "high",
        None if side == "low" else total,
        inside or side == "low",
    )
    ordered = (first <= second) if side == "low" else (first >= second) if side == "high" else first == second
    return Found(limit, None, None, position, end, loose=not ordered)


class _ScaleReader:
    """Reads limits on one scale; a class stands for the range of its scores."""

    def __init__(self, text: str, scale: Scale) -> None:
        self.text = text
        self.scale = scale
        symbols = "|".join(map(re.escape, sorted(scale.symbols, key=len, reverse=True))) or "(?!)"
        self.value = re.compile(
            rf"\s*(?:(?i:class(?:es|ification)?|grades?|score|stage|category|functional|status|ps|level)\b\s*|of\s+)*"
            rf"(?:(?P<symbol>{symbols})(?![a-zA-Z])(?:\s*[(-]?\s*(?P<points>\d{{1,2}})\b(?:\s*(?:points?|score)?\))?)?"
            r"|(?P<number>\d{1,3}|zero|one|two|three|four)(?!\.?\d|/\d{3})(?:[A-D]\b)?(?:\s*(?:%|points?))?)"
        )
        self.joint = re.compile(
            r"\s*(?:,\s*(?i:or|and)?|/|(?i:or|and)|(?:-|to)\s*≤|-|to|through|&|~|;(?=\s*\d)|(?=\s\d(?:(?!\S)|\.\s*$)))\s*(?:class\s+|score\s+)?"
            r"(?=[\dIVABCz]|(?:one|two|three|four)\b)"
        )

    def read(self, position: int) -> Found | None:
        position = self._skip(position)
        opening = OPENING.match(self.text, position)
        start, position = position, opening.end() if opening else position
        named = _CLASS.match(self.text, position)
        compare = wording().compare.match(self.text, named.end() if named else position)
        if compare:
            return self._compared(start, compare)
        first = self._value(position)
        if first is None:
            return None
        low, high, end = first
        inner = wording().compare.match(self.text, self._skip(end))
        if inner and low != high:
            return self._inside_class((low, high), start, inner)
        between = opening is not None and opening.group().lower().startswith("between")
        low, high, end, count = self._listed(low, high, end, between=between)
        if (
            count == 1
            and self.scale.symbols
            and self.text[position - 1 : position + 1].isalnum()
            and position
        ):
            # "Classification1" ends in the number of a note.
            return None
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
            if match["points"] and low == high:
                return low, high, match.end("symbol")
            if match["points"]:
                low = high = float(match["points"])
            return low, high, match.end()
        words = {"zero": 0.0, **wording().numbers}
        number = words.get(match["number"])
        value = float(match["number"]) if number is None else number
        return (value, value, match.end()) if self.scale.low <= value <= self.scale.high else None

    def _listed(self, low: float, high: float, end: int, *, between: bool) -> tuple[float, float, int, int]:
        """Take in the rest of a list or range of scores, so long as it leaves no gap.

        A range may be told from its upper end ("100 to 70"), as "between" tells one.
        """
        count = 1
        while joint := self._joint_after(end):
            following = self._value(joint.end())
            if following is None:
                break
            span = between or any(sign in joint.group() for sign in ("-", "~", "to", "through"))
            if not joint.group().strip() and following[0] != high + 1:
                break
            turned = following[1] < low
            if (not span and following[0] > high + 1 and self.scale.high < 50) or (turned and not span):
                break
            if turned:
                return following[0], high, following[2], count + 1
            high, end, count = max(high, following[1]), following[2], count + 1
        return low, high, end, count

    def _joint_after(self, end: int) -> re.Match[str] | None:
        """Return the joint behind a score, also behind a bracket that explains it ("0 (active) or 1")."""
        gloss = _GLOSS.match(self.text, end)
        return self.joint.match(self.text, end) or (
            self.joint.match(self.text, gloss.end()) if gloss else None
        )

    def _compared(self, start: int, compare: re.Match[str]) -> Found | None:
        side, inside = side_of(compare.group())
        value = self._value(after_comparator(self.text, compare.end()))
        if value is None:
            return None
        low, high, end = value
        if side == "low":
            limit = Limit(low=low if inside else high, low_inclusive=inside)
            end = self._past_repeated(end, inside=inside)
            then = THEN.match(self.text, end)
            second = wording().compare.match(self.text, then.end()) if then else None
            if second and side_of(second.group())[0] == "high":
                upper = self._value(self._skip(second.end()))
                if upper:
                    within = side_of(second.group())[1]
                    limit = replace(limit, high=upper[1] if within else upper[0], high_inclusive=within)
                    end = upper[2]
        else:
            high, end = self._upper(high, end) if inside else (high, end)
            limit = Limit(high=high if inside else low, high_inclusive=inside)
            suffix = re.compile(r"\s*\(\s*\d(?:\s*(?:,|-|or|/|and)\s*(?:or\s*)?\d)*\s*\)").match(
                self.text, end
            )
            end = suffix.end() if suffix else end
        return Found(limit, None, None, start, end)

    def _upper(self, high: float, end: int) -> tuple[float, int]:
        """Return the worse end of a range behind a comparator that adds nothing to it ("ECOG ≤ 0-1")."""
        joint = _TO.match(self.text, end)
        following = self._value(joint.end()) if joint else None
        return (following[1], following[2]) if following and following[0] > high else (high, end)

    def _past_repeated(self, end: int, *, inside: bool) -> int:
        """Step over a side that is told again behind a score ("≥ 70 or higher")."""
        again = wording().suffix.match(self.text, end) if inside else None
        told = again and wording().suffixes[" ".join(again["suffix"].lower().split())] in ("low", "better")
        return again.end() if again and told and self.scale.better == "high" else end

    def _inside_class(self, span: tuple[float, float], start: int, compare: re.Match[str]) -> Found | None:
        """Read "B >7": the scores of a class beyond a number, "or worse" those of worse classes too."""
        inner = self._compared(start, compare)
        if inner is None:
            return None
        limit = inner.limit
        suffix = wording().suffix.match(self.text, inner.end)
        if suffix and wording().suffixes[" ".join(suffix["suffix"].lower().split())] in ("worse", "low"):
            return replace(inner, end=suffix.end())
        low = span[0] if limit.low is None else limit.low
        high = span[1] if limit.high is None else limit.high
        return replace(inner, limit=Limit(low, limit.low_inclusive, high, limit.high_inclusive))

    def _suffixed(self, low: float, high: float, start: int, end: int, *, stated: bool) -> Found:
        suffix = wording().suffix.match(self.text, end)
        if suffix:
            side = wording().suffixes[" ".join(suffix["suffix"].lower().split())]
            better = self.scale.better
            worse = "high" if better == "low" else "low"
            open_side = {"better": better, "worse": worse, "low": "high", "high": "low"}[side]
            limit = Limit(low=low) if open_side == "high" else Limit(high=high)
            return Found(limit, None, None, start, suffix.end())
        if high >= self.scale.high and self.scale.symbols and self.scale.better == "low" and high > low:
            return Found(Limit(low=low), None, None, start, end)
        return Found(Limit(low=low, high=high), None, None, start, end, stated)
