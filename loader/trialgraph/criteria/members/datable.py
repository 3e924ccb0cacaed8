"""Which members of a list may be in the time that stands behind its last one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import FINITE, VERBS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment, is_event, opens_vessel
from trialgraph.expressions import Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["but_apart", "is_now", "takes_time", "tell_alike"]

_GIVEN = frozenset({"treatment", "procedure", "other"})
_STAY = str(TGC.InfectionRequiringHospitalization)
_INJURIES = (str(TGC.TraumaticInjury), str(TGC.Fracture))
_PASSING = (str(TGC.Angina), str(TGC.AcuteCoronarySyndrome), str(TGC.Pericarditis))
"""What comes and goes, so that trials list it in one time with infarctions and what opens a vessel."""
_PERICARDITIS = str(TGC.Pericarditis)
_TRANSPLANTATION = str(TGC.Transplantation)
_CELLS = str(TGC.AdoptiveCellImmunotherapy)
_GIVING = frozenset(
    {
        "treatment",
        "treatment with",
        "therapy with",
        "use of",
        "receipt of",
        "administration of",
        "exposure to",
        "experienced",
        "sustained",
    }
)
"""How the last of a list of treatments opens, behind others without such words."""
_BEFALLING = frozenset({"injury", "procedure"})
"""Operations and injuries, which trials list together in one time ("trauma or surgery within 4 weeks")."""
_ANEW_IN_TIME = VERBS | FINITE | {
    "received", "receipt", "participated", "used", "had", "treated", "taken", "prior", "previous",
    "previously", "history", "or", "who", "administration",
}  # fmt: skip
"""What a member of its own starts with behind what goes on ("is taking A, or received B within 4 weeks")."""
_AS_IT_IS = re.compile(
    r"\b(?:uncontroll|(?:poorly|inadequately|not (?:\w+ )?)[ -]?controlled|symptomatic)", re.IGNORECASE
)
"""What is said of a disease as it is now."""
_BEFORE = re.compile(
    r"(?:\([^()]*\)\s*)?(?:at any time )?(?:before|prior to) (?:the )?"
    r"(?:first|start|initiation|stud|screening|enrol|entry|random|regist)"
)
"""How a moment is told behind a name, in small letters."""


def takes_time(text: Text, segment: Segment, last: Segment, category: str | None, *, several: bool) -> bool:
    """Whether a member may be in the time of the last of its list.

    Args:
        text: The text under reading.
        segment: The member.
        last: The last one, with the time.
        category: What kind of thing the last names; None where it may be any.
        several: Whether more than two are listed.
    """
    fact = segment.expression
    if not isinstance(fact, Fact) or (is_now(fact) and not _takes_time_now(fact, last)):
        return False
    if segment is not last and (
        (several and _is_as_it_is(text, segment, last)) or _was_before(text, segment)
    ):
        return False
    return (
        category in (None, fact.category)
        or {category, fact.category} <= _GIVEN
        or (category in _GIVEN and fact.concept == _STAY)
        or {_event(text, fact), _event(text, last.expression)} <= _BEFALLING
        or ((several or not last.after_comma) and _is_of_vessels(segment) and _is_of_vessels(last))
    )


def _is_as_it_is(text: Text, segment: Segment, last: Segment) -> bool:
    """Whether a disease is told as it is now, beside what befell someone in a time.

    "Uncontrolled hypertension, symptomatic heart failure, or stroke within 6 months". A comma sets the
    time off behind what all of the list is in.
    """
    fact, timed = segment.expression, next((c for c in last.chunks if c.window is not None), None)
    told = (
        isinstance(fact, Fact)
        and fact.concept != _PERICARDITIS
        and _AS_IT_IS.search(fact.modifiers.get("qualifier", ""))
    )
    apart = timed is not None and text.text[: timed.start].rstrip().endswith(",")
    return bool(told) and not apart and is_event(last) and not is_event(segment)


def _was_before(text: Text, segment: Segment) -> bool:
    """Whether a member may have been at any time ("A before the first dose, or B within …")."""
    named = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    behind = text.lowered[segment.chunks[named].end : segment.chunks[-1].end].strip(" ,")
    timed = any(chunk.window is not None for chunk in segment.chunks)
    return not timed and _BEFORE.match(behind) is not None


def _event(text: Text, expression: Expression | None) -> str | None:
    """Return the kind of what befalls a patient at one time: an operation or an injury; else None."""
    if not isinstance(expression, Fact):
        return None
    term = text.vocabulary.by_iri.get(expression.concept)
    injured = term is not None and any(map(term.is_a, _INJURIES))
    return "injury" if injured else expression.category


def _is_of_vessels(segment: Segment) -> bool:
    """Whether a member is a stroke, angina or the like, or opens a vessel; trials list these in one time."""
    named = next((chunk.term for chunk in segment.chunks if chunk.term is not None), None)
    befell = is_event(segment) or (named is not None and any(map(named.is_a, _PASSING)))
    return befell or (named is not None and opens_vessel(named))


def is_now(fact: Fact) -> bool:
    """Whether a fact is told of what goes on now."""
    told = fact.modifiers.get("qualifier", "").lower()
    return fact.modifiers.get("status") == "active" or told.startswith("active or ")


def _takes_time_now(fact: Fact, last: Segment) -> bool:
    """Whether what goes on is in the time of the last of its list too ("taking A, B, or C within 2 days")."""
    opening = itertools.takewhile(lambda chunk: not is_content(chunk), last.chunks)
    anew = any(chunk.form.split(" ")[0] in _ANEW_IN_TIME for chunk in opening)
    goes_on = fact.category in GIVEN and not anew
    return goes_on or not (last.after_comma or fact.category == "other")


def but_apart(members: Sequence[Segment], last: Segment) -> list[Segment]:
    """Return members without those that the time of the last of their list isn't told of.

    So are what lasts, where the last has a noun of its own ("or use of C"), and what goes on now, where it is
    told again ("is on A, or got A or B").
    """
    kept = _but_lasting(members, last)
    now = isinstance(last.expression, Fact) and is_now(last.expression)
    return kept if now else _but_those_now(kept)


def _but_those_now(members: Sequence[Segment]) -> list[Segment]:
    """Return members without those that go on now, where one is told again ("is on A, or got A or B")."""
    now = [each for each in members if isinstance(each.expression, Fact) and is_now(each.expression)]
    then = [each for each in members if each not in now]
    return then if {_concept(each) for each in now} & {_concept(each) for each in then} else list(members)


def _concept(segment: Segment) -> str | None:
    return segment.expression.concept if isinstance(segment.expression, Fact) else None


def tell_alike(segments: Sequence[Segment]) -> bool:
    """Whether members have one time, though the last has a verb or noun of its own for what was given.

    So they have where each of three or more has ("had A, got B, or used C"), and where treatments are listed
    ("chemotherapy, radiation, or treatment with C").
    """
    facts = [segment.expression for segment in segments]
    if not all(
        isinstance(fact, Fact) and (fact.category in GIVEN or fact.concept in _INJURIES) for fact in facts
    ):
        return False
    told = all(segment.chunks[0].form in _ANEW_IN_TIME for segment in segments)
    if told and len(segments) > 2:
        return True
    others = any("other" in chunk.classes for chunk in segments[-1].chunks)
    return segments[-1].chunks[0].form in _GIVING and (others or len(segments) > 2)


def _but_lasting(members: Sequence[Segment], last: Segment) -> list[Segment]:
    """Return members without those that last, where the last one has a noun of its own ("or use of C")."""
    apart = last.after_comma and last.chunks[0].form in _GIVING
    return [each for each in members if not (apart and _lasts(each))]


def _lasts(segment: Segment) -> bool:
    """Whether something was done for good, goes on, or is told to have been so at any time."""
    terms = [chunk.term for chunk in segment.chunks if chunk.term is not None]
    ever = any(chunk.form.startswith(("history", "any prior", "any previous")) for chunk in segment.chunks)
    ever = ever or (isinstance(segment.expression, Fact) and is_now(segment.expression))
    return ever or any(term.is_a(_TRANSPLANTATION) or term.is_a(_CELLS) for term in terms)
