"""Names that list several concepts ("ILD/pneumonitis"), read as each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from trialgraph.criteria.language.vocabulary import Vocabulary
from trialgraph.criteria.trees import any_of, map_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms

__all__ = ["name_each"]


def name_each(expression: Expression, vocabulary: Vocabulary) -> Expression:
    """Return the expression with a fact for each concept that a fact's name lists, all narrowed alike.

    Those that words only speak of stand beside these one by one, where none of them is judged.
    """

    def named(fact: Fact) -> Expression:
        term = vocabulary.by_iri.get(fact.concept)
        if term is None or not term.members:
            return fact
        return any_of([replace(fact, concept=each.iri, concept_label=each.label) for each in term.members])

    listed = any(
        isinstance(atom, Fact) and (term := vocabulary.by_iri.get(atom.concept)) is not None and term.members
        for atom in atoms(expression)
    )
    return map_facts(_one_by_one(expression, named), named) if listed else expression


def _one_by_one(expression: Expression, named: Callable[[Fact], Expression]) -> Expression:
    """Return the expression with each mention of several concepts as a mention of each."""
    match expression:
        case AllOf(operands):
            return AllOf(tuple(part for each in operands for part in _mentions(each, named)))
        case AnyOf(operands):
            return AnyOf(tuple(part for each in operands for part in _mentions(each, named)))
        case Not(operand):
            return Not(_one_by_one(operand, named))
        case _:
            return expression


def _mentions(operand: Expression, named: Callable[[Fact], Expression]) -> list[Expression]:
    inner = operand.operand if isinstance(operand, Not) else operand
    if not isinstance(inner, Fact) or not inner.is_mention:
        return [_one_by_one(operand, named)]
    told = named(inner)
    each: tuple[Expression, ...] = told.operands if isinstance(told, AnyOf) else (told,)
    return [Not(one) if isinstance(operand, Not) else one for one in each]
