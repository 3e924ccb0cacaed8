"""A criterion that opens with the name of a part of the trial, or of some people, is asked of these only.

"Part B only: platelets ≥ 100 x 10^9/L" says of whom it asks the platelets. That is the criterion's scope, as
if it stood below a heading of that name, rather than words of its own that somebody has to judge.
"""

from __future__ import annotations

from dataclasses import replace

from trialgraph.criteria.criterion import Criterion, Kind
from trialgraph.criteria.language.cohorts import opening_part
from trialgraph.criteria.sections.titles import names_others, title_scope
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not

__all__ = ["scoped"]

_BEFORE = " (["
_LONGEST_NAME = 8
"""How many words the name of some people may have."""


def scoped(criterion: Criterion) -> Criterion:
    """Return a criterion with what it opens with as its scope, if that only tells of whom it is asked.

    Args:
        criterion: As it was read; within another scope the label narrows that.
    """
    label = _label(criterion)
    if label is None or not _names_some(label.text):
        return _of_others(criterion)
    words = label.text[1:-1] if label.text[0] == "(" and label.text[-1] == ")" else label.text
    scope = words if criterion.scope is None else f"{criterion.scope}: {words}"
    return replace(criterion, scope=scope, expression=_without(criterion.expression))


def _of_others(criterion: Criterion) -> Criterion:
    """Return a criterion with those whom its title names as its scope ("Healthy volunteers: age 18 to 65").

    Reading passes over such a title; what stands behind it is asked of nobody else.
    """
    name, colon, _ = criterion.normalized.partition(":")
    name = name.strip(" ([")
    if (
        not colon
        or criterion.scope is not None
        or len(name.split()) > _LONGEST_NAME
        or not names_others(name)
    ):
        return criterion
    return criterion if isinstance(criterion.expression, Narrative) else replace(criterion, scope=name)


def _label(criterion: Criterion) -> Narrative | None:
    """Return the words that a criterion opens with and is asked on the condition of, or None."""
    first = _condition(criterion.expression, criterion.kind)
    if not isinstance(first, Narrative):
        return None
    return first if criterion.normalized.lstrip(_BEFORE).startswith(first.text.lstrip(_BEFORE)) else None


def _condition(expression: Expression, kind: Kind) -> Expression | None:
    """Return the first thing that has to hold for the rest of a criterion to be asked, or None."""
    if kind == "exclusion":
        return _bare(expression.operands[0]) if isinstance(expression, AllOf) else None
    denied = expression.operands[0] if isinstance(expression, AnyOf) else None
    return denied.operand if isinstance(denied, Not) else None


def _bare(expression: Expression) -> Expression:
    """Return words without what they speak of."""
    told = [each for each in getattr(expression, "operands", ()) if not _is_mention(each)]
    return told[0] if len(told) == 1 else expression


def _is_mention(expression: Expression) -> bool:
    return isinstance(expression, Fact) and expression.is_mention


def _names_some(label: str) -> bool:
    """Whether words are the name of a part of the trial, or of some people."""
    opening = opening_part(f"{label}: …")
    if opening is not None:
        return not opening.whole and opening.end == len(label)
    return bool(title_scope(label, colon=True, inclusion=True))


def _without(expression: Expression) -> Expression:
    """Return what a criterion asks of those whom its label names."""
    if isinstance(expression, AllOf):
        return all_of(expression.operands[1:])
    assert isinstance(expression, AnyOf)
    return any_of(expression.operands[1:])
