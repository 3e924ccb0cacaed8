"""The state in which what a list names bars: "currently taking any of the following:", "history of:"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.recency import goes_on
from trialgraph.criteria.language.vocabulary import GIVEN
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
    if not _only_sorts(leading):
        return body
    if _HISTORY.fullmatch(words):
        return map_facts(body, lambda fact: _in_state(fact, "history", frozenset({"condition"})))
    now = goes_on(text, leading) or any(
        chunk.kind == "word" and "active" in chunk.classes for chunk in leading
    )
    if not now or _OVER.search(words) or not _OBJECT.search(words):
        return body
    return map_facts(body, lambda fact: _in_state(fact, "active", GIVEN))


def _only_sorts(leading: Sequence[Chunk]) -> bool:
    """Whether words name nothing but the sort of treatments they list ("the following therapies")."""
    named = [chunk for chunk in leading if is_content(chunk)]
    listed = [chunk for chunk in leading if chunk.form == "following" and chunk.end <= leading[-1].start]
    return all(
        category_of(chunk) in GIVEN and any(each.end <= chunk.start for each in listed) for chunk in named
    )


def _in_state(fact: Fact, status: str, categories: Collection[str]) -> Fact:
    if fact.category not in categories or fact.within is not None or "status" in fact.modifiers:
        return fact
    return replace(fact, modifiers={"status": status, **fact.modifiers})
