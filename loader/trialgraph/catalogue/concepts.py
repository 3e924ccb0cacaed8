"""Search for concepts, and how many trials name them."""

from __future__ import annotations

from typing import NamedTuple

from trialgraph.catalogue.columns import positions
from trialgraph.catalogue.index import CONCEPT_FACETS, INDEX
from trialgraph.catalogue.words import contains, searchable, wanted_words
from trialgraph.concepts import Concept, Concepts
from trialgraph.stores import Store

__all__ = ["TrialsNaming", "concepts_of", "search_concepts", "trials_naming"]

_MOST = 100  # trials that are told of


class TrialsNaming(NamedTuple):
    """How many trials have a concept as condition, in a criterion, as intervention; and the first of them."""

    condition: int
    criterion: int
    intervention: int
    trials: tuple[str, ...]


def concepts_of(store: Store) -> Concepts:
    """Return the packaged concepts, and the imported ones that trials of a store name."""
    return INDEX.of(store).concepts


def search_concepts(
    store: Store, text: str = "", *, category: str | None = None, used: bool | None = None
) -> list[str]:
    """Return the IRIs of concepts in use, by their labels.

    Args:
        store: Whose trials may name them.
        text: Words, or beginnings of words, that all occur in one of the concept's names.
        category: Of these alone.
        used: True for those of which, or of whose kinds, a trial names one; False for the others.
    """
    known, words = concepts_of(store), wanted_words(text)
    index = INDEX.of(store)

    def is_wanted(concept: Concept) -> bool:
        names = (concept.label, *concept.synonyms, *concept.abbreviations)
        if concept.retired or not any(contains(searchable(name), words) for name in names):
            return False
        if category is not None and known.category(concept.iri) != category:
            return False
        return used is None or used == any(index.having(facet, concept.iri) for facet in CONCEPT_FACETS)

    found = (concept for concept in known.values() if is_wanted(concept))
    return [each.iri for each in sorted(found, key=lambda each: (each.label.casefold(), each.iri))]


def trials_naming(store: Store, iri: str) -> TrialsNaming:
    """Return how many trials name a concept or a kind of it."""
    index = INDEX.of(store)
    naming = {facet: index.having(facet, iri) for facet in CONCEPT_FACETS}
    found = 0
    for rows in naming.values():
        found |= rows
    shown = positions(found, range(len(index)), len(index))[:_MOST]
    counts = {facet: rows.bit_count() for facet, rows in naming.items()}
    return TrialsNaming(**counts, trials=tuple(index.nct(place) for place in shown))
