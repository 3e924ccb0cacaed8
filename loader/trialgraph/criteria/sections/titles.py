"""Titles of lists that don't say "inclusion" or "exclusion": for whom, or about what, the list below is.

"Caregivers:", "Cohort C: mPAC", "For patients with CLL:" and "PRIOR TO STEP 2 REGISTRATION" tell whom the
criteria below are for; "Medical conditions" and "Hepatic" only what they are about.
"""

from __future__ import annotations

import re

from trialgraph.criteria.language.cohorts import opening_part
from trialgraph.criteria.language.steps import is_first_step, is_later_step

__all__ = ["asks_for", "is_topic", "names_disease", "names_others", "part_title", "title_scope"]

_PERSONS = r"(?:patients?|subjects?|participants?|individuals?|veterans?|probands?)"
_PART = (
    r"(?:(?:sub-?)?cohorts?|arms?|parts?|aims?|phases?|(?<!grade\s)(?<!working\s)groups?|strat(?:um|a)|panels?|modules?|steps?|portions?"
    r"|segments?|sub-?stud(?:y|ies))"
)
_NUMBER = (
    r"(?:\d{1,2}(?:[A-Za-z]|[.-]\d)?|(?-i:[IVX]{1,4}[A-Da-d]?|[A-Z]{1,2}(?:[.-]?\d{1,2})?|[a-e]))(?![\w%])"
)
_STEP = (
    r"(?:dose[\s-]+(?:escalation|expansion|finding|confirmation|optimi[sz]ation)|escalation|expansion"
    r"|(?:safety[\s-]+)?lead-?in)"
)
_OTHERS = (
    r"(?:caregivers?|carers?|donors?|providers?|clinicians?|physicians?|oncologists?|h[a]?ematologists?|surgeons?|nurses"
    r"|parents?|guardians?|partners?|siblings?|spouses?|counsel+ors?|staff|controls|control(?=\s+(?:groups?|arms?|participants?|subjects?|cases?)\b)|volunteers?|relatives?|friends?|dyads?"
    r"|interviewees?|stakeholders?|family\s+members|network\s+members|daughters?|mentors?|coaches|informants?|professionals|navigators?"
    r"|students|employees|healthy\s+(?:adults|subjects|participants|individuals|people|persons))"
)
_WHOLE = re.compile(
    r"(?:(?:additional\s+)?criteria\s+)?(?:for\s+|in\s+)?(?:"
    r"(?:general|common|overall)(?:\s+(?:inclusion|exclusion|eligibility|entry|criteria))*"
    r"|(?:the\s+)?(?:whole|entire)\s+(?:study|trial)"
    rf"|dose[\s-]+escalation\s+(?:and|&)\s+(?:dose[\s-]+)?expansion(?:\s+{_PART})?"
    rf"|(?:both|all)\s+(?:of\s+the\s+)?(?:(?:study|treatment|patient|trial)\s+)?(?:{_PERSONS}|{_PART}|cases)"
    rf"(?:\s+(?:{_NUMBER}|and|&|,|/)+)*"
    r"|(?:study\s+|adult\s+|veteran\s+|eligible\s+)?patient\s*[-–]?\s*participants?"
    rf"|(?:study\s+|veteran\s+|eligible\s+|the\s+)*{_PERSONS}"
    r")(?:\s+eligibility)?(?:\s+criteria)?\s*[-–]?\s*(?:\([^()]*\))?",
    re.IGNORECASE,
)
"""What everything of a trial, or of the patients in it, is called."""
_BOTH = re.compile(rf"\b(?:both|all)\s+(?:the\s+)?(?:\w+\s+)?{_PART}\b", re.IGNORECASE)
_LATER = re.compile(
    r"(?:(?:\w+[\s-]+)?(?:criteria|eligibility|requirements?)\s+)+(?:to\s+be\s+met\s+)?"
    r"(?:(?:prior\s+to|before|at(?:\s+the)?\s+time\s+of)\s+(?!(?:\w+\s+)?(?:enrol\w*|screening|study|trial|inclusion|entry))"
    r"|to\s+(?:begin|receive|proceed|continue|start|enter|collect)\s|for\s+(?:the\s+)?(?:full\s+study|(?:confirm\w+\s+of\s+)?continu\w+"
    r"|re-?treatment|vaccination|randomi[sz]ation|maintenance|consolidation|infusion|lymphodepletion|crossover)\b)[^.:]*"
    r"|re-?registration(?:\s+(?:eligibility|criteria))*",
    re.IGNORECASE,
)
"""A later step that somebody has to be fit for ("Eligibility criteria prior to lymphodepletion")."""
_SEVERAL = re.compile(
    r"\b(?:either|each|every|any|one|whether|unless|irrespective|regardless)\b", re.IGNORECASE
)
_NAMED_PART = re.compile(
    rf"\b{_PART}\s*#?\s*{_NUMBER}|\b{_STEP}\b|\b(?:pre-?)?treatment\s+(?:phase|part|period)\b"
    r"|(?:^|\s)(?:[\w/+-]+\s+){1,3}(?:cohorts?|arms?|strat(?:um|a)|sub-?study|module)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_DISEASE = re.compile(
    r"\b(?:\w*(?:carcinoma|leuk[a]?emia|lymphoma|myeloma|sarcoma|melanoma|glioma|blastoma|globulinemia|neoplasm)s?"
    r"|myelodysplas\w+|(?-i:[A-Z][a-z]+|[\w-]+(?<!prior)(?<!any))\s+cancers?"
    r"|(?-i:[mci]?(?:NSCLC|SCLC|HCC|AML|ALL|CLL|MDS|NHL|DLBCL|HNSCC|SCC|CRC|RCC|TNBC|GBM|MCL|PTCL|CTCL|CML|MPN|PDAC|BTC)))\b",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(
    r"\b(?:must|should|will|ha[sd]|have|adequate|defined|follow\w*|criteria|eligib\w+|history|measurable|survivors?|includ\w+|all\s+(?-i:[a-z])"
    r"|relapsed\s+after|progress\w+\s+(?:on|after)|treated|type|status|specified)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?<!in)eligibility\b(?!.*\b(?:is|are|if|who|not|exclu\w+)\b)|\bentry\s+criteri"
    r"|\bcriteria\s+for\s+(?:the\s+)?(?:confirm\w+\s+of\s+)?continu\w+"
    r"|\b(?:must|should)(?:\s+(?:be|have|meet\s+(?!any|none)[^:]*))?\s*:?\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""What a title of demands says, wherever it stands ("Donor eligibility", "Healthy volunteers must:")."""
_OF_OTHERS = re.compile(
    r"(?!(?:nursing|pregnant|lactating|breast-?feeding|prior|previous|vasectomi[sz]ed|sexual)\b)"
    r"(?:(?:the\s+)?(?:eligibility\s+)?(?:criteria|criterion|eligibility)\s+)?(?:for\s+|the\s+)*(?:(?:[\w'’/-]+|and|&)\s+){0,3}?(?:[\w]+[/-])?"
    rf"{_OTHERS}(?:[-/\s]+(?:and\s+)?(?:{_OTHERS}|participants?|informants?|subjects?|groups?|arms?|key|selection|and|eligibility"
    r"|inclusion|exclusion|criteria|requirements?))*\s*(?:\([^()]*\))?"
    r"(?:\s+(?:must|should|will|are|is|be|have|has|eligible|included|if|they|who|meet|the|following|criteria|characteristics"
    r"|for|inclusion|participation|to|participate|in|this|study|either)\b)*",
    re.IGNORECASE,
)
_WITH_PATIENTS = re.compile(
    rf"\b{_PERSONS}(?:\s*(?:,|/|&|and|or)|\s+with\b)|\b(?:all|both|any|no|each|concomitant)\b", re.IGNORECASE
)
"""What says that a title names the patients too."""
_ALLOWED = re.compile(r"\ballowed\b", re.IGNORECASE)
_OF_SEX = re.compile(rf"(?:for\s+)?(?:(?:fe)?males|(?:wo)?men|(?:fe)?male\s+{_PERSONS})", re.IGNORECASE)
_ONLY = re.compile(r"[^.:]{2,90}\bonly\s*(?:\([^()]*\))?", re.IGNORECASE)
_OF_WHOM = re.compile(rf"(?:for|in)\b|.*\b(?:{_PERSONS}|{_PART})\b", re.IGNORECASE)
_THOSE = re.compile(
    r"(?:specific\s+(?:to|for)|only\s+for|for|in)\s+(?!(?:each|every|any|all|eligib\w*|inclusion|exclusion|enrol\w*)\b)"
    rf"(?:the\s+|those\s+|only\s+)*(?:[\w/+-]+\s+){{0,4}}?{_PERSONS}\b(?!\s+to\b)[^.]*"
    rf"|(?:for|in)\s+all\s+{_PERSONS}\s+(?:in|with|who|receiving)\b[^.]*",
    re.IGNORECASE,
)
_SOME = re.compile(
    rf"(?!(?:all|both|each|every|any|the|these|study|eligible|adequate|patient|veteran)\b)(?:[\w/+-]+\s+){{1,4}}?{_PERSONS}"
    r"(?P<people>\s+populations?)?(?:\s*\([^()]*\))?",
    re.IGNORECASE,
)
_STAGE = re.compile(
    rf"(?:(?:for|in)\s+)?(?:newly[\s-]+diagnosed|recurrent|relapsed|refractory|(?:previously[\s-]+)?(?:un)?treated|[\w-]*-?na[iï]ve)(?:\s*(?:/|or|and|,)\s*[\w-]+)?"
    rf"\s+(?:\w+\s+)?{_PERSONS}(?:\s*\([^()]*\))?|(?!(?:disease|study|trial|protocol|cancer|tumou?r|site|age|sex|gender|organ|lab\w*|patient"
    r"|population|cohort|participant|subject|other|treatment|therapy|drug|condition|procedure|safety|general)\b)[\w/+-]+[\s-]specific"
    r"(?:\s+(?:exclusion|inclusion|eligibility))?(?:\s+criteria)?",
    re.IGNORECASE,
)
"""Patients at a stage of a disease, or with a drug, whom alone exclusions may bar ("Recurrent patients:")."""
_HAVING = re.compile(r"\b(?:positive|negative)\b", re.IGNORECASE)
_STATES = re.compile(
    r"[≤≥<>=%]|\b(?:must|have|has|had|is|are|was|were|be|been|not|no|without|will|able|unable|willing|unwilling|may|should|can|cannot"
    r"|consent|clusion|eligible|allowed|include[sd]?|required?|undergo\w*|receiv\w+|taking|treated|prior\s+to\s+enrol\w*"
    r"|within|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
"""What makes words a statement of their own rather than a title."""
_TOPIC = re.compile(
    r"(?:(?:type\s+of\s+(?:patients?|participants?)|(?:disease|patient|participant)\s+(?:and\s+(?:disease|patient)\s+)?characteristics"
    r"|medical\s+conditions?|(?:prior|previous|concomitant|concurrent|clinical|study|diagnostic|regulatory|laborator(?:y|ies)"
    r"|other|additional|physical|organ|disease|sex|reproductive|contracepti(?:ve|on)|barrier)"
    r"|h[a]?ematolog(?:y|ic(?:al)?)|hepatic|renal|cardiac|pulmonary|coagulation|chemistry|biochemistry|liver|kidney|bone\s+marrow"
    r"|function|values?|tests?|findings?|therap(?:y|ies)|treatments?|medications?|experiences?|assessments?|requirements?|status"
    r"|performance|level|related|specific|histor(?:y|ies)|age|weight|diagnos[ie]s|demographics?|exclusions?|conditions?"
    r"|characteristics|criteria|illness(?:es)?|health|histology|and|of|with)(?:[\s/,&-]+|$))+",
    re.IGNORECASE,
)
"""What a list is about, in words that ask for nothing themselves."""
_JOINTS = re.compile(
    r"(?:\W|\b(?:prior|previous|concomitant|concurrent|other|additional|physical|and|of|with|clinical)\b)*",
    re.IGNORECASE,
)
_LEADING = re.compile(rf"(?:{_PERSONS}\s+(?:for|in|of)\s+(?:the\s+)?|for\s+)", re.IGNORECASE)
_LONGEST = 14


def title_scope(words: str, *, colon: bool, inclusion: bool) -> str | None:
    """Return whom a title says that the list below is for, "" for everyone; None if it is no such title.

    Args:
        words: A line without its decoration and its last colon.
        colon: It ended with a colon.
        inclusion: The list says what is demanded.
    Example:
        >>> title_scope("Cohort 1 (ovarian cancer)", colon=False, inclusion=True)
        'Cohort 1 (ovarian cancer)'
    """
    if not words or not (words[0].isupper() or words[0].isdigit() or colon):
        return None
    if is_first_step(words):
        return ""
    if _LATER.fullmatch(words):
        return words
    if not colon and (len(words.split()) > _LONGEST or _STATES.search(words)):
        return None
    if _WHOLE.fullmatch(words) or _BOTH.search(words):
        return ""
    told = not _ALLOWED.search(words) and (
        _tells_whom(words, colon=colon)
        or _tells_part(words, colon=colon)
        or (colon and _STAGE.fullmatch(words) is not None)
        or (inclusion and _tells_some(words, colon=colon))
    )
    return words if told else None


def asks_for(title: str) -> bool:
    """Whether a title says that what stands below it is asked for, even among exclusions.

    Example:
        >>> asks_for("Eligibility criteria prior to infusion"), asks_for("Patients with ineligibility")
        (True, False)
    """
    return _ASKED.search(title) is not None


def names_disease(title: str) -> bool:
    """Whether a title names a disease and asks nothing of it; with another such, each is of its own patients.

    Example:
        >>> names_disease("II. Acute lymphoblastic leukemia"), names_disease("Leukemia treated as follows")
        (True, False)
    """
    return _DISEASE.search(title) is not None and _SAYS_MORE.search(title) is None and not is_topic(title)


def names_others(words: str) -> bool:
    """Whether a title names others than the patients, of whom alone the list behind it is asked.

    Example:
        >>> names_others("Healthy controls"), names_others("Patients and caregivers")
        (True, False)
    """
    return _OF_OTHERS.fullmatch(words) is not None and _WITH_PATIENTS.search(words) is None


def part_title(words: str) -> str | None:
    """Return the part of the trial or later step that words name and nothing else, "" for its first step.

    Example:
        >>> part_title("STEP 2 REGISTRATION")
        'STEP 2 REGISTRATION'
    """
    if is_first_step(words):
        return ""
    bare = _LEADING.sub("", words)
    opening = opening_part(f"{bare}:")
    named = opening is not None and opening.end == len(bare) and not opening.whole
    return words if named or is_later_step(words) or _LATER.fullmatch(words) else None


def is_topic(words: str) -> bool:
    """Whether words only tell what a list is about ("Prior/Concomitant Therapy")."""
    return _TOPIC.fullmatch(words) is not None and _JOINTS.fullmatch(words) is None


def _tells_whom(words: str, *, colon: bool) -> bool:
    if _ONLY.fullmatch(words):
        return colon or words.isupper() or _OF_WHOM.match(words) is not None
    return any(pattern.fullmatch(words) for pattern in (_OF_SEX, _OF_OTHERS, _THOSE))


def _tells_part(words: str, *, colon: bool) -> bool:
    """Whether words name a part of the trial; one in brackets at the end may be of a demand's."""
    if is_later_step(words):
        return True
    named = _NAMED_PART.search(words if colon else _BRACKETS.sub(" ", words))
    if named is None or _SEVERAL.search(words):
        return False
    opening = opening_part(f"{words}:")
    return opening is None or not opening.whole


def _tells_some(words: str, *, colon: bool) -> bool:
    """Whether words name some people; without a colon that may be a demand."""
    some = _SOME.fullmatch(words)
    return some is not None and (colon or some["people"] is not None) and not _HAVING.search(words)
