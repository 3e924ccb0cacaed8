"""Quantities told by what is done or lost: "> 150 minutes/week of exercise", "lost > 10% of body weight"."""

from __future__ import annotations

import re

from trialgraph.criteria.quantities.limits import Found
from trialgraph.criteria.quantities.values import FoundValue, ValueReader

__all__ = ["amount_at"]

_ACTIVE_BEHIND = re.compile(
    r"\s*(?:of\s+)?(?:[a-z][a-z/-]*,?\s+){0,6}?(?:exercise|physical\s+activity|activity)\b", re.IGNORECASE
)
_ACTIVE_BEFORE = re.compile(
    r"\b(?:exercis(?:e|es|ing)|physical(?:ly)?\s+activ(?:e|ity))\b[^.;]{0,40}$", re.IGNORECASE
)
_LOST_BEHIND = re.compile(
    r"\s*(?:(?:of|in|from)\s+(?:(?:the|their|his|her|baseline|initial|total|usual)\s+)*"
    r"(?:body\s*-?weight|weight)\b|(?:unintentional|involuntary|unintended|unexplained|body)?\s*weight\s+loss\b)",
    re.IGNORECASE,
)
_LOST_BEFORE = re.compile(r"\b(?:loss|lost|losing|lose)\s+(?:of\s+)?(?:an?\s+)?$", re.IGNORECASE)
_DECREASED = re.compile(
    r"\bweight\s+(?:has\s+)?(?:decreased|decrease|dropped|reduced)\s+(?:by|of)\s+$", re.IGNORECASE
)
_NEAR = 60


def amount_at(values: ValueReader, position: int, limit: Found) -> FoundValue | None:
    """Return the value of a limit at a token on exercise in a week or on the weight lost."""
    if limit.unit is None or not limit.stated:
        return None
    before = values.text[max(0, limit.start - _NEAR) : limit.start]
    if limit.unit.ucum == "min/wk":
        behind = _ACTIVE_BEHIND.match(values.text, limit.end)
        told = behind is not None or _ACTIVE_BEFORE.search(before) is not None
        return _value(values, position, limit, "PhysicalActivityPerWeek", behind) if told else None
    if limit.unit.ucum != "%":
        return None
    behind = _LOST_BEHIND.match(values.text, limit.end)
    named = behind is not None and behind.group().rstrip().endswith("loss")
    lost = behind is not None and (named or _LOST_BEFORE.search(before) is not None)
    if lost or _DECREASED.search(before):
        return _value(values, position, limit, "WeightLossPercentage", behind if lost else None)
    return None


def _value(
    values: ValueReader, position: int, limit: Found, name: str, behind: re.Match[str] | None
) -> FoundValue | None:
    term = values.term_named(name)
    start = values.tokens[position].start
    end = values.token_at(behind.end() if behind else limit.end)
    return None if term is None else values.build((term,), "", limit, start, -1, end)
