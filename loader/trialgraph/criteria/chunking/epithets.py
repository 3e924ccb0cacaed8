"""Adjectives that no table knows, told by where they stand: straight before a concept."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk

__all__ = ["adjectives_at"]

_LOOSE = frozenset({"label", "value_tail", "sample"})
_SHORTEST = 2


def adjectives_at(chunks: Sequence[Chunk]) -> frozenset[int]:
    """Return which words straight before a concept are adjectives that no table knows.

    A word that may turn the concept into something else, or a verb, isn't one; neither is any word with
    a preposition between it and the concept.
    """
    found = set()
    for index in range(len(chunks) - 1, -1, -1):
        chunk = chunks[index]
        if chunk.kind != "word" or not (_may_narrow(chunk) or chunk.classes & {"qualifier", "active"}):
            break
        if _may_narrow(chunk):
            found.add(index)
    return frozenset(found)


def _may_narrow(chunk: Chunk) -> bool:
    word = chunk.form.replace(" - ", "-")
    plain = not chunk.classes - _LOOSE and word[:1].isalpha() and " " not in word
    return plain and len(word) > _SHORTEST and not word.endswith("ing")
