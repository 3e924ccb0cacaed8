"""Diseases named by an organ or an adjective only, with a noun that they share.

In "disorders of the heart, lung or liver" and in "serious disease (e.g. psychiatric or metabolic)" each
member names a disease with the noun that stands before the list, in "liver, kidney or other conditions"
with the one behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.lending import ANY_ILLNESS

__all__ = ["DISEASE_NAMES", "ILLNESS_NOUNS", "with_illnesses"]

ILLNESS_NOUNS = frozenset({
    "disease", "disorder", "illness", "condition", "comorbidity", "co - morbidity", "dysfunction", "problem",
    "issue", "impairment", "limitation",
})  # fmt: skip
DISEASE_NAMES = ("disease", "disorder", "impairment")
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
        _put(kept, chunks, members if len(members) > 1 else [])
        _put(kept, chunks, list(_members_before(text, chunks, index)))
    return kept


def _put(kept: list[Deep], chunks: Sequence[Deep], members: Sequence[tuple[int, int, Term]]) -> None:
    """Put diseases, in the order of the text, in their places."""
    for first, last, term in reversed(members):
        whole = Chunk("concept", chunks[first][0].start, chunks[last][0].end, term=term)
        kept[first : last + 1] = [(whole, chunks[first][1])]


def _members_before(text: Text, chunks: Sequence[Deep], noun: int) -> list[tuple[int, int, Term]]:
    """Return the place of each member of the list that a noun ends, with the disease it names.

    Words that name none ("social, familial or other conditions") are passed over.
    """
    depth, end, joined = chunks[noun][1], noun, False
    found: list[tuple[int, int, Term]] = []
    for index in range(noun - 1, max(-1, noun - _MOST), -1):
        chunk, inside = chunks[index]
        if inside != depth or chunk.classes & _CLOSING or is_content(chunk) or end - index > _LONGEST + 1:
            break
        if chunk.form not in _JOINTS and index:
            continue
        first = index + 1 if chunk.form in _JOINTS else index
        member = _last_named(text, chunks, first, end) if joined or chunk.form in _JOINTS else None
        found += [] if member is None else [member]
        joined, end = True, index
    else:
        return found[::-1]
    member = _last_named(text, chunks, index + 1, end) if joined else None
    return [*found, *([] if member is None else [member])][::-1]


def _last_named(text: Text, chunks: Sequence[Deep], first: int, end: int) -> tuple[int, int, Term] | None:
    """Return the disease that the last words of a member name, the longest name first.

    Adjectives that tell how a disease is, not of what ("metastatic, chronic or other disease"), name none.
    """
    last = chunks[end - 1][0] if end > first else None
    if last is None or ("qualifier" in last.classes and last.form not in lexicon().places):
        return None
    for start in range(max(first, end - _LONGEST), end):
        found = _member(text, chunks, start, end)
        if found is not None and found[1] == end - 1 and ANY_ILLNESS not in found[2].ancestors:
            return found
    return None


def _is_noun(chunk: Chunk) -> bool:
    """Whether a chunk names any disease at all."""
    if chunk.kind == "word":
        return chunk.form in ILLNESS_NOUNS
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
        for name in (f"{each} {noun}" for each in dict.fromkeys((words, bare)) for noun in DISEASE_NAMES):
            term = text.vocabulary.find(name)
            if term is not None and term.category == "condition":
                return first, last, term
    return None
