"""Lists that a lead-in among demands denies: "must not have any of the following:", "… are excluded:"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.alternatives import is_harmless
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.sentences import sentences_of

__all__ = ["denial_of_list"]

_SOME = frozenset({"patient who", "subject who", "participant who", "individual who", "those who"})
_UNDOING = frozenset({"condition", "exception", "allowance", "example", "negation", "barring", "regardless"})
"""What words behind a denial do where the list isn't what they deny."""
_ASKING = re.compile(r"\b(?:must|should|shall|need\w*|requir\w*|will|however|but)\b", re.IGNORECASE)
_SUPPOSING = frozenset({"if", "when", "where", "provided", "provided that", "unless"})


def denial_of_list(text: Text, leading: Sequence[Chunk]) -> list[Chunk] | None:
    """Return what a lead-in asks besides the list that it denies; None when it denies none.

    Args:
        text: The text under reading, among demands.
        leading: The chunks of the lead-in; its last sentence is looked at.
    """
    sentences = sentences_of(text, leading)
    last = trimmed(sentences[-1]) if sentences else []
    at = next((i for i, chunk in enumerate(last) if _denies(chunk)), None)
    if at is None or last[0].form in _SUPPOSING:
        return None
    before, behind = last[:at], last[at + 1 :]
    if "barring" in last[at].classes:
        # "patients are excluded if:", "the following are not allowed within 7 days:"
        return [] if all(map(_says_nothing, before)) and all(_may_follow(each) for each in behind) else None
    if not all(map(_says_nothing, behind)) or any(chunk.classes & _UNDOING for chunk in behind):
        return None
    if behind and _ASKING.search(text.text[behind[0].start : behind[-1].end]):
        return None
    while before and (_says_nothing(before[-1]) or "condition" in before[-1].classes):
        before = before[:-1]
    return trimmed(before)


def _denies(chunk: Chunk) -> bool:
    """Whether a word denies what follows, which "non-" does of its own noun only."""
    return bool(chunk.classes & {"negation", "barring"}) and chunk.form != "non"


def _says_nothing(chunk: Chunk) -> bool:
    return chunk.form in _SOME or is_harmless(chunk, "label", "tail", "historic", "active", "persons")


def _may_follow(chunk: Chunk) -> bool:
    return "condition" in chunk.classes or (_says_nothing(chunk) and not chunk.classes & _UNDOING)
