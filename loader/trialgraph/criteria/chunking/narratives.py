"""Words that stay words, with the reason why."""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.expressions import Narrative, NarrativeReason

__all__ = ["asks_consent", "narrative"]

_MOMENT = re.compile(
    r"\b(?:(?:at|on|upon|when|before|after|since|until|from(?=\s+(?:the\s+)?(?:time|day|date|sign))|prior\s+to|(?:days?|weeks?|months?|years?)\s+of)\s+"
    r"(?:the\s+)?(?:(?:time|day|date|moment)\s+(?:of\s+|when\s+|that\s+)?)?)"
    r"(?:the\s+)?(?:(?:signing|signature|providing|provision|giving|obtaining|written)\s+(?:of\s+)?)?"
    r"(?:(?:the|an?|written|study|main|their)\s+)*(?:informed\s+consent|consent|icf)\b(?:\s+(?:form|document))?"
    r"(?:\s*\(icf\))?(?:\s+(?:is|was)\s+(?:signed|obtained|given|provided)|\s+(?:signature|signing|date)\b)?",
    re.IGNORECASE,
)
"""When consent is given, as what a time is told by ("within 4 weeks before signing the informed consent")."""

_SHORT, _EARLY = 200, 40
"""How long words are that say one thing, and how soon longer ones say what they are about."""


def asks_consent(text: Text, words: str) -> re.Match[str] | None:
    """Return where words are about giving consent; a time that is counted from it is about something else."""
    found = text.search(lexicon().consent, words)
    if found is None:
        return None
    return lexicon().consent.search(_MOMENT.sub(lambda moment: " " * len(moment.group()), words))


def narrative(text: Text, start: int, end: int) -> Narrative:
    """Keep a stretch of text as words, with the reason why it isn't formal."""
    words = text.text[start:end].strip(" ;,.:")
    reason: NarrativeReason = "not-formalised"
    if asks_consent(text, words):
        reason = "consent"
    elif text.search(lexicon().judgement, words) or _undertakes(text, words):
        reason = "judgement"
    return Narrative(words, reason, text.span(start, end))


def _undertakes(text: Text, words: str) -> bool:
    """Whether words say first of all what a patient undertakes or is able to do, or that somebody decides."""
    found = text.search(lexicon().undertaking, words)
    return found is not None and (len(words) <= _SHORT or found.start() <= _EARLY)
