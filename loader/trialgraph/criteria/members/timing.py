"""What time the members of a list have in common."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import closing_time
from trialgraph.criteria.facts.recency import time_aside
from trialgraph.criteria.language.connectives import DETERMINERS, EXPECTING, RESTARTS, VERBS, WHO
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.clauses import common_time
from trialgraph.criteria.members.datable import but_apart, is_now, takes_time, tell_alike
from trialgraph.criteria.members.doubts import dates_own_clause, doubt_dates
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.expressions import AllOf, Expression, Fact, Window
from trialgraph.namespaces import TGC

__all__ = [
    "ends_plan",
    "is_noun_phrase",
    "plans",
    "reached_from_end",
    "share_windows",
    "states_apart",
    "tells_of_itself",
    "time_of_any_kind",
]

_EVER = "lifetime"
"""What was so at any time ("lifetime diagnosis of A, or B within 3 months")."""
_PERSONS = ("those", "who", "patient", "subject", "participant")
_ANEW = frozenset({"negation", "unactual", "planned"})
"""What a clause of its own behind a list starts with ("or not recovered from …", "or planned use")."""
_TO_COME = ("anticipat", "plan", "expect", "scheduled", "need")
_PLANS = frozenset({str(TGC.PlannedPregnancy), str(TGC.PlannedFathering), str(TGC.PlannedBreastfeeding)})
_PROCEDURE = str(TGC.Procedure)
_STATING = frozenset({"is", "are", "has", "have", "had", "was", "were"})
_BEGAN = ("begun", "began", "start", "occur", "onset", "diagnosed")
_LASTING = frozenset({"throughout", "during", "while", "at any time during", "for the duration of", "until"})
_SPAN = re.compile(
    r"(?:starting|beginning) (?:with|from|at|on)\b"
    r"|(?:the )?(?:pre-?)?screening\b.{0,20} (?:through|until|to)\b"
)


def share_windows(text: Text, segments: list[Segment]) -> None:
    """Let a time span at the end of a list, or of one of several lists, hold for the members without one."""
    start = 0
    for index, segment in enumerate(segments[:-1]):
        told = segment.expression
        window = told.within if isinstance(told, Fact) else None
        window = common_time(told) if isinstance(told, AllOf) else window
        if window is not None and _ends_list(window, segments[index + 1]):
            members = segments[start : index + 1]
            if index > start and (segment.joint in ("or", "and", "/") or _are_given(members)):
                _share_window(text, members)
            start = index + 1
    _share_window(text, segments[start:])
    for segment in segments:
        if isinstance(segment.expression, Fact) and segment.expression.within is not None:
            segment.expression = _without_half_lives(segment, segment.expression)


def _are_given(segments: Sequence[Segment]) -> bool:
    """Whether members are all treatments, one joined by more than a comma ("A, or B, C, within …")."""
    facts = [segment.expression for segment in segments]
    given = all(isinstance(fact, Fact) and fact.category in GIVEN for fact in facts)
    return given and any(segment.joint in ("or", "and", "/") for segment in segments[1:])


def _without_half_lives(segment: Segment, fact: Fact) -> Fact:
    """Return a procedure in the stated one of "4 weeks or 5 half-lives, whichever is shorter"."""
    done = any(chunk.term is not None and chunk.term.is_a(_PROCEDURE) for chunk in segment.chunks)
    told = fact.modifiers.get("qualifier", "").split("; ")
    time = fact.within.text if fact.within is not None else ""
    if not done or time not in told or "half" not in time.lower():
        return fact
    rest = "; ".join(words for words in told if words != time)
    others = {name: words for name, words in fact.modifiers.items() if name != "qualifier"}
    return replace(fact, modifiers={**others, "qualifier": rest} if rest else others)


def _ends_list(window: Window, following: Segment) -> bool:
    """Whether a time is that of the list before it: another follows ("A or B in 3 weeks or C in 2")."""
    other, opening = following.expression, following.chunks[0]
    timed = isinstance(other, Fact) and other.within not in (None, window)
    anew = opening.form.startswith(_PERSONS) or not opening.classes.isdisjoint(_ANEW)
    undated = other.within is None if isinstance(other, Fact) else other is None
    anew = anew or undated or _goes_on(following)
    return following.after_comma or ((timed or anew) and following.joint in ("or", "and"))


def _goes_on(segment: Segment) -> bool:
    """Whether what isn't read behind a list has a verb of its own or is a time ("throughout treatment")."""
    opening = segment.chunks[0].form
    plain = segment.expression is None and not opening.startswith("recover")
    return plain and (opening.split(" ")[0] in EXPECTING or opening in _LASTING)


