"""The class asked of those whom the sentence before assesses, for it names no scale of its own.

"Patients with X should be assessed by NYHA. To be eligible, patients should be class 2 or better."
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.trees import all_of, any_of, asks_of_some, negate
from trialgraph.expressions import Expression, Narrative, Value

__all__ = ["tells_class", "with_class_of_assessed"]

_CLASS = re.compile(r"(?:of\s+)?class(?:es)?\s", re.IGNORECASE)
_ASSESSING = re.compile(r"\b(?:assessment|assessed|evaluat\w+|classifi\w+)\b", re.IGNORECASE)
_OF_SOME = re.compile(r"\W*(?:patients?|subjects?|participants?|individuals?|those)\s+with\b", re.IGNORECASE)


def tells_class(text: Text, sentence: Sequence[Chunk]) -> bool:
    """Whether a demand asks for a class, and limits nothing else: its scale is named before it."""
    valued = [chunk for chunk in sentence if chunk.kind == "value"]
    return not text.exclusion and len(valued) == 1 and _CLASS.match(text.text, valued[0].start) is not None


def with_class_of_assessed(before: Expression, told: Expression | None) -> Expression | None:
    """Return what the sentence before asks of some, who have to be in the class that this one tells.

    Args:
        before: What the sentence before it asks of some alone, with words on how they are assessed.
        told: What the sentence that tells the class says by itself.
    """
    if not isinstance(told, Value):
        return None
    if isinstance(before, Narrative) and _OF_SOME.match(before.text) and _ASSESSING.search(before.text):
        return any_of([negate(before), told])
    if not asks_of_some(before):
        return None
    asked = before.operands[-1]
    if not isinstance(asked, Narrative) or not _ASSESSING.search(asked.text):
        return None
    return any_of([*before.operands[:-1], all_of([asked, told])])
