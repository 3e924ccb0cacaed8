"""What a value has to be reached without: "platelets ≥ 100 without transfusion within 7 days"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import read_fact
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.quantities.windows import length_in, window_of
from trialgraph.criteria.trees import all_of, map_facts
from trialgraph.expressions import Expression, Fact, Narrative, Not, Value, Window, atoms
from trialgraph.namespaces import TGC

__all__ = ["is_support", "reached_without", "unsupported"]

_SUPPORT = frozenset(
    {"support", "support of", "use of", "the", "requiring", "require", "administration of", "need for"}
)
_MET = frozenset(
    {"criteria", "criterion", "must", "must be", "should be", "should", "be met", "met", "be", "must be met"}
)
"""What leads to it ("criteria must be met without transfusion")."""
_JOINT = re.compile(r"\s*(?:,\s*)?(?:or|and|and/or|nor)\s+(?:[a-z]+\s+)?|\s*[,/]\s*", re.IGNORECASE)
_PLAIN = frozenset({"status"})
_REACHED = "to reach the value"
"""What a treatment without a time is for: only one that was never given is ruled out."""
_OXYGEN = str(TGC.OxygenTherapy)
"""What is given while a value is measured, so that only what goes on now is meant."""
_SUPPORTS = (str(TGC.BloodTransfusion), str(TGC.HematopoieticGrowthFactor))
_BREATHED = frozenset({"status", "relation", "need"})
_TEST = re.compile(
    r"\b(?:test|assess|sampl|count|draw|lab|result|measur|value|determin|screening|eligib)", re.IGNORECASE
)
"""What a time is told from that isn't the enrolment."""
_STRAY = frozenset({"may", "is", "are", "of", "prior", "dependency", "dependence", "dependent", "dependant",
                    "support", "use", "ongoing", "any", "other", "recent", "concurrent", "concomitant",
                    "intervention", "stable", "receiving", "received", "administration", "assistance",
                    "after", "entry"})  # fmt: skip
"""Words beside what a value is reached without that add nothing to it."""
_AIMS = ("achieve", "reach", "meet", "obtain", "attain", "maintain", "normalize", "to achieve", "to reach",
         "to meet", "to obtain", "to attain", "to maintain")  # fmt: skip
"""Verbs for getting to a value, behind what would bring it there."""
_ALONE = frozenset({"independent", "independence", "independently"})
"""Words behind a treatment that deny it ("transfusion independent")."""
_DEPENDING = ("independen", "dependen")
_FOR_LONG = (
    r"(?:for|over|during|in)\s+(?:(?:at\s+least|a\s+minimum\s+of|no\s+less\s+than|the|last|past|previous|prior|≥|>)\s*)*"
    r"LENGTH(?P<from>(?:\s+(?:prior\s+to|before|preceding|of)\b[\w\s/-]*)?)\s*$"
)
"""How long someone has been without a treatment, which they didn't get within that time then."""


def is_support(chunks: Sequence[Chunk]) -> bool:
    """Whether words about a value tell when it may be reached by a transfusion or a growth factor.

    "Transfusions are allowed until 7 days before" asks for the value, and for more than it.
    """
    if any("condition" in chunk.classes for chunk in chunks) or "exception" in chunks[0].classes:
        return False
    named = next((chunk.term for chunk in chunks if chunk.kind == "concept"), None)
    return named is not None and any(named.is_a(each) for each in _SUPPORTS)


def reached_without(text: Text, members: Sequence[tuple[str, Expression]]) -> list[tuple[str, Expression]]:
    """Return members of a demand with a value, what it is reached without being denied for that only.

    "ANC ≥ 1.5, without the use of G-CSF such as filgrastim" asks nobody never to have been given any.
    """
    valued = any(isinstance(atom, Value) for _, member in members for atom in atoms(member))
    members = [(joint, _reached_alone(text, member, valued=valued)) for joint, member in members]
    if not valued or not any(isinstance(member, Not) for _, member in members):
        return members

    def reached(fact: Fact) -> Fact:
        term = text.vocabulary.by_iri.get(fact.concept)
        support = term is not None and any(term.is_a(each) for each in _SUPPORTS)
        plain = fact.within is None and not fact.modifiers
        return replace(fact, modifiers={"qualifier": _REACHED}) if support and plain else fact

    denied = (Not(map_facts(m.operand, reached)) if isinstance(m, Not) else m for _, m in members)
    return [(joint, member) for (joint, _), member in zip(members, denied, strict=True)]


