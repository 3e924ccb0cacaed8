"""Two limits on one quantity: on either side of what is normal, or a number beside the normal limit.

"Free light chain ratio (< 0.26 or > 1.65)", "≥ 50% or the lower limit of normal".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.ranges import OF_THE_PLACE, after_gloss
from trialgraph.criteria.quantities.sides import Found
from trialgraph.expressions import Limit

__all__ = ["other_beside", "outside_of", "reference_beside"]

_OPENED = re.compile(r"\s*(?P<bracket>[(\[])?\s*(?=[<>≤≥])")
_JOINT = re.compile(r"\s*(?:,?\s*or|,|/|and/or)\s*(?=[<>≤≥])")
_CLOSED = re.compile(r"\s*[)\]]")


def outside_of(
    text: str, offset: int, parse: Callable[[int], Found | None]
) -> tuple[Found, Found, int] | None:
    """Return two limits that leave out what lies between them, and the character after both; or None."""
    opened = _OPENED.match(text, offset)
    first = parse(opened.end()) if opened else None
    joint = _JOINT.match(text, first.end) if first else None
    second = parse(joint.end()) if joint else None
    if opened is None or first is None or second is None:
        return None
    if first.unit is None and second.unit is not None and second.unit.factor == 1:
        first = replace(first, unit=second.unit)
    below, above = first.limit.high, second.limit.low
    if below is None or above is None or first.limit.low is not None or second.limit.high is not None:
        return None
    closed = _CLOSED.match(text, second.end) if opened["bracket"] else None
    if below >= above or (opened["bracket"] and closed is None):
        return None
    return first, second, closed.end() if closed else second.end


_OR_REFERENCE = re.compile(rf"\s*,?\s*or\s+(?:{OF_THE_PLACE}\s+)*", re.IGNORECASE)
_OR = re.compile(r"\s*[,(]?\s*or\s+", re.IGNORECASE)
_WHICHEVER = re.compile(
    r"[^.;]{0,50}?,?\s*\(?whichever\s+(?:value\s+)?is\s+(?:the\s+)?(?P<choice>low|great|high|small|less)\w*\)?",
    re.IGNORECASE,
)


def reference_beside(text: str, found: Found) -> tuple[Found, bool] | None:
    """Return the normal limit beside a number ("≥ 50% or the lower limit of normal"), and whether both count.

    None where no such limit stands there.
    """
    joint = _OR_REFERENCE.match(text, found.end) if found.relative_to is None and found.stated else None
    reference = wording().reference.match(text, joint.end()) if joint else None
    if reference is None:
        return None
    relative = wording().references[" ".join(reference.group().lower().split())]
    low, high = found.limit.low, found.limit.high
    if (low is None) == (high is None):
        return None
    limit = (
        Limit(high=1.0, high_inclusive=found.limit.high_inclusive)
        if low is None
        else Limit(low=1.0, low_inclusive=found.limit.low_inclusive)
    )
    end = after_gloss(text, reference.end())
    told = _WHICHEVER.match(text, end)
    if told is None:
        return Found(limit, None, relative, found.start, end), False
    return Found(limit, None, relative, found.start, told.end()), _binds_both(told, found)


def other_beside(text: str, found: Found, parse: Callable[[int], Found | None]) -> tuple[Found, bool] | None:
    """Return the second of two limits of which one holds ("< LLN or < 45%, whichever is lower").

    With it, whether both count: what is below the lower of two limits is below both. None where nothing
    tells which of them holds.
    """
    joint = _OR.match(text, found.end) if found.stated else None
    second = parse(joint.end()) if joint else None
    told = _WHICHEVER.match(text, second.end) if second else None
    if second is None or told is None or text.startswith("/", second.end):
        return None
    second = second if second.stated else _directed_alike(second, found)
    sides = [(each.limit.low is None, each.limit.high is None) for each in (found, second)]
    if sides[0] != sides[1] or sides[0][0] == sides[0][1]:
        return None
    return replace(second, end=told.end()), _binds_both(told, found)


def _directed_alike(second: Found, first: Found) -> Found:
    """Return a number without a comparator as a limit like the one before it ("≤ 3 mg/dL or 2 x ULN")."""
    number = second.limit.low if second.limit.high is None else second.limit.high
    if first.limit.low is None:
        limit = Limit(high=number, high_inclusive=first.limit.high_inclusive)
    else:
        limit = Limit(low=number, low_inclusive=first.limit.low_inclusive)
    return replace(second, limit=limit, stated=True)


def _binds_both(told: re.Match[str], found: Found) -> bool:
    """Whether the one of two limits that holds is such that whoever keeps it keeps both."""
    least = told["choice"].lower() in ("low", "small", "less")
    return least == (found.limit.low is None)
