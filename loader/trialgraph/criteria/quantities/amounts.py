"""Quantities told by what is done or lost: "> 150 minutes/week of exercise", "lost > 10% of body weight".

So is how much someone has smoked, which alone is counted in pack-years.
"""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.language.tokens import token_at
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.quantities.values import FoundValue, ValueReader
from trialgraph.criteria.quantities.windows import parse_window
from trialgraph.criteria.trees import dated

__all__ = ["amount_at", "dated_by"]

_ACTIVE_BEHIND = re.compile(
    r"\s*(?:of\s+)?(?:[a-z][a-z/-]*,?\s+){0,6}?(?:exercise|physical\s+activity|activity)\b", re.IGNORECASE
)
_ACTIVE_BEFORE = re.compile(
    r"\b(?:exercis(?:e|es|ing)|physical(?:ly)?\s+activ(?:e|ity))\b[^.;]{0,40}$", re.IGNORECASE
)
_MOVING = (
    r"(?:exercis(?:e|es|ing)|physical\s+activity|activity|training|(?-i:PA|MVPA))\b(?:\s*\((?:MV)?PA\))?"
    r"(?:\s*\([^()]{1,60}\))?"
)
_EVERY_WEEK = (
    r"(?:\s+on\s+average,?)?\s*(?:/\s*w(?:ee)?k|(?:per|a|each|every|in\s+a)\s+week|weekly)\b"
    r"(?:\s+on\s+average\b)?"
)
_SPLIT = re.compile(
    r"\s*(?P<unit>min(?:ute)?s?|hours?|hrs?)\b\.?\s*(?:of\s+)?(?!\s*(?:/|per\s+|a\s+|each\s+)?(?:day|session|time)\b)"
    rf"(?:(?!resist|strength|weight|yoga|stretch|muscle)[a-z][a-z/-]*,?\s+){{0,8}}?{_MOVING}{_EVERY_WEEK}",
    re.IGNORECASE,
)
"""How the time of moving stands around the word for it ("minutes of moderate exercise per week")."""
_HOUR = 60
_LOST_BEHIND = re.compile(
    r"\s*(?:(?:of|in|from)\s+(?:(?:the|their|his|her|baseline|initial|total|usual)\s+)*"
    r"(?:body\s*-?weight|weight)\b|(?:unintentional|involuntary|unintended|unexplained|body)?\s*weight\s+loss\b)",
    re.IGNORECASE,
)
_LOST_BEFORE = re.compile(r"\b(?:loss|lost|losing|lose)\s+(?:of\s+)?(?:an?\s+)?$", re.IGNORECASE)
_DECREASED = re.compile(
    r"\bweight\s+(?:has\s+)?(?:decreased|decrease|dropped|reduced)\s+(?:by|of)\s+$", re.IGNORECASE
)
_SMOKED_BEHIND = re.compile(
    r"\s*(?:of\s+)?(?:(?:cigarettes?|tobacco)\s+)?(?:smoking|use|history(?:\s+of\s+(?:\w+\s+)?(?:smoking|use|tobacco))?)"
    r"(?:\s+history)?\b",
    re.IGNORECASE,
)
_PACK_YEARS = "{pack_years}"
_TIMED = re.compile(
    r"\s*(?:(?:of|from|in)\s+(?:(?:their|the|baseline|total|usual|initial)\s+)*body\s*-?weight\s+)?"
    r"(?=(?:with)?in\s|during\s|over\s|past\s|last\s)",
    re.IGNORECASE,
)
_NEAR = 60


def amount_at(values: ValueReader, position: int, limit: Found) -> FoundValue | None:
    """Return the value of a limit at a token on exercise in a week, the weight lost or what was smoked."""
    if limit.stated and limit.unit is None and (split := _SPLIT.match(values.text, limit.end)):
        weekly = _a_week(limit, split["unit"])
        return None if weekly is None else _value(values, position, weekly, "PhysicalActivityPerWeek", split)
    if limit.unit is None or not limit.stated:
        return None
    before = values.text[max(0, limit.start - _NEAR) : limit.start]
    if limit.unit.ucum == "min/wk":
        behind = _ACTIVE_BEHIND.match(values.text, limit.end)
        told = behind is not None or _ACTIVE_BEFORE.search(before) is not None
        return _value(values, position, limit, "PhysicalActivityPerWeek", behind) if told else None
    if limit.unit.ucum == _PACK_YEARS:
        return _value(
            values, position, limit, "SmokingPackYears", _SMOKED_BEHIND.match(values.text, limit.end)
        )
    if limit.unit.ucum != "%":
        return None
    behind = _LOST_BEHIND.match(values.text, limit.end)
    named = behind is not None and behind.group().rstrip().endswith("loss")
    lost = behind is not None and (named or _LOST_BEFORE.search(before) is not None)
    if lost or _DECREASED.search(before):
        return _value(values, position, limit, "WeightLossPercentage", behind if lost else None)
    return None


def _a_week(limit: Found, spelled: str) -> Found | None:
    """Return a limit on the minutes or hours of a week, in minutes."""
    unit = wording().units.get("min/wk")
    low, high = limit.limit.low, limit.limit.high
    if spelled.lower().startswith("h"):
        low, high = (None if each is None else each * _HOUR for each in (low, high))
    return None if unit is None else replace(limit, unit=unit, limit=replace(limit.limit, low=low, high=high))


def _value(
    values: ValueReader, position: int, limit: Found, name: str, behind: re.Match[str] | None
) -> FoundValue | None:
    term = values.term_named(name)
    start = values.tokens[position].start
    end = token_at(values.tokens, behind.end() if behind else limit.end)
    read = None if term is None else values.build((term,), "", limit, start, -1, end)
    return dated_by(values.text, behind.end() if behind else limit.end, read)


def dated_by(text: str, end: int, read: FoundValue | None) -> FoundValue | None:
    """Return a value in the time that is told right behind its limit ("> 10% in the last 3 months")."""
    behind = _TIMED.match(text, end)
    found = parse_window(text, behind.end()) if read is not None and behind is not None else None
    if read is None or found is None:
        return read
    return replace(read, expression=dated(read.expression, found.window))
