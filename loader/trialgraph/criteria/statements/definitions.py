"""Sentences that tell what words before them mean ("A stable disease is defined as …")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.expressions import Expression, Narrative

__all__ = ["LETTING_IN", "comprises", "defines_again"]

LETTING_IN = re.compile(r"\b(?:except|allow|permit|exclu(?!sion\s+criteria\b)|eligib)", re.IGNORECASE)
"""What tells in words that add nothing of somebody who is let in, or isn't."""
_DEFINING = re.compile(
    r"(?:note\W+)?(?:for\s+(?:the\s+purposes?\s+of\s+)?this\s+(?:study|trial|protocol),?\s+)?(?:an?\s+|the\s+)?"
    r"(?P<what>(?:[\w-]+\s+){0,5}[\w-]+)\s+(?:is|are|was|were)\s+defined\s+(?:as|by)\b(?!\s*:)",
    re.IGNORECASE,
)
"""How a sentence opens that tells what is meant by something."""
_COMPRISING = re.compile(
    r"(?:note\W+)?(?:an?\s+|the\s+)?(?P<what>(?:(?!must\b|should\b|not\b)[\w-]+\s+){2,4}?)includes?\s+(?!all\b|at\s+least\b|only\b)"
    r"(?![^.;]*(?::|\b(?:must|should|required|excluded|not|follow\w*)\b))",
    re.IGNORECASE,
)
"""How one opens that tells what else counts as something ("measurable disease includes …")."""
_TO_DEFINE = re.compile(
    r"\W*all\s+of\s+the\s+following(?:\s+criteria)?\s+(?:are|is)\s+(?:required|necessary|needed)\s+to\s+define\s+an?\s+(?P<what>\w+)",
    re.IGNORECASE,
)
"""How a sentence opens that tells when what the one before it bars is under control."""


def defines_again(text: Text, sentence: Sequence[Chunk]) -> bool:
    """Whether a sentence tells what words before it mean; limits in it, and a list behind it, say more."""
    before = text.lowered[: sentence[0].start]
    required = _TO_DEFINE.match(text.text, sentence[0].start, sentence[-1].end)
    if required is not None:
        return required["what"].lower() in before
    found = _DEFINING.match(text.text, sentence[0].start, sentence[-1].end)
    listed = text.text[sentence[-1].end :].lstrip().startswith(";")
    if found is None or listed or any(chunk.kind == "value" for chunk in sentence):
        return False
    told = all(word.rstrip("s") in before for word in found["what"].lower().split())
    return told and LETTING_IN.search(text.text, sentence[0].start, sentence[-1].end) is None


def comprises(text: Text, sentence: Sequence[Chunk], told: Expression) -> bool:
    """Whether a sentence among demands only names what counts as what the one before it asks for."""
    if text.exclusion or "include" not in text.lowered or isinstance(told, Narrative):
        return False
    found = _COMPRISING.match(text.text, sentence[0].start, sentence[-1].end)
    before = text.lowered[: sentence[0].start]
    again = found is not None and all(word in before for word in found["what"].lower().split())
    named = any(chunk.term is not None for chunk in sentence)
    return again and named and not any(chunk.kind == "value" for chunk in sentence)
