"""Treatments that are required: by an unnamed condition ("any that requires steroids"), or by a patient."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.results import Told
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["REQUIRING", "UNNAMED", "after_requiring", "with_denied_needs", "with_needs_to_come"]

REQUIRING = frozenset({"requiring", "require", "required", "needing"})
_ANY = frozenset({"condition", "disorder", "illness", "syndrome"})
UNNAMED = _ANY | {"disease"}


_NEEDING = ("need", "requir")
_NEEDED = re.compile(
    r"(?:in\s+need\s+of|needs?|needing|need\s+(?:for|of)|requires?|requiring)\b(?!.*\bprior\b)", re.IGNORECASE
)
_FOR_CANCER = (str(TGC.AntitumorTherapy), str(TGC.Surgery))
_GOING_ON = frozenset({",", "and", "must", "should", "shall"})
"""What a denial goes on behind that tells nobody apart, as "who do not" would."""


def with_denied_needs(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the words of a demand with each "not require" of it as one denial ("…, and not require A")."""
    told: list[Chunk] = []
    for chunk in chunks:
        denied = bool(told) and told[-1].form == "not" and chunk.form == "require"
        if denied and (len(told) == 1 or told[-2].form in _GOING_ON):
            told[-1] = replace(told[-1], form="not requiring", end=chunk.end)
        else:
            told.append(chunk)
    return told


def with_needs_to_come(expression: Expression, text: Text) -> Expression:
    """Return a demand with the cancer treatment that patients have to be in need of as one that is to come.

    Whoever is "in need of systemic therapy" needn't have had any.
    """
    if text.exclusion or not any(map(text.lowered.__contains__, _NEEDING)):
        return expression
    match expression:
        case AllOf(operands):
            return all_of([with_needs_to_come(each, text) for each in operands])
        case AnyOf(operands):
            return any_of([with_needs_to_come(each, text) for each in operands])
        case Fact():
            return _to_come(expression, text)
        case _:
            return expression


def _to_come(fact: Fact, text: Text) -> Fact:
    term = text.vocabulary.by_iri.get(fact.concept)
    needed = _NEEDED.match(fact.modifiers.get("qualifier", "")) is not None
    if not needed or fact.modifiers.keys() - {"qualifier"} or fact.within is not None:
        return fact
    if term is None or not any(map(term.is_a, _FOR_CANCER)):
        return fact
    return replace(fact, modifiers={"status": "planned", **fact.modifiers})


def after_requiring(text: Text, chunks: Sequence[Chunk], around: Told) -> Sequence[Chunk]:
    """Return what is behind "any condition requiring" before a treatment.

    What is required is going on. What kind of condition it has to be, or a disease that isn't any other,
    narrows the treatment.
    """
    for index in range(1, len(chunks)):
        if chunks[index].form not in REQUIRING or not _is_unnamed(chunks[:index]):
            continue
        told = [chunk for chunk in chunks[:index] if "negation" not in chunk.classes]
        if (index - len(told)) % 2:
            around.negated = not around.negated
        if chunks[index].form != "required" and not any("historic" in chunk.classes for chunk in told):
            around.modifiers["status"] = "active"
        if told and not all(map(_is_any_illness, told)):
            around.qualifiers.append(text.text[told[0].start : chunks[index].end])
        return chunks[index + 1 :]
    return chunks


def _is_unnamed(chunks: Sequence[Chunk]) -> bool:
    """Whether words end in a condition without a name, a bracket or "that" behind it."""
    forms = [chunk.form for chunk in chunks if chunk.kind != "bracket"]
    if forms[:1] == ["syndrome"]:
        # "An autoimmune disease or syndrome that requires treatment": the disease has to require it too.
        return False
    if forms[-1:] in (["that"], ["which"]):
        return not _ANY.isdisjoint(forms[-2:-1])
    return not UNNAMED.isdisjoint(forms[-1:])


def _is_any_illness(chunk: Chunk) -> bool:
    """Whether a word before what a condition requires leaves open which condition that is."""
    plain = bool(chunk.classes & {"neutral", "other"}) and "historic" not in chunk.classes
    return chunk.kind == "word" and (plain or chunk.form in _ANY or chunk.form in ("that", "which"))
