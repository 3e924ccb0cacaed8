"""What stands between a concept and the values that tell how bad it is ("anemia, defined as Hb < 8")."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.conditions.alternatives import names_quantity

__all__ = ["follows_definition", "links", "states_value"]

_LINKS = frozenset({
    "with", "by", "as", "a", "on", "of", "to", "based", "and", "having", "at", "defined", "for", "sitting",
    "repeatedly", "sustained", "persistent", "persistently", "consistent", "repeated", "consistently",
    "resting",
})  # fmt: skip


def follows_definition(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether a sign is the comma behind "i.e."."""
    return chunks[at].kind == "sign" and "definition" in chunks[at - 1].classes


def states_value(chunk: Chunk) -> bool:
    """Whether a chunk is a value, or a bracket that starts with one; an age tells when something began."""
    if chunk.kind == "bracket":
        first = next((each for each in chunk.inner if not links(each) and each.kind != "sign"), None)
        return first is not None and first.kind == "value" and not _is_age(first)
    return chunk.kind == "value" and not _is_age(chunk)


def _is_age(chunk: Chunk) -> bool:
    """Whether a value is an age, which behind a concept may be the age at which it began."""
    return chunk.value is not None and any(term.unit == "a" for term in chunk.value.terms)


def links(chunk: Chunk) -> bool:
    """Whether a chunk only leads from a concept to its values ("defined as blood pressure (BP) of")."""
    leading = {"definition", "neutral", "qualifier", "active", "label", "value_tail"}
    if chunk.kind == "bracket":
        return bool(chunk.inner) and all(map(names_quantity, chunk.inner))
    named = chunk.kind == "word" and (bool(chunk.classes & leading) or chunk.form in _LINKS)
    return named or names_quantity(chunk)
