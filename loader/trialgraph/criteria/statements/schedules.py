"""What a list says is planned ("scheduled for one of the following: A, B"), and what can be planned."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["as_plan", "in_its_time", "listed_from", "may_be_planned", "one_of"]

_GIVEN = frozenset({"treatment", "procedure"})
_PARTICIPATION = str(TGC.TrialParticipation)
_LED = re.compile(
    r"(?:\s+(?:[^.:;,()]{0,40}?\b(?P<chosen>one|any|either)\b(?!\s+more\b)|(?!no\b))[^.:;()]{0,60}?)?\s*:\s*",
    re.IGNORECASE,
)
"""How a plan leads to a list of what is planned."""


def listed_from(text: Text, start: int, end: int) -> tuple[int, bool]:
    """Return where the list starts of what is planned, and whether one of it is.

    Args:
        text: The text.
        start: Where the words end that say that something is planned.
        end: Where the statement ends.
    """
    led = _LED.match(text.text, start, end)
    return (start, False) if led is None else (led.end(), led["chosen"] is not None)


def one_of(told: Expression) -> Expression:
    """Return members of a list as choices."""
    return any_of(list(told.operands)) if isinstance(told, AllOf) else told


def may_be_planned(told: Expression) -> bool:
    """Return whether an expression has only treatments and procedures, none of them told to be over."""
    match told:
        case AllOf(operands) | AnyOf(operands):
            return all(map(may_be_planned, operands))
        case Fact():
            over = told.is_mention or told.count or told.modifiers.get("status") == "history"
            return (told.category in _GIVEN or told.concept == _PARTICIPATION) and not over
        case _:
            return False


def as_plan(fact: Fact) -> Fact:
    """Return a treatment as planned; within what time it is to be is kept in words."""
    beside = "concurrent" if fact.modifiers.get("status") == "active" else ""
    qualities = [beside, fact.modifiers.get("qualifier", ""), fact.within.text if fact.within else ""]
    said = "; ".join(filter(None, qualities))
    kept = {name: words for name, words in fact.modifiers.items() if name not in ("status", "qualifier")}
    modifiers = {"status": "planned", **kept} | ({"qualifier": said} if said else {})
    return replace(fact, modifiers=modifiers, within=None)


def in_its_time(fact: Fact) -> Fact:
    """Return a treatment without its state where a time is told ("current or planned use within 7 days")."""
    timed = fact.within is not None or "within" in fact.modifiers.get("qualifier", "")
    if not timed or fact.modifiers.get("status") != "active":
        return fact
    return replace(fact, modifiers={name: told for name, told in fact.modifiers.items() if name != "status"})
