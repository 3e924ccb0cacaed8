"""What goes with one thing and a list parts: markers of one tumour, diseases beside one limit."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, Expression, Fact, Value
from trialgraph.namespaces import TGC

__all__ = ["share_bearers"]

_EITHER = frozenset({"or", "and / or", "/"})
_LIST = _EITHER | {","}
_PLAIN = frozenset({"neutral", "qualifier"})
_WITH = frozenset({"with", "including", "include", "included", "containing"})
_AGE = str(TGC.Age)
_PAIR = 2


def share_bearers(segments: Sequence[Segment], *, exclusion: bool) -> list[Segment]:
    """Return members with the markers behind a tumour's first as choices of the same tumour's.

    Who has the second of "A harboring X or Y" and another cancer isn't meant. So it is with the diseases, or
    treatments, that a limit is told with ("BMI 27-30 with X or Y"); in a list with commas of what bars, each
    may bar by itself.
    """
    kept: list[Segment] = []
    position = 0
    while position < len(segments):
        segment = segments[position]
        borne = _borne(segment)
        more = _more_alike(segments[position + 1 :], borne) if borne is not None else []
        apart = borne is not None and borne.category != "biomarker" and exclusion and len(more) > 1
        if more and not apart and isinstance(segment.expression, AllOf):
            *bearer, first = segment.expression.operands
            choice = any_of([first, *(each.expression for each in more if each.expression is not None)])
            segment.expression = all_of([*bearer, choice])
            segment.chunks = [*segment.chunks, *(chunk for each in more for chunk in each.chunks)]
        else:
            more = []
        kept.append(segment)
        position += 1 + len(more)
    return kept


def _borne(segment: Segment) -> Fact | None:
    """Return the one marker told behind a tumour, or the one disease or treatment that goes with a limit."""
    parts = segment.expression.operands if isinstance(segment.expression, AllOf) else ()
    last = parts[-1] if parts else None
    if not isinstance(last, Fact) or segment.negated:
        return None
    if len(parts) == _PAIR and _goes_with_limit(segment, parts[0]):
        return last
    facts = [part for part in parts if isinstance(part, Fact)]
    tumour = len(facts) == len(parts) and facts[0].category == "condition"
    return last if tumour and last.category == "biomarker" else None


def _goes_with_limit(segment: Segment, limit: Expression) -> bool:
    """Whether a limit and a word that leads from it to what goes with it open a member."""
    at = next((i for i, chunk in enumerate(segment.chunks) if chunk.kind == "value"), len(segment.chunks))
    led = any(chunk.form in _WITH for chunk in segment.chunks[at + 1 :])
    return led and isinstance(limit, Value) and limit.concept != _AGE


def _more_alike(segments: Sequence[Segment], borne: Fact) -> list[Segment]:
    """Return the members that go on with facts of a kind as alternatives, up to the last behind "or"."""
    more: list[Segment] = []
    for segment in segments:
        fact = segment.expression
        alike = isinstance(fact, Fact) and _are_alike(fact, borne) and not segment.negated
        if segment.joint not in _LIST or not alike or not _is_bare(segment):
            break
        more.append(segment)
    while more and more[-1].joint not in _EITHER:
        more.pop()
    return more


def _are_alike(one: Fact, other: Fact) -> bool:
    """Whether two facts are of one kind, as all treatments and procedures are."""
    return one.category == other.category or {one.category, other.category} <= GIVEN


def _is_bare(segment: Segment) -> bool:
    """Whether nothing stands before a member's name that makes a statement of its own of it."""
    named = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    return all(chunk.kind == "word" and chunk.classes & _PLAIN for chunk in segment.chunks[:named])
