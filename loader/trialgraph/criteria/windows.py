"""Stretches of time before the screening date: "within 4 weeks prior to the first dose"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import get_args

from trialgraph.criteria.wording import wording
from trialgraph.expressions import CalendarUnit, Window

__all__ = ["STARTERS", "FoundWindow", "parse_window"]

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
    ]
)
"""Forms of words that a window starts with; a bare number may start one too."""

_ANCHOR = (
    r"(?:(?:the|a|an|first|1st|initial|start|starting|started|initiation|initiating|beginning|commencement|commencing"
    r"|administration|receiving|receipt|dose|doses|dosing|study|trial|treatment|drug|drugs|of|to|on|in|this|any|their|enrollment"
    r"|enrolment|enrolling|randomi[sz]ation|randomi[sz]ed|screening|registration|entry|entering|inclusion|cycle|day|d|c|1|0|informed|consent"
    r"|signing|signature|signed|baseline|laborator(?:y|ies)|tests?|testing|samples?|visits?|investigational|product|medication|medicinal|agent"
    r"|therapy|surgery|planned|protocol|leukapheresis|apheresis|infusion|participation|date|time|scheduled"
    r"|being|intervention|into|for|and|form|assessment|exam|icf|c1d1|c1|d1|run-in|phase|period|lymphodepletion"
    r"|conditioning|recruitment|assignment|allocation|patient|subject|participant|protocol-specified|proposed|current|present|now|procedure|procedures|operation)\b[\s/-]*)+"
)
_UNITS = "|".join(get_args(CalendarUnit))


@dataclass(frozen=True, slots=True)
class FoundWindow:
    """A window and the characters it takes; `narrowed` when the text shortens it further."""

    window: Window
    start: int
    end: int
    narrowed: bool = False


@cache
def _pattern() -> re.Pattern[str]:
    number = rf"(?P<number>\d+(?:\.\d+)?|{'|'.join(wording().numbers)})(?:\s*\(\s*\w+\s*\))?(?:\s*(?:full|complete|calendar))?"
    unit = rf"(?P<unit>{_UNITS})s?\b(?:\s*\(\s*\d+\s+\w+\s*\))?"
    recent = r"(?:last|past|previous|prior|preceding|most\s+recent)"
    before = rf"(?:\s*,?\s*(?:(?:immediately|just)\s+)?(?:prior\s+to|before|preceding|of|from|prior)\s+(?:(?!or\b|and\b|with\b|for\b|any\b)[\w-]+\s+){{0,4}}?{_ANCHOR}|\s+(?:ago|prior|before|previously)\b)"
    return re.compile(
        rf"""(?:
          (?:(?:with)?in|during|over|for|up\s+to)\s+(?:a\s+period\s+of\s+|the\s+|≤\s*)*(?P<recent>{recent}\s+)?(?:the\s+)?(?:{number}\s*-?\s*)?{unit}(?P<before>{before})?
        | (?:the\s+)?{recent}\s+{number.replace("number", "number2")}\s*-?\s*{unit.replace("unit", "unit2")}(?:{before})?
        | (?P<most>(?:less\s+than|≤|<|under)\s*)?{number.replace("number", "number3")}\s*-?\s*{unit.replace("unit", "unit3")}(?:\s+or\s+less)?{before}
        )
        (?P<lives>\s*(?:,\s*)?(?:or|and)\s+(?:within\s+)?(?:\w+|\d+)\s*(?:\(\d+\)\s*)?(?:drug[- ]?\s?)?(?:elimination\s+)?half[- ]?li(?:fe|ves)(?:\s+of\s+(?:the\s+)?[\w\s]{{1,40}}?)?)?
        (?P<which>\s*[,(]*\s*whichever\s+(?:is|was|comes)?\s*(?:the\s+)?(?P<choice>longer|shorter|first|later|earlier|greater|longest|shortest)(?:\s+in\s+duration)?\s*\)?)?
        (?P<before2>{before})?
        """,
        re.IGNORECASE | re.VERBOSE,
    )


def parse_window(text: str, position: int) -> FoundWindow | None:
    """Return the window that starts at a position, or None.

    "After" and "for at least" don't look back from the screening date, so they make no window; nor
    does the longer of two spans, of which only one has a stated length.
    """
    match = _pattern().match(text, position)
    if match is None or text[match.end() : match.end() + 7].lstrip().lower().startswith("after"):
        return None
    opener = text[position : position + 4].lower()
    if opener.startswith(("for ", "in ", "over")) and not (
        match["recent"] or match["before"] or match["before2"]
    ):
        return None
    if opener.startswith("for") and not match["recent"]:
        return None
    number = match["number"] or match["number2"] or match["number3"]
    unit = (match["unit"] or match["unit2"] or match["unit3"]).lower()
    if number is None and not match["recent"]:
        return None
    if match["choice"] in ("longer", "later", "greater", "longest") or (
        match["lives"] and not match["choice"]
    ):
        return None
    amount = _amount(number) if number else 1.0
    end = match.end() - (len(match.group()) - len(match.group().rstrip(" /-")))
    window = Window(amount, unit, text[match.start() : end])
    return FoundWindow(window, match.start(), end, narrowed=match["choice"] is not None)


def _amount(words: str) -> float:
    named = wording().numbers.get(words.lower())
    return float(words) if named is None else float(named)
