"""Infections that those whom a trial lets in hold down ("HIV on ART with undetectable viral load")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.statements import read_statement
from trialgraph.criteria.statements.supposed import case_of
from trialgraph.criteria.trees import all_of
from trialgraph.expressions import Expression, Fact, Value
from trialgraph.namespaces import TGC

__all__ = ["GOING_WITH", "goes_on", "is_given", "let_in_with", "state_of"]

_TAKING = frozenset({"on", "receiving", "taking"})
GOING_WITH = _TAKING | {"with", "with documented", "with a documented", "and", "who"}
"""What goes on to something that those with a disease are let in with."""
_STATED = frozenset({"on", "with", "and", "receiving"})
_TOLD_OF_STATE = frozenset({"treatment", "biomarker"})
_LISTING = re.compile(r",|/|\b(?:and|or)\b", re.IGNORECASE)
"""What goes on to something else within what a concept is said to be like."""
_INFECTION = str(TGC.InfectiousDisease)


def let_in_with(text: Text, subject: Sequence[Chunk]) -> tuple[Expression, Expression] | None:
    """Read "patients with HIV on antiretroviral therapy with undetectable viral load are eligible".

    Of those with an infection it asks what was found of it, and its treatment; None for anything else.
    """
    named = next((i for i, chunk in enumerate(subject) if is_content(chunk)), len(subject))
    term = subject[named].term if named < len(subject) else None
    starts = [i for i in range(named + 1, len(subject)) if subject[i].form in GOING_WITH]
    if term is None or not term.is_a(_INFECTION) or not starts:
        return None
    case = case_of(text, subject[: starts[0]])
    ends = [*starts[1:], len(subject)]
    pieces = [trimmed(subject[at:end]) for at, end in zip(starts, ends, strict=True)]
    said = [piece for piece in pieces if not all("neutral" in chunk.classes for chunk in piece)]
    asked = [_gone_with(text, piece) for piece in said]
    told = [each for each in asked if not isinstance(each, Value)]
    found = len(told) < len(asked) or any(map(_is_found, told))
    plain = all(map(_is_controlled, told))
    return (case, all_of(asked)) if isinstance(case, Fact) and found and plain else None


def _gone_with(text: Text, piece: list[Chunk]) -> Expression:
    read = case_of(text, piece[1:] if piece[0].form in GOING_WITH else piece)
    if isinstance(read, Fact) and is_given(read) and piece[0].form in _TAKING:
        return replace(read, modifiers={**read.modifiers, "status": "active"})
    return read


def _is_found(atom: Expression) -> bool:
    return isinstance(atom, Fact) and atom.category == "biomarker"


def _is_controlled(fact: Expression) -> bool:
    """Whether a fact is a treatment under way, or a finding that nothing narrows."""
    if not isinstance(fact, Fact):
        return False
    under_way = is_given(fact) and fact.modifiers.get("status") == "active"
    return under_way or (fact.category == "biomarker" and "qualifier" not in fact.modifiers)


def state_of(text: Text, subject: Sequence[Chunk]) -> Expression | None:
    """Return how an infection is held down of those let in ("HIV on A with undetectable viral load").

    None unless all that is said of them is what they take and what their tests show.
    """
    named = [i for i, chunk in enumerate(subject) if is_content(chunk)]
    ill = subject[named[0]].term if named else None
    starts = [i for i, chunk in enumerate(subject) if named and i > named[0] and _states(chunk)]
    if ill is None or not ill.is_a(_INFECTION) or len(named) < 2 or not starts or starts[0] > named[1]:
        return None
    if any(chunk.kind != "word" or "neutral" not in chunk.classes for chunk in subject[: named[0]]):
        return None
    parts = [subject[i:j] for i, j in zip(starts, [*starts[1:], len(subject)], strict=True)]
    told = [each for part in parts if (each := _stated(text, part)) is not None]
    whole = len(told) == len(parts) == len(named) - 1 and not any(map(goes_on, told))
    return all_of(told) if whole else None


def _states(chunk: Chunk) -> bool:
    return chunk.kind == "word" and chunk.form.split(" ")[-1] in _STATED


def _stated(text: Text, chunks: Sequence[Chunk]) -> Fact | None:
    """Return what someone takes, or what a test shows, behind the word that leads to it."""
    rest = trimmed(chunks[1:])
    read = read_statement(text, rest).expression if rest else None
    if not isinstance(read, Fact) or read.category not in _TOLD_OF_STATE:
        return None
    taken = read.category == "treatment" and read.within is None
    return replace(read, modifiers={**read.modifiers, "status": "active"}) if taken else read


def goes_on(atom: Expression) -> bool:
    """Whether what a concept is said to be like goes on to something else."""
    return isinstance(atom, Fact) and _LISTING.search(atom.modifiers.get("qualifier", "")) is not None


def is_given(atom: Expression) -> bool:
    """Whether an atom is a treatment, which is allowed in a trial without a word of who has it."""
    return isinstance(atom, Fact) and atom.category in GIVEN
