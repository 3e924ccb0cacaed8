"""Treatments that an unnamed condition requires ("any condition that requires systemic steroids")."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.results import Told

__all__ = ["REQUIRING", "UNNAMED", "after_requiring"]

REQUIRING = frozenset({"requiring", "require", "required", "needing"})
UNNAMED = frozenset({"condition", "disease", "disorder", "illness"})


def after_requiring(text: Text, chunks: Sequence[Chunk], around: Told) -> Sequence[Chunk]:
    """Keep "other conditions requiring" before a treatment as what narrows it, and return the rest."""
    for index in range(1, len(chunks)):
        named = [chunk.form for chunk in chunks[:index] if chunk.kind != "bracket"]
        named = named[:-1] if named[-1:] in (["that"], ["which"]) else named
        if chunks[index].form in REQUIRING and not UNNAMED.isdisjoint(named[-1:]):
            if not all(map(_is_any_illness, chunks[:index])):
                around.qualifiers.append(text.text[chunks[0].start : chunks[index].end])
            return chunks[index + 1 :]
    return chunks


def _is_any_illness(chunk: Chunk) -> bool:
    """Whether a word before what a condition requires leaves open which condition that is."""
    plain = bool(chunk.classes & {"neutral", "other"}) and "historic" not in chunk.classes
    return chunk.kind == "word" and (plain or chunk.form in UNNAMED)
