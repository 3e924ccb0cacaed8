"""Times inside what narrows a concept: when a disease needed treatment, when a treatment was given."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.brackets import category_of
from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.expressions import Window

__all__ = ["done_lately", "treated_lately"]

_DONE = frozenset({"treatment", "procedure", "other"})
_ABOUT = frozenset(
    {"for", "to", "of", "in", "against", "requiring", "require", "required", "as", "including", "with"}
)
_HAPPENED = re.compile(
    r"\b(?:progress|relaps|recur|respon|complet|discontinu|fail|toxicit|adverse|resolv|recover|who|if|unless|until"
    r"|except|other than|after|since)",
    re.IGNORECASE,
)


def done_lately(text: Text, head: Chunk, chunks: Sequence[Chunk]) -> Window | None:
    """Return the time behind "radiotherapy to the pelvis", when it tells of that and of nothing else."""
    last = chunks[-1].window if len(chunks) > 1 else None
    if last is None or last.narrowed or category_of(head) not in _DONE:
        return None
    words = text.text[chunks[0].start : chunks[-1].start]
    plain = chunks[0].form in _ABOUT and not _HAPPENED.search(words)
    return last.window if plain and sum(chunk.window is not None for chunk in chunks) == 1 else None


def treated_lately(chunks: Sequence[Chunk]) -> Window | None:
    """Return the time in which a disease required treatment, so that it must have been there then."""
    needed = any("needing" in chunk.classes for chunk in chunks[:4])
    times = [chunk.window.window for chunk in chunks if chunk.window is not None]
    return times[0] if needed and len(times) == 1 else None
