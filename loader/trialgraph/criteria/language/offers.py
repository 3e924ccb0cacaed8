"""What words in front of a list or statement say of it: a choice, a number of items, a demand, a cohort."""

from __future__ import annotations

import re

__all__ = [
    "DEMAND",
    "DEMANDED",
    "SOME_ASKED",
    "admits",
    "asks_all",
    "asks_several",
    "concerns_some",
    "concerns_some_aside",
    "counts_several",
    "defines_childbearing",
    "discounts",
    "exemplifies",
    "fails_list",
    "handles_negative",
    "lacks_list",
    "lets_in",
    "lists_contraception",
    "lists_kinds",
    "meets_nothing",
    "offers_choice",
    "waives",
]

_SEVERAL = (
    r"\b(?:two|three|four|five|[2-9])(?: or more| additional| other| out)*(?: of (?:the |these )?(?:\w+ )?"
    r"(?:following|below|criteria|conditions|factors)| of the\b| of:)"
)
_EXEMPLIFYING = re.compile(
    r"\b(?:this|these|they|which|such\s+\w+|examples?)\s+(?:may|could|can|might)\s+(?:also\s+)?include\b[^.:]*:\s*$",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\ball\b[^:]{0,30}\bfollowing\b(?![^:]*\b(?:exclu|ineligib|prohibit|not\b))|\b(?:both|each)\s+of\b[^:]{0,30}\bfollowing\b"
    r"|\bboth of\b|\b(?:all|each)\s+of\W*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\b(?:at least|any|≥)\s*(?:two|three|four|[2-9])\b|{_SEVERAL}|\b(?:two|three|[2-9]) (?:or more )?of\b",
    re.IGNORECASE,
)
_SEVERAL_OF = re.compile(_SEVERAL, re.IGNORECASE)
_LISTED = ("following", "below", "criteria", "conditions", "factors", " of the", " of:")
"""Letters without which no sentence asks for several of a list."""
_ANY = re.compile(
    r"\b(?:(?<!day )(?<!days )(?<!cycle )(?<!week )(?:one|1) (?:or more )?of"
    r"|any (?:one )?of|at least (?:one|1)|either|(?:one|1) or more"
    r"|any one|any number of)\b",
    re.IGNORECASE,
)
_OF_ITEMS = re.compile(
    r"(?:[^.]|\.(?=\d))*\b(?:follow\w*|below|listed|criteri\w+|conditions?)\b", re.IGNORECASE
)
"""What goes on to a list behind a choice, in a sentence that a full stop ends."""
_KINDS = re.compile(
    r"\bfollowing (?:\w+ ){0,2}(?:histolog\w+|types?|subtypes?|diagnos[ei]s|malignancies|cancers|tumou?rs"
    r"|diseases|indications|entities|categories|cohorts|groups|populations|scenarios)\b"
    r"|\borgan (?:damage|dysfunction|impairment)\b[^.;:]{0,120}\b(?:specifically|including|such as)\W*$",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"(?:only\s+)?(?:for|in)\s+(?:the\s+|patients\s+in\s+|subjects\s+in\s+|participants\s+in\s+)*"
    r"(?:[\w-]+\s+){0,2}?(?:sub-?stud(?:y|ies)|cohorts?|arms?|parts?|phase|expansion|escalation)\b[^:;]{0,60}?[,:]"
    r"|(?:(?:eligibility|inclusion|exclusion)\s+criteria\s*-\s*)?"
    r"(?:(?:mono|combination|single|dose|treatment|safety|pivotal|main|triplet|doublet)[\w-]*\s+(?:therapy\s+)?)?"
    r"(?:cohorts?|arms?|sub-?stud(?:y|ies)|parts?|phase)\s+(?:[A-Z]|\d)\w{0,2}\b(?:\([^()]{1,60}\)|[^:;,(]){0,60}:"
    r"|(?:(?:all\s+)?(?:patients?|subjects?|participants?)\s+)(?:enrolled|treated|assigned|randomi[sz]ed)\s+(?:on|at|to|in|into)\s+"
    r"(?:the\s+)?[^:;.]{0,60}?\bdose\s+level\b[^:;.]{0,20}?\b(?:must|should|need|have)\b"
    r"|(?:dose[\s-]+(?:escalation|expansion|finding|confirmation)|expansion|escalation|safety[\s-]+(?:lead|run)-?in|run-?in)"
    r"(?:\s+(?:phase|part|cohorts?|portion))?(?:\s+only)?\s*:",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\W*(?:applies\s+)?(?:only\s+)?(?:(?:for|in|to)\s+)?(?:the\s+|all\s+|only\s+)*(?:(?:patients?|subjects?|participants?|those)\s+)?"
    r"(?:(?:enrolled\s+)?(?:in|on|for)\s+(?:the\s+)?)?(?:[\w-]+\s+){0,2}?"
    r"(?:sub-?stud(?:y|ies)|cohorts?|arms?|parts?|phase|escalation|expansion)\b",
    re.IGNORECASE,
)
_LETS_IN = re.compile(
    r"\b(?:eligible|allowed|permitted|acceptable|enroll?(?:ed)?|included|participate|considered|exclude[sd]?)\b[^.;:]{0,90}?"
    r"\b(?:if|provided|when|as long as|so long as|assuming|providing|who (?:meet|satisfy|fulfill?)"
    r"|(?:under|in) (?:any of )?(?:the following|these) (?:circumstances?|conditions|situations?|cases?)"
    r"|but (?:they )?(?:must|should|need to))\b(?:(?!includ|such as)[^.:()])*:\s*$"
    r"|\bwho (?:meet|satisfy|fulfill?)\b[^.:;]{0,60}\b(?:eligible|allowed|permitted|acceptable"
    r"|(?:may|can|will) be (?:enroll?ed|included|considered))\b[^.:;]{0,30}:\s*$",
    re.IGNORECASE,
)
_LET_IN = re.compile(
    r"\b(?:eligible|allowed|permitted|acceptable|may (?:be )?enroll?(?:ed)?)\b[^.;:]*:\s*$", re.IGNORECASE
)
_FOLLOWING_ALLOWED = re.compile(
    r"\bfollowing\b(?:(?!\bnot\b|\bineligible\b)[^.:;])*\b(?:allowed|permitted|acceptable)\b[^.:;]{0,40}:\s*$"
    r"|(?:^|[.;*]\s)\W*(?:the\s+|only\s+|other\s+)*(?:allowed|permitted|acceptable|allowable)\s+(?:(?!exceptions?\b)[\w-]+\s+){1,4}"
    r"(?:are|is|includes?)\b[^.:;]{0,40}:\s*$",
    re.IGNORECASE,
)
"""How a lead-in says that what it lists is allowed ("… are permitted:", "allowed anticoagulants are:")."""
_EXAMPLES = re.compile(r"[.;]\s+(?:some |common )?examples?\b[^.;:]*:\s*$", re.IGNORECASE)
"""What a sentence of its own says between those let in and the list of them."""
_KEEPS_OUT = re.compile(
    r"\b(?:not|never|cannot|in)\s?-?(?:be\s+|been\s+)?(?:eligible|allowed|permitted|acceptable|enrol|includ|participat|considered)"
    r"|\bineligible\b|(?<!not )(?<!not be )(?<!not necessarily )\bexcluded?\b|\bunless\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)")
