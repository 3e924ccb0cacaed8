"""Demands as lists: "HIV-positive patients must have:" among exclusions bars those who lack some of it.

"Patients with HIV are eligible if:" asks the list of them, and of nobody else, in either kind of section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import copy

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.lists.lists import read_condition
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.sentences import sentences_of
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.statements.admissions import who_is_let_in
from trialgraph.criteria.statements.leadins import between
from trialgraph.criteria.statements.supposed import case_of, may_be_borne
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, is_formal, negate
from trialgraph.expressions import Expression, atoms

__all__ = ["read_demanded"]

_ASKED = re.compile(
    r"\b(?:must|should|needs?\s+to|ha(?:s|ve)\s+to|(?:is|are)\s+required\s+to)\s+(?:also\s+)?"
    r"(?:(?:have|meet|fulfill?|satisfy)\b|be\s*:)[^.;:]{0,80}:\s*$",
    re.IGNORECASE,
)
"""How a lead-in ends that asks for what is listed below it."""
_LETTING = r"\b(?:eligible|allowed|permitted|acceptable|enroll?(?:ed)?|included|participate)\b"
_MEETING = r"(?:have|ha(?:s|d)|meet|meets|satisf(?:y|ies)|fulfill?s?)\b"
_LET_IN = re.compile(
    rf"{_LETTING}[^.;:]{{0,40}}?\b(?:if|provided(?:\s+that)?|as\s+long\s+as|when)\b"
    rf"(?:\s+(?:they|he\s+or\s+she))?(?:\s+{_MEETING}[^.;:]{{0,80}}|\s+(?:all|each)\b[^.;:]{{0,60}})?:\s*$"
    rf"|\bwho\s+{_MEETING}[^.;:]{{0,80}}{_LETTING}[^.;:]{{0,40}}:\s*$",
    re.IGNORECASE,
)
"""How a lead-in ends that lets some in who meet what is listed below it."""
_KEPT_OUT = re.compile(r"\bnot\b|\bineligible\b|\bexclu|\bunless\b", re.IGNORECASE)
_TURNED = re.compile(
    r"\b(?:no|not|none|never|without|neither)\b|\b(?:assess|discontinu|test|wash)", re.IGNORECASE
)
_PEOPLE = re.compile(
    r"\b(?:patients?|subjects?|participants?|individuals?|women|men|males?|females?|they|those|who)\b",
    re.IGNORECASE,
)
_BUT = frozenset({"but", "however", "though", "although"})
_BEING = frozenset({"may be", "may", "are", "is", "can be", "will be"})

Reader = Callable[[Text, Outline], Expression]


def read_demanded(text: Text, leading: Sequence[Chunk], outline: Outline, read: Reader) -> Expression | None:
    """Return whom a list of demands bars among exclusions, or what it asks of those let in; None for others.

    Args:
        text: The text under reading.
        leading: The chunks of the lead-in.
        outline: The list.
        read: Reads one of its items.
    """
    lead = text.text[outline.start : outline.lead_end].rstrip()
    if (let_in := _read_let_in(text, lead, leading, outline, read)) is not None:
        return let_in
    asked = _ASKED.search(lead) if text.exclusion else None
    if asked is None or _TURNED.search(lead, asked.start()) or not leading:
        return None
    sentences = sentences_of(text, leading)
    last, modal = sentences[-1], outline.start + asked.start()
    who = trimmed([chunk for chunk in last if chunk.start < modal])
    if not who or not _PEOPLE.search(text.text, who[0].start, modal):
        return None
    asking = copy(text)
    asking.exclusion = False
    items = [read(asking, item) for item in outline.items]
    lacking = negate(any_of(items) if offers_choice(lead) else all_of(items))
    case = _case(text, who)
    barred = lacking if case is None else all_of([case, lacking])
    before = between(leading, outline.start, last[0].start)
    if not any(map(is_content, before)):
        return barred
    return any_of([read(text, Outline(outline.start, last[0].start, last[0].start)), barred])


def _read_let_in(
    text: Text, lead: str, leading: Sequence[Chunk], outline: Outline, read: Reader
) -> Expression | None:
    """Read "patients with HIV are eligible if:", whose list is asked of those with HIV alone."""
    found = _LET_IN.search(lead) if lead.endswith(":") and _KEPT_OUT.search(lead) is None else None
    if found is None or len(sentences_of(text, leading)) > 1:
        return None
    asking = copy(text)
    asking.exclusion = False
    who = who_is_let_in(text, leading)
    who = trimmed([chunk for chunk in who if chunk.start < outline.start + found.start()])
    if not any(map(is_content, who)):
        return None
    case = alternatives_of(case_of(asking, who))
    if not is_formal(case) or not all(may_be_borne(text, atom) for atom in atoms(case)):
        return None
    items = [read(asking, item) for item in outline.items]
    asked = any_of(items) if offers_choice(lead) else all_of(items)
    return all_of([case, negate(asked)]) if text.exclusion else any_of([negate(case), asked])


def _case(text: Text, who: list[Chunk]) -> Expression | None:
    """Return of whom alone something is asked ("patients with HIV are allowed but must have:")."""
    at = next((i for i, chunk in enumerate(who) if chunk.form in _BUT), None)
    parts = [who] if at is None else [trimmed(who[at + 1 :]), trimmed(who[:at])]
    named = next((part for part in parts if any(map(is_content, part))), None)
    if named is None:
        return None
    allowed = next((i for i, chunk in enumerate(named) if "allowance" in chunk.classes), len(named))
    named = trimmed(named[:allowed])
    while named and named[-1].form in _BEING:
        named = named[:-1]
    read = read_condition(text, named)
    return read if is_formal(read) else narrative(text, who[0].start, who[-1].end)
