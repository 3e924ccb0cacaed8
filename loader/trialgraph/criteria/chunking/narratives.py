"""Words that stay words, with the reason why."""

from __future__ import annotations

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.expressions import Narrative, NarrativeReason

__all__ = ["narrative"]


def narrative(text: Text, start: int, end: int) -> Narrative:
    """Keep a stretch of text as words, with the reason why it isn't formal."""
    words = text.text[start:end].strip(" ;,.:")
    reason: NarrativeReason = "not-formalised"
    if text.search(lexicon().consent, words):
        reason = "consent"
    elif text.search(lexicon().judgement, words):
        reason = "judgement"
    return Narrative(words, reason, text.span(start, end))
