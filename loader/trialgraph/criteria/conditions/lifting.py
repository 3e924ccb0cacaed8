"""Allowances that lift the demands before them: "Lower counts are allowed if …"."""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.cases import except_for
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Narrative, Not, Value, atoms

__all__ = ["lift"]

_OTHER_VALUE = re.compile(
    r"\b(?:lower|higher|greater|lesser|elevated|abnormal|outside|below|above|exceeding|older|younger)\b",
    re.IGNORECASE,
)
"""What an allowance says of values other than those that were asked for."""
_POINTS_BACK = re.compile(
    r"^\W*(?:this|these|it|that|the\s+(?:above|former|limit|requirement|criterion|restriction))\b"
    r"|\b(?:not|n't)\s+(?:apply|applicable)\b",
    re.IGNORECASE,
)
"""How an allowance is about the demand before it, though it names nothing of it."""
_CAPPED = re.compile(
    r"(?:\b(?:maximum|at most|(?:no|not) more than|up to|only)\b|[≤<])[^.;]{0,40}?"
    r"(?:\d|\b(?:one|two|three|lines?)\b)",
    re.IGNORECASE,
)
"""What an allowance lets in up to a number, which asks for no more than that."""


def lift(text: Text, read: list[Expression], words: str, place: tuple[int, int]) -> list[Expression]:
    """Let an allowance lift the demands before it that it may be about."""
    if text.exclusion:
        return [except_for(text, any_of(read), words, place)]
    lower = _OTHER_VALUE.search(words) is not None
    lifted = [
        _bars(each) or _shares_concept(text, each, place) or (lower and _is_limited(each)) for each in read
    ]
    if not any(lifted) and _POINTS_BACK.search(words):
        lifted[-1] = True
    if not any(lifted) and _CAPPED.search(words):
        return [*read, narrative(text, *place)]
    return [
        except_for(text, each, words, place, lifts=True) if is_lifted else each
        for each, is_lifted in zip(read, lifted, strict=True)
    ]


def _bars(expression: Expression) -> bool:
    match expression:
        case Not():
            return True
        case AllOf(operands) | AnyOf(operands):
            return any(_bars(each) for each in operands)
        case _:
            return False


def _shares_concept(text: Text, expression: Expression, place: tuple[int, int]) -> bool:
    named = {
        iri
        for position, mention in text.mentions.items()
        if place[0] <= text.tokens[position].start < place[1]
        for iri in (mention.term.iri, *mention.term.ancestors)
    }
    return any(not isinstance(atom, Narrative) and atom.concept in named for atom in atoms(expression))


def _is_limited(expression: Expression) -> bool:
    return any(isinstance(atom, Value) for atom in atoms(expression))
