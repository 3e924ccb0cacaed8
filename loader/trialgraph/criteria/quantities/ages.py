"""Ages that are told without the word, and those that only explain something."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.quantities.sides import Found, are_opposite
from trialgraph.expressions import Limit

__all__ = [
    "explains",
    "from_days_to_years",
    "is_lawful",
    "is_long_past",
    "is_number_of_years",
    "is_of_diagnosis",
    "is_of_kin",
    "may_be_new",
    "stands_behind_persons",
    "with_shared_years",
]

_AFTER_AGE = re.compile(
    r"\s*(?:$|[.,;)\]]|\((?=[^()]*\blegal\s+age\b)|(?:with|who|at|and|or|inclusive|on|in(?!\s+(?:remission|duration))|eligible|undergoing|diagnosed|scheduled|planned"
    r"|male|female|men|women|regardless|by|when)\b)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[\s.;,)]*(?:$|(?:at|on|and\s+(?:older|over|above))\b|(?<=\.\s)Note\b)", re.IGNORECASE)
_BEFORE_AGE = frozenset(
    ["(", "[", ",", ":", "who", "is", "are", "must", "be", "between", "from", "-", "should"]
)
_SOMEONE = re.compile(
    r"^\W*$|(?:\b(?:child\w*|infants?|bab(?:y|ies)|neonates?|adolescents?|toddlers?|patients?|subjects?|participants?|persons?"
    r"|individuals?|(?:fe)?males?|boys?|girls?|ages?|aged|must be)\b)[^.;()]{0,30}$",
    re.IGNORECASE,
)
_LAWFUL = Sought(r"\b(?:legal age|age of (?:consent|majority))\b[^.;≥]{0,80}$")
_DIAGNOSED = re.compile(
    r"\b(?:diagnos(?:ed|is)|onset)\b[^.;:,()]{0,80}?\b(?:at|between|after|by|from|when|with\s+an)\s+(?:the\s+|an?\s+)?$",
    re.IGNORECASE,
)
_OF_KIN = re.compile(
    r"\b(?:family\s+history\s+of|relatives?|sudden\s+(?:[a-z]+\s+)?deaths?)\b"
    r"(?:(?!\b(?:and|who|whose|aged?|with\s+age|patients?|subjects?|participants?|persons?|(?:wo)?men)\b)[^.;:,()]){0,60}$",
    re.IGNORECASE,
)
"""What relatives have or died of, right before the age that they had it at."""
_FOUND = Sought(r"\bdiagnos(?:ed|is)\b(?P<disease>[^.;:,()]{0,60}?)\s(?:between|at)\s+$")
_PEOPLE = re.compile(
    r"\b(?:patients?|subjects?|participants?|adults?|(?:wo)?men|individuals?|people|aged?|persons?)\b",
    re.IGNORECASE,
)
_THEM = re.compile(
    r"(?:^|(?<=[.;:*•)\]]))\W*(?:(?:all|any|both|adults?|minors?|(?:fe)?males?|(?:wo)?men|boys?|girls?|child(?:ren)?|patients?"
    r"|subjects?|participants?|individuals?|persons?|people)(?:\s*(?:\bor\b|\band\b|[/,])\s*|\s+))+"
    r"(?:(?:who\s+)?(?:must\s+be|are|is)\s+)?$",
    re.IGNORECASE,
)
"""Persons, and nothing else in their sentence, right before a number."""
_NOBODY = re.compile(r"(?:^\W*(?:be\s+)?|[.;:*•]\s*|\bor\s+|\bmust\s+be\s+|\bare\s+)$", re.IGNORECASE)
_GROWN = re.compile(r"\b(?:older|younger)\b|\b(?:or|and)\s+(?:over|above)\s+in\s+age\b", re.IGNORECASE)
_AT_ONCE = re.compile(
    r"(?:\s+in\s+age)?\s*(?:$|[.;,)]|\bor\s+(?:older|younger)\b"
    r"|(?:at|on)\s+(?:the\s+)?(?:time|date|day|enrol\w*|signing|consent\w*|screening|registration|study)\b)",
    re.IGNORECASE,
)
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)
_LAW_ASIDE = re.compile(r"(?<=[a-z\d])\s*\([^()]*\blegal\s+age\b[^()]*\)", re.IGNORECASE)
"""A bracket behind an age on where people come of age later."""
_TO_YEARS = re.compile(
    r"(?:\s*(?:of\s+age|old)\b)?\s*,?\s*(?:(?:and|to|but|through|until|-)\s*)?(?:to\s+)?(?=[<≤\d]|less|up\s+to|no\s+(?:more|older)|not\s+(?:more|older)|younger|under)",
    re.IGNORECASE,
)
"""What leads from the lower end of an age to its upper one."""
_ANY_AGE = range(5, 101)
"""Numbers that may be years of age where nothing says so."""
_FEW_YEARS = 2
_SENTENCE_ENDS = (". ", ";", "*", "•")
_AROUND = 200


def explains(text: str, start: int) -> bool:
    """Whether a sentence explains who is past childbearing or of age, so that an age in it is no demand."""
    before, after = text[max(0, start - _AROUND) : start], text[start : start + _AROUND]
    if is_lawful(text, start):
        return True
    after = _LAW_ASIDE.sub("", after)
    opening = max(before.rfind(sign) for sign in _SENTENCE_ENDS) + 1
    ends = [place for sign in _SENTENCE_ENDS if (place := after.find(sign)) >= 0]
    return lexicon().explanation.search(before[opening:] + after[: min(ends, default=None)]) is not None


def is_lawful(text: str, start: int) -> bool:
    """Whether a number of years is the age of consent of some place ("if the legal age is > 18 years")."""
    return _LAWFUL.search(text[max(0, start - _AROUND) : start]) is not None


def is_of_diagnosis(text: str, start: int) -> bool:
    """Whether an age is the one at which a disease was found ("diagnosed between the ages of 15 and 39")."""
    return _DIAGNOSED.search(text[max(0, start - _AROUND) : start]) is not None


def is_of_kin(text: str, start: int) -> bool:
    """Whether an age is that of relatives ("family history of breast cancer under 50 years of age")."""
    return _OF_KIN.search(text[max(0, start - _AROUND) : start]) is not None


def is_long_past(text: str, start: int) -> bool:
    """Whether years that are no more called an age are those at diagnosis ("diagnosed between 13 and 39")."""
    between = "between " if text.startswith("between", start) else ""
    told = _FOUND.search(text[max(0, start - _AROUND) : start] + between)
    return told is not None and not _PEOPLE.search(told["disease"])


def may_be_new(text: str, position: int, limit: Found) -> bool:
    """Whether months may be the age of a scan, a sample or a lesion ("new (younger than 6 months)")."""
    numbers = [number for number in (limit.limit.low, limit.limit.high) if number is not None]
    in_months = limit.unit is not None and limit.unit.ucum != "a"
    few = in_months or max(numbers) < _FEW_YEARS
    return few and _SOMEONE.search(text[max(0, position - _AROUND) : position]) is None


def from_days_to_years(text: str, start: int) -> tuple[Found, Found] | None:
    """Return the two ends of an age told in days or weeks and in years ("> 28 days and < 22 years")."""
    first = parse_limit(text, start)
    if first is None or first.unit is None or first.unit.ucum not in ("d", "wk") or first.limit.low is None:
        return None
    joint = _TO_YEARS.match(text, first.end)
    second = parse_limit(text, joint.end()) if joint else None
    most = None if second is None or second.unit is None or second.unit.ucum != "a" else second.limit.high
    if second is None or most is None or (second.stated and second.limit.low is not None):
        return None
    if first.stated == (first.limit.high is not None):
        return None
    least = Limit(low=first.limit.low, low_inclusive=first.limit.low_inclusive)
    upper = Limit(high=most, high_inclusive=second.limit.high_inclusive)
    return replace(first, limit=least, stated=True), replace(second, limit=upper, stated=True)


def with_shared_years(text: str, limit: Found) -> Found:
    """Return a limit in the years of the one behind "or" on the other side ("< 18 or > 39 years")."""
    joint = _OR.match(text, limit.end) if limit.unit is None and limit.relative_to is None else None
    other = parse_limit(text, joint.end()) if joint else None
    if other is None or other.unit is None or other.unit.ucum != "a":
        return limit
    return replace(limit, unit=other.unit) if are_opposite(text, limit, other) else limit


def stands_behind_persons(text: str, tokens: list[Token], position: int, limit: Found) -> bool:
    """Whether years stand right behind those whose age they are, and of nothing else."""
    in_years = limit.unit is not None and limit.unit.ucum == "a"
    if not in_years or not _AFTER_AGE.match(text, limit.end):
        return False
    index = position - 1
    while index >= 0 and tokens[index].form in _BEFORE_AGE:
        index -= 1
    if index < 0:
        return _ALONE.match(text, limit.end) is not None
    return "persons" in lexicon().phrase_at(tokens, index)[1]


def is_number_of_years(text: str, start: int, limit: Found) -> bool:
    """Whether a number without a unit is the age of the persons that a sentence names and nothing else.

    "Patients must be ≥ 18" and "18 or older" speak of years; "patients with ≥ 18" of something else.
    """
    bare = limit.unit is None and limit.relative_to is None
    numbers = [number for number in (limit.limit.low, limit.limit.high) if number is not None]
    if not bare or any(number not in _ANY_AGE for number in numbers) or not _AT_ONCE.match(text, limit.end):
        return False
    before = text[max(0, start - _AROUND) : start]
    grown = _GROWN.search(text[start : limit.end + len(" in age")])
    return _THEM.search(before) is not None or (grown is not None and _NOBODY.search(before) is not None)
