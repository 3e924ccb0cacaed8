"""Values in a demand that goes on with what is allowed: they are asked for, and the rest asks for less."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.supports import is_support
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.statements.refusals import TRIAL
from trialgraph.expressions import Narrative

__all__ = ["allows_support", "values_allowed"]

_BEING = frozenset({"is", "are", "be", "will be", "may be", "can be"})

_ASKING = re.compile(
    r"\d|\b(?:must|should|needs?|only|but|until|before|prior|unless|if|provided|except|after|when|not?|without)\b",
    re.IGNORECASE,
)
"""What a permission says that asks for something all the same."""


def values_allowed(text: Text, chunks: Sequence[Chunk]) -> tuple[list[Chunk], Narrative | None] | None:
    """Return the values that a demand starts with, and what else it says in words; None for any other.

    "Platelets ≥ 100, transfusions allowed up to a week before" is the value, and the words about a time.
    "Creatinine clearance ≥ 30 mL/min is eligible" is the value alone, where it opens the criterion.

    Args:
        text: The text under reading.
        chunks: A sentence that allows something.
    """
    head = list(itertools.takewhile(lambda chunk: chunk.kind == "value" or _joins(chunk), chunks))
    while head and head[-1].kind != "value":
        head.pop()
    if text.exclusion or not head or not all(is_wanted(each.expression) for each in head if _is_value(each)):
        return None
    tail = [chunk for chunk in chunks[len(head) :] if chunk.kind != "sign"]
    if is_support(tail):
        start, end = tail[0].start, tail[-1].end
        return head, narrative(text, start, end) if _ASKING.search(text.text, start, end) else None
    plain = all(each.form in TRIAL | _BEING or "allowance" in each.classes for each in tail)
    return (head, None) if plain and head[0].start <= text.chunks[0].start else None


def allows_support(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether a sentence only allows a transfusion or growth factor, whenever it may be given."""
    given = [
        chunk for chunk in chunks if chunk.kind == "concept" and not (chunk.term and chunk.term.quantity)
    ]
    words = text.text[chunks[0].start : chunks[-1].end]
    return len(given) == 1 and is_support(chunks) and not _ASKING.search(words)


def _is_value(chunk: Chunk) -> bool:
    return chunk.kind == "value"


def _joins(chunk: Chunk) -> bool:
    """Whether a chunk stands between values of a list, or tells more of the unit of one."""
    return chunk.form in ("and", ",") or (chunk.kind == "bracket" and len(chunk.inner) == 1)
