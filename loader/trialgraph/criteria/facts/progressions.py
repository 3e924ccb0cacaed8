"""Treatments that a disease went on under or came back after: "disease progression on nivolumab".

Whoever has such a disease has had the treatment, so it stands beside the disease. When it was given isn't
told: "within 6 months of platinum" is a time of the progression.
"""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.trees import is_formal, map_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, atoms
from trialgraph.namespaces import TGC

__all__ = ["has_gone_on", "past_treatments", "where_treated"]

_GONE_ON = frozenset(
    map(str, (TGC.ProgressiveDisease, TGC.RadiographicProgression, TGC.Recurrence, TGC.RefractoryDisease))
)
_GATE = ("progress", "relaps", "recur", "refractory", "resistant")
_WHEN = (
    r"(?:(?:(?:while|when|still)\s+)?(?:on|receiving|taking|undergoing)(?:\s+or\s+after)?|after|during|following|despite|under"
    r"|within\s+(?:the\s+)?(?:first\s+)?\d+\s+(?:days|weeks|months|years)\s+(?:of|after|from|following))"
)
_TREATED = re.compile(
    rf"{_WHEN}(?:\s*(?:,|/|\band/or\b|\bor\b|\band\b)\s*{_WHEN})*"
    r"(?:\s+(?:the\s+)?(?:(?:completion|end|last\s+dose)\s+of|completing|stopping|receiving|receipt\s+of))?"
    r"(?:\s+(?:at\s+least\s+one|one|a|an|any|their|the))?\s+",
    re.IGNORECASE,
)
"""When a disease went on or came back, up to the treatment that this was under or after."""
_WENT_ON = re.compile(
    r"\b(?:(?:progress(?:ed|ion|ive|ing)?|relaps(?:ed|e|ing)?|recurr(?:ed|ence|ent|ing))"
    r"(?:\s+(?:of\s+)?disease)?\s+(?=\S)"
    r"|(?:refractory|resistant)\s+to\s+)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:if|unless|when|where|may|might|can|could|eligible|ineligible|candidates?|intoleran\w+|toleran\w+|available"
    r"|appropriate|applicable|not|no|without|except|excluding|other\s+than|planned|with\s+or\s+without|plus\s+or\s+minus"
    r"|that|which|who|requir\w+|within|after|during|following)\b",
    re.IGNORECASE,
)
"""What leaves open whether a treatment was given."""
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|plus)\b(?!/)", re.IGNORECASE)
_LIKE = re.compile(
    r"\b(?:persist\w+|progress\w+|recur\w+|relaps\w+|refractory|resistant)(?:\s+to)?,?\s+or\s*$",
    re.IGNORECASE,
)
"""Another word for a disease that went on, before the one that leads to the treatment."""
_NAMED_AS = frozenset({str(TGC.StandardTherapy), str(TGC.Biopsy)})


def has_gone_on(fact: Fact) -> bool:
    """Whether a fact is that a disease went on or came back."""
    return fact.concept in _GONE_ON


def where_treated(fact: Fact, words: str) -> int | None:
    """Return where the treatment starts that words behind a disease tell it went on under; None without."""
    if has_gone_on(fact):
        told = _TREATED.match(words)
        return told.end() if told else None
    if not any(word in words.lower() for word in _GATE):
        return None
    went = _WENT_ON.search(words)
    if went is None or _OR.search(_LIKE.sub("", words[: went.start()])):
        return None
    told = _TREATED.match(words, went.end())
    refractory = went.group().lower().endswith("to ")
    return told.end() if told else (went.end() if refractory else None)


def past_treatments(told: Expression, text: Text, start: int, end: int) -> Expression | None:
    """Return the treatments that a stretch reads as, at whatever time; None where it may say more."""
    words = text.text[start:end]
    facts = list(atoms(told))
    given = all(isinstance(each, Fact) and each.category in GIVEN for each in facts)
    plain = isinstance(told, Fact | AnyOf | AllOf) and is_formal(told) and given
    if not facts or not plain or _OPEN.search(words):
        return None
    if any(isinstance(each, Fact) and (each.concept in _NAMED_AS or each.count) for each in facts):
        return None
    if _OR.search(words) and (_AND.search(words) or not isinstance(told, AnyOf)):
        return None
    return map_facts(told, _at_any_time)


def _at_any_time(fact: Fact) -> Fact:
    """Return a treatment without its time: what a disease went on under may have ended since."""
    kept = {name: value for name, value in fact.modifiers.items() if (name, value) != ("status", "active")}
    return replace(fact, within=None, modifiers=kept)
