"""What narrows the last member of a list and is said of the members before it too."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.omissions import ILLNESSES
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.criteria.members.statuses import is_viral
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["closing_remark", "is_plain", "share_remarks"]

_PERSONS = frozenset({"persons", "female", "male"})
_RELATIVE = ("that ", "which ", "requiring ", "associated with ", "who ")
_PLACE = re.compile(
    r"(?:over|at|on|in|within|near) (?:the |any |an? )?(?:\w+ ){0,2}?"
    r"(?:target|treat\w*|injection|application|administration|surgical|radiation|study) "
    r"(?:area|site|field|region|skin)s?\b",
    re.IGNORECASE,
)
"""Where things of a kind must be to bar ("rash or infection over the target area")."""
_PART = re.compile(
    r"(?:(?:for|in)\s+)?(?:the\s+)?[^()]{0,60}\b(?:cohorts?|arms?|parts?|phases?|groups?)\b[^()]{0,20}\bonly"
    r"|only\s+(?:for|in)\s+[^()]{0,60}\b(?:cohorts?|arms?|parts?|phases?|groups?)\b[^()]{0,20}",
    re.IGNORECASE,
)
_UNABLE = "inability "
"""How a lack is named that says all by itself ("inability to swallow or disease limiting absorption")."""
_INJURY = str(TGC.TraumaticInjury)
_LONGEST = 120
_FEW = 2
"""The most chunks of a member that is bare."""
_TIMED = frozenset({"within", "during", "while", "before", "after", "prior", "since"})
"""Nouns that are a name only with the words behind them ("disease affecting gastrointestinal function")."""


def is_plain(fact: Fact) -> bool:
    """Whether nothing is said of a fact but that it may be over."""
    return fact.within is None and fact.modifiers.items() <= {("status", "history")}


def share_remarks(text: Text, segments: Sequence[Segment]) -> None:
    """Let what narrows the last of "pregnant or breastfeeding women who …" narrow those before as well."""
    _share_part(text, segments)
    pairs = list(itertools.pairwise(segments))
    for first, second in reversed(pairs):
        if second.joint in ("or", "and", "/") and not (second.after_comma or second.negated):
            _share_with(text, first, second)
        elif _is_of_all(first, second) or (is_bare(second) and _is_narrowed_alike(segments, second)):
            _share_clause(text, first, second)


def _share_part(text: Text, segments: Sequence[Segment]) -> None:
    """Let "(TNBC cohort only)" behind a list be said of all: it tells whom the list is for."""
    bracket = segments[-1].chunks[-1]
    words = text.text[bracket.start + 1 : bracket.end - 1] if bracket.kind == "bracket" else ""
    if not text.exclusion or _PART.fullmatch(words) is None:
        return
    for segment in segments[:-1]:
        fact = segment.expression
        if isinstance(fact, Fact):
            told = filter(None, (fact.modifiers.get("qualifier"), words))
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": "; ".join(told)})


def _share_with(text: Text, first: Segment, second: Segment) -> None:
    """Let what narrows the second of "A or B that …" narrow the first."""
    one, two = first.expression, second.expression
    if not isinstance(one, Fact) or not isinstance(two, Fact) or one.concept_label.startswith(_UNABLE):
        return
    words = two.modifiers.get("qualifier")
    if words is not None and words.startswith("who ") and _opens_on_persons(second):
        return
    if first.examples and second.examples:
        return  # "Inhibitors (A, B) or inducers (C, D)": each has its own list.
    if len(first.chunks) > _FEW or words is None:
        _share_clause(text, first, second)
        return
    timed = words.split(" ", 1)[0] in _TIMED
    narrowed_after = not timed and len(second.chunks) > 1 and is_content(second.chunks[0])
    named = second.chunks[0].form not in ILLNESSES
    kept = {"status"} if first.borrowed else set()
    dated_apart = one.within is not None and one.within != two.within
    if dated_apart:
        return  # "A within 4 weeks or B for C within 2 weeks": what B is for isn't said of A.
    if narrowed_after and named and one.modifiers.keys() <= kept and one.category == two.category:
        told = {name: each for name, each in two.modifiers.items() if name != "relation"}
        first.expression = replace(one, modifiers={**told, **one.modifiers})
    elif one.concept == two.concept and is_plain(one) and is_content(second.chunks[0]):
        first.expression = replace(one, modifiers={**one.modifiers, "qualifier": words})
    elif not (one.concept == two.concept and is_plain(one) and first.negated and not text.exclusion):
        # The second of "no A or well controlled A" is a choice.
        _share_clause(text, first, second)


def _share_clause(text: Text, first: Segment, second: Segment) -> None:
    """Let a clause behind the second of two things of a kind narrow the first, if that is bare."""
    one, two = first.expression, second.expression
    clause = _clause_of(second)
    if clause is None or not isinstance(one, Fact) or not isinstance(two, Fact):
        return
    if clause.startswith("who ") and (one.concept == two.concept or _tells_who(text, second)):
        return
    alike = one.category == two.category or (one.category == "procedure" and two.concept == _INJURY)
    anew = any("historic" in chunk.classes for chunk in second.chunks) or "relation" in two.modifiers
    of_both = (alike and not anew) or _judges(text, clause)
    viral = is_content(second.chunks[0]) and all(is_viral(text, each) for each in (one, two))
    plain = is_plain(one) or (viral and _is_active(one) and _is_active(two))
    if of_both and plain and _ends_in_name(first):
        first.expression = replace(one, modifiers={**one.modifiers, "qualifier": clause})


def _is_active(fact: Fact) -> bool:
    """Whether nothing else is said of a fact, or nothing but a remark, than that it is there now."""
    said = {"status", "qualifier", "exception"}
    return fact.within is None and fact.modifiers.get("status") == "active" and fact.modifiers.keys() <= said


def _opens_on_persons(segment: Segment) -> bool:
    """Whether a member names anew who is meant ("pregnancy or women of childbearing potential who …")."""
    return not segment.chunks[0].classes.isdisjoint(_PERSONS)


def _tells_who(text: Text, segment: Segment) -> bool:
    """Whether a "who" is asked of those that a member names itself ("pregnant or women who …"), or of all."""
    return not text.exclusion or any(not chunk.classes.isdisjoint(_PERSONS) for chunk in segment.chunks)


def _judges(text: Text, clause: str) -> bool:
    """Whether a clause takes a judgement, as of "disease or procedure that could interfere with uptake"."""
    return len(clause) < _LONGEST and text.search(lexicon().judgement, clause) is not None


def _is_narrowed_alike(segments: Sequence[Segment], segment: Segment) -> bool:
    """Whether a member has the clause of the one behind it, so that those before it may have it too."""
    if segment.joint != ",":
        return False
    at = next(i for i, each in enumerate(segments) if each is segment)
    following = segments[at + 1] if at + 1 < len(segments) else None
    clause = _clause_of(segment)
    return following is not None and clause is not None and clause == _clause_of(following)


def _is_of_all(before: Segment, segment: Segment) -> bool:
    """Whether a clause behind the last of "A, B, or C …" tells whom or where, which is said of all."""
    listed = before.joint == "," and segment.after_comma and segment.joint in ("or", "and")
    clause = _clause_of(segment) if listed and not segment.negated else None
    return clause is not None and (clause.startswith("who ") or _PLACE.match(clause) is not None)


def _clause_of(segment: Segment) -> str | None:
    """Return the clause that narrows a member from behind."""
    fact = segment.expression
    words = fact.modifiers.get("qualifier", "") if isinstance(fact, Fact) else ""
    return next(
        (part for part in words.split("; ") if part.startswith(_RELATIVE) or _PLACE.match(part)), None
    )


def _ends_in_name(segment: Segment) -> bool:
    """Whether nothing but brackets stands behind the name in a member."""
    chunks = [chunk for chunk in segment.chunks if chunk.kind not in ("bracket", "sign")]
    return bool(chunks) and is_content(chunks[-1])


def closing_remark(segments: list[Segment]) -> int:
    """Return where ", unsupported by A or B" behind a value starts, 0 when nothing of the kind does."""
    at = next((i for i, each in enumerate(segments) if each.expression is None), 0)
    unread = all(segment.expression is None for segment in segments[at:])
    valued = at > 0 and any(chunk.kind == "value" for chunk in segments[at - 1].chunks)
    either = any(segment.joint == "or" for segment in segments[at + 1 :])
    return at if unread and valued and either and segments[at].joint == "," else 0
