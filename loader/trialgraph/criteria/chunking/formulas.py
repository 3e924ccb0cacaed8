"""The formula of the creatinine clearance: "males: (140 - age) × weight / (72 × serum creatinine)".

It tells how a number is worked out, so nothing in it is asked of anyone: no sex, no age, no weight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.pieces import Chunk, outside

__all__ = ["without_formulas"]

_SIGN = "140"
_SEX = r"(?:for\s+)?(?:\b(?:fe)?males?\b|\b(?:wo)?men\b)"
_NAME = r"\b(?:estimated\s+|calculated\s+)?(?:creatinine\s+(?:clearance|cl)|cr?cl|ccr|e?gfr|cggfr)\b"
_KG = r"(?:\s*[\[(/]?\s*(?:in\s+)?kg\s*[\])]?)?"
_WEIGHT = rf"(?:actual\s+|ideal\s+)?(?:body\s+)?\b(?:weight|mass|wt){_KG}"
_UNIT = r"(?:\s*[\[(]?\s*(?:in\s*)?(?:mg\s*/\s*dl|mgdl⁄?|ml/min|[µμ]mol\s*/\s*l|micromol\s*/\s*l)\s*[\])]?)?"
_FEMALE = (
    r"(?:[\s,;]*[\[(]?\s*(?:[x×*]|multipl\w+(?:\s+(?:the\s+(?:above|result)(?:\s+of\s+calculation)?))?(?:\s+by)?)?\s*"
    r"(?:0?\.85|0?\.85\s*x)\s*,?\s*(?:(?:if|for)\s+(?:the\s+)?(?:patients?\s+(?:is|are)\s+)?(?:female|women)s?)?\s*[\])]?)?"
)
_FORMULA = re.compile(
    rf"(?:{_SEX}[\s:=*-]*)?(?:{_NAME}(?:\s*\([^()]{{1,40}}\))?(?:\s+(?:in\s+)?{_SEX}|\s+in\s+ml/min)?{_UNIT}\s*=\s*)?"
    rf"(?:{_SEX}[\s:=*-]*)?[\[({{\s]*(?:{_WEIGHT}\s*[)\]]?\s*[x×•*]\s*[\[(]*)?"
    rf"140\s*[-–−]\s*age\b(?:[^;.≥≤<>]|\.(?=\d)){{0,140}}?(?:\bs?cr(?:eatinine)?\b){_UNIT}[\s)\]]*"
    rf"(?:[x×*/]\s*[\[(]?\s*72\b\s*[)\]]*)?{_FEMALE}[\s)\]]*"
    rf"(?:[,;]?\s*(?:{_NAME}\s*\(?{_SEX}\)?|{_SEX})\s*=\s*0?\.85\s*[x×*]\s*(?:\(?\s*{_NAME}\s*\(?{_SEX}\)*"
    r"|value\s+from\s+male\s+formula))?(?:[ivx]{1,4}(?=\.\s[A-Z]))?",
    re.IGNORECASE,
)


def without_formulas(text: str, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the chunks of a text without those of such formulas, with the sex that each is for."""
    if _SIGN not in text:
        return chunks
    return outside(chunks, [found.span() for found in _FORMULA.finditer(text)])
