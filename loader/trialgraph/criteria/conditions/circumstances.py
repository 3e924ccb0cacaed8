"""What is asked in some circumstances only, told behind it: "prior trastuzumab if HER2 positive"."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.trees import any_of, negate

__all__ = ["are_those_aged", "ask_in_case", "limits_some"]

_MODALS = frozenset({"must", "must have", "must be", "should", "should have", "need", "need to"})
_AGED = frozenset({"child", "children", "minor", "adolescent", "infant", "pediatric", "paediatric"})
"""Names of those of some ages, beside which the ages are told."""


def are_those_aged(chunk: Chunk, value: Chunk) -> bool:
    """Whether a word before an age only names those of that age ("children < 18 years")."""
    terms = value.value.terms if value.value is not None else ()
    return chunk.form in _AGED and bool(terms) and terms[0].unit == "a"


def ask_in_case(text: Text, segment: Segment) -> None:
    """Ask "X if Y" of those with Y only; who "has not had X if Y" isn't barred for want of X alone."""
    chunks = segment.chunks
    concept = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), len(chunks))
    case = next((i for i in range(concept + 1, len(chunks)) if "of some" in chunks[i].classes), None)
    if case is None or case + 1 == len(chunks):
        return
    if text.exclusion and segment.negated:
        segment.expression, segment.negated = None, False
    elif not text.exclusion and not segment.negated and (asked := read_fact(text, chunks[:case])) is not None:
        words = narrative(text, chunks[case].start, chunks[-1].end)
        segment.expression = any_of([asked.expression, negate(words)])


def limits_some(before: Sequence[Chunk]) -> bool:
    """Whether a limit before "must have" tells of whom alone a value is asked ("on 75 mg must have …")."""
    limited = next((i for i, chunk in enumerate(before) if chunk.kind == "limit"), len(before))
    return any(chunk.form in _MODALS for chunk in before[limited + 1 :])
