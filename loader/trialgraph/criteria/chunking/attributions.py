"""Who made the scale of a class that is told before: "class 3 heart failure as defined by the NYHA, or …".

The class has been read with its scale, so these words add nothing. Kept, they would take the members of a
list behind them for the definition's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.pieces import Chunk
from trialgraph.expressions import Value, atoms

__all__ = ["without_attributions"]

_LEADING = frozenset(
    {"the", "by", "per", "as", "as per", "according to", "according", "to", "under", "based on", "using",
     "defined", "classified", "graded", "assessed", "determined", "classified by", "graded by",
     "determined by", "assessed by", "as determined by", "as assessed by", "described",
     "described by", "as described by"}
)  # fmt: skip
_TELLING = _LEADING - {"the", "as", "to"}
_SYSTEM = frozenset(
    {"functional", "classification", "class", "criteria", "criterion", "system", "scale", "standard",
     "definition", "guideline", "score"}
)  # fmt: skip


def without_attributions(chunks: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """Return chunks without the words that name the scale of a value before them once more."""
    return tuple(_kept(chunks, frozenset()))


def _kept(chunks: Sequence[Chunk], told: frozenset[str]) -> list[Chunk]:
    """Return what stays of chunks, or of those inside a bracket, where values of some scales are told."""
    kept: list[Chunk] = []
    position = 0
    while position < len(chunks):
        chunk = chunks[position]
        position += 1
        if chunk.form in (";", "."):
            told = frozenset()
        for each in (chunk, *chunk.inner):
            if each.kind == "value" and each.expression is not None:
                told |= {atom.concept for atom in atoms(each.expression) if isinstance(atom, Value)}
        if told and _names(chunk, told) and (first := _leading(kept)) is not None:
            del kept[first:]
            while position < len(chunks) and _goes_on(chunks[position], told):
                position += 1
            continue
        if chunk.kind == "bracket":
            inner = _kept(chunk.inner, told)
            chunk = chunk if len(inner) == len(chunk.inner) else replace(chunk, inner=tuple(inner))
        kept.append(chunk)
    return kept


def _names(chunk: Chunk, told: frozenset[str]) -> bool:
    """Whether a chunk just names a quantity of which a value is told."""
    named = chunk.term if chunk.kind == "concept" else None
    return named is not None and named.quantity and named.iri in told


def _leading(kept: Sequence[Chunk]) -> int | None:
    """Return where the words start that tell whose scale it is ("as defined by the"); None without any."""
    first = len(kept)
    while first and kept[first - 1].kind == "word" and _leads(kept[first - 1]):
        first -= 1
    led = any("definition" in chunk.classes or chunk.form in _TELLING for chunk in kept[first:])
    return first if led and first else None


def _leads(chunk: Chunk) -> bool:
    return "definition" in chunk.classes or chunk.form in _LEADING


def _goes_on(chunk: Chunk, told: frozenset[str]) -> bool:
    """Whether a chunk goes on with the scale's name: "(NYHA)", "functional classification system"."""
    if chunk.kind == "bracket":
        return all(_names(inner, told) or inner.form in _SYSTEM for inner in chunk.inner)
    return chunk.kind == "word" and chunk.form in _SYSTEM
