"""How a criterion's text ends: brackets that it never closes, and what joins it to the next one.

"Heart disease (NYHA class IV, or unstable angina" lacks its last bracket; "adequate organ function; and" says
no more than without its last word.
"""

from __future__ import annotations

import re

from trialgraph.criteria.sections.normalization import NormalizedText

__all__ = ["with_closed", "without_joint"]

_LONGEST = 200
_SHORTEST = 6
_LONGEST_JOINT = 12
_GOES_ON = re.compile(
    r"[;*•\[\]]|[.?!]\s+\S|:\s*$|\d[.)]\s|\n"
    r"|\b(?:has|have|had|is|are|was|were|will|must|should|may|can|does|do|did|patients?|participants?|subjects?|who|history"
    r"|OR|AND)\b|\([^()]{9,}\)"
)
"""What goes on about something else behind a bracket that should have been closed before it."""
_END = re.compile(r"\s*[.,]?\s*$")
_JOINT = re.compile(r"[\s;,.]+(?:and|or|and/or)[\s;,.:]*$", re.IGNORECASE)


def with_closed(normalized: NormalizedText) -> NormalizedText:
    """Return a text with its one bracket that is never closed closed at the end, where nothing else follows.

    The sign that is put there stands for nothing of the verbatim text.
    """
    text = normalized.text
    if text.count("(") <= text.count(")"):
        return normalized
    opened = _opened(text)
    if opened is None or len(text) - opened > _LONGEST or _GOES_ON.search(text, opened + 1) is not None:
        return normalized
    end = _END.search(text, opened)
    at = end.start() if end is not None else len(text)
    if at < opened + _SHORTEST:
        return normalized
    place = normalized.ends[at - 1]
    return NormalizedText(
        f"{text[:at]}){text[at:]}",
        (*normalized.starts[:at], place, *normalized.starts[at:]),
        (*normalized.ends[:at], place, *normalized.ends[at:]),
    )


def without_joint(normalized: NormalizedText) -> NormalizedText:
    """Return a text without the "and" or "or" behind its last word, that leads to the next criterion.

    Example:
        >>> from trialgraph.criteria.sections.normalization import normalize
        >>> without_joint(normalize("Adequate organ function; and")).text
        'Adequate organ function'
    """
    joint = _JOINT.search(normalized.text, max(0, len(normalized.text) - _LONGEST_JOINT))
    if joint is None or joint.start() == 0:
        return normalized
    end = joint.start()
    return NormalizedText(normalized.text[:end], normalized.starts[:end], normalized.ends[:end])


def _opened(text: str) -> int | None:
    """Return the place of the one bracket that isn't closed; None where all are, or others are at odds."""
    opened: list[int] = []
    for at, sign in enumerate(text):
        if sign == "(":
            opened.append(at)
        elif sign == ")":
            if not opened:
                return None
            opened.pop()
    return opened[0] if len(opened) == 1 else None
