"""The status that the members of a list have in common: "active A or B", "history of A, B or C"."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import JOINTS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment, is_bare, is_unknown_noun
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["is_viral", "share_active", "share_history"]

_VIRAL, _INFECTION = str(TGC.ViralInfection), str(TGC.InfectiousDisease)
_COURSES = ("acute ", "chronic ")
_DESCRIBING = frozenset({"qualifier", "other", "label", "value_tail"})
_PAIR = 2


def share_active(text: Text, segments: list[Segment]) -> None:
    """Let "active" before "A or B" hold for both, and before a list of treatments or viruses for all.

    So does that before "infection with A, B or C", whatever causes them. A member that no concept has as its
    name doesn't end the list ("concurrent chemotherapy, IP or hormonal therapy").
    """
    _share_unread(text, segments)
    infected, named = False, [each for each in segments if not is_unknown_noun(each)]
    for before, segment in itertools.pairwise(named):
        infected = infected or _is_infected(text, before)
        one, two = before.expression, segment.expression
        if not isinstance(one, Fact) or not isinstance(two, Fact) or "status" not in one.modifiers:
            continue
        pair = segment.joint in ("or", "and", "/") and not segment.after_comma
        pair = pair and not any("needing" in chunk.classes for chunk in before.chunks)
        listed = segment.joint in JOINTS and {one.category, two.category} <= GIVEN
        one_noun = before.borrowed and segment.joint in JOINTS
        viral = all(is_viral(text, each, any_cause=infected) for each in (one, two))
        listed = listed or (segment.joint in JOINTS and viral)
        alike = one.category == two.category or listed
        given = text.exclusion and {one.category, two.category} <= GIVEN
        same = one.concept == two.concept and not given
        anew = "status" in two.modifiers or two.within is not None or same
        bare = is_bare(segment) or one_noun or (given and _is_described(segment))
        plain = bare and not (anew or segment.narrower)
        if alike and plain and (pair or listed or one_noun) and not segment.negated:
            status = one.modifiers["status"]
            segment.expression = replace(two, modifiers={"status": status, **two.modifiers})


def _is_described(segment: Segment) -> bool:
    """Whether nothing but adjectives stand before the name in a member ("standard antineoplastic agents")."""
    at = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    return all(chunk.kind == "word" and chunk.classes <= _DESCRIBING for chunk in segment.chunks[:at])


def _share_unread(text: Text, segments: Sequence[Segment]) -> None:
    """Let "active" before an unknown name hold for the one behind "or" too ("active drug or alcohol use").

    Where a third goes on with "or", a clause behind it may narrow them all, and is shared among them first.
    """
    if not text.exclusion or len(segments) < _PAIR or segments[0].expression is not None:
        return
    first, second, *rest = segments
    fact = second.expression
    if _is_unread_active(first) and isinstance(fact, Fact) and fact.category in GIVEN and is_bare(second):
        plain = "status" not in fact.modifiers and fact.within is None and not second.negated
        if plain and second.joint in JOINTS:
            second.expression = replace(fact, modifiers={"status": "active", **fact.modifiers})
        return
    if not _is_unread_active(first) or not isinstance(fact, Fact) or (rest and rest[0].joint == "or"):
        return
    close = second.joint in ("or", "/") and not second.after_comma and not second.negated
    if close and "status" not in fact.modifiers and fact.within is None and is_bare(second):
        second.expression = replace(fact, modifiers={"status": "active", **fact.modifiers})


def _is_unread_active(segment: Segment) -> bool:
    """Whether a member says of something without a known name that it is there now."""
    classes = {name for chunk in segment.chunks for name in chunk.classes}
    named = any(is_content(chunk) or chunk.window is not None for chunk in segment.chunks)
    unknown = "active" not in segment.chunks[-1].classes
    now = "active" in classes and classes.isdisjoint({"historic", "history", "negation"})
    return now and unknown and not named


def share_history(segments: list[Segment]) -> None:
    """Let "history of" before a list hold for its bare members."""
    told = False
    for segment in segments:
        fact = segment.expression
        if not isinstance(fact, Fact) or segment.negated:
            told = told and fact is None and not segment.negated
        elif fact.modifiers.get("status") == "history":
            told = True
        elif told and segment.joint in JOINTS and is_bare(segment) and fact.category == "condition":
            if fact.within is None and "status" not in fact.modifiers:
                segment.expression = replace(fact, modifiers={"status": "history", **fact.modifiers})
        else:
            told = False


def is_viral(text: Text, fact: Fact, *, any_cause: bool = False) -> bool:
    """Whether a disease is the infection with one virus, or of any one cause, be it acute or chronic."""
    term = text.vocabulary.by_iri.get(fact.concept)
    above = _INFECTION if any_cause else _VIRAL
    return term is not None and not term.label.startswith(_COURSES) and above in term.ancestors - {term.iri}


def _is_infected(text: Text, segment: Segment) -> bool:
    """Whether a member names a disease as the infection with what causes it ("infection with A, B or C")."""
    named = (text.text[each.start : each.end].lower() for each in segment.chunks if each.term is not None)
    return any("infection with " in name or "infection by " in name for name in named)
