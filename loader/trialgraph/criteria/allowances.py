"""What words allow, and the washout they ask for with it."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.facts import is_content
from trialgraph.expressions import Window

__all__ = ["TREATING", "allows", "washout"]

TREATING = frozenset({"therapy", "treatment", "surgery", "resection", "radiotherapy", "procedure"})


def allows(chunks: Sequence[Chunk]) -> bool:
    """Whether something is allowed; "eligible for surgery" says what the patient is fit for."""
    return any("allowance" in c.classes and not _tells_fit(chunks, i) for i, c in enumerate(chunks))


def _tells_fit(chunks: Sequence[Chunk], at: int) -> bool:
    if chunks[at].form != "eligible" or at + 1 == len(chunks) or chunks[at + 1].form != "for":
        return False
    return any(is_content(each) or each.form in TREATING for each in chunks[at + 2 : at + 5])


def washout(text: Text, chunks: Sequence[Chunk]) -> Window | None:
    """Return the washout that an allowance asks for; None when it asks for none."""
    if "wash" not in text.text[chunks[0].start : chunks[-1].end].lower():
        return None
    units = {"d": "day", "wk": "week", "mo": "month", "a": "year"}
    for chunk in chunks:
        if chunk.window is not None:
            return chunk.window.window
        found = chunk.limit
        if (
            found is not None
            and found.unit is not None
            and found.unit.ucum in units
            and found.limit.low is not None
        ):
            wording = text.text[chunks[0].start : chunk.end]
            return Window(found.limit.low, units[found.unit.ucum], wording[wording.lower().find("wash") :])  # type: ignore[arg-type]
    return None
