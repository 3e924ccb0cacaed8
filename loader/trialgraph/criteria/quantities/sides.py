"""Limits as they were found in a text, and two bounds that are the two sides of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialgraph.criteria.language.wording import Unit
from trialgraph.expressions import Limit, Reference

__all__ = ["MONTHS", "Found", "are_opposite", "merged"]

MONTHS = {"mo": 1, "a": 12}


@dataclass(frozen=True, slots=True)
class Found:
    """A limit in a text, and the characters it takes.

    `stated` tells a comparator or a range from a bare number; `normal` stands for the result's own
    reference range, of which the quantity decides the sides that count. The words of a `loose` limit ask
    for more than its numbers.
    """

    limit: Limit
    unit: Unit | None
    relative_to: Reference | None
    start: int
    end: int
    stated: bool = True
    normal: bool = False
    loose: bool = False


def _in_months(found: Found) -> Found:
    """Return an age with its years as months."""
    factor = MONTHS[found.unit.ucum] if found.unit else 1
    low, high = found.limit.low, found.limit.high
    limit = replace(
        found.limit, low=None if low is None else low * factor, high=None if high is None else high * factor
    )
    return replace(found, limit=limit, unit=Unit("mo", "time", 1.0))


def are_opposite(text: str, first: Found, second: Found) -> bool:
    """Whether two bounds are the two sides of one limit."""
    units = {each.unit.ucum for each in (first, second) if each.unit is not None}
    if first.unit is not None and second.unit != first.unit and units != set(MONTHS):
        follower = text[second.end : second.end + 2].strip()
        if second.unit is not None or follower[:1].isalpha():
            return False
    return (
        (first.limit.low is None) != (second.limit.low is None)
        and (first.limit.high is None) != (second.limit.high is None)
        and (first.relative_to == second.relative_to or (first.relative_to is None and first.unit is None))
    )


def merged(first: Found, second: Found) -> Found | None:
    """Return the limit of two sides; the first alone when no number lies between them."""
    if first.unit and second.unit and first.unit != second.unit:
        first, second = _in_months(first), _in_months(second)
    lower, upper = (first, second) if first.limit.low is not None else (second, first)
    low, high = lower.limit.low, upper.limit.high
    if low is None or high is None or low > high:
        return first
    limit = Limit(low, lower.limit.low_inclusive, high, upper.limit.high_inclusive)
    return Found(limit, first.unit or second.unit, second.relative_to, first.start, second.end)
