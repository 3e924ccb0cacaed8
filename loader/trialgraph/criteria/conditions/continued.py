"""Limits of the quantity named before them, in words that stayed words ("≤ 5 × ULN if liver metastases")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.beside import is_harmless, names_quantity
from trialgraph.criteria.conditions.further import other_limit
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.expressions import Expression, Value, atoms

__all__ = ["CONTINUED", "with_continued"]

CONTINUED = "continued"
"""What a value chunk is called whose quantity stands before another limit."""
_FURTHEST = 160
_DELIMITERS = frozenset({",", ";", ".", ":", "or", "and", "but", "/"})
_CASES = frozenset({"for", "in", "with", "if", "when", "those", "those with", "who", "the"}) | RESTARTS
_SAID = re.compile(
    r"(?:the\s+)?(?:limit|upper limit|value|level|it|this|these|they|values|levels)?\s*"
    r"(?:(?:is|are|must|may|can|should|be|up|to|allowed|permitted|acceptable|then)\b\s*)*$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[*•]|\n")
_TIMES = frozenset({"d", "wk", "mo", "a", "h", "min", "s"})
_SHARED = frozenset({"%", "cm", "mm", "kg", "mg", "{count}", "{plus}", "{score}"})
"""Units that limits of many quantities are in, so that one of them doesn't tell which."""


def with_continued(text: Text, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the chunks of a text, with a value for each bare limit that goes on about the value before it.

    Args:
        text: The text under reading.
        chunks: Its chunks in order, those of brackets in their place.
    """
    if not any(chunk.kind == "value" for chunk in chunks):
        return list(chunks)
    read: list[Chunk] = []
    base: Chunk | None = None
    for index, chunk in enumerate(chunks):
        if chunk.kind == "value":
            base = chunk
        elif names_quantity(chunk) or _BULLET.match(text.text, chunk.start):
            base = None
        elif chunk.kind == "limit" and base is not None:
            value = _continued(text, base, chunks, index)
            chunk = value or chunk
            base = base if value is not None else None
        read.append(chunk)
    return read


def _continued(text: Text, base: Chunk, chunks: Sequence[Chunk], index: int) -> Chunk | None:
    chunk = chunks[index]
    if chunk.start - base.end > _FURTHEST or _BULLET.search(text.text, base.end, chunk.start):
        return None
    if not _fits(base, chunk) or not _about_some(text, base, chunks, index):
        return None
    other = other_limit(text, base, [chunk])
    if other is None or not _alike(base, other.expression):
        return None
    return replace(chunk, kind="value", form=CONTINUED, expression=other.expression)


def _fits(base: Chunk, chunk: Chunk) -> bool:
    """Whether a limit is told as those of one quantity are: a multiple, or in a unit of its own."""
    found = chunk.limit
    known = [atom for atom in atoms(base.expression) if isinstance(atom, Value)] if base.expression else []
    if found is None or not known or not found.stated:
        return False
    if found.relative_to is not None:
        return known[0].relative_to == found.relative_to
    unit = found.unit.ucum if found.unit is not None else None
    return unit is not None and unit not in _TIMES and unit not in _SHARED


def _about_some(text: Text, base: Chunk, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether only words of a case stand between a limit and what ends before it, and no other name."""
    first = index
    while first and chunks[first - 1] is not base and chunks[first - 1].form not in _DELIMITERS:
        if text.text[chunks[first - 1].end : chunks[first].start].strip().startswith("("):
            break
        first -= 1
    words = text.text[chunks[first].start : chunks[index].start]
    opening = chunks[first]
    cased = bool(opening.classes & {"condition"}) or opening.form in _CASES
    return first == index or cased or _SAID.match(words) is not None or is_harmless(opening, "condition")


def _alike(base: Chunk, expression: Expression) -> bool:
    """Whether two limits bound their quantity on the same side."""
    sides = [
        {(atom.limit.low is None, atom.limit.high is None) for atom in atoms(each) if isinstance(atom, Value)}
        for each in (base.expression, expression)
        if each is not None
    ]
    return len(sides) == 2 and sides[0] == sides[1] and len(sides[0]) == 1