_STATES = ("bearing", "cbp", "menopaus", "steril", "fertil", "reproductive", "pregnan")
_CHILDBEARING = re.compile(
    r"\b(?:(?:child-?\s?bearing|reproductive)\s+(?:potential|age)|\w{1,3}CBPs?"
    r"|(?:potential\s+for|able\s+to\s+become)\s+pregnan(?:cy|t)|(?:post-?)?menopaus(?:e|al)|surgically\s+sterile)\b"
    r"(?:\s+status)?(?:\s*\([^()]{1,40}\))?\s+(?:is|are|will\s+be|includes?|means?|refers?)\s+"
    r"(?:(?:also|considered|defined|to|as|those|someone|anyone|any|an?|one|sexually|mature)\b|\w+\s+(?:defined|considered)\b)"
    r"|\b(?:child-?\s?bearing|reproductive)\s+potential\s+excludes\b|\breproductive\s+potential\s+(?:is|are)\s+defined\b"
    r"|\b(?:post-?)?menopausal\s+(?:\w+\s+){1,5}(?:is|are)\s+defined\s+as\b"
    r"|\bconsidered\s+(?:to\s+be\s+)?(?:\w+\s+){0,2}?(?:(?:non-?)?child-?\s?bearing|(?:post-?)?menopaus|(?:in)?fertile|sterile)",
    re.IGNORECASE,
)
_MEANS = r"(?:methods?|forms?|means|options?|measures?)"
_CONTRACEPTION = r"(?:contracepti\w+|birth[- ]control)"
_METHODS = re.compile(
    rf"\b(?:{_MEANS}\s+(?:of\s+)?(?:\w+\s+){{0,3}}{_CONTRACEPTION}|{_CONTRACEPTION}\s+(?:\w+\s+){{0,2}}{_MEANS})\b"
    rf"[^.:;]{{0,80}}:?\s*$"
    rf"|\b{_MEANS}\s+to\s+prevent\s+pregnancy\b[^.:;]{{0,40}}:?\s*$"
    rf"|\b{_CONTRACEPTION}\b[^.:;]{{0,30}}\b(?:are|includ\w+|defined as|following)\b[^.:;]{{0,40}}:?\s*$",
    re.IGNORECASE,
)
DEMAND = re.compile(
    r"^\W*(?:(?:in addition|additionally|furthermore|moreover|also"
    r"|to be (?:considered )?eligible(?: for (?:this|the) (?:trial|study|protocol))?)\W+)?"
    r"(?:all |the |any |female |male |study |trial |eligible |enrolled )*"
    r"(?:patients?|subjects?|participants?|individuals?|they|(?:fe)?males|women|men"
    r"|there(?=\s+(?:must|should|may|shall)\s+(?:also\s+)?(?:not|be\s+no)\b))?"
    r"\s*(?:must|should|need to|have to|are required to|may not|shall not"
    r"|(?:cannot|can not)(?=\s+(?:also\s+|currently\s+)?(?:be|have|receive|take|use|participate)\b))\b"
    r"(?!\s+(?:also\s+)?be\s+(?:excluded|ineligible)\b)",
    re.IGNORECASE,
)
"""How a statement opens that tells what patients have to meet, in either kind of list."""
SOME_ASKED = re.compile(
    r"^\W*(?:note:?\s*)?(?:[\w-]+ ){0,3}?(?:females?|women|wocbp)\b[^.;:]*?"
    r"\b(?:must|should|need to|have to|are required to)\b",
    re.IGNORECASE,
)
"""How a statement opens that tells what some have to meet ("women of childbearing potential must …")."""


