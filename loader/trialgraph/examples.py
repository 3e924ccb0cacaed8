"""What a general name with examples says of the kinds that its examples have limits for.

"Clinically serious heart disease, such as … myocardial infarction within 12 months": how recent an
infarction has to be is said, so one of longer ago isn't serious by these words. "HIV infection (HIV
antibody positive)": what only shows the disease, by an axiom in force, adds nothing to it.
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

    Of alternatives, what shows a disease that is another one, stated without more, is left out: it would
    have to be ruled out apart from the disease, of which a record that tells of no such disease says nothing.

    Args:
        expression: As read.
        text: The criterion's words, in which its atoms have their spans.
    """
    match expression:
        case AnyOf(operands):
            told = tuple(_general(each, operands, text) for each in _diseases(operands))
            return AnyOf(told) if len(told) > 1 else told[0]
        case AllOf(operands):
            return AllOf(tuple(with_examples(each, text) for each in operands))
        case Not(operand):
            return Not(with_examples(operand, text))
        case _:
            return expression


def _diseases(operands: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Return alternatives without what shows a disease among them by an axiom in force."""
    plain = {
        each.concept
        for each in operands
        if isinstance(each, Fact) and each.category == "condition" and not each.is_mention
        if not is_qualified(each) and each.within is None
    }
    return tuple(each for each in operands if not (isinstance(each, Fact) and _shows(each, plain)))


def _shows(fact: Fact, diseases: set[str]) -> bool:
    concepts = known_concepts()
    if fact.is_mention or not diseases or fact.concept not in concepts:
        return False
    return any(axioms and above in diseases for above, axioms in concepts.implied(fact.concept).items())


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
