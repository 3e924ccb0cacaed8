"""Treatments that are told of in the present: "patients receiving warfarin" have it now.

Who had it years ago isn't barred. A time beside it ("is receiving steroids within 7 days") says itself how
long ago it may have been, and so may any word for what is past.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["share_present"]

_TAKING = frozenset({"receiving", "taking", "using"})
_BEING = frozenset({"is", "are", "be", "must be", "may be", "should be"})
_LEADING = frozenset({"neutral", "negation", "active", "qualifier", "other"})
_PAST = re.compile(
    r"\b(?:prior|previous\w*|past|former\w*|history|ever|before|after|since|until|within|last|earlier|recent\w*"
    r"|received|taken|used|had|have|has|were|was|been|did|naive|days?|weeks?|months?|years?|half-li\w+"
    r"|first|second|third|lines?|courses?|cycles?|doses?)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[;\n*]|\.(?=\s|$)")
_ANTITUMOR, _RADIOTHERAPY = str(TGC.AntitumorTherapy), str(TGC.Radiotherapy)
_VACCINE, _TRANSFUSION = str(TGC.Vaccine), str(TGC.BloodTransfusion)


def share_present(text: Text, segments: Sequence[Segment]) -> None:
    """Let a bar on those "receiving" or "taking" a drug bar who has it now, in all of a list."""
    going = False
    for before, segment in itertools.pairwise([None, *segments]):
        assert segment is not None
        told = (text.exclusion or segment.negated) and _takes_now(segment)
        listed = (
            going and before is not None and segment.joint in ("or", "and", ",", "/") and is_bare(segment)
        )
        going = (told or listed) and _lasts(text, segment)
        if going and isinstance(segment.expression, Fact):
            fact = segment.expression
            segment.expression = replace(fact, modifiers={"status": "active", **fact.modifiers})


def _takes_now(segment: Segment) -> bool:
    """Whether a person is "receiving" or "taking" what a member names, in words of the present alone."""
    named = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), None)
    leading = segment.chunks[:named]
    at = next((i for i, chunk in enumerate(leading) if chunk.form in _TAKING), None)
    if at is None or not all(_is_plain(chunk) for chunk in leading):
        return False
    term = segment.chunks[named].term if named is not None else None
    antitumor = term is None or _ANTITUMOR in (term.iri, *term.ancestors)
    return not antitumor or any(chunk.form in _BEING or "active" in chunk.classes for chunk in leading[:at])


def _is_plain(chunk: Chunk) -> bool:
    return chunk.kind == "sign" or (chunk.kind == "word" and bool(chunk.classes & _LEADING))


def _lasts(text: Text, segment: Segment) -> bool:
    """Whether a member is a treatment that goes on, with no word of another time."""
    fact = segment.expression
    term = text.vocabulary.by_iri.get(fact.concept) if isinstance(fact, Fact) else None
    if not isinstance(fact, Fact) or term is None or fact.within is not None:
        return False
    kinds = {term.iri, *term.ancestors}
    once = not {_VACCINE, _TRANSFUSION}.isdisjoint(kinds)
    once = once or (fact.category != "treatment" and _RADIOTHERAPY not in kinds)
    start = segment.chunks[0].start
    words = _SENTENCE.split(text.text[start:], maxsplit=1)[0] + text.text[start : segment.chunks[-1].end]
    told = " ".join((words, *fact.modifiers.values()))
    return not (once or "status" in fact.modifiers or _PAST.search(told))
