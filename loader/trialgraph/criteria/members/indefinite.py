"""Times of a list that can't be read as windows: in words they narrow every member that they may be of."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import FINITE
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.datable import is_now
from trialgraph.criteria.members.doubts import dates_own_clause
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.criteria.members.timing import (
    is_noun_phrase,
    plans,
    reached_from_end,
    states_apart,
    tells_of_itself,
)
from trialgraph.expressions import Expression, Fact, atoms
from trialgraph.namespaces import TGC

__all__ = ["share_times"]

_INJURY = str(TGC.TraumaticInjury)
_UNIT = r"\b(?:hour|day|week|month|year|half|cycle|study|trial|interval|period|time)"
_TIMED = re.compile(
    rf"(?:(?:if taken |if used )?(?:within|in the|during|while|less than|over the|for the) |[<≤]\s?)"
    rf".{{0,40}}{_UNIT}",
    re.IGNORECASE,
)
"""How words start that tell a time."""
_WITHIN = re.compile(r"\bwithin .{0,40}\b(?:hour|day|week|month|year)", re.IGNORECASE)
_OBLIGED = re.compile(r"\b(?:must|should) (?:be|have been) |\bwithout undergoing a\b")
"""How it is told of a list what has to be so ("radiotherapy and X must be completed 4 weeks before")."""
_ASIDE = frozenset({"with", "without"})
_LENGTH = r"(?:\d+|one|two|three|four|six|eight)\s*(?:\(\d+\)\s*)?-?\s*(?:hour|day|week|month|year)s?\b"
_LEADING = re.compile(rf"\W*{_LENGTH}[^;]*", re.IGNORECASE)
_CLOSING = re.compile(rf"(?:[<≤–-]|:)\s*{_LENGTH}", re.IGNORECASE)
"""How a time stands behind a list ("immunomodulators or immunosuppressive agents - 12 weeks")."""


def share_times(text: Text, segments: list[Segment]) -> None:
    """Let a time that could not be read as a window narrow all members of its list, not only the last."""
    _share_inner_time(text, segments)
    _share_unread_time(text, segments)
    segments = _without_remarks(segments)
    last = segments[-1]
    facts = () if last.expression is None else atoms(last.expression)
    named = next((each for each in facts if isinstance(each, Fact)), None)
    told = named.modifiers.get("qualifier", "") if named is not None else ""
    parts = told.split("; ")
    words = next(filter(None, map(_time_in, parts)), "")
    if not words and text.exclusion:
        words = next((part[at.start() :] for part in parts if (at := _OBLIGED.search(part))), "")
    anew = not is_bare(last) and last.after_comma
    if len(segments) < 2 or not words or (anew and not _befalls(named)):
        return
    if dates_own_clause(segments) or tells_of_itself(last):
        return
    told_alike = [s for s in segments[:-1] if not _goes_on_beside(s.expression, last.expression)]
    members = [segment for segment in told_alike if isinstance(segment.expression, Fact)]
    members = [each for each in members if not anew or _befalls_too(each.expression, named)]
    if plans(last) or plans(segments[-2]):
        # "Pregnant, or planning to become pregnant or breastfeed during the study": the time is the plan's.
        members = [segment for segment in members if plans(segment)]
    for segment in reached_from_end(segments, members):
        fact = segment.expression
        known = fact.modifiers.get("qualifier", "") if isinstance(fact, Fact) else ""
        if isinstance(fact, Fact) and fact.within is None and not _TIMED.search(known):
            joined = f"{known}; {words}" if known else words
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": joined})


def _share_inner_time(text: Text, segments: list[Segment]) -> None:
    """Let a time inside the second of "A or B … within 4 weeks" narrow the first too, which it may be of."""
    for before, segment in itertools.pairwise(segments):
        one, two = before.expression, segment.expression
        apart = segment.after_comma or states_apart(before, segment)
        if segment.joint not in ("or", "and") or apart or not isinstance(one, Fact):
            continue
        if segment.chunks[0].form.split(" ")[0] in FINITE:
            continue
        told = isinstance(two, Fact) and (two.within is not None or two.category != "allergy")
        end = segment.chunks[-1].end
        found = _WITHIN.search(text.text, segment.chunks[0].start, end)
        if not told and found and one.within is None and "qualifier" not in one.modifiers:
            words = text.text[found.start() : end]
            before.expression = replace(one, modifiers={**one.modifiers, "qualifier": words})


def _share_unread_time(text: Text, segments: list[Segment]) -> None:
    """Let a time in unread words at an end of a list of treatments that bar narrow the others, too.

    "Surgery, chemotherapy or anti-hormonal agents within protocol-specified intervals" bars nobody for a
    surgery at any time, nor "4 weeks from biologics or any investigational agent" for an agent at any.
    """
    if not text.exclusion or len(segments) < 2:
        return
    if (words := _time_before(text, segments[0])) is not None:
        _narrow(segments[1:], words)
        return
    first = len(segments)
    while first and segments[first - 1].expression is None:
        first -= 1
    if 0 < first < len(segments) and (words := _time_behind(text, segments[first:])) is not None:
        _narrow(segments[first - 1 :: -1], words)


def _time_before(text: Text, segment: Segment) -> str | None:
    """Return the words of an unread member at the start of a list that opens with a time, or None."""
    start, end = segment.chunks[0].start, segment.chunks[-1].end
    if segment.expression is not None or _LEADING.match(text.text, start, end) is None:
        return None
    return text.text[start:end]


def _time_behind(text: Text, unread: Sequence[Segment]) -> str | None:
    """Return the time in unread members at the end of a list, or what they say has to be so; else None."""
    words = text.text[unread[0].chunks[0].start : unread[-1].chunks[-1].end]
    found, aside = _OBLIGED.search(words), unread[0].chunks[0].form in _ASIDE
    joined = aside or any(each.joint in ("or", "and", "/") for each in unread)
    if found is None and joined and (aside or not any(map(_speaks, unread))):
        found = _TIMED.search(words) or _CLOSING.search(words)
    return words[found.start() :] if found is not None else None


def _speaks(segment: Segment) -> bool:
    """Whether a member opens with a verb, a denial or the like, and so tells of a time of its own."""
    return not is_noun_phrase(replace(segment, chunks=segment.chunks[:2]))


def _narrow(segments: Sequence[Segment], words: str) -> None:
    """Narrow treatments by a time in words, up to a member that is none or has a time of its own."""
    for segment in segments:
        fact = segment.expression
        if fact is None:
            continue
        if not isinstance(fact, Fact) or fact.category not in GIVEN or fact.within is not None:
            return
        if fact.modifiers.keys() <= {"status"} and not is_now(fact):
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})


def _goes_on_beside(one: Expression | None, two: Expression | None) -> bool:
    """Whether the first is a treatment that goes on, and the second is none ("on A and have B within …")."""
    other = isinstance(two, Fact) and two.category not in GIVEN
    return other and isinstance(one, Fact) and one.category in GIVEN and is_now(one)


def _befalls(expression: Expression | None) -> bool:
    """Whether a treatment is named or an injury, which trials list together in one time."""
    return isinstance(expression, Fact) and (expression.category in GIVEN or expression.concept == _INJURY)


def _befalls_too(one: Expression | None, two: Fact | None) -> bool:
    """Whether a treatment or an injury is another one than the last of its list."""
    return _befalls(one) and isinstance(one, Fact) and two is not None and one.concept != two.concept


def _without_remarks(segments: list[Segment]) -> list[Segment]:
    """Return a list without words behind it that name nothing (", prior to the first dose")."""
    kept = list(segments)
    while len(kept) > 1 and kept[-1].expression is None and not any(map(is_content, kept[-1].chunks)):
        kept.pop()
    return kept


def _time_in(words: str) -> str:
    """Return the time that words tell from their start, or end with; empty without one."""
    found = _TIMED.match(words) or _WITHIN.search(words)
    return words[found.start() :] if found else ""
