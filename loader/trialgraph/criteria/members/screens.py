"""Drugs that a screen finds: "positive drug screen for cocaine or opioids" bars nobody for a prescription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["as_screened", "is_screen", "share_screens"]

_SCREEN = str(TGC.DrugScreenPositive)
_JOINTS = (",", "or", "and", "/")


def is_screen(text: Text, expression: Expression | None) -> bool:
    """Whether a fact is that a screen has found drugs, or one of them."""
    term = text.vocabulary.by_iri.get(expression.concept) if isinstance(expression, Fact) else None
    return term is not None and term.is_a(_SCREEN)


def share_screens(text: Text, segments: Sequence[Segment]) -> None:
    """Read the drugs behind "drug screen positive for A" as found by the screen too, not as taken.

    What narrows the last ("without a prescription") is said of each.
    """
    screened: list[Segment] = []
    for segment in segments:
        listed = screened and segment.joint in _JOINTS and is_bare(segment)
        if listed and segment.expression is not None and not is_screen(text, segment.expression):
            segment.expression = as_screened(text, segment.expression)
        if is_screen(text, segment.expression):
            screened = [*screened, segment] if listed else [segment]
        else:
            screened = []
        _narrow_alike(screened)


def _narrow_alike(screened: Sequence[Segment]) -> None:
    """Let what narrows the last of several findings of a screen narrow those that nothing narrows."""
    last = screened[-1].expression if len(screened) > 1 else None
    told = last.modifiers.get("qualifier", "") if isinstance(last, Fact) else ""
    for segment in screened[:-1] if told and not told.startswith("for ") else ():
        fact = segment.expression
        if isinstance(fact, Fact) and not fact.modifiers:
            segment.expression = replace(fact, modifiers={"qualifier": told})


def as_screened(text: Text, drugs: Expression) -> Expression:
    """Return drugs as what a screen finds; what has no screen by its name is one that is positive for it."""

    def found(fact: Fact) -> Fact:
        start, end = text.normalized.readable(fact.span)
        words = text.text[start:end]
        term = text.vocabulary.find(f"positive drug screen for {words}")
        if term is None and (fact.category != "treatment" or is_screen(text, fact)):
            return fact
        told = fact.modifiers.get("qualifier", "")
        if term is None:
            told = "; ".join(filter(None, [f"for {words}", told]))
        term = term or text.vocabulary.by_iri[_SCREEN]
        modifiers = {name: each for name, each in fact.modifiers.items() if name == "exception"}
        modifiers |= {"qualifier": told} if told else {}
        return replace(
            fact, concept=term.iri, concept_label=term.label, category="biomarker", modifiers=modifiers
        )

    return map_facts(drugs, found)