def time_of_any_kind(segments: list[Segment]) -> None:
    """Let the time behind "including those with X", which says nothing else, hold for the members before."""
    for index, segment in enumerate(segments):
        window = closing_time(segment.chunks) if "regardless" in segment.chunks[0].classes else None
        for before in segments[:index] if window is not None else ():
            fact = before.expression
            if isinstance(fact, Fact) and fact.within is None and fact.category in (*GIVEN, "other"):
                before.expression = replace(fact, within=window)


def _opening(text: Text, segment: Segment) -> str:
    return text.lowered[segment.chunks[0].start : segment.chunks[-1].end]


def _share_window(text: Text, segments: list[Segment]) -> None:
    while len(segments) > 2 and (_speaks_anew(segments[-1]) or _foretells(segments[-1])):
        segments = segments[:-1]
    if len(segments) < 2 or any(segment.joint == ";" for segment in segments):
        return
    last = segments[-1]
    if last.chunks[0].form in WHO or dates_own_clause(segments) or _EVER in _opening(text, segments[0]):
        return
    if isinstance(last.expression, Fact):
        window, category = last.expression.within, last.expression.category
    elif isinstance(last.expression, AllOf):
        window, category = common_time(last.expression), None
    else:
        window, category = _last_window(last), None
    starts = (
        last.chunks[0].form in DETERMINERS
        or is_content(last.chunks[0])
        or not last.chunks[0].classes & {"neutral", "negation"}
    )
    apart = last.joint != "or" or (last.after_comma and not tell_alike(segments))
    if window is None or (not starts and apart) or tells_of_itself(last):
        return
    if _timed_before(text, last) or _is_time_of_others(segments, window):
        return
    members = [
        s
        for s in segments
        if (not plans(last) or plans(s)) and takes_time(text, s, last, category, several=len(segments) > 2)
    ]
    members = but_apart(members, last)
    if any(isinstance(s.expression, Fact) and s.expression.within not in (None, window) for s in members):
        members = _close_by(segments, members)
    facts = [s.expression for s in members if isinstance(s.expression, Fact) and not s.borrowed]
    kinds = {
        (fact.concept, *(name for name, told in fact.modifiers.items() if told != "history"))
        for fact in facts
    }
    if len(kinds) > len({concept for concept, *_ in kinds}):
        return
    for segment in reached_from_end(segments, members):
        if isinstance(segment.expression, Fact):
            segment.expression = _timed(segment.expression, window, last.expression)
    doubt_dates(segments, category, window)


def tells_of_itself(segment: Segment) -> bool:
    """Whether a bracket tells what happened to one member alone ("A, new angina (begun within 3 months)")."""
    inner = segment.chunks[-1].inner if segment.chunks[-1].kind == "bracket" else ()
    return segment.joint == "," and len(inner) > 1 and inner[0].form.startswith(_BEGAN)


def _timed_before(text: Text, segment: Segment) -> bool:
    """Whether a member's time stands before its name, so that it is no other's ("recent (≤ 3 months) X").

    So does "less than 4 weeks since X".
    """
    named = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    since = segment.chunks[0].kind == "limit" and not _has_window(segment)
    return since or any(time_aside(text, chunk) is not None for chunk in segment.chunks[:named])


def _has_window(segment: Segment) -> bool:
    return any(each.window is not None for chunk in segment.chunks for each in (chunk, *chunk.inner))


def _is_time_of_others(segments: list[Segment], window: Window) -> bool:
    """Whether the last of a list has its time from one before it ("A, recent (within 90 days) B or C")."""
    facts = [segment.expression for segment in segments[:-1] if isinstance(segment.expression, Fact)]
    return not _has_window(segments[-1]) and any(fact.within == window for fact in facts)


