"""Classes behind a list: "prednisone, tacrolimus or other immunosuppressants" names all of them.

What "other" leaves out of the class stands before it in the list, so that nobody has to know whether a drug
is another one. Where it stands there on terms of its own, such as a dose, the class is meant without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.conditions.exempting import with_exception
from trialgraph.criteria.language.vocabulary import GIVEN, Vocabulary
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms

__all__ = ["with_whole_classes"]

_OTHER = "other"


def with_whole_classes(expression: Expression, vocabulary: Vocabulary) -> Expression:
    """Return an expression with the classes that end its lists read as a whole, or without what is named.

    Args:
        expression: A criterion's expression. A class behind words that aren't understood stays "other".
        vocabulary: The words of the concepts.
    """
    match expression:
        case AnyOf(operands):
            read: list[Expression] = []
            for each in operands:
                read.append(_whole(with_whole_classes(each, vocabulary), read, vocabulary))
            return any_of(read)
        case AllOf(operands):
            return all_of([with_whole_classes(each, vocabulary) for each in operands])
        case Not(operand):
            return Not(with_whole_classes(operand, vocabulary))
        case _:
            return expression


def _whole(operand: Expression, before: Sequence[Expression], vocabulary: Vocabulary) -> Expression:
    """Return a class of treatments that "other" sets apart from those before it."""
    if not isinstance(operand, Fact) or operand.category not in GIVEN or not _is_other(operand):
        return operand
    named = [atom for each in before for atom in atoms(each)]
    given = [atom for atom in named if isinstance(atom, Fact) and atom.category in GIVEN]
    unsure = any(isinstance(atom, Narrative) for atom in named) or any(map(_is_other, given))
    if not given or unsure or any(fact.is_mention for fact in given):
        return operand
    whole = _without_other(operand)
    wider = _wider(operand, vocabulary)
    if any(fact.concept in wider for fact in given):
        # An instance of a class named before, which is no other than itself.
        return whole
    apart = [fact for fact in given if not _is_alike(fact, whole, before)]
    if not apart:
        return whole
    if "exception" in operand.modifiers or any(fact.concept == whole.concept for fact in apart):
        # "Radiotherapy of bone within 2 weeks or any other within 4": no name tells the two apart.
        return operand
    return with_exception(whole, " or ".join(dict.fromkeys(fact.concept_label for fact in apart)))


def _wider(fact: Fact, vocabulary: Vocabulary) -> frozenset[str]:
    term = vocabulary.by_iri.get(fact.concept)
    return frozenset() if term is None else term.ancestors - {term.iri}


def _is_other(fact: Fact) -> bool:
    return _OTHER in fact.modifiers.get("qualifier", "").split("; ")


def _is_alike(fact: Fact, whole: Fact, before: Sequence[Expression]) -> bool:
    """Whether a treatment of the list stands there by itself, on no narrower terms than the class."""
    wider = fact.within in (None, whole.within) and fact.modifiers.items() <= whole.modifiers.items()
    return wider and any(fact is each for each in before)


def _without_other(fact: Fact) -> Fact:
    left = "; ".join(part for part in fact.modifiers["qualifier"].split("; ") if part != _OTHER)
    modifiers = {name: words for name, words in fact.modifiers.items() if name != "qualifier"}
    return replace(fact, modifiers={**modifiers, "qualifier": left} if left else modifiers)
