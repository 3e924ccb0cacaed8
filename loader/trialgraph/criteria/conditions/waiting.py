"""The washout that a sentence of its own asks for, of the treatments that the sentence before it bars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.intervals import MUST_STOP
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.quantities.windows import length_in, window_of
from trialgraph.criteria.trees import is_formal, map_facts
from trialgraph.expressions import Expression, Fact, Not, Window, atoms

__all__ = ["with_washout"]

_OPENING = r"\W*(?:notes?\W+)?(?:(?:the|an?|minimum|minimal|required|adequate)\s+)*"
_PERIOD = r"wash-?\s?out(?:\s+(?:period|time|interval))?"
_BEFORE = r"(?:\s+(?:prior\s+to|before)\s+[^.;:\d]{3,60}?(?:\d[^.;:\d]{0,12}){0,2})?"
_ASKED = r"(?:\s+(?:is|are|will\s+be)\s+(?:required|needed|necessary|requested))"
_TAKING = (
    r"(?:(?:who\s+are\s+)?(?:currently\s+)?(?:on|taking|receiving|using)\s+(?:these|such|the|those|this|any\s+of\s+these)\s+"
    r"(?:drugs?|medications?|agents?|products?|inhibitors?|inducers?|supplements?)\s+)?"
)
_TELLING = ("wash", " discontinue", " stop")
_LENGTH = length_in("LENGTH")
_WASHOUTS = (
    length_in(
        rf"{_OPENING}{_PERIOD}{_BEFORE}\s+(?:of|is|must\s+be|should\s+be)\s+(?:at\s+least\s+)?LENGTH(?P<rest>.*)"
    ),
    length_in(rf"{_OPENING}LENGTH\s+{_PERIOD}(?P<rest>.*)"),
    length_in(
        rf"{_OPENING}(?:patients?|participants?|subjects?|individuals?|these|they|such\s+\w+)\s+{_TAKING}{MUST_STOP}"
        r"(?:at\s+least\s+|≥\s*)?LENGTH(?P<rest>.*)"
    ),
)
_ALONE = re.compile(rf"{_ASKED}?{_BEFORE}{_ASKED}?\W*$", re.IGNORECASE)
"""How the sentence ends that is about all treatments before it."""
_SOME = re.compile(
    r"\s+for\s+(?P<some>[^.;:\d]{3,80}?),?\s+and\s+(?P<time>[^.;:]{3,20}?)\s+for\s+(?:all\s+)?other\s+"
    r"(?:agents?|drugs?|medications?|inducers?|inhibitors?)\W*$",
    re.IGNORECASE,
)
"""How it ends when some have a time of their own ("5 weeks for A or B and 3 weeks for other agents")."""


def with_washout(text: Text, sentence: Sequence[Chunk], before: Expression) -> Expression | None:
    """Return what the sentence before bars, within the washout that this one asks for; None for others.

    Args:
        text: The text under reading.
        sentence: A sentence ("The required washout period prior to starting A is 2 weeks").
        before: What the one before it bars: treatments given now, or ever.
    """
    if not any(map(text.lowered.__contains__, _TELLING)):
        return None
    if isinstance(before, Not) and not text.exclusion:
        inside = _waited_for(text, sentence, before.operand)
        return None if inside is None else Not(inside)
    return _waited_for(text, sentence, before) if text.exclusion else None


def _waited_for(text: Text, sentence: Sequence[Chunk], before: Expression) -> Expression | None:
    """Return treatments in the time that a sentence asks to wait since they were given."""
    if not _bars_undated(before):
        return None
    start, end = sentence[0].start, sentence[-1].end
    match = next(filter(None, (each.match(text.text, start, end) for each in _WASHOUTS)), None)
    if match is None:
        return None
    told = window_of(match, text.text[start : match.start("rest")])
    if _ALONE.match(match["rest"]):
        return map_facts(before, lambda fact: _dated(fact, told))
    some = _SOME.match(match["rest"])
    other = _LENGTH.match(some["time"].strip()) if some is not None else None
    if some is None or other is None:
        return None
    first, last = (match.start("rest") + place for place in some.span("some"))
    named = {chunk.term.iri for chunk in sentence if first <= chunk.start < last and chunk.term is not None}
    others = window_of(other, text.text[match.start("rest") + some.start("time") : end])
    facts = {atom.concept for atom in atoms(before) if isinstance(atom, Fact)}
    if not named or not named <= facts:
        return None
    return map_facts(before, lambda fact: _dated(fact, told if fact.concept in named else others))


def _bars_undated(before: Expression) -> bool:
    """Whether treatments are barred without a time, and nothing else."""
    facts = [atom for atom in atoms(before) if isinstance(atom, Fact)]
    given = all(fact.category in GIVEN and fact.within is None for fact in facts if not fact.is_mention)
    return bool(facts) and given and is_formal(before) and not isinstance(before, Not)


def _dated(fact: Fact, window: Window) -> Fact:
    if fact.is_mention:
        return fact
    kept = {name: told for name, told in fact.modifiers.items() if (name, told) != ("status", "active")}
    return replace(fact, modifiers=kept, within=window)
