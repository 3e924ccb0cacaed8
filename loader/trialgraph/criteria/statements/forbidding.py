"""Contraindications to what has no concept of its own: whether there is one is for a physician to judge."""

from __future__ import annotations

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.members.anew import FORBIDDING
from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import Expression, Fact

__all__ = ["word_contraindications"]

_SIGN = "contraindic"
_NEAR = 80
"""How far before the word what narrows it may start."""


def word_contraindications(text: Text, expression: Expression) -> Expression:
    """Return a reading with "contraindication to X" as words that take judgement, its list around it read."""
    if _SIGN not in text.lowered:
        return expression
    return map_facts(expression, lambda fact: _worded(text, fact) if fact.concept == FORBIDDING else fact)


def _worded(text: Text, fact: Fact) -> Expression:
    start, end = text.normalized.readable(fact.span)
    for part in fact.modifiers.get("qualifier", "").split("; "):
        place = text.text.find(part, max(0, start - _NEAR)) if part else -1
        if place >= 0:
            start, end = min(start, place), max(end, place + len(part))
    return narrative(text, start, end)
