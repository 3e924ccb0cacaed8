"""Sentences that list instances of what the one before them bars ("Examples include angina or …")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import Expression, Fact, Value, atoms

__all__ = ["EXAMPLES", "LISTING", "listed_instances", "lists_allowed", "lists_kind"]

EXAMPLES = re.compile(r"^(?:some )?(?:examples?|for example)\b", re.IGNORECASE)
LISTING = re.compile(
    r"^(?:(?:these|such|prohibited|the following|excluded)\s+)?"
    r"(?:agents?|drugs?|medications?|medicines?|inhibitors?|inducers?|therap(?:y|ies)|treatments?|these|this)"
    r"\s+(?:(?:may|can|could|would|will)\s+)?includes?\b",
    re.IGNORECASE,
)
_INCLUDES = ("include", "includes")
_SOON = 8
_OPENING = frozenset({",", ":", "the", "following", "of", "the following"})
_NARROWING = ("exception", "qualifier")
_BEHIND = ("requiring ", "that ", "which ", "who ", "with ", "for ", "needing ", "treated ")
_LETTING_IN = frozenset({"exception", "allowance"})


def listed_instances(
    text: Text,
    sentences: Sequence[Sequence[Chunk]],
    sentence: Sequence[Chunk],
    kind: Expression | None = None,
) -> Expression | None:
    """Return the instances that a sentence lists, any of which bars; None where it isn't plain that they do.

    Args:
        text: The text; among demands nothing is listed so.
        sentences: All of its sentences; behind an exception, examples may be of whom it lets in.
        sentence: One of them.
        kind: What the sentence before bars; its time is that of the instances too.
    """
    words = text.text[sentence[0].start : sentence[-1].end]
    again = kind is not None and lists_kind(sentence, kind)
    if not text.exclusion or not (again or EXAMPLES.match(words) or LISTING.match(words)):
        return None
    if kind is not None and any(isinstance(atom, Value) for atom in atoms(kind)):
        return None
    before = [chunk for each in sentences for chunk in each if chunk.start < sentence[0].start]
    at = next((i for i, chunk in enumerate(sentence[:_SOON]) if "example" in chunk.classes), None)
    if at is None or any(chunk.classes & _LETTING_IN for chunk in before):
        return None
    if not again and any(is_content(chunk) and category_of(chunk) != "condition" for chunk in sentence[:at]):
        return None
    first = at + 1
    while first < len(sentence) and sentence[first].form in _OPENING:
        first += 1
    listed = trimmed(sentence[first:])
    if not listed:
        return None
    read = join_segments(text, read_segments(text, listed), "or")
    if not any(isinstance(atom, Fact) for atom in atoms(read)):
        return None
    return read if kind is None else map_facts(read, lambda fact: _like_kind(text, fact, kind))


def lists_kind(sentence: Sequence[Chunk], kind: Expression) -> bool:
    """Whether a sentence lists the kind that the one before bars ("Retinoids include …")."""
    at = next((i for i, chunk in enumerate(sentence[:_SOON]) if chunk.form.startswith(_INCLUDES)), 0)
    named = [chunk.term.iri for chunk in sentence[:at] if chunk.term is not None]
    barred = {each.concept for each in atoms(kind) if isinstance(each, Fact)}
    return len(named) == 1 and named[0] in barred


def lists_allowed(text: Text, before: Sequence[Chunk], sentence: Sequence[Chunk]) -> bool:
    """Whether a sentence lists instances of what the one before it allows, and so asks nothing more."""
    words = text.text[sentence[0].start : sentence[-1].end]
    letting = any("allowance" in chunk.classes for chunk in before)
    plain = not any(chunk.classes & {"barring", "negation", "exception"} for chunk in before)
    return letting and plain and bool(EXAMPLES.match(words) or LISTING.match(words))


def _like_kind(text: Text, fact: Fact, kind: Expression) -> Fact:
    """Return an instance with the time of its kind, and what else narrows the one thing it is a kind of."""
    told = [atom for atom in atoms(kind) if isinstance(atom, Fact) and atom.category == fact.category]
    times = {each.within for each in told}
    if fact.within is None and len(times) == 1:
        fact = replace(fact, within=times.pop())
    if fact.category in GIVEN and len({each.modifiers.get("status") for each in told}) == 1:
        fact = _narrowed(fact, told[0], ("status",))
    term = text.vocabulary.by_iri.get(fact.concept)
    same = len(told) == 1 and term is not None and told[0].concept in term.ancestors
    return _narrowed(fact, told[0], _NARROWING) if same else fact


def _narrowed(fact: Fact, kind: Fact, names: Sequence[str]) -> Fact:
    """Return an instance with what is said behind its kind ("requiring …"); what stands before, it shows."""
    told = {name: kind.modifiers[name] for name in names if name in kind.modifiers}
    behind = [part for part in told.pop("qualifier", "").split("; ") if part.startswith(_BEHIND)]
    told |= {"qualifier": "; ".join(behind)} if behind else {}
    return replace(fact, modifiers={**told, **fact.modifiers})
