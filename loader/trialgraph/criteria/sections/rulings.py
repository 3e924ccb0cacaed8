"""Sentences that only say what a list means: whoever meets an item is kept out, or all have to be met."""

from __future__ import annotations

import re

from trialgraph.criteria.criterion import Kind

__all__ = ["ruled_kind", "ruling_end", "speaks_of_list"]

_WORDS = re.compile(
    r"(?:(?:an?|the|all|any|each|every|either|one|or|and|more|at|least|of|these|those|this|that|which|who|whom|if|when|only|unless"
    r"|otherwise|specified|noted|patients?|subjects?|participants?|individuals?|persons?|people|volunteers?|candidates?"
    r"|potential|prospective|eligible|eligibility|ineligible|he|she|they|it|stud(?:y|ies)|trials?|protocol|research|project"
    r"|participat\w+|enrol\w*|enter\w*|entry|inclu(?:sion|ded?|ding)|exclu(?:sion|sionary|ded?)|disqualified|disqualify"
    r"|criteri(?:a|on)|conditions?|characteristics?|requirements?|following|follows|below|listed|outlined|described|stated"
    r"|meet|meets|meeting|met|fulfil\w*|satisf\w+|exhibits?|has|have|apply|applies|presence|must|should|shall|will|may|can|cannot|is|are|be"
    r"|being|to|not|none|no|for|from|in|into|on|by|with|as|also|order|considered|able|permitted|allowed|admission|admitted"
    r"|screening|baseline|time|registration|randomi[sz]\w+|additional|further|key|main|general|specific|treatment)\b"
    r"|[\s,/'’]+)+",
    re.IGNORECASE,
)
"""All that such a sentence is made of, so that none says anything of a patient."""
_LIST = re.compile(r"\b(?:criteri(?:a|on)|conditions?|characteristics?|following|below)\b", re.IGNORECASE)
_KEPT_OUT = re.compile(
    r"\b(?:excluded?|ineligible|disqualified|disqualify|cannot|not\s+(?:be\s+|to\s+be\s+)?(?:eligible|included?|enrol\w*|able|enter"
    r"|permitted|allowed|admitted|considered|participate|meet(?!ing)|fulfil\w*|satisfy|have|exhibit)|meet\s+none)\b",
    re.IGNORECASE,
)
_NOT_MET = re.compile(
    r"\b(?:who|that|if\s+\w+|subjects?|patients?|participants?)\s+(?:do(?:es)?\s+|are\s+|is\s+)?not\s+meet|\b(?:unless|except)\b"
    r"|\bcannot\s+(?:meet|satisfy|fulfil)",
    re.IGNORECASE,
)
"""Who is kept out for not meeting something; that is no list of what bars."""
_LET_IN = re.compile(
    r"\b(?:must|should|shall|have\s+to|has\s+to)\s+(?:meet|fulfil\w*|satisfy|be\s+met|have|exhibit)\b"
    r"|\beligible\b.*\bif\b.*\ball\b",
    re.IGNORECASE,
)
_INCLUSION = re.compile(r"\binclusion\s+criteri", re.IGNORECASE)
_BOTH = re.compile(r"\binclusion\b.*\bexclusion\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:any|one|either|none)\b", re.IGNORECASE)
_END = re.compile(r"[.]\s*$|[.]\s+(?=[A-Z])")


def speaks_of_list(words: str) -> bool:
    """Whether words speak of the items of a list, as all such sentences do."""
    return _LIST.search(words) is not None


def ruling_end(words: str) -> int:
    """Return where the first sentence of a line ends, after its full stop."""
    end = _END.search(words)
    return len(words) if end is None else end.end()


def ruled_kind(sentence: str) -> Kind | None:
    """Return what a list holds that a sentence above it rules on, or None if that says anything else.

    Example:
        >>> ruled_kind("Patients who meet any of the following criteria will be excluded from the study.")
        'exclusion'
        >>> ruled_kind("A subject must meet all of the eligibility criteria outlined below.")
        'inclusion'
        >>> ruled_kind("Patients who do not meet the inclusion criteria will be excluded.")
    """
    words = sentence.strip().rstrip(".:")
    if _LIST.search(words) is None or _NOT_MET.search(words) or _WORDS.fullmatch(words) is None:
        return None
    if _KEPT_OUT.search(words):
        return None if _INCLUSION.search(words) else "exclusion"
    if _BOTH.search(words) or _LET_IN.search(words) is None or _SEVERAL.search(words):
        return None
    return "inclusion"
