"""Asides that ask for nothing, and the quotation marks around a word."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.sensitivities import without_reactions
from trialgraph.criteria.statements.idle import arranges, is_idle

__all__ = ["without_asides"]

_QUOTED = 3
"""How many words of a quality may stand in quotation marks."""
_REFERRING = frozenset({"see", "see also", "refer", "refer to", "please see", "please refer"})


def without_asides(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Leave out brackets that ask for nothing ("HIV infection (testing not required)", "(see section 5)").

    One that tells something first ("(NYHA III; see Appendix B)") is kept up to there. So is left out what
    kind of reaction an allergy is ("hypersensitivity, including anaphylaxis, to A").
    """
    chunks = without_reactions(text.text, text.lowered, chunks)
    if '"' in text.text:
        chunks = _unquoted(chunks)
    if "(" not in text.text and "[" not in text.text:
        return chunks
    kept = [chunk for chunk in chunks if chunk.kind != "bracket" or not _is_aside(text, chunk)]
    if "see " in text.lowered or "refer " in text.lowered:
        kept = [_without_reference(chunk) if chunk.kind == "bracket" else chunk for chunk in kept]
    return kept or chunks


def _unquoted(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Leave out the quotation marks around what is said of the word behind them ("a "second" cancer")."""
    marks = [i for i, chunk in enumerate(chunks) if chunk.form == '"']
    dropped: set[int] = set()
    for first, last in zip(marks[::2], marks[1::2], strict=False):
        inside = chunks[first + 1 : last]
        plain = all(chunk.kind == "word" and "negation" not in chunk.classes for chunk in inside)
        following = chunks[last + 1].kind if last + 1 < len(chunks) else "sign"
        if 0 < len(inside) <= _QUOTED and plain and following in ("word", "concept"):
            dropped |= {first, last}
    return [chunk for i, chunk in enumerate(chunks) if i not in dropped]


def _without_reference(bracket: Chunk) -> Chunk:
    """Leave out where to read more, behind a comma or a semicolon within a bracket."""
    pairs = enumerate(itertools.pairwise(bracket.inner))
    at = next((i for i, (sign, word) in pairs if sign.form in (";", ",") and word.form in _REFERRING), 0)
    return replace(bracket, inner=bracket.inner[:at]) if at else bracket


def _is_aside(text: Text, bracket: Chunk) -> bool:
    words = text.text[bracket.start + 1 : bracket.end].strip(")] ")
    return arranges(words) or is_idle(text, words)
