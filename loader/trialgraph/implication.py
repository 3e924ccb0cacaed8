"""Whether one expression implies another, as far as it can be shown.

Whatever is said to follow does: who meets the one expression meets the other. The converse doesn't
hold, since only what the logic, the intervals and the tree of concepts show is said.
"""

from __future__ import annotations

from trialgraph.concepts import Concepts
from trialgraph.equivalence import is_within, meaning_key
from trialgraph.evaluation import asks_history
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Not, Value, Window
from trialgraph.vocabularies import known_concepts

__all__ = ["implies"]

_NARROWING = frozenset({"active", "planned"})
"""Statuses that only narrow what is meant; a history, unlike them, is met by what is over as well.

What is planned is compared with what is planned only.
"""


def implies(one: Expression, other: Expression, concepts: Concepts | None = None) -> bool:
    """Return whether whoever meets one expression certainly meets the other.

    Args:
        one: A normal form, see `normal_form`, in canonical units.
        other: Another one.
        concepts: The tree of concepts; None for that of this installation.
    Returns:
        False also when it can't be shown.
    """
    return _implies(one, other, known_concepts() if concepts is None else concepts)


def _implies(one: Expression, other: Expression, concepts: Concepts) -> bool:
    match one, other:
        case _, AllOf(operands):
            return all(_implies(one, each, concepts) for each in operands)
        case AnyOf(operands), _:
            return all(_implies(each, other, concepts) for each in operands)
        case AllOf(operands), _ if any(_implies(each, other, concepts) for each in operands):
            return True
        case _, AnyOf(operands):
            return any(_implies(one, each, concepts) for each in operands)
        case Value(), Value():
            return _same_quantity(one, other) and is_within(one.limit, other.limit)
        case Fact(), Fact():
            return _fact(one, other, concepts)
        case Not(Fact() as barred), Not(Fact() as other_barred):
            return _fact(other_barred, barred, concepts)
    return type(one) is type(other) and meaning_key(one) == meaning_key(other)


def _same_quantity(one: Value, other: Value) -> bool:
    """Whether two limits are of one quantity, in one unit or against one reference, of one time."""
    return (one.concept, one.unit, one.relative_to, one.within) == (
        other.concept,
        other.unit,
        other.relative_to,
        other.within,
    )


def _fact(one: Fact, other: Fact, concepts: Concepts) -> bool:
    if one.is_mention or other.is_mention or not _is_kind(one.concept, other.concept, concepts):
        return False
    sizes = ((one.count, other.count), (one.size, other.size))
    return _is_narrower(one, other) and all(_is_limited(mine, theirs) for mine, theirs in sizes)


def _is_kind(concept: str, other: str, concepts: Concepts) -> bool:
    if concept == other:
        return True
    return concept in concepts and other in concepts and concepts.is_a(concept, other)


def _is_narrower(one: Fact, other: Fact) -> bool:
    """Whether the qualities and the time of one fact leave no more than those of another.

    A history, and a time in the past, are met by what is over; a fact without either isn't.
    """
    if one.is_planned != other.is_planned or (asks_history(one) and not asks_history(other)):
        return False
    mine, theirs = dict(one.modifiers), dict(other.modifiers)
    if theirs.get("status") == "history":
        theirs.pop("status")
        mine.pop("status", None)
    if not mine.items() >= theirs.items() or mine.get("status", "active") not in {
        *_NARROWING,
        theirs.get("status"),
    }:
        return False
    return _is_recent(one.within, other.within)


def _is_recent(one: Window | None, other: Window | None) -> bool:
    """Whether a window lies within another one; both are in days or both in months."""
    if other is None or one == other:
        return True
    if one is None or None in (one.amount, other.amount) or one.unit != other.unit:
        return False
    assert one.amount is not None
    assert other.amount is not None
    return not one.open and one.amount <= other.amount


def _is_limited(one: Limit | None, other: Limit | None) -> bool:
    return other is None or (one is not None and is_within(one, other))
