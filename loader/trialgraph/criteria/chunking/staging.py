"""Stages and grades as one narrowing word: "stage IIB-IVA", "clinical stage T1c-T2 N0 M0", "cT3-4 or N+"."""

from __future__ import annotations

import re
from functools import lru_cache

from trialgraph.criteria.language.tokens import Token

__all__ = ["staged"]

_DEGREE = r"(?:(?:[0IVX]{1,4}|[0-5])[A-Da-d]?[1-3]?|one|two|three|four|five)(?![A-Za-z0-9])"
_MORE = (
    r"(?:[≥>≤<]|(?:greater|more|higher|worse|less)\s+than(?:\s+or\s+equal\s+to)?(?=\s+(?:\S+\s+){0,3}?grade)"
    r"|at\s+(?:least|most)(?=\s+grade))"
)
_SCALE = (
    r"(?:(?:National\s+Cancer\s+Institute(?:'?s)?[\s-]*(?:\(NCI\)[\s-]*)?|NCI[- ]*)?"
    r"(?:Common\s+(?:Terminology|Toxicity)\s+Criteria(?:\s+(?:for|of)\s+Adverse\s+Events?)?\s*"
    r"(?:\((?:NCI[- ]*)?CTC(?:AE)?\)|CTCAE)?|CTCAE)\s+(?:\(?v[\w.]*\s*[\d.]*\)?\s+)?)"
)
_EDITION = (
    r"(?:\s*[(\[]?(?:\d{4}\b|(?:v(?:ersion)?\.?\s*)?\d{1,2}(?:st|nd|rd|th)?\b"
    r"(?:\s*ed(?:ition\b|\.|\b))?)[)\]]?,?)?"
)
_BODY = (
    r"(?:(?:(?:World\s+Health\s+Organi[sz]ation|American\s+Joint\s+Committee\s+(?:on|for)\s+Cancer"
    r"|International\s+Federation\s+of\s+Gyn[\w\s&]{4,30}?|(?:Revised\s+)?International\s+Staging\s+System"
    r"|Ann\s+Arbor)\s*(?:[(\[](?:WHO|AJCC|FIGO|R?-?ISS)[)\]])?|AJCC|UICC|FIGO|TNM|(?:R-)?ISS)"
    rf"{_EDITION}\s+(?:TNM\s+|staging\s+|surgical\s+)*)"
)
"""Who tells the stages apart, by its name, and in which edition."""
_LIVER = re.compile(
    r"(?:Barcelona\s+Clinic(?:al)?\s+Liver\s+Cancer\s*(?:[(\[]BCLC[)\]]\s*)?|BCLC\s+)stages?\s*:?\s*"
    r"(?:[(\[]BCLC[)\]]\s*(?:stages?\s*)?)?[0A-D][1-3]?\b"
    r"(?:\s*(?:,\s*(?:and|or)|[-,/]|to|or|and)\s*(?:BCLC\s+)?(?:stages?\s+)?[0A-D][1-3]?\b)*",
    re.IGNORECASE,
)
"""Stages of liver cancer, which letters tell."""
_TOLD = r"(?:\s*\([^()]{1,60}\)(?=[\s,]*(?:or|and)?\s*(?:stages?\s+)?(?-i:[IVX]{1,4}[A-D]?\b)))?"
"""What a bracket says of one stage, before another follows ("stage II (positive margins) or III")."""
_STAGE = re.compile(
    rf"{_BODY}?(?:(?:clinical|pathologic(?:al)?)\s+)?(?:{_MORE}\s*)?(?:{_SCALE}(?:{_MORE}\s*)?)?"
    rf"(?:stages?|[Gg]rades?)\s+(?:[≥>≤<]\s*)?{_DEGREE}"
    rf"(?:{_TOLD}\s*(?:-|to|through|/|,|or|and|,\s*or)\s*(?:stages?\s+|grades?\s+)?"
    rf"(?:{_DEGREE}|(?<=[A-Da-d]/)[A-Da-d]\b))*"
    r"(?:\s+or\s+(?:higher|greater|above|lower|less))?"
    r"(?:\s+with\s+(?:neuropathic\s+)?pain\b)?",
    re.IGNORECASE,
)
_SIZE = r"(?:[0-4](?:mi|[a-d](?:/[a-d])*)?|is|[xX]|a)"
_RANGE = rf"(?:\s*[-/]\s*{_SIZE}(?![a-z0-9]))*"
_PART = rf"(?:[cpyru]{{0,2}}[TNM](?:{_SIZE}\+?|\+){_RANGE}|[Aa]ny\s+[TNM](?![A-Za-z0-9]))"
_TNM = re.compile(
    rf"(?:{_BODY})?(?:(?:[Cc]linical|[Pp]athologic(?:al)?)\s+)?(?:[Ss]tages?:?\s+)?(?:[≥>≤<]\s*)?{_PART}"
    rf"(?:\s*(?:[-/]|,\s*(?:and|or)|,|and|or|to|plus)?\s*(?:[Ss]tages?\s+)?(?:[≥>≤<]\s*)?{_PART})*(?![A-Za-z0-9+])"
    r"(?:\s+or\s+(?:higher|greater|above|more)(?:\s+stage\b)?)?"
    r"(?!\s*(?:-|to)\s*[LCS]\d|\s*[-/]?\s*(?:weighted|FLAIR|MR|imag|sequence|signal|hyper|intrinsic|contrast))"
)
"""Letters with numbers of the tumor, its nodes and metastases; not of vertebrae or of how a scan is made."""
_OPENING = frozenset(
    {
        "stage",
        "clinical",
        "pathologic",
        "pathological",
        "grade",
        "ctcae",
        "nci",
        "national",
        "common",
        "≥",
        ">",
        "≤",
        "<",
    }
    | {"world", "american", "international", "revised", "ann", "ajcc", "uicc", "figo", "tnm", "iss", "r"}
    | {"greater", "more", "higher", "worse", "at"}
)
_LIVERS = frozenset({"barcelona", "bclc"})
_LETTERS = frozenset("TNM")
_COURSE = (
    r"(?:(?:non-?)?metastatic|(?:\(?neo\)?-?/?|peri-?|post-?)?adjuvant|(?:locally[- ])?advanced"
    r"|(?:un)?resectable|recurrent|relapsed?|refractory|palliative|curative(?:[- ]intent)?|incurable"
    r"|(?:first|second|third|1st|2nd|3rd|front|later)[- ]?line|upfront|maintenance|salvage"
    r"|(?:castra\w+|hormone)[- ](?:resistant|sensitive|naive)|n?m?(?:CRPC|HSPC|CSPC)|early|late|stage"
    r"|disease|cancer|treatment|(?:peri|pre|post)-?operative|definitive|locali[sz]ed|stage\s+I+V?)"
)
_SETTING = re.compile(
    rf"in\s+(?:(?:the|an?|any|either|both)\s+)*{_COURSE}"
    rf"(?:(?:\s*[,/]\s*|\s+)(?:(?:and/or|and|or)\s+)?(?:the\s+)?{_COURSE}){{0,6}}\s+settings?\b(?!\s+(?:of|or|and)\b)",
    re.IGNORECASE,
)
_KIND = r"(?:stages?|grades?|histolog(?:y|ies)|(?:sub)?types?|disease\s+sites?|tumou?r\s+types?)\b"
_EVERY = re.compile(
    rf"(?:(?:of|at|with|across)\s+)?(?:any|all)\s+(?:(?:clinical|pathologic(?:al)?|histologic(?:al)?|disease|tumou?r)\s+)?{_KIND}"
    rf"(?:\s*(?:[,/]\s*(?:and\s+|or\s+)?|\s(?:and/or|and|or)\s)\s*(?:(?:any|all)\s+)?{_KIND})*"
    r"(?:\s*\((?:stages?\s+)?(?:0|I|1)\s*(?:-|to|through)\s*(?:IV|4)\))?"
    r"(?!\s*[-≥>≤<]|\s+(?:[0-4]|I{1,3}|IV)(?![a-z])|\s+(?:that|which|who|except|other|besides|not|allowed|treated)\b)",
    re.IGNORECASE,
)
_OPENS_EVERY = frozenset({"any", "all", "of", "at", "with", "across"})
_LONGEST = 3
_QUALIFIER = frozenset({"qualifier"})
_NOTHING = frozenset({"neutral", "tail"})
_BEHIND = frozenset({"post"})


