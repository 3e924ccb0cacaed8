"""Normal forms: one expression for all that say the same, as far as Kleene's logic can tell.

Every step is a law of strong Kleene logic over intervals, so that the normal form is true, false and
unknown exactly where the expression is. The excluded middle is no such law: "below 3, or 3 and more"
stays as it is, since a value that isn't pinned down leaves both open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from trialgraph.expressions import AllOf, AnyOf, Atom, Expression, Fact, Limit, Narrative, Not, Value, Window
from trialgraph.views import canonical_number

__all__ = ["conjuncts", "is_within", "meaning_key", "normal_form", "same_meaning"]


def normal_form(expression: Expression) -> Expression:
    """Return an expression that says the same, without what its words add.

    Negations stand at facts and narratives only, operators of one kind are not nested, nothing is
    said twice, limits of one quantity that hold together are one range, and an operand that another
    one implies is gone. Operands keep the order in which they were first stated. Spans are (0, 0),
    windows are in days or months, and their wording goes, but for windows without a length.

    Units are not converted: bring the expression to canonical units first.

    Example:
        >>> low, high = (Value("…", "age", limit, "a") for limit in (Limit(low=18), Limit(high=75)))
        >>> normal_form(AllOf((low, AllOf((high, Not(Not(low)))))))
        Value(concept='…', concept_label='age', limit=Limit(low=18.0, low_inclusive=True, high=75.0, ...
    """
    return _normal(expression, negated=False)


def same_meaning(one: Expression, other: Expression) -> bool:
    """Return whether two expressions have one normal form, whatever the order of their operands."""
    return meaning_key(normal_form(one)) == meaning_key(normal_form(other))


def conjuncts(normal: Expression) -> tuple[Expression, ...]:
    """Return what has to hold, each for itself, for a normal form to hold."""
    return normal.operands if isinstance(normal, AllOf) else (normal,)


def _normal(expression: Expression, *, negated: bool) -> Expression:
    match expression:
        case Not(operand):
            return _normal(operand, negated=not negated)
        case AllOf(operands) | AnyOf(operands):
            together = isinstance(expression, AllOf) != negated  # De Morgan
            return _joined([_normal(operand, negated=negated) for operand in operands], together=together)
        case Value():
            return _complement(_bare(expression)) if negated else _bare(expression)
        case _:
            return Not(_bare(expression)) if negated else _bare(expression)


def _bare(atom: Atom) -> Atom:
    """Return an atom with its meaning only: no span, no wording, numbers as they are compared."""
    match atom:
        case Value():
            unit = None if atom.relative_to else atom.unit
            within = _window(atom.within)
            return replace(atom, limit=_canonical(atom.limit), unit=unit, within=within, span=(0, 0))
        case Fact():
            count, size = (limit and _canonical(limit) for limit in (atom.count, atom.size))
            return replace(atom, count=count, size=size, within=_window(atom.within), span=(0, 0))
        case Narrative(text, reason):
            return Narrative(" ".join(text.split()), reason)


def _canonical(limit: Limit) -> Limit:
    low, high = (None if end is None else canonical_number(end) + 0.0 for end in (limit.low, limit.high))
    return Limit(low, low is None or limit.low_inclusive, high, high is None or limit.high_inclusive)


def _window(window: Window | None) -> Window | None:
    if window is None or window.amount is None:
        return window
    if window.unit in ("month", "year"):
        months = window.amount * (12 if window.unit == "year" else 1)
        return Window(months, "month", f"within {months:g} months", window.open)
    days = window.amount * (7 if window.unit == "week" else 1)
    return Window(days, "day", f"within {days:g} days", window.open)


def _complement(value: Atom) -> Expression:
    """Return what holds when a value is not within its limit: it is below it, or above it."""
    if not isinstance(value, Value):
        return Not(value)
    limit, sides = value.limit, []
    if limit.low is not None:
        sides.append(Limit(high=limit.low, high_inclusive=not limit.low_inclusive))
    if limit.high is not None:
        sides.append(Limit(low=limit.high, low_inclusive=not limit.high_inclusive))
    if not sides:
        return Not(value)  # measured at all: its negation has no limit
    return _joined([replace(value, limit=side) for side in sides], together=False)


def _joined(parts: Iterable[Expression], *, together: bool) -> Expression:
    """Return the normal form of normal forms that hold together, or of which one holds."""
    kind, other = (AllOf, AnyOf) if together else (AnyOf, AllOf)
    flat = [each for part in parts for each in (part.operands if isinstance(part, kind) else (part,))]
    if any(isinstance(each, other) and not each.operands for each in flat):
        return other(())  # "all of nothing" holds always, "any of nothing" never
    unique = {meaning_key(each): each for each in reversed(flat)}
    kept = [unique[key] for key in dict.fromkeys(map(meaning_key, flat))]
    kept = list(_without_implied(_with_limits_joined(kept, together=together), together=together))
    return kept[0] if len(kept) == 1 else kind(tuple(kept))


def _with_limits_joined(parts: list[Expression], *, together: bool) -> list[Expression]:
    """Join the limits of each quantity: all of them are one range, of several the widest stay."""
    joined: dict[str, list[Expression]] = {}
    for part in parts:
        key = _quantity(part) if isinstance(part, Value) else meaning_key(part)
        found = joined.setdefault(key, [])
        if not found or not isinstance(part, Value):
            found.append(part)
        elif together:
            found[0] = replace(part, limit=_both(_limit(found[0]), part.limit))
        elif not any(is_within(part.limit, _limit(each)) for each in found):
            found[:] = [each for each in found if not is_within(_limit(each), part.limit)] + [part]
    return [each for found in joined.values() for each in found]


def _without_implied(parts: list[Expression], *, together: bool) -> Iterator[Expression]:
    """Drop what another part makes superfluous: of A and (A or B), the second; of A or (A and B), too."""
    inner = AnyOf if together else AllOf
    keys = {meaning_key(each) for each in parts if not isinstance(each, inner)}
    limits = {_quantity(each): each.limit for each in parts if isinstance(each, Value)} if together else {}
    for part in parts:
        if isinstance(part, inner) and any(_is_settled(each, keys, limits) for each in part.operands):
            continue
        yield part


def _is_settled(operand: Expression, keys: set[str], limits: dict[str, Limit]) -> bool:
    if meaning_key(operand) in keys:
        return True
    demanded = limits.get(_quantity(operand)) if isinstance(operand, Value) else None
    return demanded is not None and is_within(demanded, _limit(operand))


def _limit(part: Expression) -> Limit:
    assert isinstance(part, Value)
    return part.limit


def _both(one: Limit, other: Limit) -> Limit:
    """Return the limit of what is within both; it may be empty."""
    low, low_inclusive = _tighter(one.low, one.low_inclusive, other.low, other.low_inclusive, sign=1)
    high, high_inclusive = _tighter(one.high, one.high_inclusive, other.high, other.high_inclusive, sign=-1)
    return Limit(low, low_inclusive, high, high_inclusive)


def _tighter(
    end: float | None,
    inclusive: bool,  # noqa: FBT001 - a bound, not an option
    other: float | None,
    other_inclusive: bool,  # noqa: FBT001 - as above
    *,
    sign: int,
) -> tuple[float | None, bool]:
    if end is None or other is None:
        return (other, other_inclusive) if end is None else (end, inclusive)
    # At one number, the end that leaves it out is the tighter one.
    return max((end, inclusive), (other, other_inclusive), key=lambda each: (sign * each[0], not each[1]))


def is_within(one: Limit, other: Limit) -> bool:
    """Return whether whatever is within one limit is within the other."""
    return _both(one, other) == one


def _quantity(value: Expression) -> str:
    """Return what a value is compared as: limits with one key can be joined."""
    assert isinstance(value, Value)
    return meaning_key(replace(value, limit=Limit()))


@lru_cache(maxsize=65536)
def meaning_key(expression: Expression) -> str:
    """Return one text for all normal forms that differ in the order of their operands only.

    Args:
        expression: A normal form; two expressions say the same when theirs have the same key.
    """
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return f"{type(expression).__name__}({', '.join(sorted(map(meaning_key, operands)))})"
        case Not(operand):
            return f"Not({meaning_key(operand)})"
        case Value():
            return repr(replace(expression, concept_label=""))
        case Fact():
            modifiers = dict(sorted(expression.modifiers.items()))
            return repr(replace(expression, concept_label="", modifiers=modifiers))
        case Narrative(text):
            return repr(text.casefold())
