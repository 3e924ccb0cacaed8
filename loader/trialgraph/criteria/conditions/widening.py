"""Wider limits for some patients beside the limit for all, which they would else contradict."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Not, Value

__all__ = ["barred_apart", "loosened", "set_apart"]

_PAIR = 2


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
    if not isinstance(limit, Value) or limit.concept != general.concept:
        return False
    if (limit.unit, limit.relative_to) != (general.unit, general.relative_to) or limit.span < general.span:
        return False
    (low, high), (least, most) = ((each.limit.low, each.limit.high) for each in (limit, general))
    over = high is None and most is None and low is not None and least is not None and low > least
    return over or (low is None and least is None and high is not None and most is not None and high < most)


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
    widened = {_single(operands, value) for value in values}
    if None in widened:
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
