"""Sentences behind a criterion that ask nothing of a patient: reasons, and which tests need not be done."""

from __future__ import annotations

import re

__all__ = ["explains"]

_KEYS = ("test", "serolog", "screening", "scan", "imaging", "mri", "risk", "effect", "lists of", "pregnant")
"""Letters that any such sentence has."""
_RETEST = re.compile(
    r"if (?:the |a )?urine (?:pregnancy )?(?:test|result)[^.;]{0,80}?\ba serum (?:pregnancy )?test "
    r"(?:will be|is|must be|should be) (?:required|performed|done|obtained)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_TEST = r"(?:testing|tests?|serolog(?:y|ies)|screening|scans?|mri|imaging)"
_UNLESS = (
    r"(?:,?\s*unless (?:mandated|required|clinically|indicated|locally|there is (?:a )?clinical suspicion)"
    r"[^.;]{0,60})?"
)
_NOTED = re.compile(r"(?:please\s+)?note(?:\s+that)?\b\W*", re.IGNORECASE)
_UNTESTED = re.compile(
    rf"(?:a |an |the )?(?:[\w-]+ ){{0,8}}{_TEST}\b(?: (?:for|to|of|at|in)\b[^.;,]{{1,70}}?)? "
    rf"(?:is|are) not (?:required|mandatory|necessary|needed)\b[^.;,]{{0,50}}{_UNLESS}$"
    rf"|no (?:[\w-]+ ){{0,5}}{_TEST}\b(?: (?:for|of)\b[^.;]{{1,70}}?)? (?:is|are) "
    rf"(?:required|mandatory|necessary|needed)\b[^.;,]{{0,40}}{_UNLESS}$",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?:these (?:potential )?risks? may also apply"
    r"|(?:in addition|furthermore|moreover),? these (?:patients|individuals|participants|subjects) are at "
    r"|there is an unknown but potential risk|the effects? of [^.;]{3,160} (?:is|are) (?:unknown|not known)"
    r"|because the lists? of these agents|should a woman become pregnant\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:must|exclu|ineligib|eligib|not allowed|agree|discontinue|have to|required to|if so"
    r"|women|female|menopaus)",
    re.IGNORECASE,
)


def explains(words: str) -> bool:
    """Whether a sentence gives a reason, or tells of tests, and lets nobody in or out by itself."""
    if not any(map(words.lower().__contains__, _KEYS)):
        return False
    words = words.strip(" .;,:()[]-*")
    noted = _NOTED.match(words)
    words = words[noted.end() :] if noted else words
    if _RETEST.match(words) is not None:
        return True
    told = _UNTESTED.match(words) or _REASON.match(words)
    return told is not None and _ASKING.search(words) is None
