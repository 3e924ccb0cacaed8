"""Markers of one tumour that a list parts: "colorectal cancer harboring KRAS G12C or BRAF V600E"."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, Fact

__all__ = ["share_bearers"]

_EITHER = frozenset({"or", "and / or", "/"})
_LIST = _EITHER | {","}
_PLAIN = frozenset({"neutral", "qualifier"})


def share_bearers(segments: Sequence[Segment]) -> list[Segment]:
    """Return members with the markers behind a tumour's first as choices of the same tumour's.

    Who has the second of "A harboring X or Y" and another cancer isn't meant.
    """
    kept: list[Segment] = []
    position = 0
    while position < len(segments):
        segment = segments[position]
        more = _more_markers(segments[position + 1 :]) if _bears(segment) else []
        if more and isinstance(segment.expression, AllOf):
            *tumour, first = segment.expression.operands
            choice = any_of([first, *(each.expression for each in more if each.expression is not None)])
            segment.expression = all_of([*tumour, choice])
            segment.chunks = [*segment.chunks, *(chunk for each in more for chunk in each.chunks)]
        kept.append(segment)
        position += 1 + len(more)
    return kept


def _bears(segment: Segment) -> bool:
    """Whether a member is a tumour with one marker told behind it."""
    parts = segment.expression.operands if isinstance(segment.expression, AllOf) else ()
    facts = [part for part in parts if isinstance(part, Fact)]
    if not parts or len(facts) < len(parts) or segment.negated:
        return False
    return facts[0].category == "condition" and facts[-1].category == "biomarker"


def _more_markers(segments: Sequence[Segment]) -> list[Segment]:
    """Return the members that go on with markers as alternatives, up to the last behind "or"."""
    more: list[Segment] = []
    for segment in segments:
        fact = segment.expression
        marker = isinstance(fact, Fact) and fact.category == "biomarker" and not segment.negated
        if segment.joint not in _LIST or not marker or not _is_bare(segment):
            break
        more.append(segment)
    while more and more[-1].joint not in _EITHER:
        more.pop()
    return more


def _is_bare(segment: Segment) -> bool:
    """Whether nothing stands before a member's name that makes a statement of its own of it."""
    named = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    return all(chunk.kind == "word" and chunk.classes & _PLAIN for chunk in segment.chunks[:named])
