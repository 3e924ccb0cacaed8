"""How large a tumour is, where words tell nothing else: "primary tumor must be ≥ 1.5 cm by imaging"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.roles import SIZE
from trialgraph.expressions import Expression, Narrative

__all__ = ["opens_diameter", "told_diameter"]

_LEAD = re.compile(
    r"[^\w]*(?:(?:patients?|subjects?|participants?|must|should|have|has|having|with|the|an?|any|presence\s+of|whose)\s+)*"
    r"(?:(?:primary|index|target|maximum|maximal|largest|longest|greatest|overall|gross|invasive|measured|baseline|operable|resectable"
    r"|residual|palpable|small|renal|thymic|breast|lung|hepatic|liver|pancreatic|adrenal|solid|enhancing)\s+)*"
    r"(?:(?P<noun>tumou?rs?|mass)\b\s*(?:\((?:s|es|T)\)\s*)?(?:size|diameter|dimension)?\s*)?"
    r"(?:(?P<must>must|should)\s+|(?:that|which|may|be|is|are|was|were|have|has|to|measures?|measured|measuring|of|with|a|in|size"
    r"|diameter|[:,(])\s*)*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[\s,()]*(?:in\s+(?:(?:its|the|their|any|one|at|least|maximum|maximal|largest|longest|greatest|single|long)\s+)*"
    r"(?:size|diameters?|dimensions?|axis)|diameter|in\s+size|radiographically|radiologically|clinically"
    r"|at\s+(?:enrollment|baseline|diagnosis|screening|registration)"
    r"|(?:as\s+)?(?:assessed|measured|determined|evaluated)\s+(?:by|on|with|radiographically|clinically)"
    r"|(?:by|on|per|based\s+on|with|using)\s+(?=\w)|(?:clinical|physical|breast|contrast|cross-sectional|baseline|the|an?|or|and|and/or)\b"
    r"|(?:exam(?:ination)?s?|imaging|ultraso\w+|US|MRI|CT|mammogra\w+|sonogra\w+|radiograph\w*|scans?|PET|palpation|enhanced)\b|/))*"
    r"[^\w]*",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:tumou?rs?|mass)\b", re.IGNORECASE)


def opens_diameter(text: Text, start: int, size: Chunk) -> bool:
    """Whether words from a place on say nothing but of which tumour the diameter is that they lead to."""
    lead = _LEAD.fullmatch(text.text, start, size.start)
    return lead is not None and bool(lead["noun"] or _NAMED.search(text.text, size.start, size.end))


def told_diameter(words: Narrative, text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the limit that is all that words state, of how large a tumour is; None for any other words.

    Args:
        words: Words that stayed words.
        text: The text.
        chunks: The limits that nothing took, in order.
    """
    start, end = text.normalized.readable(words.span)
    inside = [chunk for chunk in chunks if start <= chunk.start < end]
    if len(inside) != 1 or inside[0].form != SIZE or inside[0].end > end:
        return None
    size = inside[0]
    lead = _LEAD.fullmatch(text.text, start, size.start)
    if lead is None or not opens_diameter(text, start, size) or (text.exclusion and lead["must"]):
        return None
    return size.expression if _TAIL.fullmatch(text.text, size.end, end) else None
