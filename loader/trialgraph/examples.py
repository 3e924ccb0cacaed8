"""What a general name with examples says of the kinds that its examples have limits for.

"Clinically serious heart disease, such as … myocardial infarction within 12 months": how recent an
infarction has to be is said, so one of longer ago isn't serious by these words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from trialgraph.evaluation import is_qualified
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms
from trialgraph.vocabularies import known_concepts

__all__ = ["with_examples"]

_SUCH_AS = re.compile(
    r"[\s,(]*(?:such as|including|e\.g|for example|for instance|i\.e|namely)\b", re.IGNORECASE
)


def with_examples(expression: Expression, text: str) -> Expression:
    """Return an expression whose general facts leave what their examples are about to these.

    Args:
        expression: As read.
        text: The criterion's words, in which its atoms have their spans.
    """
    match expression:
        case AnyOf(operands):
            return AnyOf(tuple(_general(each, operands, text) for each in operands))
        case AllOf(operands):
            return AllOf(tuple(with_examples(each, text) for each in operands))
        case Not(operand):
            return Not(with_examples(operand, text))
        case _:
            return expression


def _general(part: Expression, among: tuple[Expression, ...], text: str) -> Expression:
    if not isinstance(part, Fact):
        return with_examples(part, text)
    concepts = known_concepts()
    if part.concept not in concepts or part.is_mention or not is_qualified(part) or not _lists(among, text):
        return part
    below = concepts.descendants(part.concept) - {part.concept}
    found = {
        fact.concept
        for other in among
        for fact in _facts(other)
        if fact.span[0] > part.span[0] and fact.concept in below
    }
    return replace(part, examples=tuple(sorted(found)))


def _lists(among: tuple[Expression, ...], text: str) -> bool:
    """Whether what stands first is a general name, followed by examples of it."""
    first = next(iter(_facts(among[0])), None)
    return first is not None and _SUCH_AS.match(text, first.span[1]) is not None


def _facts(part: Expression) -> Iterator[Fact]:
    return (atom for atom in atoms(part) if isinstance(atom, Fact) and not atom.is_mention)
