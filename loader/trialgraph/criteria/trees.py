"""Building expressions: joining, denying, and changing their atoms."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import is_
from typing import TypeGuard

from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value, Window

__all__ = [
    "all_of",
    "alternatives_of",
    "any_of",
    "asks_of_some",
    "dated",
    "is_formal",
    "map_barred",
    "map_facts",
    "negate",
    "only_facts",
    "said_once",
]


_SAID = re.compile(r"\w")


def all_of(operands: Sequence[Expression]) -> Expression:
    """Join with AND, flat; a single operand stays itself, and stray signs are no operands."""
    flat = [inner for each in operands for inner in (each.operands if isinstance(each, AllOf) else (each,))]
    flat = _without_signs(flat)
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def any_of(operands: Sequence[Expression]) -> Expression:
    """Join with OR, flat; a single operand stays itself, and stray signs are no operands."""
    flat = [inner for each in operands for inner in (each.operands if isinstance(each, AnyOf) else (each,))]
    flat = _without_signs(flat)
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def _without_signs(operands: list[Expression]) -> list[Expression]:
    kept = [each for each in operands if not (isinstance(each, Narrative) and not _SAID.search(each.text))]
    return kept or operands


def negate(expression: Expression) -> Expression:
    """Deny an expression; a double negation falls away."""
    return expression.operand if isinstance(expression, Not) else Not(expression)


def alternatives_of(expression: Expression) -> Expression:
    """Return an expression of the same operands, any of which is enough.

    A disease and the markers that narrow it stay one ("EGFR-mutated lung cancer", "cancer (HER2 positive)").
    """
    if not isinstance(expression, AllOf):
        return expression
    groups: list[list[Expression]] = []
    for each in expression.operands:
        if groups and _is_of_one(groups[-1], each):
            groups[-1].append(each)
        else:
            groups.append([each])
    return any_of([all_of(group) for group in groups])


def _is_of_one(group: Sequence[Expression], operand: Expression) -> bool:
    """Whether a marker and a disease stand side by side, or markers in the bracket behind one."""
    before = group[-1]
    if not isinstance(before, Fact) or not isinstance(operand, Fact):
        return False
    categories = [each.category for each in (*group, operand) if isinstance(each, Fact)]
    bracketed = len(group) > 1 and categories[0] == "condition"
    gap = operand.span[0] - before.span[1]
    return categories.count("condition") == 1 and "biomarker" in categories and 0 <= gap <= 1 + bracketed


def map_facts(expression: Expression, change: Callable[[Fact], Expression]) -> Expression:
    """Return the expression with each of its facts changed."""
    if isinstance(expression, Fact):
        return change(expression)
    if isinstance(expression, AllOf | AnyOf):
        changed = [map_facts(each, change) for each in expression.operands]
        if _same(changed, expression.operands):
            return expression
        return all_of(changed) if isinstance(expression, AllOf) else any_of(changed)
    return Not(map_facts(expression.operand, change)) if isinstance(expression, Not) else expression


def map_barred(expression: Expression, change: Callable[[Fact], Expression]) -> Expression:
    """Return what an exclusion bars with each of its facts changed, but for what lets some in beside them."""
    match expression:
        case AllOf(operands) if any(not isinstance(each, Not) for each in operands):
            return all_of([
                each if isinstance(each, Not) else map_barred(each, change) for each in operands
            ])  # fmt: skip
        case AnyOf(operands):
            return any_of([map_barred(each, change) for each in operands])
        case _:
            return map_facts(expression, change)


def _same(changed: Sequence[Expression], operands: Sequence[Expression]) -> bool:
    return all(map(is_, changed, operands))


def said_once(fact: Fact) -> Fact:
    """Leave out of a fact what its time tells: that it may be over, and of a treatment the same words again.

    A time that is the shorter of several, or the longer, is no more than a bound, so its words stay. So do
    those of a disease, which may be of what it required in that time.
    """
    if fact.within is None or not fact.modifiers.keys() & {"status", "qualifier"}:
        return fact
    told = {name: each for name, each in fact.modifiers.items() if (name, each) != ("status", "history")}
    time = fact.within.text
    given = fact.category in ("treatment", "procedure") and "half" not in time
    if given and time and time in told.get("qualifier", ""):
        others = [each for each in told.pop("qualifier").split("; ") if each != time]
        told |= {"qualifier": "; ".join(others)} if others else {}
    return fact if told == fact.modifiers else replace(fact, modifiers=told)


def asks_of_some(expression: Expression) -> TypeGuard[AnyOf]:
    """Whether an expression asks something of those in a case only, which lets pass whoever isn't in it."""
    return isinstance(expression, AnyOf) and isinstance(expression.operands[0], Not)


def is_formal(expression: Expression) -> bool:
    """Whether no part of an expression stayed words."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return all(is_formal(each) for each in operands)
        case Not(operand):
            return is_formal(operand)
        case Narrative():
            return False
        case _:
            return True


def only_facts(expression: Expression) -> bool:
    """Whether an expression has no value among its atoms."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return all(only_facts(each) for each in operands)
        case Not(operand):
            return only_facts(operand)
        case Value():
            return False
        case _:
            return True


def dated(expression: Expression, window: Window) -> Expression:
    """Return an expression whose values, unless they say so themselves, have to lie in a window."""
    match expression:
        case Value(within=None):
            return replace(expression, within=window)
        case AllOf(operands):
            return AllOf(tuple(dated(each, window) for each in operands))
        case AnyOf(operands):
            return AnyOf(tuple(dated(each, window) for each in operands))
        case Not(operand):
            return Not(dated(operand, window))
        case _:
            return expression
