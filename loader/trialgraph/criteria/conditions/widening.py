"""Limits for some patients beside the limit for all: a wider one is offered, a narrower one asked of them."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Limit, Not, Value, atoms

__all__ = ["barred_apart", "loosened", "narrows", "set_apart", "with_limit_for_some"]

_PAIR = 2


def with_limit_for_some(expression: Expression, case: Expression, limit: Expression) -> Expression:
    """Join the limit for all with that for those in a case, who have to keep a narrower one besides."""
    bases = [each for each in atoms(expression) if isinstance(each, Value)]
    some = [each for each in atoms(limit) if isinstance(each, Value)]
    if some and all(any(narrows(each, base) for base in bases) for each in some):
        return all_of([expression, any_of([negate(case), limit])])
    return any_of([expression, all_of([case, limit])])


def narrows(one: Value, other: Value) -> bool:
    """Whether a limit on the same quantity lets in fewer, and nobody besides."""
    alike = (one.concept, one.unit, one.relative_to) == (other.concept, other.unit, other.relative_to)
    (low, high), (least, most) = _ends(one.limit), _ends(other.limit)
    return alike and low >= least and high <= most and (low, high) != (least, most)


def _ends(limit: Limit) -> tuple[float, float]:
    low = float("-inf") if limit.low is None else limit.low
    return low, float("inf") if limit.high is None else limit.high


def loosened(expression: Expression) -> Expression:
    """Let a wider limit for some patients stand beside the limit for all, which it would else contradict."""
    match expression:
        case AllOf(operands):
            return _grant([loosened(each) for each in operands])
        case AnyOf(operands):
            return any_of([loosened(each) for each in operands])
        case _:
            return expression


def set_apart(expression: Expression) -> Expression:
    """Let the limit that bars all but some spare these where what bars them is a wider one.

    "QTc > 450, or QTc > 480 with bundle branch block" bars nobody with a block for 460: else the second limit
    would say nothing.
    """
    match expression:
        case AnyOf(operands):
            told = [set_apart(each) for each in operands]
            for some in operands:
                told = [_sparing(each, some) for each in told]
            return any_of(told)
        case AllOf(operands):
            return all_of([set_apart(each) for each in operands])
        case _:
            return expression


def barred_apart(general: Expression, some: Expression) -> Expression | None:
    """Return a limit that bars all but some with the wider one that bars these; None for any others."""
    spared = _sparing(general, some)
    return None if spared == general else any_of([spared, some])


def _sparing(general: Expression, some: Expression) -> Expression:
    """Return a limit that bars, without those whom a wider one bars instead."""
    if not isinstance(general, Value) or not isinstance(some, AllOf):
        return general
    limits = [each for each in some.operands if _is_narrower(each, general)]
    case = [each for each in some.operands if each not in limits]
    valued = any(isinstance(each, Value) and each.concept == general.concept for each in case)
    return all_of([negate(all_of(case)), general]) if limits and case and not valued else general


def _is_narrower(limit: Expression, general: Value) -> bool:
    """Whether a limit, or one of several, bars fewer than another before it on the same quantity."""
    if isinstance(limit, AnyOf):
        return any(_is_narrower(each, general) for each in limit.operands)
    return isinstance(limit, Value) and limit.span >= general.span and narrows(limit, general)


def _grant(operands: list[Expression]) -> Expression:
    kept = list(operands)
    for asked in operands:
        if (chosen := _choice_beside(kept, asked)) is not None:
            kept = chosen
            continue
        case, values = _parts(asked)
        targets = {value: _base(kept, value) for value in values}
        if case is None or not any(targets.values()):
            continue
        kept.remove(asked)
        besides = [value for value, base in targets.items() if base is None]
        for value, base in targets.items():
            if base is not None:
                wider = all_of([case, value, *besides])
                kept = [_beside(each, base, wider) for each in kept]
    return all_of(kept)


def _choice_beside(operands: Sequence[Expression], asked: Expression) -> list[Expression] | None:
    """Return demands with "AST or ALT ≤ 5 for some" put beside "AST or ALT ≤ 2.5"; None for any other."""
    parts = asked.operands if isinstance(asked, AnyOf) else ()
    case = parts[0].operand if len(parts) > _PAIR and isinstance(parts[0], Not) else None
    values = [each for each in parts[1:] if isinstance(each, Value)]
    if case is None or len(values) < len(parts) - 1:
        return None
    for operand in operands:
        limits = operand.operands if isinstance(operand, AnyOf) else ()
        bases = [each for each in limits if isinstance(each, Value)]
        alike = [each.concept for each in bases] == [each.concept for each in values]
        if alike and len(bases) == len(limits) and all(map(_widens, values, bases)):
            wider = any_of([operand, all_of([case, any_of(values)])])
            return [wider if each is operand else each for each in operands if each is not asked]
    widened = {_single(operands, value) for value in values} - {None}
    if not widened:
        return None
    some = all_of([case, any_of(values)])
    return [any_of([each, some]) if each in widened else each for each in operands if each is not asked]


def _single(operands: Sequence[Expression], value: Value) -> Value | None:
    """Return the limit that stands as a demand of its own, and that another on the same quantity widens."""
    limits = (each for each in operands if isinstance(each, Value) and each.concept == value.concept)
    return next((each for each in limits if _widens(value, each)), None)


def _parts(asked: Expression) -> tuple[Expression | None, list[Value]]:
    """Return case and values of a demand on some patients."""
    if not isinstance(asked, AnyOf) or not isinstance(asked.operands[0], Not) or len(asked.operands) != 2:
        return None, []
    demand = asked.operands[1]
    values = list(demand.operands) if isinstance(demand, AllOf) else [demand]
    plain = [value for value in values if isinstance(value, Value)]
    return (asked.operands[0].operand, plain) if len(plain) == len(values) else (None, [])


def _base(operands: Sequence[Expression], value: Value) -> Value | None:
    """Return the limit for all patients that a limit for some widens."""
    for operand in operands:
        choice = isinstance(operand, AnyOf) and all(isinstance(each, Value) for each in operand.operands)
        members = operand.operands if isinstance(operand, AnyOf) and choice else (operand,)
        for member in members:
            if isinstance(member, Value) and member.concept == value.concept and _widens(value, member):
                return member
    return None


def _widens(one: Value, other: Value) -> bool:
    if (one.unit, one.relative_to) != (other.unit, other.relative_to):
        return True
    high = one.limit.high is not None and other.limit.high is not None and one.limit.high > other.limit.high
    low = one.limit.low is not None and other.limit.low is not None and one.limit.low < other.limit.low
    return high or low


def _beside(operand: Expression, base: Value, wider: Expression) -> Expression:
    if operand is base or operand == base:
        return any_of([operand, wider])
    if isinstance(operand, AnyOf) and base in operand.operands:
        return any_of([*operand.operands, wider])
    return operand
