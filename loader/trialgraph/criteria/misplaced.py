"""Limits to be kept that stand among exclusions: a list of demands under the wrong heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.quantities.fitting import is_wanted, wanted_side
from trialgraph.criteria.statements.turns import lacking
from trialgraph.criteria.trees import is_formal
from trialgraph.expressions import AllOf, AnyOf, Expression, Narrative, Not, Value, atoms

__all__ = ["turn_demands"]

_FEWEST = 3


def turn_demands(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return the criteria of a section with the limits among its exclusions that are demands turned round.

    No trial bars whoever has enough neutrophils, platelets and hemoglobin. Where exclusions set three such
    limits on the side that trials ask for, and none on the other, they bar those who miss them.
    """
    told = [(side, value) for each in criteria if each.kind == "exclusion" for side, value in _limits(each)]
    asked = {value.concept for side, value in told if side}
    if len(asked) < _FEWEST or not all(side for side, _ in told):
        return list(criteria)
    return [_turned(each) if each.kind == "exclusion" else each for each in criteria]


def _limits(criterion: Criterion) -> Iterator[tuple[bool, Value]]:
    """Yield the limits of a criterion that have a side which trials ask for, and whether they are on it."""
    for denied, value in _values(criterion.expression, denied=False):
        one_sided = (value.limit.low is None) != (value.limit.high is None)
        if one_sided and wanted_side(value) is not None:
            yield is_wanted(value) != denied, value


def _values(expression: Expression, *, denied: bool) -> Iterator[tuple[bool, Value]]:
    match expression:
        case Value():
            yield denied, expression
        case Not(operand):
            yield from _values(operand, denied=not denied)
        case AllOf(operands) | AnyOf(operands):
            for each in operands:
                yield from _values(each, denied=denied)


def _turned(criterion: Criterion) -> Criterion:
    """Return an exclusion that asks for limits as what bars those who miss them; in words beside others."""
    if not any(side for side, _ in _limits(criterion)):
        return criterion
    told = criterion.expression
    if not is_formal(told) or not all(isinstance(atom, Value) for atom in atoms(told)):
        return replace(
            criterion, expression=Narrative(criterion.normalized, "not-formalised", criterion.span)
        )
    return replace(criterion, expression=lacking(told, criterion.normalized))
