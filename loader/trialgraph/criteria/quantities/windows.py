"""Stretches of time before the screening date: "within 4 weeks prior to the first dose"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import cast, get_args

from trialgraph.criteria.language.wording import wording
from trialgraph.expressions import CalendarUnit, Window

__all__ = [
    "STARTERS",
    "FoundWindow",
    "end_of_moment",
    "is_narrowed",
    "length_in",
    "parse_window",
    "tells_time",
    "window_of",
]

STARTERS = frozenset(
    [
        "within",
        "in",
        "during",
        "over",
        "for",
        "last",
        "past",
        "previous",
        "prior",
        "preceding",
        "less",
        "≤",
        "<",
        "under",
        "the",
        "up",
        *("two", "three", "four", "five", "six", "seven", "eight", "ten", "twelve"),
    ]
)
"""Forms of words that a window starts with; a bare number may start one too."""

_ANCHOR = (
    r"(?:(?:cycle\s+one|day\s+one|the|a|an|first|1st|initial|start|starting|started|initiation|initiating|beginning|commencement|commencing"
    r"|administration|receiving|receipt|dose|doses|dosing|study|trial|treatment|drug|drugs|of|to|on|in|this|any|their|enrollment"
    r"|enrolment|enrolling|entrance|randomi[sz]ation|randomi[sz]ed|screening|registration|entry|entering|inclusion|cycle|day|d|c|1|0|informed|consent"
    r"|signing|providing|giving|signature|signed|obtaining|written|baseline|laborator(?:y|ies)|tests?|testing|samples?|visits?|investigational|product|medication|medicinal|agent"
    r"|therapy|surgery|planned|protocol(?:-(?:directed|specified|defined|mandated|indicated|prescribed|required))?|leukapheresis|apheresis|infusion|participation|date|time|scheduled"
    r"|being|intervention|into|for|and|form|document|assessment|exam|icf|c1d1|c1|d1|run-in|phase|period|lymphodepletion"
    r"|conditioning|pre-?registration|check-in|anticipated|expected|projected|onto|interventions|products|treatments|vaccinations?|preparative"
    r"|(?:is|was)\s+(?:signed|obtained|given|provided)|lymphodepleting(?:\s+chemotherapy)?|regimen|recruitment|admission|step\s+\d+|assignment|allocation|patient|subject|participant|protocol-specified|proposed|current|present|now|procedure|procedures|operation|placement|implantation|injection"
    r"|ip|imp|collection|eligibility\s+confirmation(?:\s+by\s+(?:the\s+)?[\w-]+)?)\b"
    r"(?:['’]s)?[\s/-]*)+"
)
_STOP = (
    r"(?:and|or|unless|except|that|which|who|with|without|requiring|requires?|for|is|are|was|were|has|have"
    r"|within|if|in|on|at|to|of|patients?|subjects?|participants?|any|a|an|prior|before|other|plus)\b"
)
_DRUG = (
    r"(?:placebo|[\w-]*\d[\w-]*|[\w-]{3,}(?:mab|cept|nib|lib|rib|sib|zomib|taxel|platin|rubicin|tecan|citabine"
    r"|lutamide|clax|domide|trexate|limus|stat|degib|tide|leucel|fosfamide|mustine)"
    r"|anti-[A-Z][\w-]+(?:\s+(?:antibody|antibodies|inhibitors?|agents?|therapy))?)"
)
"""A drug by its code or its stem (WHO's list of stems for international nonproprietary names)."""
_JOINED = r"(?:and/or|or|and|plus)"
_OTHER = (
    rf"(?:(?:\([^()]{{1,30}}\)\s+)?(?:(?:(?:\s*,\s*{_DRUG}){{0,3}}\s*,?\s*(?:\b{_JOINED}\s+{_DRUG}\s*){{1,2}}"
    r"|(?:and|plus)\s+[\w-]+)(?=\s*(?:[,.;()]|$|or\s+(?:need|planned|anticipat|during|throughout)))))?"
)
"""The other drugs of "the first dose of A or B", which ends there."""
_ITEM = r"(?:\d{1,2}|[a-z])[.)]\s"
_NAMED = (
    rf"(?:(?<=\bof )(?:(?!{_STOP}|{_ITEM})(?:\[\w+\])?[\w/+-]+[ ]?){{1,4}}{_OTHER}"
    r"|(?:(?<=\bstarting )(?<!of starting )|(?<=\binitiating )(?<!of initiating )"
    r"|(?<=\bcommencing )(?<!of commencing )|(?<=\breceiving )(?<!of receiving ))"
    rf"(?:(?!{_STOP}|{_ITEM})[\w/+-]+[ ]?){{1,3}}(?:(?:and/or|or|and)\s+{_DRUG}\b)?"
    rf"|(?:(?<=\bof starting )|(?<=\bof initiating )|(?<=\bof receiving )){_DRUG}\b\s*{_OTHER}"
    rf"|(?:(?<=\bdosing )|(?<=\btreatment )|(?<=\btherapy ))with\s+{_DRUG}\b(?:\s*\([a-z]\w+\))?{_OTHER}"
    r"|(?<=\bdosing )with\s+[\w-]+(?:\s*\([A-Z][^()]{1,20}\))?(?=\s*(?:[.;,)]|$))"
    r"|(?<=\bdose )[A-Z]{1,5}[- ]?\d{2,}\w*"
    r"|(?:(?<=\bdose )|(?<=\bdosing ))with\s+(?:the\s+)?(?:study|trial|protocol|investigational)\s+"
    r"(?:drug|treatment|medication|product|therapy|intervention)\b"
    r"|(?=[\w.-]*\d)(?=[\w.-]*[a-z])[\w.-]{4,}\s+(?:infusion|injection|dose|dosing|administration)\b"
    r"|(?<=\bof the )(?:[\w+-]+\s+){1,2}(?:therapy|treatment|regimen|combination)\b"
    rf"|(?<=\bthe )(?:(?!{_STOP})[\w/+-]+\s+){{1,2}}(?:infusion|injection|administration|transplant\w*)\b"
    rf"|(?<=\bfirst )(?:(?!{_STOP})[\w/+-]+\s+)(?:(?:or|and)\s+[\w/+-]+\s+)?"
    r"(?:administration|dose|infusion|injection)\b)?"
    r"(?:(?:\s*on\s+(?:cycle\s*\d+,?\s*)?|\s*,\s*(?:on\s+)?(?:study\s+)?)day\s*[-+]?\d+(?!\d)"
    r"(?:\s*\((?:c\s?1\s?)?d\s?1\))?(?:\s+of\s+(?:the\s+)?(?:study|protocol)\s+(?:treatment|drug|therapy))?)?"
)
_IN_UNITS = (*get_args(CalendarUnit), "hour")
_UNITS = "|".join(_IN_UNITS)


@dataclass(frozen=True, slots=True)
class FoundWindow:
    """A window and the characters it takes; `narrowed` when the text shortens it further."""

    window: Window
    start: int
    end: int
    narrowed: bool = False


def _length(name: str) -> tuple[str, str]:
    """Return patterns for a number and its unit, in groups that end in `name`."""
    words = "|".join(sorted(wording().numbers, key=len, reverse=True))
    number = (
        rf"(?P<number{name}>\d+(?:\.\d+)?|{words})(?:\s*\(\s*\w+\s*\))?"
        r"(?:\s*(?:full|complete|calendar|business|working))?"
    )
    return (
        number,
        rf"(?P<unit{name}>{_UNITS})s?\b(?!\s+(?:of\s+age|old)\b)(?:\s*\(\s*\d+\s+\w+\s*\)|\s+(?:window|period)\b)?",
    )


_THE = r"within\s+|a\s+period\s+of\s+|the\s+|an?\s+(?=\d)|[<≤]\s*"
_AT_MOST = (
    rf"{_THE}|<\s*|less\s+than\s+|no\s+more\s+than\s+|at\s+(?:most|least)\s+|(?:a\s+)?m(?:in|ax)imum\s+(?:of\s+)?"
    r"|in\s+(?=\d)|the\s+first\s+(?=\w+\s+\w+\s+(?:prior|before)\b)|the\s+period\s+(?=[<≤])"
)
_UP_TO = r"(?:\s*(?:-|–|to)\s*(?P<longest>\d+(?:\.\d+)?))?"
_RECENT = r"(?:last|past|previous|prior|preceding|most\s+recent)(?:\s*[<≤])?"
_WORDS_BETWEEN = r"(?:(?!or\b|and\b|with\b|for\b|any\b|which\b|whom\b|who\b|whose\b)[\w-]+\s+){0,4}?"
_GIVEN = (
    r"(?:prior\s+to|before|(?:of|from)\s+(?:(?:the|time|of)\s+)*(?:start\w*|initiat\w+|beginning|commenc\w+|first"
    rf"|planned|scheduled))\s+(?:(?!{_STOP}|(?:last|most|initial|original|that|this|their)\b)[\w/+-]+\s+|the\s+|a\s+){{0,4}}?"
    rf"(?:(?=[\w-]*[a-z]){_DRUG}(?:\s+{_JOINED}\s+{_DRUG})?(?:\s+(?:treatment|therapy|dosing|administration))?"
    r"|(?:chemo|radio|immuno)?therapy|radiation|vaccination|injection|infusion|administration|lymphodepletion"
    r"|(?:[\w/]*CT|MRI|PET|SBRT|SRS|HSCT|HCT)(?:\s+(?:scan|imaging))?)(?=\s*(?:[.;)]|$))"
)
"""What the trial gives or takes, at the end of a clause ("prior to screening breast MRI")."""
_DISEASE = (
    r"(?:to\s+)?(?:(?:the|their|his|her|initial|first|original|cancer|disease)\s+)*"
    r"(?:diagnos[ei]s|relapse|progression|onset)\b"
)
"""What the disease does, from which no time before the trial counts."""
_BEFORE = (
    rf"(?:\s*,?\s*{_GIVEN}"
    r"|\s*,?\s*(?:(?:immediately|just)\s+)?(?:prior\s+to|before|up\s+to|preceding|of|from|prior)\s+"
    rf"(?!{_DISEASE})"
    rf"{_WORDS_BETWEEN}{_ANCHOR}{_NAMED}(?:\s*\(\s*(?:i\.?e\.?,?\s*|defined\s+as\s+)?{_ANCHOR}\)(?:\s+visit\b)?)?|\s+(?:ago|prior|before|previously)\b(?!\s+{_DISEASE})"
    r"|\s+previous(?=\s*(?:[.,;)]|$|which|with)))"
)
_LIVES = (
    r"(?:\d+|[a-z]+)[\s-]*(?:\(\s*\w+\s*\)\s*)?(?:[x×]\s*)?(?:the\s+)?(?:drug[- ]?\s?)?"
    r"(?:elimination\s+|terminal\s+|plasma\s+)?"
    r"(?:half[- ]?li(?:fe|ves)|t\s*1/2)(?:\s*\(\s*t\s*1/2\s*\))?"
)
_SOME_LIVES = (
    rf"{_LIVES}(?:\s+of\s+(?:the\s+|that\s+|each\s+)?(?:(?!or\b|and\b|prior\b|before\b)[\w-]+\s*){{1,4}})?"
)
_LIVES_ALONE = (
    rf"(?>within\s*(?:{_AT_MOST})*{_LIVES}(?:\s+of\s+(?:the\s+|that\s+|each\s+)?"
    rf"(?:(?!{_STOP}|(?:will|must|should|may|not)\b)[\w/-]+\s*){{1,4}})?(?:{_BEFORE})?"
    rf"(?:\s*,?\s*whichever\s+is\s+(?:the\s+)?\w+,?)?(?:{_BEFORE})?)"
    r"(?!\s*[,(]?\s*(?:or|and)\s+(?:within\s+|less\s+than\s+|[<≤]\s*)*(?:\d|two|four|six))"
)
"""Half-lives without a time that is stated beside them."""
_HALF_LIVES = (
    r"(?P<lives>\s*[,(]?\s*(?:or|and)\s+(?:within\s+|a\s+time\s+interval\s+(?:of\s+)?|less\s+than\s+"
    rf"|at\s+least\s+|[<≤]\s*)*{_SOME_LIVES}\)?)?"
)


_WHICH = r"(?:\s*[,(]*\s*whichever\s[^.;()]{1,20}\)?)?"


def _whichever(name: str) -> str:
    """Return a pattern of which of two times counts, in a group that ends in `name`."""
    return (
        r"(?:\s*[,;(]*\s*whichever\s+(?:time\s+|period\s+|one\s+)?(?:is|was|comes|occurs)?\s*(?:the\s+)?"
        rf"(?P<choice{name}>longer|shorter|first|later|earlier|greater|longest|shortest|smaller|less|sooner|soonest)"
        r"(?:\s+in\s+duration)?\s*\)?)?"
    )


_LONGER = frozenset({"longer", "later", "greater", "longest"})
_ELSEWHEN = re.compile(
    r"\s+(?:of|after|from|following|since)\s+(?:(?:the|their|his|her|a|an|initial|first|last|prior|previous|most|recent"
    r"|any|original)\s+)*(?:after|completi\w+|completing|diagnos\w+|relapse|progression|transplant\w*|surgery|birth"
    r"|discontinu\w+|therap\w+|chemotherapy|radi\w+|onset|end|finishing|cessation|last|admi\w+)\b"
    r"|\s+(?:after|following)\b"
    rf"|\s+(?:prior|before)\s+{_DISEASE}",
    re.IGNORECASE,
)

_FROM_AN_END = re.compile(
    r"\s+(?:of|from)\s+(?:(?:the|their|his|her|initial|first|last|prior|previous|most|recent)\s+)*"
    r"(?:completi\w+|completing|diagnos[ie]s|relapse|progression|discontinuation|finishing|cessation)\b",
    re.IGNORECASE,
)
"""From what a time counts that isn't the screening, whatever follows ("of completion of the treatment")."""

_NEAR = 12
_CHOOSING = re.compile(r"\b(?:or|shorter|longer|less|greater)[\s,(]*$", re.IGNORECASE)
"""What before half-lives makes them another time for what has one already ("or, if shorter, …")."""


@cache
def _onward() -> re.Pattern[str]:
    """Return how a text goes on to say that the same holds from then on ("… and during the study")."""
    number, unit = _length("5")
    joint = r"\s*,?\s*(?:and/or|and|or)\s+(?:(?:for|at)\s+(?:the\s+duration|any\s+time|anytime)\s+)?"
    study = rf"(?:during|throughout|of|while\s+on)\s+(?:{_STUDY}|(?:treatment|therapy)\s+with\s+[\w-]+)"
    after = (
        rf"(?:for|until|up\s+to|within)\s+(?:at\s+least\s+|up\s+to\s+)?{number}\s*-?\s*{unit}\s+"
        rf"(?:after|following|post)\s+(?:last\s+|final\s+)*{_ANCHOR}(?:last\s+|final\s+)*(?:{_ANCHOR})?{_NAMED}"
    )
    return re.compile(
        rf"(?:\s*,\s*{study}(?={joint}(?:for|until|up\s+to|within)\b))?{joint}(?:{study}|{after})",
        re.IGNORECASE,
    )


@cache
def _pattern() -> re.Pattern[str]:
    (number1, unit1), (number2, unit2), (number3, unit3), (number4, unit4) = map(_length, "1234")
    return re.compile(
        rf"(?:(?:within\s*(?:{_AT_MOST})*|(?:in|during|over|for|up\s+to)\s+(?:{_THE})*)"
        rf"(?P<recent>{_RECENT}\s+)?(?:the\s+)?(?:{number1}{_UP_TO}\s*-?\s*|(?P<one>a\s+))?{unit1}(?P<before>{_BEFORE})?"
        rf"|(?:the\s+)?{_RECENT}\s+{number2}\s*-?\s*{unit2}(?:{_BEFORE})?"
        rf"|(?P<most>(?:less\s+than|≤|<|under)\s*)?{number3}\s*-?\s*{unit3}(?:\s+or\s+(?:less|fewer))?"
        rf"(?:{_BEFORE}|(?=\s*\(?\s*or\s+{_SOME_LIVES}\s*\)?{_WHICH}{_BEFORE})"
        rf"|(?(most)(?=\s*\(?\s*or\s+{_LIVES})|(?!)))"
        rf"|(?:within(?:\s+a\s+period\s+of)?|<|≤|less\s+than)\s*≤?\s*"
        rf"(?P<ahead>{_SOME_LIVES}\s*(?:,\s*)?(?:or|and)\s+(?:within\s+|[<≤]\s*)?)"
        rf"{number4}\s*-?\s*{unit4}(?P<before4>{_BEFORE})?(?=\s*(?:[,(]|whichever|prior|before|from|of))"
        rf"|(?P<alone>{_LIVES_ALONE}))"
        rf"{_HALF_LIVES}{_whichever('1')}(?P<before2>{_BEFORE})?{_whichever('2')}",
        re.IGNORECASE,
    )


_EARLIER = re.compile(r"\s*,?\s*(?:(?:immediately|just)\s+)?(?:prior|before|preceding)\b", re.IGNORECASE)
_JOINT_BEHIND = re.compile(
    r"(?:\s+and(?:\s+(?:the\s+)?(?:patients?|subjects?|participants?))?)?(?:\s+for(?:\s+the)?)?[\s/-]*$",
    re.IGNORECASE,
)
_STUDY = (
    r"(?:(?:the|this|any|active|entire|whole|on|study|trial|protocol|investigational|drug|medication|product|treatment"
    r"|therapy|participation|administration|intervention|dosing|period|phase|conduct|course|in|of)\b[\s-]*)+"
)
_MOMENT = re.compile(
    rf"\s*(?:at|before|prior\s+to|upon|on|preceding|when|during(?=\s+(?:the\s+)?screening\b))\s+{_ANCHOR}",
    re.IGNORECASE,
)
_CONSENT_FORM = re.compile(r"\s*[(\[](?:ICF|informed\s+consent(?:\s+form)?)[)\]]", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?:\b(?:and|of|to|in|for|on|the|this|any|their|a|an|(?<!consent\s)form|day|c|d|(?<!visit\s)(?<!step\s)1|0|into|being"
    r"|trial)\b[\s/-]*|[\s/-]+)+$",
    re.IGNORECASE,
)


def end_of_moment(text: str, position: int) -> int:
    """Return where "at screening" or "prior to the first dose" ends.

    It is the position when no moment is told.
    """
    match = _MOMENT.match(text, position)
    if match is None:
        return position
    trailing = _TRAILING.search(match.group())
    cut = trailing.group() if trailing else ""
    gloss = _CONSENT_FORM.match(text, match.end() - len(cut))
    return gloss.end() if gloss else match.end() - len(cut)


def tells_time(lowered: str) -> bool:
    """Whether a text in lower case names a unit of time, without which it has no window."""
    return any(map(lowered.__contains__, (*_IN_UNITS, "half")))


def parse_window(text: str, position: int) -> FoundWindow | None:
    """Return the window that starts at a position, or None.

    "After" and "for at least" don't look back from the screening date, so they make no window. The
    longer of two spans, of which only one has a stated length, is at least that one, and "2 to 6
    weeks" are at least two. Half-lives alone state no length: what is given today is within them.
    """
    match = _pattern().match(text, position)
    if match is None or _ELSEWHEN.match(text, match.end()) or _counts_from_an_end(text, match):
        return None
    if match["alone"] is not None:
        if _CHOOSING.search(text, max(0, position - _NEAR), position):
            return None
        end = match.start() + len(match["alone"].rstrip())
        return FoundWindow(Window(0.0, "day", text[match.start() : end], open=True), match.start(), end)
    opener = text[position : position + 4].lower()
    before = match["before"] or match["before2"] or match["before4"]
    if opener.startswith(("for ", "in ", "over")) and not (match["recent"] or before):
        return None
    if opener.startswith("for") and not match["recent"]:
        return None
    number = match["number1"] or match["number2"] or match["number3"] or match["number4"]
    named = match["unit1"] or match["unit2"] or match["unit3"] or match["unit4"]
    if number is None and not match["recent"] and not _is_one(match):
        return None
    choice = (match["choice1"] or match["choice2"] or "").lower()
    lives = match["lives"] or match["ahead"]
    longer = choice in _LONGER or (bool(lives) and not choice) or match["longest"] is not None
    amount, unit = _in_days(_amount(number) if number else 1.0, named.lower())
    end = match.start() + len(_JOINT_BEHIND.sub("", match.group()))
    if (onward := _onward().match(text, end)) is not None:
        end = match.start() + len(text[match.start() : onward.end()].rstrip(" -"))
    if text[end - 1] == ")" and text.count("(", match.start(), end) < text.count(")", match.start(), end):
        end -= 1
    window = Window(amount, unit, text[match.start() : end], open=longer)
    return FoundWindow(window, match.start(), end, narrowed=bool(choice) and not longer)


def _counts_from_an_end(text: str, match: re.Match[str]) -> bool:
    found = _FROM_AN_END.search(text, match.start())
    return found is not None and found.start() < match.end()


def _is_one(match: re.Match[str]) -> bool:
    """Whether a unit without a number is one of it: "within a year", "in the year prior to enrollment"."""
    return match["one"] is not None or _EARLIER.match(match["before"] or "") is not None


def _in_days(amount: float, unit: str) -> tuple[float, CalendarUnit]:
    """Return a length in a calendar unit: hours are parts of a day."""
    return (amount / 24, "day") if unit == "hour" else (amount, cast(CalendarUnit, unit))


def _amount(words: str) -> float:
    named = wording().numbers.get(words.lower())
    return float(words) if named is None else float(named)


@cache
@cache
def length_in(pattern: str) -> re.Pattern[str]:
    """Return a pattern in which LENGTH stands for a length of time, its parts as groups of their own.

    Half-lives may be told beside it ("4 weeks or 5 half-lives, whichever is shorter").
    """
    number, unit = _length("")
    lives = rf"(?:(?P<lives>\s*[,(]?\s*or\s+(?:at\s+least\s+)?{_SOME_LIVES}\)?)?{_whichever('')},?)?"
    ahead = rf"(?:(?P<ahead>{_SOME_LIVES})\s*,?\s*or\s+)?"
    return re.compile(pattern.replace("LENGTH", rf"{ahead}{number}\s*-?\s*{unit}{lives}"), re.IGNORECASE)


def window_of(match: re.Match[str], words: str) -> Window:
    """Return the time of a match of such a pattern, told in the given words; half-lives may be longer."""
    amount, unit = _in_days(_amount(match["number"]), match["unit"].lower())
    choice = (match["choice"] or "").lower()
    lives = match["lives"] or match["ahead"]
    return Window(amount, unit, words, open=choice in _LONGER or (bool(lives) and not choice))


def is_narrowed(match: re.Match[str]) -> bool:
    """Whether half-lives may make the time of a match of such a pattern shorter."""
    return match["choice"] is not None and match["choice"].lower() not in _LONGER
