"""Diseases that are barred with the risk of them: "history or risk of autoimmune disease, such as lupus".

Who has the disease is barred for certain; who is at risk of it stays to be judged by the words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Expression, Fact, atoms

__all__ = ["read_endangered"]

_RISKS = ("risk of", "risk for")
_JOINTS = frozenset({"or", "and / or"})
_OPENING = 3


def read_endangered(
    text: Text, chunks: Sequence[Chunk], read: Callable[[Sequence[Chunk]], Expression | None]
) -> Expression | None:
    """Read "history or risk of X" as the history of X beside words on the risk; None for other statements.

    Args:
        text: The text under reading, one of exclusions.
        chunks: A statement of it.
        read: Reads the statement without its risk.
    """
    opened = text.exclusion and len(chunks) > _OPENING and "historic" in chunks[0].classes
    if not opened or chunks[1].form not in _JOINTS or not chunks[2].form.endswith(_RISKS):
        return None
    named = next((chunk for chunk in chunks if is_content(chunk)), None)
    told = read([chunks[0], *chunks[_OPENING:]])
    if named is None or told is None or not any(isinstance(atom, Fact) for atom in atoms(told)):
        return None
    return any_of([told, narrative(text, chunks[2].start, named.end)])
