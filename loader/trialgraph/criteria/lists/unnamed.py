"""Kinds without a name that is known, and the instances told of them ("drugs that cause X (e.g. A, B)")."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import of_unread_kind
from trialgraph.criteria.language.connectives import JOINTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import any_of, is_formal, map_facts
from trialgraph.expressions import AnyOf, Expression, Fact, Window, atoms

__all__ = ["examples_before_judgement", "gives_examples", "is_any_thing", "of_unnamed", "read_examples"]

_Read = Callable[[Text, Sequence[Chunk]], Expression]

_MISLEADING = frozenset({
    "negation", "condition", "exception", "allowance", "barring", "others", "regardless", "unactual",
    "planned", "turning", "example", "definition", "inability", "ability", "female", "male", "needing",
})  # fmt: skip
_OTHERWISE = re.compile(
    r"\b(?:allerg|intoleran|sensitiv|reacti|resistan|contraindicat|similar|compounds?\b|family|famil|relative|risk"
    r"|unless|unable|inab|not\b|no\b|never|without|fail|refractory|progress|permit|allow|except|may\b|should|must"
    r"|will\b|if\b|eligib)",
    re.IGNORECASE,
)
"""What says something else of instances than that who has them is barred."""
_RELATIVE = re.compile(r"(?:that|which|who)\b", re.IGNORECASE)
_CLAUSES = ("that", "which", "who")
_ANY_THING = frozenset({
    "condition", "medical condition", "illness", "medical illness", "disorder", "disease", "problem", "issue",
    "comorbidity", "co-morbidity", "comorbid", "comorbidities", "medical", "health", "event", "finding",
    "history", "procedure", "medication", "drug", "agent", "treatment", "therapy", "abnormality", "diagnosis",
})  # fmt: skip
"""Words that leave open what kind of thing it is."""
_THAT_IS = frozenset({"i.e", "ie", "namely"})
_SILENT = frozenset({"neutral", "historic", "active", "other", "tail", "persons"})


def read_examples(text: Text, chunks: Sequence[Chunk], read_any: _Read) -> Expression | None:
    """Read what is barred by a kind without a known name, whose instances a bracket tells; else None.

    A judgement on the kind behind the bracket narrows each ("condition (e.g. A) that may affect the study").
    """
    at = next((i for i, chunk in enumerate(chunks) if gives_examples(chunk)), 0)
    outside = [*chunks[:at], *chunks[at + 1 :]]
    if not at or any(chunk.kind not in ("word", "window", "sign") for chunk in outside):
        return None
    words = text.text[chunks[0].start : chunks[at - 1].end]
    behind = [chunk for chunk in chunks[at + 1 :] if chunk.window is None]
    rest = text.text[behind[0].start : behind[-1].end] if behind else ""
    judging = rest if _RELATIVE.match(rest) and lexicon().judgement.search(rest.lower()) else ""
    telling = chunks[:at] if judging else outside
    if any(chunk.classes & _MISLEADING for chunk in telling) or all(map(_is_silent, outside)):
        return None
    if _OTHERWISE.search(words if judging else f"{words} {rest}"):
        return None
    read = read_any(text, trimmed(chunks[at].inner[1:]))
    members = read.operands if isinstance(read, AnyOf) else (read,)
    instances = [of_unnamed(text, telling, each) for each in members if is_formal(each)]
    if judging:
        instances = [map_facts(each, lambda fact: of_unread_kind(fact, judging)) for each in instances]
    whole = at + 1 < len(chunks) or len(instances) < len(members)
    kind = narrative(text, chunks[0].start, chunks[-1].end if whole else chunks[at].start)
    told = bool(judging) or kind.reason == "not-formalised"
    return any_of([kind, *instances]) if instances and told else None


def gives_examples(bracket: Chunk) -> bool:
    """Whether a bracket names instances of what stands before it."""
    if bracket.kind != "bracket" or not bracket.inner:
        return False
    opening = bracket.inner[0]
    opens = "example" in opening.classes or opening.form.replace(" ", "").strip(".") in _THAT_IS
    return opens and any(map(is_content, bracket.inner))


def examples_before_judgement(chunks: Sequence[Chunk]) -> Chunk | None:
    """Return the examples of the only kind that a clause behind them judges ("disease (e.g. A) that may")."""
    at = next((i for i, chunk in enumerate(chunks) if gives_examples(chunk)), None)
    if at is None or any(chunk.form in JOINTS for chunk in chunks[:at]):
        return None
    behind = next((chunk for chunk in chunks[at + 1 :] if chunk.kind != "sign"), None)
    return chunks[at] if behind is not None and behind.form.startswith(_CLAUSES) else None


def is_any_thing(chunk: Chunk) -> bool:
    """Whether a word leaves open what kind of thing is spoken of ("condition", "medication")."""
    return chunk.form in _ANY_THING


def of_unnamed(text: Text, kind: Sequence[Chunk], instances: Expression) -> Expression:
    """Return instances in the time and state of their kind, narrowed by what it says of itself.

    "Medical conditions" says nothing, "history of an abdominal process within 6 months" when it was.
    """
    times = [chunk.window for chunk in kind if chunk.window is not None]
    window = times[0].window if len(times) == 1 and not times[0].narrowed else None
    told = [chunk for chunk in kind if chunk.kind != "sign" and (window is None or chunk.window is None)]
    while told and _is_silent(told[0]):
        told.pop(0)
    plain = all(_is_silent(chunk) or is_any_thing(chunk) for chunk in told)
    words = "" if plain else text.text[told[0].start : told[-1].end].strip(" ;,.:")
    state = _state(kind)

    def narrowed(fact: Fact) -> Fact:
        fact = _in_state(fact, state, window)
        return of_unread_kind(fact, words) if words else fact

    return map_facts(_judged_alike(instances) if plain else instances, narrowed)


def _judged_alike(instances: Expression) -> Expression:
    """Return instances, each with the judgement that a clause behind the last passes on what they are of."""
    facts = [atom for atom in atoms(instances) if isinstance(atom, Fact)]
    told = facts[-1].modifiers.get("qualifier", "").split("; ") if facts else []
    clause = next((part for part in told if _RELATIVE.match(part) and lexicon().judgement.search(part)), "")

    def judged(fact: Fact) -> Fact:
        known = clause in fact.modifiers.get("qualifier", "")
        return fact if known else of_unread_kind(fact, clause)

    return map_facts(instances, judged) if clause else instances


def _state(kind: Sequence[Chunk]) -> str | None:
    """Return whether a kind is said to go on, or to be over."""
    classes = [chunk.classes for chunk in kind]
    now, past = (any(name in each for each in classes) for name in ("active", "historic"))
    return None if now == past else "active" if now else "history"


def _in_state(fact: Fact, state: str | None, window: Window | None) -> Fact:
    within = fact.within or window
    told = state if state == "active" or fact.category == "condition" else None
    if told is None or "status" in fact.modifiers or (state == "active" and within is not None):
        return replace(fact, within=within)
    return replace(fact, within=within, modifiers={**fact.modifiers, "status": told})


def _is_silent(chunk: Chunk) -> bool:
    return chunk.kind == "sign" or (chunk.kind == "word" and bool(chunk.classes & _SILENT))
