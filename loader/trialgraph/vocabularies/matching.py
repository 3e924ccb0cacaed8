"""How imported concepts stand to the packaged ones: which are the same, which kind each is of."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from trialgraph.concepts import Concepts
from trialgraph.expressions import Category
from trialgraph.resources import product_folder
from trialgraph.vocabularies.published import PublishedConcept

__all__ = ["Matched", "match_concepts"]


_CATEGORIES: Mapping[str, Category] = {category: category for category in get_args(Category)}


@dataclass(frozen=True, slots=True)
class Matched:
    """A published concept beside the packaged ones.

    Args:
        published: The concept.
        same_as: IRI of the packaged concept that it is; None when there is none.
        parents: IRIs of its superclasses: the packaged ones that those stand for, otherwise their own.
        category: Kind of record that shows it; None when neither its ancestors nor its publisher tell.
    """

    published: PublishedConcept
    same_as: str | None
    parents: tuple[str, ...]
    category: Category | None

    @property
    def iri(self) -> str:
        """The concept that it is read as."""
        return self.same_as or self.published.iri


def match_concepts(published: Sequence[PublishedConcept], packaged: Concepts) -> list[Matched]:
    """Return how the concepts of a vocabulary stand to the packaged ones, in their order.

    A concept is a packaged one when a code says so (``skos:exactMatch``), or when its preferred name
    is one of the packaged concept's names and both are of one category.
    """
    same = {each.iri: found for each in published if (found := _by_code(each, packaged)) is not None}
    categories = _Categories(published, same, packaged)
    names = {form.form.lower(): form.iri for form in packaged.surface_forms() if not form.case_sensitive}
    for each in published:
        named = names.get(each.label.lower())
        if each.iri not in same and named and categories.of(each.iri) == packaged.category(named):
            same[each.iri] = named
    known = {each.iri for each in published}
    return [
        Matched(
            each,
            same.get(each.iri),
            tuple(dict.fromkeys(same.get(up, up) for up in each.parents if up in known or up in same)),
            categories.of(each.iri),
        )
        for each in published
    ]


def _by_code(published: PublishedConcept, packaged: Concepts) -> str | None:
    """Return the one packaged concept whose exact code it is, or that has an exact code in common."""
    found = {iri for code in (published.iri, *published.matches) for iri in packaged.exactly(code)}
    return found.pop() if len(found) == 1 else None


class _Categories:
    """Categories of a vocabulary's concepts: of their nearest packaged ancestors, or as published.

    Ancestors that disagree are settled by the semantic type, and by nothing else.
    """

    def __init__(
        self, published: Iterable[PublishedConcept], same: Mapping[str, str], packaged: Concepts
    ) -> None:
        self._published = {each.iri: each for each in published}
        self._same = dict(same)
        self._packaged = packaged

    def of(self, iri: str) -> Category | None:
        inherited = set(self._inherited(iri))
        typed: set[str] = {
            category
            for kind in self._published[iri].semantic_types
            if (category := _of_semantic_types().get(kind))
        }
        found = inherited & typed or inherited if inherited else typed
        if len(found) != 1:
            return None
        return _CATEGORIES.get(found.pop())

    def _inherited(self, iri: str) -> Iterator[str]:
        seen, level = {iri}, [iri]
        while level:
            above: list[str] = []
            for each in level:
                if each in self._same:
                    yield self._packaged.category(self._same[each])
                elif each in self._published:
                    above += (up for up in self._published[each].parents if up not in seen)
            seen.update(above)
            level = list(dict.fromkeys(above))


@cache
def _of_semantic_types() -> Mapping[str, Category]:
    """Return the category of each semantic type that has one."""
    path = product_folder("data") / "vocabularies" / "semantic-types.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {row["semantic_type"]: _CATEGORIES[row["category"]] for row in rows}
