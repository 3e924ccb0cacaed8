"""The choices that a demand leaves, and the ages they are asked of."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import opened
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["choice_of"]

_AGE = str(TGC.Age)


def choice_of(chosen: Sequence[Expression], first: Segment) -> Expression:
    """Return that one of several is so, with the age that the first member starts with asked of all."""
    ages, leading = _ages_of_all(chosen) if _opens_on_age(first) else ([], chosen[0])
    return all_of([*ages, any_of([_of_aged(each) for each in (leading, *chosen[1:])])])


def _opens_on_age(segment: Segment) -> bool:
    """Whether the first that a member states is an age."""
    stated = (each for each in opened(segment.chunks) if is_content(each) or each.kind in ("value", "limit"))
    opening = next(stated, None)
    told = None if opening is None else opening.expression
    return isinstance(told, Value) and told.concept == _AGE


def _ages_of_all(chosen: Sequence[Expression]) -> tuple[list[Expression], Expression]:
    """Part the age that a list of choices starts with, which is asked of all, from the first choice.

    "Age ≥ 18, with A or B" asks for it with either; where another choice has an age of its own, it is of
    the first alone.
    """
    first, *others = chosen
    opening, *rest = first.operands if isinstance(first, AllOf) else (first,)
    aged = any(isinstance(atom, Value) and atom.concept == _AGE for each in others for atom in atoms(each))
    leads = rest and isinstance(opening, Value) and opening.concept == _AGE
    return ([opening], all_of(rest)) if leads and not aged else ([], first)


def _of_aged(expression: Expression) -> Expression:
    """Return one of several choices, of which a limit for those of an age is a choice of them alone.

    "Lansky ≥ 50 for children up to 16 years or Karnofsky ≥ 50 for those over 16": nobody meets the first
    by being older.
    """
    parts = expression.operands if isinstance(expression, AnyOf) else ()
    case = parts[0].operand if len(parts) > 1 and isinstance(parts[0], Not) else None
    if not isinstance(case, Value) or case.concept != _AGE:
        return expression
    return all_of([case, any_of(list(parts[1:]))])