@lru_cache(maxsize=16_384)
def may_be_staged(form: str, letters: str) -> bool:
    """Whether a stage, "any stage" or a setting may start at a word, known by its form and letters."""
    if form in _OPENING or form in _LIVERS or form in _OPENS_EVERY or form == "in":
        return True
    return len(letters) <= _LONGEST and (letters[-1] in _LETTERS or letters in ("any", "Any"))


def staged(text: str, token: Token, named: int = 0) -> tuple[int, str, frozenset[str]] | None:
    """Return where a stage, "any stage" or a setting that starts at a token ends, its form, and what it does.

    Args:
        text: The normalised text.
        token: One of its words.
        named: Where the name of a concept that starts there ends: "M1 disease" is one.
    """
    if (end := _stage_end(text, token, named)) is not None:
        return end, "stage", _QUALIFIER
    if (end := _any_stage_end(text, token)) is not None:
        return end, "any stage", _NOTHING
    end = _setting_end(text, token)
    return None if end is None else (end, "in the setting", _BEHIND)


def _any_stage_end(text: str, token: Token) -> int | None:
    """Return where "any stage", "of any histology or grade" ends, which narrows nothing, or None."""
    found = _EVERY.match(text, token.start) if token.form in _OPENS_EVERY else None
    return found.end() if found else None


def _setting_end(text: str, token: Token) -> int | None:
    """Return where "in the adjuvant, locally advanced or metastatic setting" ends, or None."""
    found = _SETTING.match(text, token.start) if token.form == "in" else None
    return found.end() if found else None


def _stage_end(text: str, token: Token, named: int) -> int | None:
    """Return where the stage or grade that starts at a token ends, or None."""
    if token.form in _OPENING:
        found = _STAGE.match(text, token.start) or _TNM.match(text, token.start)
        return found.end() if found else None
    if token.form in _LIVERS:
        found = _LIVER.match(text, token.start)
        return found.end() if found else None
    letters = token.text
    if len(letters) <= _LONGEST and (letters[-1] in _LETTERS or letters in ("any", "Any")):
        found = _TNM.match(text, token.start)
        return found.end() if found and found.end() > named else None
    return None
