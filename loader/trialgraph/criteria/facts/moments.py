"""Words behind a concept that only say "by now" or "during the study", which narrows nothing."""

from __future__ import annotations

import re
from typing import Protocol

from trialgraph.criteria.quantities.windows import end_of_moment
from trialgraph.expressions import Window

__all__ = ["tells_moment"]

_OF_TRIAL = re.compile(
    r"\b(?:enrol\w+|randomi[sz]\w+|screening|(?:pre-?)?registration|study|trial|protocol\S*|cycle\s*1|c1d1|day\s*1"
    r"|consent|baseline|inclusion|entry|(?:leuk)?apheresis|lymphodepletion|first\s+dose)\b",
    re.IGNORECASE,
)
"""What tells a moment of the trial from one of its treatments ("chemotherapy prior to surgery")."""
_DURING = re.compile(
    r"(?:(?:and|or)\s+)?"
    r"(?:while|during|throughout|for the duration of|at any time during|(?:in|over) the course of)\s+"
    r"(?:(?:the|this|their|any|whole|entire|active|on|enrolled|in|participating|receiving|course|conduct|duration|time"
    r"|phase|period|part|of)\s+)*"
    r"(?:study|trial|protocol|investigational)"
    r"(?:\s+(?:drugs?|treatment|therapy|medication|period|participation|intervention|phase|conduct|product))*[\s.,]*",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:prior to|before|preceding)\b", re.IGNORECASE)
_DAY = re.compile(r"[\s.,(]*(?:(?:cycle\s*)?\d+)?[\s,]*(?:day\s*-?\d+|c\d+d\d+)?[\s.,)]*$", re.IGNORECASE)
_ON_TREATMENT = re.compile(r"(?:while on|during)\s+(?:the\s+)?(?:treatment|therapy)[\s.,]*", re.IGNORECASE)


class Told(Protocol):
    """What these words change of what is said around a concept."""

    negated: bool
    historic: bool
    modifiers: dict[str, str]
    window: Window | None


def tells_moment(words: str, around: Told, *, exclusion: bool) -> bool:
    """Whether all that words say is a moment of the trial, before or at which a thing is there.

    Of what is going on, or was so within a time, the time of the study says nothing more. What is barred
    before a moment may be over by then.
    """
    end = end_of_moment(words, 0)
    if end and _DAY.match(words, end) is not None:
        if around.window is None and _OF_TRIAL.search(words) is None:
            return False
        ever = exclusion and not around.negated and around.window is None and _BEFORE.match(words) is not None
        around.historic = around.historic or ever
        return True
    if around.window is None and around.modifiers.get("status") != "active":
        return False
    return _tells_study(words) or (around.window is not None and _ON_TREATMENT.fullmatch(words) is not None)


def _tells_study(words: str) -> bool:
    """Whether words only name the time of the study ("while on study", "during the study period")."""
    return _DURING.fullmatch(words) is not None
