"""Bounds told by other words than a comparator in front of the number."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.ages import is_lawful
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import parse_limit, with_suffix
from trialgraph.criteria.quantities.sides import Found
from trialgraph.expressions import Limit

__all__ = [
    "SCALED",
    "after_distance",
    "beyond",
    "directed",
    "is_exact",
    "is_from_age",
    "led",
    "limit_at",
    "moved",
    "on_scale",
    "sided",
    "tells_distance",
]

_DISTANCE = re.compile(
    r"\s*(?:decrease|increase|drop|rise|decline|reduction)\b|\s*(?:below|above|under|over|[<>]|(?:higher|lower|greater|less)\s+than)\s+(?:the\s+|their\s+|patient's\s+)*"
    r"(?:lower|lowest|upper|highest|limits?|normal|baseline|nadir|[ul]ln|u?nl|iuln|controls?|institution\w*)\b"
    r"|\s*(?:on|for|in)\s+(?:the\s+)?(?:items?|questions?)\b",
    re.IGNORECASE,
)

_OTHER_LIMIT = re.compile(
    r"(?P<distance>[^.;()<>≥≤\d]{8,80}?)\s*(?:\([^()]{1,12}\)\s*)?,?\s*(?:and\s*/\s*)?or\s+"
    r"(?:(?:an?|absolute|the|hemoglobin|haemoglobin|hgb|hb|calcium|corrected|serum|value|level|of|is|with)\s+)*(?=[<>≤≥])",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:decreases?|increases?|increasing|decreasing|drop|rise|rising|decline|reduction|change|fall|doubling|improvement|loss)\s+(?:in|of|from|to)?\s*(?:the\s+|their\s+|a\s+|serum\s+|baseline\s+)*$",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\s*(?:is|are|was|were|will\s+be)\s+(?:categori[sz]ed|classified|termed|labell?ed|called|counted|scored)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\s*[+/&,-]|\s+(?:(?:and|or)\s+\d|in\b|patterns?|cores?)", re.IGNORECASE)
_CONTEXT = 48
_RATIO = re.compile(r"\bratio\b", re.IGNORECASE)
SCALED = re.compile(
    r"\s*(?:/\s?\d{1,3}\b(?!\s?/)|out\s+of\s+(?:an?\s+)?(?:possible\s+|maximum\s+(?:of\s+)?)?\d{1,3}\b"
    r"|[(\[]\s*(?:on\s+)?(?:an?\s+|the\s+)?(?:(?:scale|range)[,:]?\s+(?:(?:of|from)\s+)?)?0\s?(?:-|to)\s?\d{1,3}[^()\[\]]{0,20}[)\]]"
    r"|(?:on|using)\s+(?:an?\s+|the\s+)?(?:scale\s+(?:of|from)\s+)?(?:0\s?(?:-|to)\s?)?\d{1,3}(?:[-\s]?points?)?"
    r"(?:\s+(?:numeric(?:al)?\s+)?(?:rating\s+)?(?:scale|NRS|VAS)|(?<=0-10))\b"
    r"|on\s+(?:an?\s+|the\s+)(?:pain\s+)?(?:numeric(?:al)?|visual)\s+(?:rating|analog(?:ue)?)\s+scale\b(?:\s*\([^()]{1,12}\))?)",
    re.IGNORECASE,
)
"""What tells of which scale a number is, behind it: "5/10", "4 out of 10", "4 on a 0-10 scale"."""


def is_from_age(term: Term, found: Found) -> bool:
    """Whether a number is of an age from which on ("ages 12+")."""
    return term.unit == "a" and found.unit is not None and found.unit.ucum == "{plus}"


def is_exact(text: str, term: Term, found: Found) -> bool:
    """Whether a bare number is a score that is told so ("Gleason score 7"), not one of its parts."""
    least, most = wording().exact.get(local_name(term), (1.0, 0.0))
    told = found.limit.low if found.unit is None and found.relative_to is None else None
    return told is not None and least <= told <= most and _PART.match(text, found.end) is None


def led(lead: str, found: Found) -> Found | None:
    """Apply a comparator that stands before its quantity to a number, or to a class of a scale."""
    low, high = found.limit.low, found.limit.high
    if low is None or high is None or found.relative_to is not None or (found.stated and low == high):
        return None
    bounds = {
        "≥": Limit(low=low),
        ">": Limit(low=high, low_inclusive=False),
        "≤": Limit(high=high),
        "<": Limit(high=low, high_inclusive=False),
    }
    return replace(found, limit=bounds[lead], stated=True)


def directed(found: Found, side: str, number: float) -> Found:
    """Return a limit with its number as the bound on one side."""
    limit = Limit(low=number) if side == "low" else Limit(high=number)
    return replace(found, limit=limit, stated=True)


def sided(match: re.Match[str], first: Found) -> Limit | None:
    """Return the bound on the first of a pair of numbers; None for a pair without a comparator."""
    if first.stated:
        return first.limit if first.limit.low is None or first.limit.high is None else None
    suffix = wording().suffix.match(match.string, match.end())
    side = wording().suffixes.get(" ".join(suffix["suffix"].lower().split())) if suffix else None
    number = float(match["first"])
    return {"low": Limit(low=number), "high": Limit(high=number)}.get(side or "")


def beyond(found: Found, side: str, *, better: bool) -> Found:
    """Return what is better, or worse, than the classes of a scale of which `side` is the better end."""
    low, high = found.limit.low, found.limit.high
    if (side == "low") == better:
        limit = Limit(high=low, high_inclusive=False)
    else:
        limit = Limit(low=high, low_inclusive=False)
    return replace(found, limit=limit, stated=True)


def moved(limit: Limit, number: float) -> Limit:
    """Return a bound of the same kind at another number."""
    return replace(limit, low=number) if limit.high is None else replace(limit, high=number)


def tells_distance(text: str, end: int) -> bool:
    """Whether a number tells how far from another one something is ("≥ 2 g/dL below the lower limit").

    It is no limit either where it is on a part of a score ("> 0 on item 9"), or is only called something
    ("scores of 3-4 are categorized as moderate").
    """
    return _DISTANCE.match(text, end) is not None or _CALLED.match(text, end) is not None


def limit_at(text: str, position: int) -> Found | None:
    """Return the limit at a position, unless it is one on something else than the quantity before it."""
    limit = parse_limit(text, position)
    elsewhere = limit is not None and (tells_distance(text, limit.end) or is_lawful(text, position))
    return None if elsewhere else limit


def after_distance(text: str, end: int) -> tuple[int, int] | None:
    """Return where the words of a distance end, and where another limit starts behind them.

    "≥ 2 g/dL below the lower limit of normal or < 10 g/dL" sets a limit of its own beside the distance.
    """
    match = _OTHER_LIMIT.match(text, end) if _DISTANCE.match(text, end) else None
    return (match.end("distance"), match.end()) if match else None


def on_scale(text: str, term: Term, found: Found | None) -> Found | None:
    """Take in what tells of which scale a score is behind it ("5/10", "4 on a 0-10 scale")."""
    if found is None or term.unit != "{score}" or found.unit is not None:
        return found
    told = SCALED.match(text, found.end)
    if told is None:
        return found
    found = replace(found, end=told.end())
    return found if found.stated else with_suffix(text, found)


def tells_change(text: str, start: int) -> bool:
    """Whether the words before a quantity tell of its change ("a rise in creatinine of 0.5 mg/dL")."""
    return _CHANGE.search(text[max(0, start - _CONTEXT) : start]) is not None


def is_ratio(text: str, terms: tuple[Term, ...], end: int, found: Found) -> bool:
    """Whether a limit is on the ratio of two quantities ("neutrophil/lymphocyte ratio ≤ 5")."""
    own = any("ratio" in term.label or (term.unit or "")[:1] == "{" for term in terms)
    return not own and _RATIO.search(text[end : found.start]) is not None
