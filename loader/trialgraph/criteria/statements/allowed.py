"""Values in a demand that goes on with what is allowed: they are asked for, and the rest asks for less."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.supports import is_support
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.statements.refusals import TRIAL
from trialgraph.criteria.statements.undemanding import is_undemanding
from trialgraph.criteria.trees import all_of, any_of, is_formal, negate
from trialgraph.expressions import Expression, Fact, Narrative, Not, atoms

__all__ = ["allows_support", "taking_allowed", "values_allowed"]

_BEING = frozenset({"is", "are", "be", "will be", "may be", "can be"})

_ASKING = re.compile(
    r"\d|\b(?:must|should|needs?|only|but|until|before|prior|unless|if|provided|except|after|when|not?|without)\b",
    re.IGNORECASE,
)
"""What a permission says that asks for something all the same."""
_MAY_TAKE = re.compile(
    r"\W*(?:note\W+(?:that\s+)?|however\W+)?(?:(?:all|the|these|such|those)\s+)*"
    r"(?:patients?|subjects?|participants?|individuals|they)\s+(?:may|can)\s+(?:also\s+|still\s+)?"
    r"(?:receive|use|take|be\s+(?:receiving|taking|using|treated\s+with))\s+"
    r"(?!no\b|not\b|only\b|up\s+to\b|a\s+maximum)",
    re.IGNORECASE,
)
"""How a sentence opens that lets patients take something."""


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


def taking_allowed(
    text: Text, chunks: Sequence[Chunk], read: Callable[[Sequence[Chunk]], Expression | None]
) -> Expression | None:
    """Read "patients may use X if …": whoever takes it is let in as the words say; None for other sentences.

    Nobody is asked for X, or barred with it alone ("can receive steroids as long as the dose is stable").

    Args:
        text: The text under reading.
        chunks: A sentence.
        read: Reads what may be taken.
    """
    start, end = (chunks[0].start, chunks[-1].end) if chunks else (0, 0)
    words = text.text[start:end]
    opening = _MAY_TAKE.match(words) if " may " in words or " can " in words else None
    if opening is None:
        return None
    told = read([chunk for chunk in chunks if chunk.start >= start + opening.end()])
    facts = [atom for atom in atoms(told) if isinstance(atom, Fact)] if told is not None else []
    if told is None or not facts or not (text.exclusion or is_formal(told)):
        return None
    allowed = narrative(text, start, end)
    if is_undemanding(text, words, "beside"):
        return allowed
    taken = any_of([replace(fact, modifiers={}, within=None) for fact in facts])
    return all_of([taken, Not(allowed)]) if text.exclusion else any_of([negate(taken), allowed])


def _is_value(chunk: Chunk) -> bool:
    return chunk.kind == "value"


def _joins(chunk: Chunk) -> bool:
    """Whether a chunk stands between values of a list, or tells more of the unit of one."""
    return chunk.form in ("and", ",") or (chunk.kind == "bracket" and len(chunk.inner) == 1)
