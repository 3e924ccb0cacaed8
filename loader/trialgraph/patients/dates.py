"""Dates as records state them: a partial date is the range of days that it may mean."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

__all__ = ["ANY_DAY", "DateRange", "date_text", "moment", "parse_date", "parse_range"]

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T.*)?)?)?")


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days on which something may have happened, both ends included.

    An end of None is open: nothing is known of it.
    """

    low: date | None = None
    high: date | None = None

    def exists(self, as_of: date) -> bool | None:
        """Whether what is dated so had happened by a day; None when the range straddles it.

        What has no date at all is taken to have happened: the record shows it.
        """
        if self.low is not None and self.low > as_of:
            return False
        if self.high is not None and self.high > as_of:
            return None
        return True

    def until(self, as_of: date) -> DateRange:
        """Return the range cut off at a day."""
        high = as_of if self.high is None else min(self.high, as_of)
        return DateRange(self.low, high)

    def __str__(self) -> str:
        return date_text(self)


ANY_DAY = DateRange()
"""The date of what has none."""


def parse_date(text: str) -> DateRange:
    """Return the range of days that a FHIR or XSD date, partial date or dateTime means.

    The day is the one written, in the record's own time zone.

    Raises:
        ValueError: when the text is no such date.
    Example:
        >>> str(parse_date("2025-05").high)
        '2025-05-31'
    Source: FHIR R4, section 2.24.0.1 (date, dateTime, instant).
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return DateRange(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        first = date(year, month, 1)
        return DateRange(first, first.replace(day=calendar.monthrange(year, month)[1]))
    whole = date(year, month, day)
    return DateRange(whole, whole)


def moment(text: str) -> datetime | None:
    """Return the moment that a dateTime with its time zone means, in UTC; None for anything else."""
    if "T" not in text:
        return None
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo is not None else None


@lru_cache(maxsize=4096)
def date_text(when: DateRange) -> str:
    """Return a range as a date, a partial date, or an interval (``2025-01-10/2025-02``, ``../2025``).

    Source: ISO 8601-2 (EDTF), level 1 intervals; ``parse_range`` reads it.
    """
    if when.low and when.high:
        for text in (when.low.isoformat()[:4], when.low.isoformat()[:7], when.low.isoformat()):
            if parse_date(text) == when:
                return text
    low, high = (end.isoformat() if end else ".." for end in (when.low, when.high))
    return f"{low}/{high}"


def parse_range(text: str) -> DateRange:
    """Return the range of days that a date, partial date or interval means.

    Raises:
        ValueError: when the text is none of these.
    Example:
        >>> parse_range("../2025-08-20").low is None
        True
    """
    if "/" not in text:
        return parse_date(text)
    first, last = text.split("/", 1)
    low = None if first == ".." else parse_date(first).low
    high = None if last == ".." else parse_date(last).high
    if low and high and low > high:
        raise ValueError(f"{text!r} ends before it begins")
    return DateRange(low, high)
