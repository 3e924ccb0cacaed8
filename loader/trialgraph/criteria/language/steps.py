"""Steps in which patients enter a trial: everyone has to pass the first, and the others come later."""

from __future__ import annotations

import re

__all__ = ["is_first_step", "is_later_step"]

_AROUND = (
    r"(?:(?:the|for|(?:to\s+be\s+met\s+)?prior\s+to|eligibility|inclusion|exclusion|criteria|registration|randomi[sz]ation|enrol+ment|submission|specimen)"
    r"[\s:,()–-]*)*"
)
_FIRST = re.compile(
    rf"{_AROUND}(?:step\s*[01]\b|pre-?registration\b|(?:pre-?)?screening(?:\s+(?:phase|part|period))?\b|(?:1st|first|initial)\s+screening\b.*"
    r"|(?:(?:tumou?r|cell|blood|tissue|recipient|patient|participant|subject)\s+)?procurement\b(?:\s*\([^()]*\))?|vaccine\s+generation\b)"
    rf"[\s:,()–-]*{_AROUND}",
    re.IGNORECASE,
)
"""Whoever is treated with what is made of their own cells or tumour has to give these first."""
_LATER = re.compile(rf"{_AROUND}(?:step\s*[2-5]\b|re-?registration\b)[\s:,()–-]*{_AROUND}", re.IGNORECASE)


def is_first_step(words: str) -> bool:
    """Whether words name the first step into a trial, and nothing else.

    Example:
        >>> is_first_step("PRIOR TO STEP 1 REGISTRATION")
        True
    """
    return _FIRST.fullmatch(words) is not None


def is_later_step(words: str) -> bool:
    """Whether words name a later step of a trial, and nothing else ("STEP 2 REGISTRATION")."""
    return _LATER.fullmatch(words) is not None