_WAIVING = re.compile(
    r"\b(?:(?:is|are|was|were)\s+not\s+(?:\w+ly\s+)?(?:required|mandatory|necessary|needed|obligatory|a\s+requirement)"
    r"|(?:do|does)\s+not\s+(?:have|need)\s+to|need\s+not"
    r"|(?:do|does|will|would|should)\s+(?:not\s+)?(?:be\s+)?count(?:ed)?"
    r"|(?:is|are|(?:will|would|should)\s+(?:not\s+)?be)\s+(?:not\s+)?(?:considered|counted|regarded)\s+(?:as\s+|to\s+be\s+)?"
    r"(?:(?:an?|one|the|part\s+of|prior|previous|separate|single)\s+)*(?:\w+\s+)?"
    r"(?:measurable|evaluable|lines?|regimens?|target\s+lesions?))\b",
    re.IGNORECASE,
)
"""How a sentence waives something, or tells what counts as something, and asks for nothing instead."""
_NOT_COUNTED = re.compile(
    r"\b(?:(?:do|does|will|would)\s+not\s+(?:qualify|count)\s+(?:as|for)|(?:is|are|will\s+be)\s+(?:not\s+|non-?)"
    r"(?:considered|counted|regarded|measurable|evaluable)|(?:is|are)\s+considered\s+(?:to\s+be\s+|as\s+)?"
    r"(?:non|un)-?\s?(?:measurable|evaluable))\b[^.;:]*:?\s*$",
    re.IGNORECASE,
)
_UNNEEDED = re.compile(
    r"\bnot\s+(?:be\s+)?(?:required|needed|necessary|mandatory)\b[^.;:]*\b(?:unless|except|if)\b[^.;:)]*:?\s*$",
    re.IGNORECASE,
)
_PREFERRING = re.compile(r"\W*(?:priority|preference)\s+(?:should|will|may|is)\b", re.IGNORECASE)
_ASIDE_FIRST = re.compile(r"[,;:()]|\b(?:who|whom|whose|which|that|if|when|where|but|and)\b", re.IGNORECASE)
_DEMAND_BEHIND = re.compile(r"\b(?:but|however)\b", re.IGNORECASE)
_TO_COUNT = re.compile(
    r"\W*(?:(?:any|all|target)\s+)?lesions?\b[^.;]*\b(?:must|should)\b[^.;]*\bto\s+be\s+(?:deemed|considered|counted|regarded)\s+"
    r"(?:as\s+)?(?:an?\s+)?(?:measurable|evaluable|target)\b",
    re.IGNORECASE,
)
"""How a sentence tells which lesions count ("lesions must have grown to be deemed a target lesion")."""
_WAIVING_WORDS = (" not ", " count", " considered ", " regarded ", " deemed ", "priority", "preference")
"""What each of these has, looked for first since it costs less."""


