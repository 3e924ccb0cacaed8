"""Diseases named by an organ or an adjective only, behind a noun that they share.

In "disorders of the heart, lung or liver" and in "serious disease (e.g. psychiatric or metabolic)" each
member names a disease with the noun that stands before the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.lending import ANY_ILLNESS

__all__ = ["with_illnesses"]

_NOUNS = frozenset({"disease", "disorder", "illness", "condition", "comorbidity", "dysfunction"})
_NAMES = ("disease", "disorder")
"""Nouns by which the diseases of an organ or system go."""
_JOINTS = frozenset({",", "or", "and", "/", "and / or", "and/or"})
_INTO = frozenset({"of", "the", "affecting", "involving"})
_THAT_IS = frozenset({"i", "e", "ie", "i.e", "i.e.", "."})
_SYSTEM = "system"
_MOST = 30
_LONGEST = 3
_CLOSING = frozenset({"negation", "exception", "allowance", "condition", "historic"})
Deep = tuple[Chunk, int]


def with_illnesses(text: Text, chunks: Sequence[Deep]) -> list[Deep]:
    """Return the chunks of a text, brackets opened, with the disease that each member of such a list names.

    Args:
        text: The text.
        chunks: Its chunks, each with the number of brackets around it.
    """
    kept = list(chunks)
    nouns = [index for index, (chunk, _) in enumerate(chunks[:-1]) if _is_noun(chunk)]
    for index in reversed(nouns):
        start = _list_start(chunks, index)
        members = list(_members(text, chunks, start)) if start is not None else []
        if len(members) > 1:
            for first, last, term in reversed(members):
                whole = Chunk("concept", chunks[first][0].start, chunks[last][0].end, term=term)
                kept[first : last + 1] = [(whole, chunks[first][1])]
    return kept


def _is_noun(chunk: Chunk) -> bool:
    """Whether a chunk names any disease at all."""
    if chunk.kind == "word":
        return chunk.form in _NOUNS
    return chunk.term is not None and chunk.term.iri == ANY_ILLNESS and chunk.kind == "concept"


def _list_start(chunks: Sequence[Deep], noun: int) -> int | None:
    """Return where the list behind a noun starts ("of the …", "(e.g. …"); None where none does."""
    depth, index = chunks[noun][1], noun + 1
    bracketed = chunks[index][1] > depth
    opened = chunks[index][0].form in ("of", "affecting", "involving")
    while index < len(chunks) and (
        "example" in chunks[index][0].classes
        or chunks[index][0].form in (_THAT_IS | {":"} if bracketed else _INTO)
    ):
        opened = opened or "example" in chunks[index][0].classes
        index += 1
    return index if (opened or bracketed) and index < len(chunks) else None


def _members(text: Text, chunks: Sequence[Deep], start: int) -> Iterator[tuple[int, int, Term]]:
    """Yield the place of each member and the disease it names, up to one that names none."""
    depth, first = chunks[start][1], start
    for index in range(start, min(len(chunks), start + _MOST) + 1):
        ends = index == len(chunks) or chunks[index][1] != depth
        if not ends and chunks[index][0].form not in _JOINTS:
            continue
        if index > first:
            found = _member(text, chunks, first, index)
            if found is None:
                return
            yield found
        if ends:
            return
        first = index + 1


def _member(text: Text, chunks: Sequence[Deep], first: int, end: int) -> tuple[int, int, Term] | None:
    """Return the place of one member and what it names, the longest name first."""
    while first < end and chunks[first][0].form in ("the", "other"):
        first += 1
    for last in range(min(end, first + _LONGEST) - 1, first - 1, -1):
        inside = [chunk for chunk, _ in chunks[first : last + 1]]
        if any(chunk.kind != "word" or chunk.classes & _CLOSING for chunk in inside):
            continue
        words = " ".join(chunk.form for chunk in inside)
        bare = words.removesuffix(f" {_SYSTEM}")
        for name in (f"{each} {noun}" for each in dict.fromkeys((words, bare)) for noun in _NAMES):
            term = text.vocabulary.find(name)
            if term is not None and term.category == "condition":
                return first, last, term
    return None
