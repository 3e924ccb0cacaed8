"""The state in which what a list names bars: "currently taking any of the following:", "history of:"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.recency import goes_on
from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import Expression, Fact

__all__ = ["in_state_of"]

_HISTORY = re.compile(
    r"(?:\W|(?:patients?|subjects?|participants?|with|who|have|has|an?|any|known|past|medical|previous|prior)\b)*"
    r"history\s+of(?:\W|(?:any|one|or\s+more|either|the|of|these|following|below|conditions?|medical|diseases?"
    r"|disorders?|events?)\b)*",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:following|below|these)\b[^:]{0,60}:?\s*$|\b(?:of|with|any|receiving|taking)\s*:?\s*$",
    re.IGNORECASE,
)
"""How words end whose list says what they speak of ("receiving any of the following medications:")."""
_OVER = re.compile(
    r"\b(?:prior|previous\w*|past|received|taken|had|history|recent\w*|unless|except\w*)\b"
    r"|(?<!one)\s+or\s+(?!more)",
    re.IGNORECASE,
)


def in_state_of(text: Text, leading: Sequence[Chunk], body: Expression) -> Expression:
    """Return a list that bars in the state that its lead-in tells ("currently taking:", "history of:")."""
    words = text.text[leading[0].start : leading[-1].end] if leading else ""
    if any(map(is_content, leading)):
        return body
    if _HISTORY.fullmatch(words):
        return map_facts(body, lambda fact: _in_state(fact, "history", "condition"))
    now = goes_on(text, leading) or any(
        chunk.kind == "word" and "active" in chunk.classes for chunk in leading
    )
    if not now or _OVER.search(words) or not _OBJECT.search(words):
        return body
    return map_facts(body, lambda fact: _in_state(fact, "active", "treatment"))


def _in_state(fact: Fact, status: str, category: str) -> Fact:
    if fact.category != category or fact.within is not None or "status" in fact.modifiers:
        return fact
    return replace(fact, modifiers={"status": status, **fact.modifiers})
