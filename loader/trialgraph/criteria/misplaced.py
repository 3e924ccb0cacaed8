"""Limits to be kept that stand among exclusions: demands under the wrong heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.quantities.fitting import is_wanted, wanted_side
from trialgraph.criteria.statements.turns import lacking
from trialgraph.criteria.trees import is_formal
from trialgraph.expressions import AllOf, AnyOf, Expression, Narrative, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["turn_demands"]

_FEWEST = 3
_ADEQUATE = re.compile(
    r"\W*(?:(?:patients?|subjects?|participants?)\s+)?(?:has\s+|have\s+|with\s+)?(?:evidence\s+of\s+)?"
    r"(?:adequate|sufficient|normal)\s[^.:;()]{0,60}?\b(?:functions?|parameters|values|counts?|reserves?)\b",
    re.IGNORECASE,
)
"""How a demand opens that nobody is barred for meeting ("adequate organ function as defined below")."""
_EITHER = re.compile(r"\bor\b", re.IGNORECASE)
_FITNESS = {
    str(TGC.ECOGPerformanceStatus): "high",
    str(TGC.KarnofskyPerformanceStatus): "low",
    str(TGC.LanskyPerformanceStatus): "low",
    str(TGC.LifeExpectancy): "low",
}
"""How well patients are, and on which side trials limit it."""


def turn_demands(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return the criteria of a section with the limits among its exclusions that are demands turned round.

    No trial bars whoever has enough neutrophils, platelets and hemoglobin. Where exclusions set three such
    limits on the side that trials ask for, and none on the other, they bar those who miss them. Elsewhere one
    that opens with "adequate function" does, and one that bars whoever is well stays words.
    """
    told = [(side, value) for each in criteria if each.kind == "exclusion" for side, value in _limits(each)]
    asked = {value.concept for side, value in told if side}
    if len(asked) < _FEWEST or not all(side for side, _ in told):
        return [_by_itself(each) if each.kind == "exclusion" else each for each in criteria]
    return [_turned(each) if each.kind == "exclusion" else each for each in criteria]


def _by_itself(criterion: Criterion) -> Criterion:
    """Return an exclusion that its own words or its limit show to be a demand, turned round or in words."""
    if _ADEQUATE.match(criterion.normalized):
        return _worded(criterion) if _EITHER.search(criterion.normalized) else _turned(criterion)
    told = criterion.expression
    fit = isinstance(told, Value) and told.concept in _FITNESS and _is_open_end(told)
    return _worded(criterion) if fit else criterion


def _is_open_end(value: Value) -> bool:
    """Whether a limit on how well patients are sets no end on the side of those who are well."""
    wanted = _FITNESS[value.concept]
    return (value.limit.low or 0) == 0 if wanted == "high" else value.limit.high is None


def _worded(criterion: Criterion) -> Criterion:
    return replace(criterion, expression=Narrative(criterion.normalized, "not-formalised", criterion.span))


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
        return _worded(criterion)
    return replace(criterion, expression=lacking(told, criterion.normalized))
