"""How long ago: days and calendar months before the screening date, as ranges."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from trialgraph.patients.dates import DateRange
from trialgraph.patients.facts import AllergyFact, ConditionFact, ExposureFact, ProcedureFact
from trialgraph.views import TimeAgo

__all__ = ["NOW", "Course", "active_on", "ago", "last_day", "latest_of", "spanning"]

Course = ConditionFact | ExposureFact | ProcedureFact | AllergyFact

NOW = TimeAgo(0, 0, 0, 0)
"""Of what is ongoing."""


def ago(when: DateRange, as_of: date) -> TimeAgo:
    """Return how long before a day something was that happened within a range of days."""
    latest = as_of if when.high is None else min(when.high, as_of)
    days_max, months_max = math.inf, math.inf
    if when.low is not None:
        days_max, months_max = (as_of - when.low).days, _months(when.low, as_of)
    return TimeAgo((as_of - latest).days, days_max, _months(latest, as_of), months_max)


def _months(day: date, as_of: date) -> int:
    """Return the least number of calendar months that reach back from a day to another or before.

    Going back by months keeps the day of the month, or takes the last one of a month that is too short.
    """
    months = (as_of.year - day.year) * 12 + as_of.month - day.month
    reached = min(as_of.day, monthrange(day.year, day.month)[1])
    return max(0, months + (reached > day.day))


def latest_of(times: Iterable[TimeAgo]) -> TimeAgo:
    """Return how long ago the most recent of several things was."""
    each = list(times)
    return TimeAgo(
        min(time.days_min for time in each),
        min(time.days_max for time in each),
        min(time.months_min for time in each),
        min(time.months_max for time in each),
    )


def spanning(times: Iterable[TimeAgo]) -> TimeAgo:
    """Return the range that covers all of several ranges."""
    each = list(times)
    return TimeAgo(
        min(time.days_min for time in each),
        max(time.days_max for time in each),
        min(time.months_min for time in each),
        max(time.months_max for time in each),
    )


def active_on(fact: Course, as_of: date) -> bool | None:
    """Whether a fact is shown to be ongoing on a day; None when the record leaves it open."""
    if fact.ended is None:
        return fact.active
    ended = fact.ended.exists(as_of)
    if ended is not True:
        return None if ended is None else True
    return None if fact.active else False


def last_day(fact: Course, as_of: date, *, event: bool) -> DateRange:
    """Return the days on which a fact, known to have begun, may last have been so.

    Args:
        fact: A condition, exposure, procedure or allergy.
        as_of: The screening date.
        event: It was over once it had happened, whatever its status says.
    """
    if event:
        return fact.began.until(as_of)
    if active_on(fact, as_of):
        return DateRange(as_of, as_of)
    if fact.ended is None or fact.active:
        low = fact.ended.low if fact.ended else fact.began.low
        return DateRange(low, as_of)
    starts = [day for day in (fact.ended.low, fact.began.low) if day is not None]
    ended = fact.ended.until(as_of)
    return DateRange(min(max(starts), ended.high or as_of) if starts else None, ended.high)
