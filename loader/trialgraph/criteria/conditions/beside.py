"""What stands around a value and limits nothing: how and when it is measured, words without a demand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import OBTAINED
from trialgraph.criteria.language.offers import concerns_some_aside
from trialgraph.expressions import Window
from trialgraph.namespaces import TGC

__all__ = ["bracketed_window", "comes_of_disease", "is_harmless", "is_method", "names_quantity", "value_time"]

_SUPPORTED = 3
_TESTS = frozenset({"to", "may", "specimen", "sample", "resulted", "assessment", "measurement"})
"""Words of a bracket that tells when a value was found."""
_CAUSED = re.compile(
    r"\b(?:(?:due|secondary|related|attribut\w+|owing)\s+to|(?:caused|explained)\s+by|because\s+of)"
    r"\s+(?:[\w']+\s+){0,2}$",
    re.IGNORECASE,
)
_NEAR = 40
_NEOPLASM = str(TGC.Neoplasm)
_PLACED = (str(TGC.MetastaticMalignantNeoplasm), str(TGC.BoneMarrowInvolvement), str(TGC.CNSInvolvement))
"""Where a cancer is beside its own place."""


def is_method(chunk: Chunk) -> bool:
    """Whether a bracket only tells how a value is measured."""
    told = any(is_content(each) or each.kind == "limit" for each in chunk.inner)
    words = " ".join(each.form for each in chunk.inner)
    return chunk.kind == "bracket" and not told and not concerns_some_aside(words)


def value_time(before: Sequence[Chunk], after: list[Chunk]) -> tuple[Window | None, list[Chunk]]:
    """Return how recent a value has to be, and what else stands behind it."""
    window = _value_window(before, after)
    closing = _closing_window(after) if window is None else None
    return (window, after) if closing is None else (closing[0], after[: closing[1]])


def _value_window(before: Sequence[Chunk], after: Sequence[Chunk]) -> Window | None:
    """Return how recent a value has to be: a time span next to it, not one in a remark on it."""
    for chunk in before:
        if chunk.window is not None:
            return chunk.window.window
    for chunk in after:
        if chunk.window is not None:
            return chunk.window.window
        if (inside := bracketed_window(chunk)) is not None:
            return inside
        if (
            chunk.kind == "word"
            and not chunk.classes & {"value_tail", "confirmed"}
            and chunk.form not in OBTAINED
        ):
            return None
    return None


def bracketed_window(chunk: Chunk) -> Window | None:
    """Return the time that a bracket states for the value before it, and nothing else."""
    waived = (i for i, each in enumerate(chunk.inner) if "exception" in each.classes)
    inner = chunk.inner[: next(waived, None)]
    windows = [each.window.window for each in inner if each.window is not None]
    rest = [each for each in inner if each.window is None]
    known = OBTAINED | _TESTS
    plain = all(is_harmless(c, "value_tail", "label", "tail") or c.form in known for c in rest)
    return windows[0] if len(windows) == 1 and plain else None


def _closing_window(chunks: Sequence[Chunk]) -> tuple[Window, int] | None:
    """Return the time of a value that ends what stands behind it, and how many chunks there are before it.

    "… without transfusion (obtained within 14 days of registration)".
    """
    last = chunks[-1] if len(chunks) > 1 else None
    alone = last is not None and last.inner and not any(map(is_content, chunks[:-1]))
    if last is not None and (alone or any(each.form in OBTAINED for each in last.inner)):
        window = bracketed_window(last)
        return (window, len(chunks) - 1) if window is not None else None
    if last is None or last.window is None or len(chunks) < _SUPPORTED:
        return None
    told = chunks[-2].form in OBTAINED and "tail" in chunks[-3].classes
    return (last.window.window, len(chunks) - 2) if told else None


def is_harmless(chunk: Chunk, *classes: str) -> bool:
    """Whether a chunk demands nothing, or does what one of the classes of words does."""
    if chunk.kind in ("bracket", "window", "sign"):
        return True
    if chunk.kind == "concept":
        return chunk.term is not None and chunk.term.quantity
    return bool(chunk.classes & {"neutral", *classes})


def names_quantity(chunk: Chunk) -> bool:
    """Whether a chunk names a quantity without a limit, which a limit after it would be of."""
    return chunk.kind == "concept" and chunk.term is not None and chunk.term.quantity


def comes_of_disease(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether a case is that a value comes of the cancer ("if secondary to lymphoma").

    Each patient of the trial has that, whatever the value comes of; metastases in an organ not all have.
    """
    named = next((chunk for chunk in chunks if is_content(chunk)), None)
    term = named.term if named is not None else None
    if named is None or term is None or not term.is_a(_NEOPLASM) or any(map(term.is_a, _PLACED)):
        return False
    return _CAUSED.search(text.text, max(0, named.start - _NEAR), named.start) is not None
