"""What is put up with, written as if it were asked for: "stable brain metastases", "stable dose of steroids".

Few trials are for patients with metastases in the brain, and none for those that are as stable as can be.
Whoever has them is held to the state; whoever has none isn't asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.language.vocabulary import Vocabulary
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["with_tolerated"]

_SPREAD = frozenset(
    map(str, (TGC.CentralNervousSystemMetastasis, TGC.BrainMetastasis, TGC.LeptomeningealDisease))
)
_STEROID = str(TGC.Corticosteroid)
_HELD = re.compile(
    r"\b(?:stable|inactive|well[- ]controlled|controlled|asymptomatic"
    r"|(?:no|without)\s+(?:evidence\s+of\s+)?(?:disease\s+)?progress\w+)\b"
    r"(?!\s*(?:or|and|/)\s*(?:not\b|un|symptomatic|progress|growing))",
    re.IGNORECASE,
)
"""Words for a disease that is as well as it can be, and isn't as bad all the same."""
_STEADY = re.compile(r"\W*(?:on\s+)?(?:an?\s+)?stable\s+dos(?:e|es|age)\b", re.IGNORECASE)

_SENTENCE = re.compile(r"\.\s+[A-Z]")
"""Where another sentence starts, which says more than of the state."""


def with_tolerated(criteria: Sequence[Criterion], vocabulary: Vocabulary) -> list[Criterion]:
    """Return the criteria of a section, what is only put up with asked of those who have it.

    Where another demand asks for metastases in the brain too, the trial is for those who have them.

    Args:
        criteria: The criteria, in order.
        vocabulary: Words of the concepts.
    """
    opened = {
        each.id: told
        for each in criteria
        if each.kind == "inclusion" and (told := tuple(_opening(each.expression, vocabulary)))
    }
    held = {name for name, told in opened.items() if any(each.concept != _STEROID for each in told)}
    return [
        _of_bearers(each, opened[each.id])
        if each.id in opened and (held == {each.id} or each.id not in held)
        else each
        for each in criteria
    ]


def _opening(expression: Expression, vocabulary: Vocabulary) -> Iterator[Fact]:
    """Yield the metastases in the brain, or the steroids, that a demand opens with, any of which meets it."""
    match expression:
        case Fact() if not expression.is_mention:
            term = vocabulary.by_iri.get(expression.concept)
            if term is not None and (any(map(term.is_a, _SPREAD)) or term.is_a(_STEROID)):
                yield expression
        case AllOf(operands):
            yield from _opening(operands[0], vocabulary)
        case AnyOf(operands):
            told = [tuple(_opening(each, vocabulary)) for each in operands]
            if all(told):
                for each in told:
                    yield from each
        case _:
            return


def _of_bearers(criterion: Criterion, told: Sequence[Fact]) -> Criterion:
    """Return a demand as one on those who have what it opens with, if it is for a state of that only."""
    words = criterion.normalized
    steroid = any(each.concept == _STEROID for each in told)
    if not (_STEADY.match(words) if steroid else _HELD.search(words)) or any(each.count for each in told):
        return criterion
    lacked = Not(any_of([replace(each, modifiers={}, within=None, exceptions=()) for each in told]))
    asked = criterion.expression
    if isinstance(asked, AllOf) and _SENTENCE.search(words):
        first, *others = asked.operands
        return replace(criterion, expression=AllOf((any_of([lacked, first]), *others)))
    return replace(criterion, expression=any_of([lacked, asked]))
