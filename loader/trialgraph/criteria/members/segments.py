"""The members of a list, and what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.recency import EVENTS
from trialgraph.criteria.facts.washouts import OtherTime
from trialgraph.criteria.language.connectives import DETERMINERS
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.expressions import Expression
from trialgraph.namespaces import TGC

__all__ = [
    "Segment",
    "is_bare",
    "is_event",
    "is_left_open_too",
    "is_swallowed_too",
    "is_unknown_noun",
    "opens_vessel",
    "says_nothing",
    "trimmed",
]

_SWALLOWING = str(TGC.InabilityToSwallow)
_OPENING = (str(TGC.CoronaryRevascularization), str(TGC.CoronaryBypass), str(TGC.Angioplasty),
            str(TGC.CoronaryStent), str(TGC.VascularStent), str(TGC.CarotidStent))  # fmt: skip
"""Procedures that open a vessel."""
_FORMS = frozenset({"oral", "whole", "or", "and", "tablet", "capsule", "pill"})


@dataclass(slots=True)
class Segment:
    """A member of a list: how it is joined to the one before, its chunks, what it says.

    It is `tight` where it offers a choice with the one before only ("A and/or B and C", "A- or B-based").
    It is `beside` where it is asked, or bars, only with the one before ("AST > 3 with bilirubin > 2").
    It is `narrower` where its name's own adjective takes the place of the one before "or". What its
    examples say is `listed`; `others` is what its other time is for.
    """

    joint: str
    chunks: list[Chunk]
    expression: Expression | None = None
    negated: bool = False
    carries: bool = False
    leading: str | None = None
    after_comma: bool = False
    borrowed: bool = False
    examples: Sequence[Chunk] = ()
    tested: bool = False
    narrower: bool = False
    tight: bool = False
    beside: bool = False
    other_time: OtherTime | None = None
    listed: Expression | None = None
    others: Expression | None = None


def is_bare(segment: Segment) -> bool:
    """Whether a member of a list starts with its noun, so that it may hang on what stands before."""
    for chunk in segment.chunks:
        if is_content(chunk):
            return chunk.kind == "concept"
        if (
            chunk.kind not in ("bracket", "window")
            and chunk.form not in DETERMINERS
            and not (chunk.kind == "word" and not chunk.classes)
        ):
            return False
    return True


def says_nothing(segment: Segment) -> bool:
    """Whether a member demands nothing, so that it may be left out."""
    if "regardless" in segment.chunks[0].classes:
        return True
    return segment.expression is None and all(
        chunk.kind == "word"
        and bool(chunk.classes & {"neutral", "tail", "value_tail"})
        and "negation" not in chunk.classes
        for chunk in segment.chunks
    )


def is_swallowed_too(before: Sequence[Segment], segment: Segment) -> bool:
    """Whether a member is one more form of what patients swallow ("able to swallow pills, capsules or …")."""
    named = (chunk.term for each in before for chunk in each.chunks if chunk.term is not None)
    forms = all(chunk.form.removeprefix("oral ").rstrip("s") in _FORMS for chunk in segment.chunks)
    return segment.expression is None and forms and any(term.iri == _SWALLOWING for term in named)


def is_left_open_too(before: Sequence[Segment], segment: Segment) -> bool:
    """Whether the last member is one more thing that doesn't matter ("regardless of HER2 or PD-L1 status").

    One of the kind that the list is about is a member of its own, unless what doesn't matter is of it, too.
    """
    opened = [each for each in before[-1].chunks if "regardless" in each.classes] if before else []
    if not opened or segment.joint not in ("or", "and", "/") or segment.after_comma:
        return False
    if not is_bare(segment) or any(chunk.kind != "word" and chunk.term is None for chunk in segment.chunks):
        return False
    behind = [chunk for chunk in before[-1].chunks if chunk.start > opened[-1].start]
    head = next((c.term for each in before for c in each.chunks if c.term is not None), None)
    named = next((chunk.term for chunk in segment.chunks if chunk.term is not None), None)
    if head is None or any(chunk.form == "," for chunk in behind):
        return False
    if named is None:
        return segment.chunks[-1].form.endswith("status")
    told = {chunk.term.category for chunk in behind if chunk.term is not None}
    return named.category != head.category or not told.isdisjoint((named.category, "other"))


def trimmed(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return chunks without signs and conjunctions at either end."""
    kept = list(chunks)
    while kept and (kept[-1].kind == "sign" or kept[-1].form in ("and", "or")):
        kept.pop()
    while kept and (kept[0].kind == "sign" or kept[0].form in ("and", "or")):
        kept.pop(0)
    return kept


def is_event(segment: Segment) -> bool:
    """Whether what a member names first is over in a moment, as a stroke is and high blood pressure isn't."""
    named = next((chunk.term for chunk in segment.chunks if chunk.term is not None), None)
    return named is not None and any(map(named.is_a, EVENTS))


def opens_vessel(term: Term) -> bool:
    """Whether a procedure opens a vessel, or leads blood around it."""
    return any(map(term.is_a, _OPENING))


def is_unknown_noun(segment: Segment) -> bool:
    """Whether a member is a noun or two that no concept has as its name, so that a list goes on over it."""
    words = [chunk for chunk in segment.chunks if chunk.kind != "bracket"]
    plain = all(chunk.kind == "word" and chunk.classes <= {"label", "qualifier"} for chunk in words)
    return segment.expression is None and plain and len(words) <= 2
