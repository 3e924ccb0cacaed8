"""What is asked in some circumstances only: "prior trastuzumab if HER2 positive", "and, if positive, A"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import opened
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.criteria.trees import any_of, negate
from trialgraph.expressions import AnyOf, Expression, Fact, Narrative, Not

__all__ = ["are_those_aged", "ask_behind_case", "ask_in_case", "limits_some", "share_case"]

_MODALS = frozenset({"must", "must have", "must be", "should", "should have", "need", "need to"})
_AGED = frozenset({"child", "children", "minor", "adolescent", "infant", "pediatric", "paediatric"})
"""Names of those of some ages, beside which the ages are told."""
_HAVING = ("has", "have")
_PAIR = 2
_CASE_BEFORE = re.compile(
    r"\band,?\s+(?P<case>(?:if|when)\s[^,;.:]*),\s+(?:also\s+|an?\s+|the\s+)?$", re.IGNORECASE
)
"""The case straight before what is asked in it ("oxaliplatin, and, if RAS wild-type, cetuximab")."""


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


def ask_behind_case(text: Text, segments: Sequence[Segment]) -> None:
    """Ask the last of "A and, if Y, B" of those with Y only, and what stands before it of everyone."""
    if " if " not in text.lowered and " when " not in text.lowered:
        return
    for before, segment in itertools.pairwise(segments):
        start = segment.chunks[0].start
        found = _CASE_BEFORE.search(text.text, before.chunks[0].start, start)
        if (
            found is None
            or segment.expression is None
            or segment.negated
            or segment.joint not in (",", "and")
        ):
            continue
        unless = negate(narrative(text, *found.span("case")))
        segment.expression = any_of([segment.expression, unless])
        asked = before.expression
        if isinstance(asked, AnyOf) and len(asked.operands) == _PAIR and _denies_words(asked.operands[1]):
            before.expression = asked.operands[0]


def _denies_words(expression: Expression) -> bool:
    return isinstance(expression, Not) and isinstance(expression.operand, Narrative)


def share_case(segments: Sequence[Segment]) -> None:
    """Ask the treatments before the last of "A and B if Y" of those with Y only, too."""
    last = segments[-1]
    asked = last.expression.operands if isinstance(last.expression, AnyOf) else ()
    if len(asked) != _PAIR or not isinstance(asked[0], Fact) or not is_bare(last):
        return
    unless = asked[1]
    if not _denies_words(unless) or not any("of some" in chunk.classes for chunk in last.chunks):
        return
    for before, segment in reversed(list(itertools.pairwise(segments))):
        fact = before.expression
        given = isinstance(fact, Fact) and fact.category in GIVEN and not before.negated
        if not given or fact is None or segment.joint not in ("and", ","):
            return
        before.expression = any_of([fact, unless])


def limits_some(before: Sequence[Chunk]) -> bool:
    """Whether words before a value tell of whom alone it is asked, or that it is of somebody else.

    So do a limit before "must have" ("on 75 mg must have …"), a number of persons ("the first 3 patients
    must be …", "at least one child under …") and a child that the patient has.
    """
    limited = next((i for i, chunk in enumerate(before) if chunk.kind == "limit"), len(before))
    behind = before[limited + 1 :]
    if any(chunk.form in _MODALS or _names_persons(chunk) for chunk in behind):
        return True
    told = list(opened(before))
    first = next((i for i, chunk in enumerate(told) if chunk.form == "first"), len(told))
    counted = any(map(_names_persons, told[first + 1 :]))
    return counted or any(chunk.form.startswith(_HAVING) and after.form in _AGED
                          for chunk, after in itertools.pairwise(before))  # fmt: skip


def _names_persons(chunk: Chunk) -> bool:
    return "persons" in chunk.classes or chunk.form in _AGED
