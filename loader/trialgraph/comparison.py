"""Whether a number, or a time, that a record pins down more or less lies within what a criterion asks."""

from __future__ import annotations

import math

from trialgraph.expressions import Limit, Window
from trialgraph.kleene import Truth, all_true
from trialgraph.views import Interval, TimeAgo, canonical_number

__all__ = ["compared", "is_within"]


def compared(interval: Interval, limit: Limit) -> Truth:
    """Return whether a number that lies in an interval lies within a limit."""
    return all_true([_above(interval, limit), _below(interval, limit)])


def _above(interval: Interval, limit: Limit) -> Truth:
    if limit.low is None:
        return True
    low, high, bound = (canonical_number(number) for number in (interval.low, interval.high, limit.low))
    if low > bound or (low == bound and (limit.low_inclusive or interval.low_open)):
        return True
    if high < bound or (high == bound and (not limit.low_inclusive or interval.high_open)):
        return False
    return None


def _below(interval: Interval, limit: Limit) -> Truth:
    if limit.high is None:
        return True
    mirrored = Interval(-interval.high, -interval.low, interval.high_open, interval.low_open)
    return _above(mirrored, Limit(low=-limit.high, low_inclusive=limit.high_inclusive))


def is_within(ago: TimeAgo, window: Window | None) -> Truth:
    """Whether something so long ago lies within a window; months and years by the calendar."""
    if window is None or window.amount is None:
        return True
    if window.unit in ("month", "year"):
        bound = window.amount * (12 if window.unit == "year" else 1)
        shortest, longest = ago.months_min, ago.months_max
    else:
        bound = window.amount * (7 if window.unit == "week" else 1)
        shortest, longest = ago.days_min, ago.days_max
    if longest <= bound:
        return True
    # An infinite least time says nothing: a view states only finite ones.
    return False if bound < shortest < math.inf and not window.open else None