def _reached_alone(text: Text, member: Expression, *, valued: bool) -> Expression:
    """Return words that only tell what a value is reached without as that ("and dialysis independent")."""
    if not isinstance(member, Narrative) or not any(word in member.text.lower() for word in _DEPENDING):
        return member
    start, end = text.normalized.readable(member.span)
    chunks = [chunk for chunk in text.chunks if start <= chunk.start and chunk.end <= end]
    told = chunks and (valued or any(chunk.form in _MET for chunk in chunks))
    return (unsupported(text, chunks) if told else None) or member


def unsupported(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return that a value is reached without some treatments; None for anything else.

    Without a time, or with one that is told from the test, it would bar whoever was ever given the treatment,
    which the words don't say: what it is for stands as a quality that no record shows, so that only its
    absence counts.

    Args:
        text: The text under reading.
        chunks: The words behind a value, or those of a bracket.
    """
    return _each_denied(text, chunks) or _plainly_denied(text, chunks)


def _each_denied(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
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


def _plainly_denied(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the absence of treatments that little words stand around ("transfusion independent")."""
    words = _without_aim(_unfolded(chunks))
    defined = next((i for i, chunk in enumerate(words) if "definition" in chunk.classes), -1)
    if defined >= 0 and any("negation" in chunk.classes for chunk in words[defined + 1 :]):
        words = words[defined + 1 :]
    named: list[Fact] = []
    denied, dated = False, 0
    for at, chunk in enumerate(words):
        if (window := _time_at(text, words[at:])) is not None:
            named[dated:] = [replace(fact, within=window) for fact in named[dated:]]
            if not named or chunk.window is None:
                break
            dated = len(named)
        elif chunk.kind == "concept":
            reading = read_fact(text, [chunk])
            fact = reading.expression if reading is not None else None
            if not isinstance(fact, Fact) or fact.category not in GIVEN:
                return None
            named += [] if named and named[-1].concept == fact.concept else [fact]
        elif chunk.form in _ALONE or chunk.classes & {"negation", "barring"}:
            if named and not denied and "negation" in chunk.classes:
                return None
            denied, dated = True, len(named) if "negation" in chunk.classes else dated
        elif not (_adds_nothing(chunk, denied=denied)):
            return None
    asked = [_asked(fact) for fact in named if denied]
    found = [each for each in asked if each is not None]
    return all_of(found) if named and len(found) == len(named) else None


def _adds_nothing(chunk: Chunk, *, denied: bool) -> bool:
    """Whether a word says nothing of its own beside treatments that are denied."""
    if chunk.form in _STRAY | _SUPPORT | _MET or "persons" in chunk.classes:
        return True
    joins = _JOINT.fullmatch(f" {chunk.form} ") is not None
    return joins or (denied and "allowance" in chunk.classes)


def _unfolded(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return words with those of the brackets among them, without signs."""
    inner = (each for chunk in chunks for each in (chunk.inner if chunk.kind == "bracket" else (chunk,)))
    return [chunk for chunk in inner if chunk.kind != "sign"]


def _without_aim(chunks: list[Chunk]) -> list[Chunk]:
    """Return words without what a treatment would be for ("transfusion to achieve this isn't permitted")."""
    kept: list[Chunk] = []
    aimed = False
    for at, chunk in enumerate(chunks):
        following = chunks[at + 1].form if at + 1 < len(chunks) else ""
        aimed = aimed or chunk.form.startswith(_AIMS) or (chunk.form == "to" and following in _AIMS)
        named = chunk.kind == "concept" and not (chunk.term is not None and chunk.term.quantity)
        aimed = aimed and not (chunk.window or named or chunk.classes & {"negation", "barring"})
        kept += [] if aimed else [chunk]
    return kept


def _time_at(text: Text, chunks: Sequence[Chunk]) -> Window | None:
    """Return the time that words start with, or how long before all the words say that it has been."""
    if chunks[0].window is not None:
        return chunks[0].window.window
    words = text.text[chunks[0].start : chunks[-1].end]
    found = length_in(_FOR_LONG).match(words) if chunks[0].kind == "word" else None
    return window_of(found, found.group().strip()) if found is not None else None


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
