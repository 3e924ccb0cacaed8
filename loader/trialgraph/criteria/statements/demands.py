"""Demands as lists among exclusions: "HIV-positive patients must have:" bars those who lack some of it."""

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
from trialgraph.criteria.statements.leadins import between
from trialgraph.criteria.trees import all_of, any_of, is_formal, negate
from trialgraph.expressions import Expression

__all__ = ["read_demanded"]

_ASKED = re.compile(
    r"\b(?:must|should|needs?\s+to|ha(?:s|ve)\s+to|(?:is|are)\s+required\s+to)\s+(?:also\s+)?"
    r"(?:(?:have|meet|fulfill?|satisfy)\b|be\s*:)[^.;:]{0,80}:\s*$",
    re.IGNORECASE,
)
"""How a lead-in ends that asks for what is listed below it."""
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
    """Return whom a list of demands bars among exclusions; None below any other lead-in.

    Args:
        text: The text under reading.
        leading: The chunks of the lead-in.
        outline: The list.
        read: Reads one of its items.
    """
    lead = text.text[outline.start : outline.lead_end].rstrip()
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