_ADMITTING = re.compile(
    r"\W*in\s+order\s+(?:for|to)\b[^.;]*?\b(?:eligible|enrol\w*|participate)\b", re.IGNORECASE
)


_HANDLED = re.compile(
    r"\W*(?:patients?|subjects?|participants?|those|individuals)\s(?:(?!\b(?:that|which|who|whose)\b)[^.;:])*?\bnegative\b"
    r"(?:(?!\b(?:that|which|who|whose)\b)[^.;:])*?\b(?:can|could)\s+be\s+"
    r"(?:evaluated|considered|enrolled|included|treated|started|tested|screened|referred)\b",
    re.IGNORECASE,
)


def handles_negative(words: str) -> bool:
    """Whether a sentence tells what can be done for patients with a negative result, which bars nobody."""
    return "negative" in words and _HANDLED.match(words) is not None


def defines_childbearing(words: str) -> bool:
    """Whether words tell what childbearing potential or menopause is, rather than ask for it.

    A bracket that does so behind a demand leaves the demand one.
    """
    if not any(map(words.lower().__contains__, _STATES)):
        return False
    return _CHILDBEARING.search(_BRACKETS.sub("", words)) is not None


def lists_contraception(words: str) -> bool:
    """Whether words lead in the methods of contraception that will do ("acceptable methods are:")."""
    return _METHODS.search(words) is not None


def concerns_some(words: str) -> bool:
    """Whether a statement is about one cohort or part of the trial only ("For substudy 1, …")."""
    return _SOME.match(words) is not None


def concerns_some_aside(words: str) -> bool:
    """Whether a bracket says that something is about one cohort or part of the trial ("(Part 2 only)")."""
    return _ASIDE.match(words) is not None


DEMANDED = re.compile(r"\b(?:must|should|ha(?:s|ve) to|needs? to)\b", re.IGNORECASE)
"""What makes a demand of a statement, wherever it stands in it."""


def asks_several(words: str) -> bool:
    """Whether a sentence asks for a number of items of a list ("two of the following")."""
    return any(map(words.lower().__contains__, _LISTED)) and _SEVERAL_OF.search(words) is not None


def exemplifies(lead: str) -> bool:
    """Whether the items that follow may be what was asked for, and nothing more ("this could include:")."""
    return _EXEMPLIFYING.search(lead) is not None


