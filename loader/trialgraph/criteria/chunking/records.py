"""Where a thing is told: "age 18 or older as per the medical record", "pregnancy, by self-report".

It narrows nothing: a record that shows the thing shows it. Kept with a fact, it would keep the record from
showing it; before or behind a value, it would stay words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.pieces import Chunk, outside

__all__ = ["without_records"]

_GATE = ("record", "report", "chart", "ehr", "emr")
_WHOSE = (
    r"(?:(?:the|their|his|her|either|an?|any|patient(?:'s|s')?|participant(?:'s|s')?|subject(?:'s|s')?|parent(?:al)?"
    r"|review\s+of)\s+)*"
)
_ABBREVIATED = r"(?:\s*\((?:EHR|EMR)\))?"
_RECORD = (
    r"(?:(?:the\s+)?(?:electronic\s+)?(?:medical|health|hospital|clinic|clinical|patient)\s+(?:records?|charts?)|(?:electronic\s+)?charts?"
    r"|EHR|EMR|(?:patient|participant|self|parent(?:al)?|proxy)[\s-]*(?:-\s*)?reports?|(?:medical\s+)?history)\b(?!\s+(?:an?|the|their|having|that|of)\b)"
    rf"{_ABBREVIATED}(?:\s+(?:reviews?|documentation|data|abstraction|reports?)\b)?"
    r"(?:\s+(?:on|in|using)\s+(?:the\s+|an?\s+)?(?:[\w-]+\s+){0,4}questionnaires?)?"
)
_MEASURED = r"self[\s-]?reported\s+(?:height\s+and\s+weight|weight\s+and\s+height|height\s*/\s*weight)"
_SOURCE = rf"{_WHOSE}(?:{_RECORD}|{_MEASURED})"
_TOLD = (
    r"(?:documented|determined|reported|indicated|confirmed|noted|identified|verified|assessed|recorded|evidenced|shown|ascertained"
    r"|established|measured|calculated|self-reported)"
)
_BY = (
    rf"(?:(?:(?:as|is|are|was|were)\s+)?{_TOLD}\s+(?:either\s+)?"
    r"(?:per|by|via|in|through|from|on|according\s+to)|(?:as\s+)?per|by|via|according\s+to|(?:as\s+)?based\s+(?:up)?on)"
)
_AND = r"\s*(?:,|/|,?\s*and/or|,?\s+and|,?\s+or)\s*(?:(?:by|per|via|in)\s+)?"
_TELLING = rf"{_BY}\s+(?:either\s+)?{_SOURCE}(?:{_AND}{_SOURCE})*"
_CLOSING = (
    r"(?=\s*(?:[.;)\]]|$|(?:within|at|during|prior|in\s+the)\b"
    r"|,?\s*\b(?:and|or)\s+(?:ha(?:s|ve)|is|are|must|who|currently|able)\b))"
)
"""Where no further source follows, of which one may be somebody's judgement."""
_PLACE = re.compile(
    rf"[(\[]\s*(?:{_TELLING}|{_TOLD}\s+(?:by|in)\s+{_SOURCE}|self-?reported)\s*[)\]]"
    rf"|(?:^|(?<=[:*•]\s))(?:as\s+)?(?:per|by|based\s+on|according\s+to)\s+{_SOURCE}(?:{_AND}{_SOURCE})*\s*,\s*"
    rf"|(?<=\w|\)|%),?\s+{_TELLING}{_CLOSING}",
    re.IGNORECASE,
)


def without_records(text: str, lowered: str, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the chunks of a text without those that only tell where what is asked is told.

    Args:
        text: The text under reading.
        lowered: The same in lower case.
        chunks: Its chunks.
    """
    if not any(map(lowered.__contains__, _GATE)):
        return chunks
    return outside(chunks, [found.span() for found in _PLACE.finditer(text)]) or chunks
