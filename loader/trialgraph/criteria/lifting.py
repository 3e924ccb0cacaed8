"""Allowances that lift the demands before them: "Lower counts are allowed if …"."""

from __future__ import annotations

import re

from trialgraph.criteria.cases import except_for
from trialgraph.criteria.chunks import Text
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Narrative, Not, Value, atoms

__all__ = ["lift"]

_OTHER_VALUE = re.compile(
    r"\b(?:lower|higher|greater|lesser|elevated|abnormal|outside|below|above|exceeding|older|younger)\b",
    re.IGNORECASE,
)
"""What an allowance says of values other than those that were asked for."""


def lift(text: Text, read: list[Expression], words: str, place: tuple[int, int]) -> list[Expression]:
    """Let an allowance lift the demands before it that it may be about."""
    if text.exclusion:
        return [except_for(text, any_of(read), words, place)]
    lower = _OTHER_VALUE.search(words) is not None
    return [
        except_for(text, each, words, place, lifts=True)
        if _bars(each) or _shares_concept(text, each, place) or (lower and _is_limited(each))
        else each
        for each in read
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
