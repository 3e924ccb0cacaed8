"""What an exclusion bars by telling what it means by a disease ("liver disease, defined by ascites").

The words that define a disease narrow it and are kept whole. What they list is told beside it, never judged.
What only goes together ("defined as fever and neutropenia") isn't a list.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import OR
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.mentions.topics import topics_of
from trialgraph.criteria.mentions.unread import VAGUE
from trialgraph.expressions import Fact

__all__ = ["defined"]

_SHOWN = frozenset({"evidenced", "manifested", "demonstrated", "indicated", "shown"})
_THAT_IS = frozenset({"i.e", "ie", "namely", "thatis"})
_TOLD = frozenset({"condition", "procedure"})
_ENDING = frozenset({";", "."})
Deep = tuple[Chunk, int]


def defined(text: Text, fact: Fact, chunks: Sequence[Deep]) -> Iterator[Fact]:
    """Yield what the words behind a barred disease define it by.

    Args:
        text: The text of an exclusion.
        fact: The disease, which these words narrow.
        chunks: The chunks behind it that no other atom is read from, each with its depth in brackets.
    """
    term = text.vocabulary.by_iri.get(fact.concept)
    at = next((i for i in range(len(chunks)) if _defines(chunks, i)), len(chunks))
    own = not any(_leads_off(chunk) for chunk, _ in chunks[:at])
    if at == len(chunks) or not own or term is None or fact.category != "condition":
        return
    first = at + 1 if "definition" in chunks[at][0].classes else at + 2
    depth = chunks[at][1]
    inside = list(itertools.takewhile(lambda each: _goes_on(each, depth), chunks[first:]))
    if not inside or "needing" in inside[0][0].classes or not _lists(inside):
        return
    for topic in topics_of(text, inside):
        named = text.vocabulary.by_iri.get(topic.fact.concept)
        same = topic.fact.concept in VAGUE or topic.fact.concept in (term.iri, *term.ancestors)
        if named is not None and not same and not topic.denied and topic.fact.category in _TOLD:
            yield topic.fact


def _leads_off(chunk: Chunk) -> bool:
    """Whether what is defined behind a chunk may be that, rather than the disease before it."""
    given = is_content(chunk) and chunk.term is not None and chunk.term.category in GIVEN
    return given or chunk.kind == "window" or "exception" in chunk.classes


def _defines(chunks: Sequence[Deep], at: int) -> bool:
    """Whether words tell what is meant by what stands before them; "that is" lists its kinds instead."""
    chunk = chunks[at][0]
    if "definition" in chunk.classes:
        return chunk.form.replace(" ", "").strip(".") not in _THAT_IS
    return chunk.form in _SHOWN and at + 1 < len(chunks) and chunks[at + 1][0].form == "by"


def _goes_on(each: Deep, depth: int) -> bool:
    chunk, inside = each
    return inside >= depth and not (chunk.kind == "sign" and chunk.form in _ENDING)


def _lists(chunks: Sequence[Deep]) -> bool:
    """Whether each of what is named is enough by itself: a single thing, or things that an "or" joins."""
    named = [i for i, (chunk, _) in enumerate(chunks) if is_content(chunk)]
    joints = {chunk.form for chunk, _ in chunks[named[0] : named[-1]]} if named else set()
    if not joints & {",", *OR}:
        rest = [chunk for chunk, _ in chunks[named[-1] + 1 :]] if named else []
        return len(named) == 1 and all(chunk.kind in ("window", "sign") for chunk in rest)
    return "and" not in joints or bool(joints & OR)
