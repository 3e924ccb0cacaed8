"""Whom a list of criteria is for, as the words around its name tell: a part of the trial, or some people."""

from __future__ import annotations

import re

from trialgraph.criteria.language.cohorts import opening_part
from trialgraph.criteria.language.steps import is_first_step

__all__ = ["group_in", "part_in"]

_SCOPE_WORD = re.compile(
    r"\b(?:parts?|phases?|cohorts?|arms?|groups?|strat(?:um|a)|stages?|steps?|modules?|sub-?stud(?:y|ies)|controls?|donors?"
    r"|escalation|expansion|randomi[sz]ation|healthy|volunteers?|caregivers?|providers?|retreatment|crossover"
    r"|treatment|registration|screening)\b",
    re.IGNORECASE,
)
_EVERYONE = re.compile(
    r"(?:(?:pre|re|non)-|\b(?:the|this|our|an?|of|for|in|into|to|on|and|or|both|all|any|each|every|entire|whole|key|main|major|general|primary"
    r"|core|overall|basic|common|principal|important|abb?reviated|summary|summari[sz]ed|selected|brief|short|detailed|full|complete|additional"
    r"|further|other|specific|special|stud(?:y|ies)|trial|protocol|research|project|enrol?lment|entry|eligibility|participation|participants?"
    r"|patients?|subjects?|recipients?|individuals?|people|persons?|survivors?|human|clinical|potential|eligible|prospective|candidates?"
    r"|population|cancer|list|section|version|continued|cont|include|includes|including|specified|target|initial|inclusion|exclusion"
    r"|with|part|i|ii|iii|[a-z]|[gkm]?[ie]c|\d+(?:\.\d+)*)\b|[^\w])*",
    re.IGNORECASE,
)
"""Words that tell nobody from the other patients of a trial."""
_ALL = re.compile(r"(?:all|both)\b", re.IGNORECASE)
_ALL_OF_IT = re.compile(
    r"(?:all|both)\s+(?!.*\b(?:except|but|other|not|patients|subjects|participants)\b)"
    r"|both\s+[\w-]+\s+and\s+[\w-]+$",
    re.IGNORECASE,
)
_SAYING = re.compile(r"\s+(?:are|is|includes?)\s*$", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:(?:only|applicable|common)\s+)?(?:for|of|in|to)\s+(?:the\s+)?", re.IGNORECASE)
_ONLY = re.compile(r"\W*only\s+for\b", re.IGNORECASE)
_TOPIC = re.compile(
    r"related\b|\b(?:diseases?|tumou?rs?|organs?|laborator\w+|labs?|medical|medications?|drugs?|histolog\w*|patholog\w*|imaging|radiolog\w*"
    r"|cns|central\s+nervous|ocular|eye|cardiac|cardiovascular|hematolog\w*|haematolog\w*|hepatic|renal|liver|functions?|demographics?|diagnos\w+"
    r"|biochemi\w+|safety|dosing|intraoperative|psychiatric|psychological|infections?|health|history|concomitant|prior|previous|age|gender|sex"
    r"|stages?|molecular|genetic|biomarkers?|mri|pet|ct|surgical|technical|social|behaviou?ral|cognitive|language|comorbid\w*|women|men"
    r"|minorities|children|pregnan\w+|site|center|centre)\b",
    re.IGNORECASE,
)
"""What criteria are about, rather than whom they are for ("Disease-specific inclusion criteria")."""
_SENTENCE = re.compile(
    r"\b(?:meets?|met|meeting|fulfil\w*|satisf\w+|does|do|is|are|be|was|were|has|have|must|per|these|following|below|above|if|who|will|may"
    r"|should|shall|can|not|no|none|see|when|prior\s+to|within|during|before|after|at|based|appl\w+|defined|listed)\b",
    re.IGNORECASE,
)
_LONGEST = 12
_NAMED = re.compile(
    r"\b(?P<name>(?:cohorts?|arms?|parts?|phases?|groups?|strat(?:um|a))\s+(?:\d\w?|(?-i:[IVX]+[ab]?|[A-Z]\d?))(?![\w-])"
    r"|(?:(?!the\b|this\b|these\b|each\b|one\b|any\b|all\b|of\b|following\b|study\b|same\b|both\b|in\b|for\b)[\w-]+\s+){1,3}"
    r"(?:cohort|arm|group|sub-?study|stratum)(?![\w-]))|\b(?P<asked>optional\s+(?:[\w-]+\s+){1,3}(?:part|component|study|research))\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:all|both|either|each|whether|unless|irrespective|regardless)\b", re.IGNORECASE)


def group_in(*places: str, parts_only: bool = False) -> str | None:
    """Return whom or what part of the trial the words around the name of a list name, or None for everyone.

    Args:
        places: The words behind "inclusion criteria", and those before it; the first that name one count.
        parts_only: Nothing but parts of a trial counts, as before "exclusion" alone ("Skin exclusion:").
    Example:
        >>> group_in("for participants with COPD", "Key")
        'participants with COPD'
    """
    for words in places:
        bare = _SAYING.sub("", _ABOUT.sub("", words.strip(" \t-–—()[],/*_")))
        if not bare:
            continue
        bare += ")" * (bare.count("(") - bare.count(")"))
        if is_first_step(bare.strip()):
            return None
        if _SCOPE_WORD.search(bare):
            opening = opening_part(f"{bare.strip()}:")
            whole = (opening is not None and opening.whole) or _ALL_OF_IT.match(bare)
            return None if whole else bare.strip()
        if _ONLY.match(words) or (not parts_only and _tells_some(bare)):
            return bare.strip()
    return None


def _tells_some(words: str) -> bool:
    """Whether words name some of a trial's people, rather than everyone, a subject, or what is to be done."""
    if _EVERYONE.fullmatch(words) or _ALL.match(words) or _TOPIC.search(words) or _SENTENCE.search(words):
        return False
    return len(words.split()) <= _LONGEST


def part_in(sentence: str) -> str | None:
    """Return the one part of the trial that a sentence above a list is about, or None.

    Example:
        >>> part_in("Patients in cohort A will be excluded if they meet any of the following criteria:")
        'cohort A'
    """
    named = list(_NAMED.finditer(sentence))
    if len(named) != 1 or _SEVERAL.search(sentence):
        return None
    return (named[0]["name"] or named[0]["asked"]).strip()