def asks_all(lead: str) -> bool:
    """Whether all of the items that follow have to be there ("has received all of the following")."""
    return _ALL.search(lead) is not None


def counts_several(lead: str) -> bool:
    """Whether a lead-in may ask for a number of the items below it."""
    return _COUNTED.search(lead) is not None


def offers_choice(lead: str) -> bool:
    """Whether any one of the items that follow is enough ("one of", "the following histologies").

    A sentence with a full stop leads nothing in by a choice of something else ("at least one prior line.").
    """
    ended = lead.rstrip().endswith(".")
    chosen = any(not ended or _OF_ITEMS.match(lead, choice.end()) for choice in _ANY.finditer(lead))
    return chosen or lists_kinds(lead)


def lists_kinds(lead: str) -> bool:
    """Whether the items that follow are kinds of a disease, or groups of people, of which one is enough."""
    return _KINDS.search(lead) is not None


def lets_in(lead: str) -> bool:
    """Whether a lead-in ends in what lets people in after all ("… are eligible if:")."""
    before = _EXAMPLES.sub(":", lead)
    letting = _LETS_IN if before == lead else _LET_IN
    if not lead.rstrip().endswith(":"):
        return False
    return letting.search(_last(before)) is not None or _FOLLOWING_ALLOWED.search(lead) is not None


def admits(words: str) -> bool:
    """Whether a sentence says what some have to meet to be let in ("in order for A to be eligible, …")."""
    return _ADMITTING.match(words) is not None


_SOME_OF = r"[^:]*\b(?:any|either|one)\b"
_FAILING = re.compile(
    rf"\bnot (?:meet(?:ing)?|fulfill?(?:ing)?|satisfy(?:ing)?)\b(?!{_SOME_OF})"
    r"|\b(?:fails?|unable) to (?:meet|fulfill?|satisfy)\b",
    re.IGNORECASE,
)
_UNRULED = r"(?<!must )(?<!should )(?<!may )\bnot"
_LACKING = re.compile(rf"{_UNRULED} have\b(?!{_SOME_OF})[^:]*\bfollowing\b", re.IGNORECASE)
_NONE_OF = re.compile(
    rf"{_UNRULED} (?:meet|fulfill?|satisfy|have)\b{_SOME_OF}[^:]*\bfollowing\b", re.IGNORECASE
)


def fails_list(words: str) -> bool:
    """Whether words say that a list isn't met as a whole, rather than that nothing of it is."""
    return _FAILING.search(words) is not None


def lacks_list(words: str) -> bool:
    """Whether words say that somebody lacks some of what a list names ("who do not have the following")."""
    return _LACKING.search(words) is not None


def meets_nothing(words: str) -> bool:
    """Whether words say that nothing of a list is so ("do not meet any of the following")."""
    return _NONE_OF.search(words) is not None


def discounts(lead: str) -> bool:
    """Whether a lead-in says that the items below it don't count as something ("… are not measurable:").

    Or that something isn't required but of them ("HIV testing is not required unless:").
    """
    return _NOT_COUNTED.search(lead) is not None or _UNNEEDED.search(lead) is not None


def waives(words: str) -> bool:
    """Whether a sentence says of what it opens with that it isn't asked for ("… is not required").

    Or as what it counts ("adjuvant therapy does not count as a line").
    """
    lowered = words.lower()
    if not any(map(lowered.__contains__, _WAIVING_WORDS)):
        return False
    match = _WAIVING.search(words)
    if "lesion" in lowered and _TO_COUNT.match(words):
        return True
    if match is None:
        return _PREFERRING.match(words) is not None
    plain = _ASIDE_FIRST.search(words, 0, match.start()) is None
    return plain and _DEMAND_BEHIND.search(words, match.end()) is None


def _last(lead: str) -> str:
    """Return the last sentence of a lead-in; one that denies is none of these."""
    words = re.split(r"(?<=[a-z)\]])[.;]\s+(?=[A-Za-z])", lead)[-1]
    return "" if _KEEPS_OUT.search(_BRACKETS.sub("", words)) else words
