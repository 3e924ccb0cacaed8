"""Clauses that go on behind a comma or "or", where a list was parted in them.

"An illness that may interfere with the study, put the patient at risk or limit compliance" names one illness,
and "tumors that progressed on therapy, or for which there is none" are tumours in either case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Fact

__all__ = ["with_whole_clauses"]

_CLAUSE = re.compile(r"\b(?:that|which)\b|\bto (?:interfere|comply|participate|complete)\b", re.IGNORECASE)
_ILL = frozenset({"condition", "lesion"})
_MAY = re.compile(r"\b(?:may|might|could|would)\b", re.IGNORECASE)
_WHO = re.compile(r"\b(?:that|which|who|whom|whose)\b.*", re.IGNORECASE)
_ANEW = re.compile(
    r"\b(?:another|other|prior|previous|planned|current|concurrent|history|any|within|unless|except)\b",
    re.IGNORECASE,
)
"""Words of what stands for itself ("or participation in another trial")."""


def with_whole_clauses(text: Text, segments: Sequence[Segment]) -> list[Segment]:
    """Return the members of a list, each clause put together where the list was parted in it."""
    kept: list[Segment] = []
    case: Segment | None = None
    for segment in segments:
        if kept and segment.expression is None and _goes_on(text, kept[-1], segment):
            _lengthen(text, kept[-1], segment)
            continue
        if kept and not text.exclusion and _is_case(text, kept[-1], segment, case):
            case = _with_case(text, kept, segment)
            continue
        case = None
        kept.append(segment)
    return kept


def _is_case(text: Text, before: Segment, segment: Segment, case: Segment | None) -> bool:
    """Whether a member of what is demanded only tells of one more case of the patients before it."""
    if segment.expression is not None or segment.joint not in ("or", ","):
        return False
    words = text.text[segment.chunks[0].start : segment.chunks[-1].end]
    found = lexicon().cases.search(words)
    opens = found is not None and found.start() == 0
    return opens or (case is before and segment.joint == "or" and len(segment.chunks) == 1)


def _with_case(text: Text, kept: list[Segment], segment: Segment) -> Segment | None:
    """Put a further case to what it is a case of; return the words that it stands in, None in a clause.

    With one disease before it, all behind that are cases of it. Of several diseases the words tell which.
    """
    told = kept[-1].expression
    if isinstance(told, Fact) and _is_disease(kept[-1]) and _WHO.search(told.modifiers.get("qualifier", "")):
        _lengthen(text, kept[-1], segment)
        return kept[-1]
    places = [i for i, each in enumerate(kept) if _is_disease(each)]
    if not places:
        kept.append(segment)
        return None
    behind = [*kept[places[0] + 1 :], segment]
    alone = len(places) == 1 or (behind[0].joint == "," and behind[0].chunks[0].form == "with")
    start = places[0] + alone
    behind = behind if alone else [kept[start], *behind]
    first = behind[0]
    joint = "and" if alone else first.joint
    chunks = [chunk for each in behind for chunk in each.chunks]
    kept[start:] = [Segment(joint, chunks, after_comma=first.after_comma)]
    return kept[-1]


def _is_disease(segment: Segment) -> bool:
    fact = segment.expression
    return isinstance(fact, Fact) and fact.category in _ILL and not segment.negated


def _goes_on(text: Text, before: Segment, segment: Segment) -> bool:
    """Whether a member that isn't read goes on the clause that the one before ends in."""
    if segment.joint == ";" or segment.negated:
        return False
    words = text.text[segment.chunks[0].start : segment.chunks[-1].end]
    fact = before.expression
    if segment.joint == "," and _CLAUSE.match(words) is not None:
        plain = fact is None or (isinstance(fact, Fact) and "qualifier" not in fact.modifiers)
        return plain and _MAY.search(words) is not None
    found = lexicon().hindering.search(words)
    if found is None or found.start() > 0 or _ANEW.search(words) is not None:
        return False
    told = text.text[before.chunks[0].start : before.chunks[-1].end]
    if fact is not None:
        told = fact.modifiers.get("qualifier", "") if isinstance(fact, Fact) else ""
    return _CLAUSE.search(told) is not None


def _lengthen(text: Text, before: Segment, segment: Segment) -> None:
    """Put what goes on a clause to the words of the member that the clause is of."""
    fact, end = before.expression, segment.chunks[-1].end
    if isinstance(fact, Fact):
        told = fact.modifiers.get("qualifier", "")
        clause = _CLAUSE.search(told) or _WHO.search(told)
        start = clause.start() if clause is not None else 0
        opening = told[start:].partition("; ")[0]
        place = text.text.rfind(opening, before.chunks[0].start, end) if opening else segment.chunks[0].start
        whole = text.text[place:end].strip(" .;,")
        words = told.replace(opening, whole, 1) if opening else whole
        before.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})
    before.chunks = [*before.chunks, *segment.chunks]
