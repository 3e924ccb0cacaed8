"""Where a list ends that lost its indents: what sections ask of everyone, or bar anybody for.

Below "one of the following:" the items of the list and those behind it stand on one level. The list is over
where an item says what nearly every section says by itself ("ECOG performance status 0-1", "known allergy to
the study drug"), or behind as many items as the lead-in counts. Everything else may still belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.criterion import Kind
from trialgraph.criteria.sections.contraceptives import lists_contraceptives, names_contraceptive

__all__ = ["is_over"]

_PEOPLE = r"(?:patients?|subjects?|participants?|individuals?|persons?|veterans?)"
_MODALS = r"(?:must|should|shall|will|has|have|is|are|be|with|an?)"
_OPENING = rf"\W*(?:(?:the|all|an?|each)\s+)?(?:{_PEOPLE}\s+)?(?:{_MODALS}\s+)*"
_ASKED = re.compile(
    rf"""{_OPENING}(?:
      (?:(?:freely|voluntar(?:il)?y|provided?|provision\s+of|sign(?:ed|ing)?|dated|written|informed|and|agree\s+to)\s+)*
        (?:informed|written|signed)\s+(?:\w+\s+){{0,2}}?consent
      | (?:ability|able|willing|willingness|capable|capacity)\b[^.;:]{{0,90}}\bconsent
      | (?:willing|willingness|able|ability)\s+(?:and\s+(?:able|ability|willing(?:ness)?)\s+)?to\s+
        (?:comply|adhere|participate)
      | (?:eastern\s+cooperative\s+oncology\s+group|ecog|zubrod|who)\b[^.;:]{{0,60}}?
        (?:0(?:\s*(?:-|–|to|or|,)\s*[12]|\s*,\s*1)|(?:≤|<=|<|=<)\s*[123])
      | (?:karnofsky|kps|lansky)\b[^.;:]{{0,60}}?(?:≥|>=?|=>|at\s+least)\s*\d
      | (?:adults?|m(?:en|ales?)(?:\s*(?:and|or|/|&)\s*(?:wom[ae]n|females?))?)?\W*(?:aged?\W*(?:of\W*)?)?
        (?:≥|>|>=|at\s+least|over|greater\s+than(?:\s+or\s+equal\s+to)?)\s*
        (?:18|19|20|21)\b(?!\s*(?:months?|weeks?|days?|%))
      | (?:aged?\s+)?(?:18|19|20|21)\s+years?\s+(?:of\s+age\s+)?(?:or|and)\s+(?:older|above|over|greater)
      | (?:estimated\s+|expected\s+)?life\s+expectancy
      | (?:at\s+least\s+(?:one|1)\s+)?measurable\s+(?:target\s+)?lesions?
      | measurable\s+disease\b(?!\s*,?\s*(?:is\s+)?(?:defined|as\b)[^.;]*:\s*$)
      | (?:adequate|acceptable)\s+(?:[\w/-]+[,\s]+){{0,6}}?functions?\b
      | (?:sexually\s+active\s+)?(?:fe)?m(?:ales?|en)\b[^.:;]{{0,120}}\b(?:must|should|agree\w*|willing)\b
      | wom[ae]n\b[^.:;]{{0,120}}\b(?:must|should|agree\w*|willing)\b
      | additional\s+criteria\s+(?:may\s+)?apply
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""What inclusion lists ask of everyone in much the same words."""
_STATE = (
    r"(?:known|documented|any|an?|solid|grade|[≥>]\s?=?|/\s?=|\d|life-?\s?threatening|prior|previous|active|current|currently|uncontrolled|clinically|significant|severe|serious|recent|ongoing"
    r"|history|evidence|presence|diagnosis|treatment|receipt|received|receiving|administration|of|or|and|with|has|have|had|who|are|is|been"
    r"|undergone|chronic|acute|major|prior|live|attenuated|unstable|intercurrent|women|females?|subjects?|patients?|participants?|systemic"
    r"|child-?\s?bearing|potential|poorly\s+controlled|symptomatic|other|another|in|concurrent|allogen\w+|hematologic|hematopoietic|clinical|the)"
)
_BARRED = tuple(
    re.compile(rf"(?P<opening>\W*(?:{_STATE}[\s,/-]+)*)(?P<subject>{subject})", re.IGNORECASE)
    for subject in (
        r"\b(?:pregnan\w*|lactating|breast-?\s?feeding|nursing)\b",
        r"\b(?:(?:hyper)?sensitivit|allerg|anaphyla)\w*",
        r"\b(?:infections?|hiv|human\s+immunodeficiency|hepatitis|tuberculosis)\b",
        r"\b(?:investigational|trial|study)\b",
        r"\bvaccin\w*",
        r"\b(?:organ|stem\s+cell|bone\s+marrow)\s+transplant\w*",
        r"\bsurg(?:ery|ical\s+procedure)\b",
        r"\b(?:cardi\w*|myocardial|stroke|cerebrovascular|nyha|heart|thrombo\w*|arrhythmia|hypertension)\b",
        r"\b(?:bleeding|hemorrhag\w*)\b",
        r"\b(?:seizures?|epilepsy|psychiatric)\b",
        r"\b(?:pneumonitis|interstitial\s+lung|idiopathic\s+pulmonary)\b",
        r"\b(?:autoimmune|immunodeficiency)\b",
        r"\b(?:antibiotics?|antivirals?|antifungals?)\b",
        r"\b(?:systemic\s+diseases?|intercurrent\s+(?:illness(?:es)?|diseases?))\b",
        r"\b(?:diseases?|conditions?|illness(?:es)?)\b[^.;]*\b(?:investigator|physician|opinion|contraindicat\w+)\b",
    )
)
"""What exclusion lists bar for in much the same words."""
_LET_IN = re.compile(
    r"\b(?:allow\w*|permit\w*|eligib\w*|acceptable|may(?!\s+not)|not\s+(?:be\s+)?exclu\w*|provided|if)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)")
_FURTHER = re.compile(r"(?<=\w)[.;]\s+(?=[A-Z]).*", re.DOTALL)
_BEARING = re.compile(
    r"\b(?:child-?\s?bearing|(?:pre|post)?-?menopaus\w*|reproductive|sterile|(?:in)?fertile)\b", re.IGNORECASE
)
_OF_BEARING = re.compile(
    r"menses|menstru|menarche|amenorrh|menopaus|ovar|uter|follicle|\bfsh\b|[eo]+stradiol|pregnan|bearing|fertil|sexual|partner"
    r"|contracept|birth\s+control|\bag(?:e|ed)\b|years|\bwo(?:cb|m[ae]n)|female|lactat|breast-?\s?feed|nursing|sperm|semen|\beggs?\b|donat",
    re.IGNORECASE,
)
"""What items of a list may speak of that tells who can bear children, or what they have to do."""
_SUBJECT = re.compile(rf"\W*(?:the\s+|all\s+)?{_PEOPLE}\s+(?:must|should|shall)\b", re.IGNORECASE)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "both": 2}
_NUMBER = r"(two|three|four|five|six|[2-6])"
_COUNTED = re.compile(
    rf"\b(?:following|below|these)\s+{_NUMBER}\s+(?!months|weeks|years|days)[a-z]+|\bthere\s+are\s+{_NUMBER}\s+exceptions"
    rf"|\bof\s+(?:the\s+)?{_NUMBER}\s+(?:below|following)\b|\b(both)\s+of\s+(?:the\s+)?following\b",
    re.IGNORECASE,
)
_ONE = re.compile(r"\bfollowing\s+exception\W*$", re.IGNORECASE)
_ONLY_JOINT = re.compile(r"\W*(?:and\W*)?(?:or|and)\W*", re.IGNORECASE)


def is_over(lead: str, listed: Sequence[str], words: str, kind: Kind, *, choice: bool) -> bool:
    """Whether a list has ended before an item on its level.

    Args:
        lead: The sentence that leads the list in.
        listed: The items below it so far.
        words: The next one.
        kind: Whether it is an inclusion or an exclusion.
        choice: Whether one of the items is enough, so that a demand on everyone can't be one of them.
    """
    if lists_contraceptives(lead):
        return not names_contraceptive(words)
    if not listed:
        return False
    if _BEARING.search(lead) is not None and not _speaks_of_bearing(words):
        return True
    if not any(each.endswith(":") for each in listed) and _are_all(lead, listed):
        return True
    if kind == "inclusion":
        return _is_asked(words, choice=choice) and not any(_is_asked(each, choice=choice) for each in listed)
    plain = _FURTHER.sub("", _ASIDE.sub("", words))
    return not _LET_IN.search(plain) and any(
        subject.match(plain) and subject.search(lead) is None for subject in _BARRED
    )


def _speaks_of_bearing(words: str) -> bool:
    """Whether an item may be one of a list that tells who can bear children, or what they have to do."""
    told = _OF_BEARING.search(words) is not None or names_contraceptive(words)
    return told or _ONLY_JOINT.fullmatch(words) is not None


def _is_asked(words: str, *, choice: bool) -> bool:
    return _ASKED.match(words) is not None or (choice and _SUBJECT.match(words) is not None)


def _are_all(lead: str, listed: Sequence[str]) -> bool:
    """Whether the items of a list are as many as its lead-in counts ("one of these three")."""
    counted = _COUNTED.search(lead)
    if counted is None:
        return _ONE.search(lead) is not None
    number = next(filter(None, counted.groups())).lower()
    items = [each for each in listed if not _ONLY_JOINT.fullmatch(each)]
    return len(items) >= (_NUMBERS.get(number) or int(number))
