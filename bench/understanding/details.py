"""Whether the details of an atom are right: its time window, and what narrows it."""

from __future__ import annotations

import re

from bench.understanding.alignment import Pair
from bench.understanding.names import content_words
from trialgraph.criteria.language.wording import wording
from trialgraph.expressions import Fact, Limit, Window

__all__ = ["has_status", "has_window", "same_status", "same_window"]

_LENGTH = re.compile(r"(\d+(?:\.\d+)?|[a-z]+)[\s-]*(hour|day|week|month|year|half)", re.IGNORECASE)
_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_NUMBERED = re.compile(r"\b([nd])\s*(>=|<=|>|<|=)\s*(\d+(?:\.\d+)?)\s*(mm|cm)?")
_TOLERANCE = 0.035
_UNTOLD = frozenset(
    [
        "prior",
        "previous",
        "previously",
        "history",
        "known",
        "confirmed",
        "documented",
        "histologically",
        "cytologically",
        "proven",
        "diagnosis",
        "diagnosed",
        "positive",
        "negative",
        "current",
        "currently",
        "present",
        "other",
        "any",
        "and",
        "or",
    ]
)
"""Words of a status that the concept, the kind of record or its polarity already tell."""

_NOW = frozenset(["concurrent", "concomitant", "concurrently", "concomitantly", "ongoing"])
"""Words for what goes on, which the status "active" tells."""


def has_window(pair: Pair) -> bool:
    """Return whether the text, as annotated or as read, bounds the time."""
    return bool(_lengths(pair.expected.atom.window)) or _days(pair) is not None


def same_window(pair: Pair) -> bool:
    """Return whether the time within which the atom counts is the one annotated; none equals none.

    Of several lengths ("14 days or 5 half-lives") one will do.
    """
    wanted, read = _lengths(pair.expected.atom.window), _days(pair)
    window = pair.read.atom.within
    if not wanted:
        return read is None
    if "half" in wanted and window is not None and "half" in window.text:
        return True
    if read is None:
        return False
    return any(isinstance(each, float) and abs(each - read) <= max(1.0, _TOLERANCE * each) for each in wanted)


def has_status(pair: Pair) -> bool:
    """Return whether the annotation narrows the fact by more than its concept tells."""
    status = f"{pair.expected.atom.status} {pair.expected.named.narrowing}"
    return bool(content_words(status) - _UNTOLD)


def same_status(pair: Pair) -> bool:
    """Return whether what narrows a fact was read, loosely: one telling word, number or size of it."""
    fact = pair.read.atom
    if not isinstance(fact, Fact):
        return True
    status = f"{pair.expected.atom.status} {pair.expected.named.narrowing}"
    for sign, comparator, number, unit in _NUMBERED.findall(status):
        limit = fact.count if sign == "n" else fact.size
        if limit is None and (sign, comparator, number) == ("n", ">=", "1"):
            # Whatever there is is there once.
            return True
        return _within(limit, comparator, float(number) * (10 if unit == "cm" else 1))
    said = content_words(status) - _UNTOLD
    read = content_words(" ".join([*fact.modifiers.values(), fact.concept_label, _text(fact.within)]))
    if said & _NOW and fact.modifiers.get("status") == "active":
        return True
    if "recent" in said and fact.within is not None:
        return True
    return bool(said & read) if said else True


def _text(window: Window | None) -> str:
    return "" if window is None else window.text


def _days(pair: Pair) -> float | None:
    window = pair.read.atom.within
    return None if window is None else window.max_days


def _lengths(words: str) -> list[float | str]:
    """Return the lengths that a window names, in days, and ``half`` for half-lives."""
    found: list[float | str] = []
    for number, unit in _LENGTH.findall(words.lower()):
        amount = wording().numbers.get(number) if number.isalpha() else float(number)
        if unit == "half":
            found.append("half")
        elif amount is not None:
            found.append(amount * _DAYS[unit])
    return found


def _within(limit: Limit | None, comparator: str, number: float) -> bool:
    if limit is None:
        return False
    return number in (
        (limit.low,) if ">" in comparator else (limit.high,) if "<" in comparator else (limit.low, limit.high)
    )
