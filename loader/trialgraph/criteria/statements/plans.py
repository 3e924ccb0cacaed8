"""Exclusions of what was done or is planned ("prior or planned transplantation"): the first can be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.trees import any_of, is_formal, map_facts
from trialgraph.expressions import Expression, Fact

__all__ = ["read_planned"]

_PLANS = ("planned", "planning", "scheduled", "anticipated", "expected", "intend")
"""What such a statement has, looked for first since it costs less."""
_PLAN = r"(?:planned|planning|scheduled|anticipated|expected|intended|intending)"
_REAL = (
    r"(?:prior|previous|past|recent|current|currently|concurrent|concomitant|ongoing|on-going|active"
    r"|history of|previously|receiv(?:ed|ing)|receipt|undergone|undergoing|underwent|taken|taking"
    r"|used|using|had|completed|use|treated with|enrolled|enrolled in|participated in|participating in)"
)
_EITHER = re.compile(
    rf"\b{_REAL},?(?P<plan>\s+(?:or|and/or)\s+(?:(?:is|are|was|were|has|have|been|currently)\s+)*{_PLAN}"
    r"(?:\s+to\s+(?:receive|undergo|have|start|begin|take|use|enroll|enroll in|be enrolled in|participate in"
    r"|initiate)\b|\s+(?:need\s+for|use\s+of)\b)?)",
    re.IGNORECASE,
)
_END = re.compile(r"[,;:(]|\.\s|$")


def read_planned(
    text: Text, chunks: Sequence[Chunk], read: Callable[[Sequence[Chunk]], Expression | None]
) -> Expression | None:
    """Return what was done as a fact beside the words of what is planned; None for any other statement.

    Args:
        text: The text under reading.
        chunks: A statement of an exclusion.
        read: Reads what is left of it without the plan.
    """
    start, end = chunks[0].start, chunks[-1].end
    if not text.exclusion or not any(word in text.lowered for word in _PLANS):
        return None
    either = _EITHER.search(text.text, start, end)
    if either is None:
        return None
    first, last = either.span("plan")
    kept = [chunk for chunk in chunks if chunk.end <= first or chunk.start >= last]
    dropped = [chunk for chunk in chunks if first <= chunk.start and chunk.end <= last]
    if not dropped or len(kept) + len(dropped) < len(chunks) or any(chunk.term for chunk in dropped):
        return None
    done = read(kept)
    stop = _END.search(text.text, last, end)
    if done is None or not is_formal(done) or stop is None:
        return None
    plan = next(chunk.start for chunk in dropped if chunk.form not in ("or", "and / or"))
    return any_of([map_facts(done, _in_its_time), narrative(text, plan, stop.start())])


def _in_its_time(fact: Fact) -> Fact:
    """Return a treatment without its state where a time is told ("current or planned use within 7 days")."""
    timed = fact.within is not None or "within" in fact.modifiers.get("qualifier", "")
    if not timed or fact.modifiers.get("status") != "active":
        return fact
    return replace(fact, modifiers={name: told for name, told in fact.modifiers.items() if name != "status"})