def _close_by(segments: list[Segment], members: list[Segment]) -> list[Segment]:
    """Return the last members that no comma parts from the end of a list in which times differ."""
    close = [segments[-1]]
    for before, segment in reversed(list(itertools.pairwise(segments))):
        fact = before.expression
        timed = not isinstance(fact, Fact) or fact.within is not None or before not in members
        if segment.after_comma or segment.joint not in ("or", "and", "/") or timed:
            break
        close.append(before)
    return close


def _timed(fact: Fact, window: Window, last: Expression | None) -> Fact:
    """Return a fact in the time of the last of its list, with what narrows it ("whichever is shorter")."""
    told = last.modifiers.get("qualifier", "") if isinstance(last, Fact) else ""
    if fact.category in GIVEN and is_now(fact):
        fact = replace(
            fact, modifiers={name: words for name, words in fact.modifiers.items() if name != "status"}
        )
    own = fact.modifiers.get("qualifier")
    unread = any(part.startswith(window.text) for part in told.split("; "))
    if not unread or (own is not None and window.text in own):
        return replace(fact, within=window)
    words = f"{own}; {window.text}" if own else window.text
    return replace(fact, within=window, modifiers={**fact.modifiers, "qualifier": words})


def _speaks_anew(segment: Segment) -> bool:
    """Whether a member is a clause with a verb of its own ("or (those who) have not recovered from …")."""
    opening = segment.chunks[0].form
    return segment.expression is None and (opening in VERBS or opening.startswith(_PERSONS))


def _foretells(segment: Segment) -> bool:
    """Whether an unread member is of what is yet to come ("or anticipation of the need for surgery")."""
    opening = segment.chunks[0]
    timed = any(chunk.window is not None for chunk in segment.chunks)
    foretold = not opening.classes.isdisjoint(_ANEW) or opening.form.startswith(_TO_COME)
    return segment.expression is None and not timed and foretold


def reached_from_end(segments: list[Segment], members: list[Segment]) -> list[Segment]:
    """Return the members from the last back to one with a lead-in of its own ("history of A, B or C")."""
    reached = []
    for index, segment in reversed(list(enumerate(segments))):
        if segment in members:
            reached.append(segment)
        if segment is not segments[-1] and any(chunk.form in RESTARTS for chunk in segment.chunks):
            break
        if index and states_apart(segments[index - 1], segment):
            break
    return reached


def states_apart(before: Segment, segment: Segment) -> bool:
    """Whether a treatment has a clause of its own behind a disease ("immunodeficiency or is receiving …").

    So has whatever other patients had, behind one ("heart failure or those who had a stroke within …").
    """
    one, two = before.expression, segment.expression
    opening = segment.chunks[0].form
    given = isinstance(two, Fact) and two.category in GIVEN
    others = opening.startswith(_PERSONS) and isinstance(two, Fact) and "qualifier" not in _said_of(one)
    apart = others or (given and opening.split(" ")[0] in _STATING)
    return apart and isinstance(one, Fact) and one.category == "condition"


def _said_of(expression: Expression | None) -> Mapping[str, str]:
    return expression.modifiers if isinstance(expression, Fact) else {}


def plans(segment: Segment) -> bool:
    """Whether a member is a child that is planned."""
    return isinstance(segment.expression, Fact) and segment.expression.concept in _PLANS


def ends_plan(before: Sequence[Segment], segment: Segment) -> bool:
    """Whether unread words only tell from when to when a plan behind which they stand is meant.

    "Expecting to conceive …, starting with the screening visit through 120 days after the last dose."
    """
    words = " ".join(chunk.form for chunk in segment.chunks)
    return segment.expression is None and any(map(plans, before)) and _SPAN.match(words) is not None


def _last_window(segment: Segment) -> Window | None:
    times = [chunk.window for chunk in segment.chunks if chunk.window is not None]
    ends = segment.chunks[-1].kind in ("window", "bracket")
    found = times[0] if len(times) == 1 and ends else None
    alone = (
        segment.expression is None
        and segment.joint in ("or", "and", "/")
        and (not segment.after_comma or is_bare(segment) or is_noun_phrase(segment))
    )
    return found.window if found is not None and alone else None


def is_noun_phrase(segment: Segment) -> bool:
    """Whether a member has no verb and nothing like "history of" or "no" of its own."""
    own = {"neutral", "negation", "active"}
    return not any(chunk.form in VERBS or chunk.classes & own for chunk in segment.chunks)
