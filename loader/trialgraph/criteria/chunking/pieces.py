"""One piece of a criterion's words: a concept, a value, a window, a bracket, a little word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.criteria.quantities.lesions import FoundSize
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.quantities.values import FoundValue
from trialgraph.criteria.quantities.windows import FoundWindow
from trialgraph.expressions import Expression

__all__ = ["TURNING", "Chunk", "ChunkKind", "is_content", "is_given", "is_undergone", "outside", "with_inner"]

TURNING = frozenset({"negation", "condition", "exception", "allowance", "barring"})
"""Classes of the words that turn what is said beside them into something else."""
_CONTENT = frozenset({"concept", "value", "lesion"})

ChunkKind = Literal["concept", "value", "lesion", "size", "window", "limit", "bracket", "word", "sign"]


@dataclass(slots=True)
class Chunk:
    """A group of tokens; not frozen, since that makes building one four times as slow.

    Args:
        kind: What it is; ``bracket`` holds the chunks inside it.
        start: First character in the normalised text.
        end: Character after its last.
        form: Look-up form of a word or sign.
        classes: What a word does (see the lexicon).
        term: The concept, of a concept chunk.
        expression: What a value or lesion chunk says.
        window: Of a window chunk.
        limit: Of a limit chunk, which names no quantity.
        value: Of a value chunk, the quantities with their limit.
        size: Of a size chunk, the diameter.
        inner: Chunks inside a bracket.
    """

    kind: ChunkKind
    start: int
    end: int
    form: str = ""
    classes: frozenset[str] = frozenset()
    term: Term | None = None
    expression: Expression | None = None
    window: FoundWindow | None = None
    limit: Found | None = None
    value: FoundValue | None = None
    size: FoundSize | None = None
    inner: tuple[Chunk, ...] = ()


def outside(chunks: Sequence[Chunk], places: Collection[tuple[int, int]]) -> Sequence[Chunk]:
    """Return the chunks that start in none of some stretches of the text."""
    if not places:
        return chunks
    return [chunk for chunk in chunks if not any(first <= chunk.start < last for first, last in places)]


def is_content(chunk: Chunk) -> bool:
    """Whether a chunk names something that can be formalised: a concept other than a bare quantity."""
    return chunk.kind in _CONTENT and not (
        chunk.kind == "concept" and chunk.term is not None and chunk.term.quantity
    )


def is_given(chunk: Chunk) -> bool:
    """Whether a chunk names a treatment."""
    return chunk.term is not None and chunk.term.category == "treatment"


def is_undergone(chunk: Chunk) -> bool:
    """Whether a chunk names what a patient is given or undergoes."""
    return chunk.term is not None and chunk.term.category in GIVEN


def with_inner(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return chunks, each followed by those inside it."""
    return [
        inner
        for chunk in chunks
        for inner in ((chunk, *with_inner(chunk.inner)) if chunk.inner else (chunk,))
    ]
