"""Treatments that a disease goes on in spite of, told behind the limits that define it.

In "uncontrolled hypertension: systolic pressure > 140 or diastolic > 90 mmHg despite optimal treatment" the
treatment is said of both limits, and where a disease stands before them, of that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeGuard

from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value

__all__ = ["with_vain_treatment"]

_DESPITE = re.compile(r"(?:despite|in spite of)\b", re.IGNORECASE)
_PAIR = 2


def with_vain_treatment(expression: Expression) -> Expression:
    """Return a bar with what a disease goes on in spite of said of all of it, not of its last limit only."""
    match expression:
        case AllOf(operands):
            return _of_disease(all_of([with_vain_treatment(each) for each in operands]))
        case AnyOf(operands):
            return _of_all_limits([with_vain_treatment(each) for each in operands])
        case Not(operand):
            return Not(with_vain_treatment(operand))
        case _:
            return expression


def _of_all_limits(operands: list[Expression]) -> Expression:
    """Return "A > 140 or B > 90 despite treatment" with the treatment said of either."""
    last = operands[-1]
    if not isinstance(last, AllOf) or len(last.operands) != _PAIR or not _is_vain(last.operands[1]):
        return any_of(operands)
    limit, vain = last.operands
    leading: list[Expression] = []
    before, limits = operands[:-1], [limit]
    if len(before) == 1 and isinstance(before[0], AllOf):
        leading, before = list(before[0].operands[:-1]), [before[0].operands[-1]]
    while before and isinstance(before[-1], Value):
        limits.insert(0, before.pop())
    together = isinstance(limit, Value) and len(limits) >= _PAIR and not (leading and before)
    if not together or not all(map(_is_disease, leading)):
        return any_of(operands)
    return any_of([*before, _of_disease(all_of([*leading, any_of(limits), vain]))])


def _of_disease(expression: Expression) -> Expression:
    """Return "hypertension, pressure > 140 mmHg despite treatment" with the treatment as a quality of it."""
    if not isinstance(expression, AllOf):
        return expression
    first, *limits, last = expression.operands
    if not (limits and _is_disease(first) and _is_vain(last)):
        return expression
    if not all(isinstance(each, Value | AnyOf) for each in limits):
        return expression
    told = "; ".join(filter(None, (first.modifiers.get("qualifier"), last.text)))
    return all_of([replace(first, modifiers={**first.modifiers, "qualifier": told}), *limits])


def _is_disease(expression: Expression) -> TypeGuard[Fact]:
    return isinstance(expression, Fact) and expression.category == "condition"


def _is_vain(expression: Expression) -> TypeGuard[Narrative]:
    return isinstance(expression, Narrative) and _DESPITE.match(expression.text) is not None
