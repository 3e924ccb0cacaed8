"""What words behind a concept are: limits that narrow it ("heart failure with LVEF < 40%"), or its cause."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.language.connectives import OR
from trialgraph.expressions import Expression

__all__ = ["limits_in", "names_cause"]

_TURNING = frozenset({"condition", "negation", "exception", "allowance", "definition"})
_BEFORE = frozenset({"example", "historic"})
_EITHER = OR | {"/"}


def limits_in(chunks: Sequence[Chunk]) -> list[Expression]:
    """Return the limits that narrowing words demand of today, none where they leave a choice or turn it.

    An age among them is when the thing began.
    """
    if any(chunk.classes & _TURNING or chunk.form in _EITHER for chunk in chunks):
        return []
    told = next((i for i, chunk in enumerate(chunks) if chunk.classes & _BEFORE), len(chunks))
    return [
        chunk.expression
        for chunk in chunks[:told]
        if chunk.kind == "value"
        and chunk.expression is not None
        and not (chunk.value is not None and any(term.unit == "a" for term in chunk.value.terms))
    ]


def names_cause(chunk: Chunk) -> bool:
    """Whether what follows an allergy may be what it is to, not a case of it ("requiring steroids")."""
    return "post" not in chunk.classes or "allergen" in chunk.classes
