"""A limit and the other that "or" offers in a case: "≥ 100 or, in patients with metastases, ≥ 75"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.cases import read_case
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.sentences import time_of_label
from trialgraph.criteria.trees import all_of, any_of, dated
from trialgraph.expressions import AllOf, Expression

__all__ = ["read_dispensation"]

Reader = Callable[[Sequence[Chunk]], Expression | None]


def read_dispensation(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read a demand whose last limit differs in a case, or None when the words offer no such limit.

    Args:
        text: The text under reading.
        chunks: A sentence of it.
        read: How what stands before that limit is read.
    """
    parted = None if text.exclusion else _parted(text, chunks)
    if parted is None:
        return None
    before, value, case = parted
    other = read(before) if before else None
    offered = other is not None and before[-1].form == "or"
    own = any_of([each for each in (other if offered else None, value.expression, case) if each])
    time = time_of_label(before) if before else None
    own = own if time is None else dated(own, time)
    return own if offered or other is None else all_of([other, own])


def _parted(text: Text, chunks: Sequence[Chunk]) -> tuple[Sequence[Chunk], Chunk, AllOf] | None:
    """Return what is before the limit, the limit, and the case with its own limit."""
    for index, chunk in enumerate(chunks):
        behind = trimmed(chunks[index + 1 :]) if chunk.form == "or" else []
        before = trimmed(chunks[:index])
        if not behind or not before or before[-1].kind != "value":
            continue
        if "condition" in behind[0].classes and behind[-1].kind in ("value", "limit"):
            case = read_case(text, behind, excepted=any(each.form == "," for each in behind))
            return None if case is None else (before[:-1], before[-1], case)
    return None
