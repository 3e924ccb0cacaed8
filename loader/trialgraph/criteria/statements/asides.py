"""Brackets and markers that ask for nothing ("PR positive or negative"), quotation marks around a word."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.criteria.chunking.sensitivities import without_reactions
from trialgraph.criteria.statements.idle import arranges, is_idle

__all__ = ["without_asides"]

_QUOTED = 3
"""How many words of a quality may stand in quotation marks."""
_EITHER_RESULT = re.compile(
    r"\b(?P<marker>[A-Za-z][\w/-]*)(?:\s+(?:receptor|status))*\s*-?\s*"
    r"(?:(?P<one>positive|negative)\s*(?:,?\s*(?:and/)?or|/)\s*-?(?:(?:(?P=marker)|receptor)[\s-]*)*(?!(?P=one))"
    r"(?:positive|negative)\b|(?:\+\s*/\s*[-−]|±)(?=\s*[,;)]|\s+and\b|\s*$))",
    re.IGNORECASE,
)
"""A marker with both its results, so that nobody is asked for either."""
_JOINTS = frozenset({",", ";", "and", "or", "and/or"})
_REFERRING = frozenset({"see", "see also", "refer", "refer to", "please see", "please refer"})


def without_asides(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Leave out brackets that ask for nothing ("HIV infection (testing not required)", "(see section 5)").

    One that tells something first ("(NYHA III; see Appendix B)") is kept up to there. So is left out what
    kind of reaction an allergy is ("hypersensitivity, including anaphylaxis, to A").
    """
    chunks = without_reactions(text.text, text.lowered, chunks)
    if '"' in text.text:
        chunks = _unquoted(chunks)
    if ("positive" in text.lowered and "negative" in text.lowered) or "+" in text.text:
        chunks = _without_either_result(text, chunks)
    if "(" not in text.text and "[" not in text.text:
        return chunks
    kept = [chunk for chunk in chunks if chunk.kind != "bracket" or not _is_aside(text, chunk)]
    if "see " in text.lowered or "refer " in text.lowered:
        kept = [_without_reference(chunk) if chunk.kind == "bracket" else chunk for chunk in kept]
    return kept or chunks


def _without_either_result(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Leave out a marker of which any result will do, and what joins it to the others of its list."""
    kept = list(chunks)
    for found in _EITHER_RESULT.finditer(text.text):
        inside = [i for i, chunk in enumerate(kept) if found.start() <= chunk.start < found.end()]
        marked = [kept[i].term for i in inside if kept[i].kind == "concept"]
        if not inside or not marked or any(term is None or term.category != "biomarker" for term in marked):
            continue
        first, last = inside[0], inside[-1] + 1
        if not any(
            each.form in _JOINTS or is_content(each)
            for each in kept[max(0, first - 1) : first] + kept[last : last + 1]
        ):
            continue
        if first and kept[first - 1].form in _JOINTS:
            while first and kept[first - 1].form in _JOINTS:
                first -= 1
        else:
            while last < len(kept) and kept[last].form in _JOINTS:
                last += 1
        rest = kept[:first] + kept[last:]
        kept = rest if any(map(is_content, rest)) else kept
    return kept


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
    return arranges(words) or is_idle(text, words) or _EITHER_RESULT.fullmatch(words) is not None
