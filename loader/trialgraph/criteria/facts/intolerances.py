"""What may stand in for a progression or a treatment: "progression on, or intolerance to, sorafenib".

Who didn't tolerate a treatment, or may not have it, need not have progressed on it, nor have had it where it
is asked for, so these words don't narrow the progression or the treatment.
"""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["with_intolerance"]

_PROGRESSED = frozenset(
    map(str, (TGC.ProgressiveDisease, TGC.RadiographicProgression, TGC.Recurrence, TGC.RefractoryDisease))
)
_EXCUSED = re.compile(
    r"(?:for\s+)?(?:patients?|participants?|subjects?|individuals?|those|cohorts?|parts?|arms?|if|when|in\s+cases?)\b"
    r"|contraindicat|unsuitable|unavailable|ineligible|intoleran|not\s+(?:feasible|available|indicated|possible|tolerated)",
    re.IGNORECASE,
)
"""How an exception starts that tells who needn't have had a treatment, or when."""
_GATE = ("tolera", "ineligib", "declin", "refus", "contraindicat", "or for wh", "or in whom", "or where",
         "or ha", "or who", "or there", "unless", "except")  # fmt: skip
_LACKING = (
    r"(?:for\s+(?:whom|which)|in\s+whom|where|there\s+(?:is|are)\s+no|(?:who\s+)?ha(?:s|ve|d)\s+no)\b.*"
)
"""How words go on with those who have no treatment left."""
_SPARED = re.compile(
    r"(?P<own>(?:(?!\band\b).)*?)(?:[\s,]*(?<!\()\bor\b|\s*,(?=.*\bor\b))\s+"
    r"(?P<rest>(?:(?:be|been|is|are|was|were|ha(?:s|ve|d)|who|documented|confirmed|considered|shown|developed)\s+)*"
    r"(?:intoleran|unable\s+to\s+tolerate|(?:did\s+|can)?not\s+tolerat|ineligib|declin|refus|contraindicat).*"
    rf"|{_LACKING})",
    re.IGNORECASE,
)
"""What narrows a progression, and the intolerance that is offered in its place."""
_INSTEAD = re.compile(
    r"(?P<own>.+?)[\s,]*\bor\s+"
    r"(?P<rest>(?:who\s+)?(?:(?:be|been|is|are|was|were)\s+(?:\w+\s+)?(?:intoleran|ineligib|unable|not\s)"
    r"|(?:could|can|did)\s?not\s+tolerat|refuse|decline"
    r"|ha(?:s|ve|d)\s+(?:\w+\s+)?(?:contraindic|refused|declined|intoleran|completed|recurred|relapsed)).*"
    rf"|{_LACKING})",
    re.IGNORECASE,
)
"""What narrows a treatment, and what is asked of those who didn't have it."""
_LOUD = re.compile(r"(?P<own>[^()]*[a-z)])\s+(?:AND/)?OR\s+(?P<rest>[a-z].*)")
"""A choice whose "OR" parts all that stands around it."""


def with_intolerance(expression: Expression, text: Text) -> Expression:
    """Return a demand with the intolerance that its progressions may give way to, in words beside them."""
    if text.exclusion or not (" OR " in text.text or any(map(text.lowered.__contains__, _GATE))):
        return expression
    match expression:
        case AllOf(operands):
            return AllOf(tuple(with_intolerance(each, text) for each in operands))
        case AnyOf(operands):
            return any_of([with_intolerance(each, text) for each in operands])
        case Fact() if expression.concept in _PROGRESSED:
            return _spared(expression, text, (_SPARED, _LOUD))
        case Fact() if expression.category in GIVEN and not expression.is_mention:
            return _excused(_spared(expression, text, (_INSTEAD, _LOUD)), text)
        case _:
            return expression


def _excused(demand: Expression, text: Text) -> Expression:
    """Return a treatment that is asked for, or else the words of its exception that tell who is spared it."""
    words = demand.modifiers.get("exception", "") if isinstance(demand, Fact) else ""
    at = text.text.find(words) if _EXCUSED.match(words) else -1
    if at < 0 or not isinstance(demand, Fact):
        return demand
    others = {name: said for name, said in demand.modifiers.items() if name != "exception"}
    return any_of([replace(demand, modifiers=others), narrative(text, at, at + len(words))])


def _spared(fact: Fact, text: Text, offering: tuple[re.Pattern[str], ...]) -> Expression:
    qualities = fact.modifiers.get("qualifier", "").split("; ")
    for place, words in enumerate(qualities):
        told = next(filter(None, (each.fullmatch(words) for each in offering)), None)
        at = text.text.find(words) if told else -1
        if told is None or at < 0:
            continue
        kept = "; ".join(
            filter(None, [*qualities[:place], told["own"].strip(" ,("), *qualities[place + 1 :]])
        )
        others = {name: said for name, said in fact.modifiers.items() if name != "qualifier"}
        alone = replace(fact, modifiers=others | ({"qualifier": kept} if kept else {}))
        return any_of([alone, narrative(text, at + told.start("rest"), at + told.end("rest"))])
    return fact
