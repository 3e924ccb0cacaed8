"""What may stand in for a progression: "progression on, or intolerance to, sorafenib".

Who didn't tolerate a treatment, or may not have it, need not have progressed on it, so these words don't
narrow the progression.
"""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["with_intolerance"]

_PROGRESSED = frozenset(
    map(str, (TGC.ProgressiveDisease, TGC.RadiographicProgression, TGC.Recurrence, TGC.RefractoryDisease))
)
_GATE = ("tolera", "ineligib", "declin", "refus", "contraindicat")
_SPARED = re.compile(
    r"(?P<own>(?:(?!\band\b).)*?)(?:[\s,]*(?<!\()\bor\b|\s*,(?=.*\bor\b))\s+"
    r"(?P<rest>(?:(?:be|been|is|are|was|were|ha(?:s|ve|d)|who|documented|confirmed|considered|shown|developed)\s+)*"
    r"(?:intoleran|unable\s+to\s+tolerate|(?:did\s+|can)?not\s+tolerat|ineligib|declin|refus|contraindicat).*)",
    re.IGNORECASE,
)
"""What narrows a progression, and the intolerance that is offered in its place."""


def with_intolerance(expression: Expression, text: Text) -> Expression:
    """Return a demand with the intolerance that its progressions may give way to, in words beside them."""
    if text.exclusion or not any(word in text.lowered for word in _GATE):
        return expression
    match expression:
        case AllOf(operands):
            return AllOf(tuple(with_intolerance(each, text) for each in operands))
        case AnyOf(operands):
            return any_of([with_intolerance(each, text) for each in operands])
        case Fact() if expression.concept in _PROGRESSED:
            return _spared(expression, text)
        case _:
            return expression


def _spared(fact: Fact, text: Text) -> Expression:
    qualities = fact.modifiers.get("qualifier", "").split("; ")
    for place, words in enumerate(qualities):
        told = _SPARED.fullmatch(words)
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
