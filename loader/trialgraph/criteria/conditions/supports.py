"""What a value has to be reached without: "platelets ≥ 100 without transfusion within 7 days"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import read_fact
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import all_of
from trialgraph.expressions import Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["unsupported"]

_SUPPORT = frozenset(
    {"support", "support of", "use of", "the", "requiring", "require", "administration of", "need for"}
)
_MET = frozenset({"criteria", "criterion", "must", "be met", "met", "be", "must be met"})
"""What leads to it ("criteria must be met without transfusion")."""
_JOINT = re.compile(r"\s*(?:,\s*)?(?:or|and|and/or|nor)\s+(?:[a-z]+\s+)?|\s*[,/]\s*", re.IGNORECASE)
_PLAIN = frozenset({"status"})
_REACHED = "to reach the value"
"""What a treatment without a time is for: only one that was never given is ruled out."""
_OXYGEN = str(TGC.OxygenTherapy)
"""What is given while a value is measured, so that only what goes on now is meant."""
_BREATHED = frozenset({"status", "relation", "need"})
_TEST = re.compile(
    r"\b(?:test|assess|sampl|count|draw|lab|result|measur|value|determin|screening|eligib)", re.IGNORECASE
)
"""What a time is told from that isn't the enrolment."""


def unsupported(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return that a value is reached without some treatments; None for anything else.

    Without a time, or with one that is told from the test, it would bar whoever was ever given the treatment,
    which the words don't say: what it is for stands as a quality that no record shows, so that only its
    absence counts.

    Args:
        text: The text under reading.
        chunks: The words behind a value, or those of a bracket.
    """
    kept, told = _without_test(text, _from_denial(chunks))
    ever = any("historic" in chunk.classes for chunk in kept)
    if not kept or (ever and all(chunk.kind != "window" for chunk in kept)):
        return None
    facts = [_given(text, part) for part in _each(text, kept)]
    known = [fact for fact in facts if fact is not None]
    if len(known) < len(facts):
        return None
    window = known[-1].within
    window = replace(window, text=told) if window is not None and told else window
    shared = [
        fact if fact.within is not None and not told else replace(fact, within=window) for fact in known
    ]
    asked = [_asked(fact) for fact in shared]
    found = [each for each in asked if each is not None]
    return all_of(found) if len(found) == len(asked) else None


def _from_denial(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return words about a value that start by denying something; nothing of others."""
    kept = trimmed([chunk for chunk in chunks if chunk.form not in _SUPPORT])
    while kept and (kept[0].form in _MET or {"persons", "neutral"} & kept[0].classes - {"negation"}):
        kept = kept[1:]
    return kept if any("negation" in chunk.classes for chunk in kept[:2]) else []


def _without_test(text: Text, chunks: list[Chunk]) -> tuple[list[Chunk], str]:
    """Leave out what tells of the test that a time is told from, and return it with the time."""
    timed = next((i for i, chunk in enumerate(chunks) if chunk.kind == "window"), None)
    if timed is None or timed + 1 == len(chunks):
        return chunks, ""
    told = text.text[chunks[timed].start : chunks[-1].end]
    plain = not any(chunk.classes & {"negation", "exception", "condition"} for chunk in chunks[timed:])
    return (chunks[: timed + 1], told) if plain and _TEST.search(told) else (chunks, "")


def _each(text: Text, chunks: Sequence[Chunk]) -> Iterator[Sequence[Chunk]]:
    """Yield each of what is named behind a negation, with it: "without transfusion or growth factors"."""
    last = next(i for i, chunk in enumerate(chunks) if "negation" in chunk.classes)
    lead, part = list(chunks[: last + 1]), list[Chunk]()
    for chunk in chunks[last + 1 :]:
        if part and _JOINT.fullmatch(text.text, part[-1].end, chunk.start):
            yield [*lead, *part]
            part = []
        part.append(chunk)
    yield [*lead, *part]


def _given(text: Text, chunks: Sequence[Chunk]) -> Fact | None:
    reading = read_fact(text, chunks)
    fact = reading.expression if reading is not None and reading.negated else None
    return fact if isinstance(fact, Fact) and fact.category in GIVEN else None


def _asked(fact: Fact) -> Expression | None:
    if fact.within is None and fact.concept == _OXYGEN and _BREATHED.issuperset(fact.modifiers):
        return Not(replace(fact, modifiers={"status": "active"}))
    if fact.within is None:
        return None if fact.modifiers else Not(replace(fact, modifiers={"qualifier": _REACHED}))
    if not _PLAIN.issuperset(fact.modifiers):
        return None
    if _TEST.search(fact.within.text) is None:
        return Not(fact)
    return Not(replace(fact, modifiers={"qualifier": fact.within.text}, within=None))
