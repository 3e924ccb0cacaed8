"""Names that list several concepts ("ILD/pneumonitis"), read as each of them."""

from __future__ import annotations

from dataclasses import replace

from trialgraph.criteria.language.vocabulary import Vocabulary
from trialgraph.criteria.trees import any_of, map_facts
from trialgraph.expressions import Expression, Fact, atoms

__all__ = ["name_each"]


def name_each(expression: Expression, vocabulary: Vocabulary) -> Expression:
    """Return the expression with a fact for each concept that a fact's name lists, all narrowed alike."""

    def named(fact: Fact) -> Expression:
        term = vocabulary.by_iri.get(fact.concept)
        if term is None or not term.members:
            return fact
        return any_of([replace(fact, concept=each.iri, concept_label=each.label) for each in term.members])

    listed = any(
        isinstance(atom, Fact) and (term := vocabulary.by_iri.get(atom.concept)) is not None and term.members
        for atom in atoms(expression)
    )
    return map_facts(expression, named) if listed else expression
