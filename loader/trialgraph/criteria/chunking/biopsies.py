"""Tumours that a piece can be taken of, in whatever words ("a site of disease accessible for biopsy")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["add_biopsied"]

_SIGN = "biops"
_NAME = "BiopsiableLesion"
_TUMOUR = (
    r"(?:(?:tumou?r|disease|metastatic|malignant|primary|target|index|discrete)\s+)*(?:lesion(?:\(s\)|s)?"
    r"|tumou?r(?:\(s\)|s)?|sites?(?:\s+of\s+(?:disease|tumou?r|metastas[ei]s))?|disease|mass(?:es)?|metastas[ei]s)"
)
_BEING = (
    r"(?:(?:that|which)\s+)?(?:(?:is|are|must\s+be|can\s+be)\s+)?"
    r"(?:(?:deemed|considered|determined\s+to\s+be)\s+)?"
)
_EASE = r"(?:amenable|accessible|suitable|appropriate|feasible|safe)"
_EASILY = r"(?:(?:safely|easily|readily|potentially|reasonably|clinically)\s+)?"
_KIND = (
    r"(?:a|an|the|repeat(?:ed)?|serial|paired|sequential|multiple|mandatory|required|on-(?:study|treatment)"
    r"|(?:pre|post)-?treatment|baseline|fresh|new|core|needle|excisional|incisional|punch|image[\s-]guided|percutaneous|endoscopic"
    r"|tumou?r|tissue|research|surgical|study|two|and|or)"
)
_BIOPSY = rf"(?:{_KIND}[\s/-]+){{0,6}}biops(?:y|ies)\b"
_FOUND = re.compile(
    rf"\b(?:{_TUMOUR}\s+{_BEING}{_EASILY}{_EASE}(?:\s+(?:and|or)\s+{_EASILY}{_EASE})?\s+(?:to|for)\s+{_BIOPSY}"
    rf"|{_EASILY}accessible\s+{_TUMOUR}\s+(?:for|to\s+(?:provide|take|undergo))\s+{_BIOPSY}"
    rf"|{_TUMOUR}\s+(?:that|which)\s+can\s+(?:be\s+)?(?:safely\s+)?(?:be\s+)?biopsied\b)",
    re.IGNORECASE,
)


def add_biopsied(
    text: str, lowered: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> None:
    """Take such words as the one concept that they name, in place of what they name one by one."""
    term = vocabulary.named(_NAME) if _SIGN in lowered else None
    if term is None:
        return
    for found in _FOUND.finditer(text):
        first, end = token_at(tokens, found.start()), token_at(tokens, found.end())
        if first in mentions or not any(place < first < each.end for place, each in mentions.items()):
            for place in range(first, end):
                mentions.pop(place, None)
            mentions[first] = Mention(term, first, end)
