"""All trials of a store by what they are searched by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal, get_args

from trialgraph.catalogue.columns import Among, Bits, Column, Remembered, Rows, bits_of, union
from trialgraph.catalogue.words import contains, searchable, wanted_words
from trialgraph.concepts import Concepts
from trialgraph.namespaces import TG, TRIAL
from trialgraph.stores import Store
from trialgraph.vocabularies import known_concepts

__all__ = ["CONCEPT_FACETS", "INDEX", "ConceptFacet", "Facet", "Order", "TrialIndex", "trial_of"]

ConceptFacet = Literal["condition", "criterion", "intervention"]
Facet = Literal["condition", "criterion", "intervention", "phase", "status", "country", "sponsor"]
Order = Literal["nct", "title", "start"]
CONCEPT_FACETS: tuple[ConceptFacet, ...] = get_args(ConceptFacet)

_FACETS: Mapping[Facet, str] = MappingProxyType(
    {
        "condition": "tg:conditionConcept",
        "criterion": "tg:mentions",
        "intervention": "tg:interventionConcept",
        "phase": "tg:phase",
        "status": "tg:overallStatus",
        "country": "tg:country",
        "sponsor": "tg:leadSponsor/tg:name",
    }
)
_WITHIN: Mapping[Facet, str] = MappingProxyType({"criterion": "/criterion/"})
"""What the parts that count have in their IRIs: arms and interventions mention concepts too."""
_WORDS = (
    "tg:nctId|tg:briefTitle|tg:officialTitle|tg:acronym|tg:condition|tg:keyword"
    "|tg:intervention/tg:name|tg:intervention/tg:otherName|tg:leadSponsor/tg:name"
)
_TRIALS = f"""
PREFIX tg: <{TG}>
SELECT ?nct (MIN(?stated) AS ?title) (MIN(STR(?day)) AS ?start) WHERE {{
  ?trial a tg:Trial ; tg:nctId ?nct ; tg:briefTitle ?stated .
  OPTIONAL {{ ?trial tg:startDate ?day }}
}}
GROUP BY ?nct ORDER BY ?nct
"""
# The part of a trial that has a value is known as such by its IRI, which is ten times as fast as a join.
_VALUES = f"PREFIX tg: <{TG}> SELECT ?part ?value WHERE {{ ?part PATH ?value }}"


@dataclass(frozen=True, slots=True)
class _Row:
    nct: str
    title: str
    start: str


class TrialIndex:
    """The trials of a store: rows in the order of their numbers, columns of what they are found by.

    Args:
        store: Read once.
    """

    def __init__(self, store: Store) -> None:
        rows = store.select(_TRIALS)
        self._rows = [
            _Row(row["nct"].value, row["title"].value, row["start"].value if row["start"] else "")
            for row in rows
        ]
        self._places = {row.nct: place for place, row in enumerate(self._rows)}
        self._columns = {
            name: Column(len(self), self._pairs(store, path, _WITHIN.get(name, "")))
            for name, path in _FACETS.items()
        }
        words: list[list[str]] = [[] for _ in self._rows]
        for place, value in self._pairs(store, _WORDS):
            words[place].append(searchable(value))
        self._words = ["".join(sorted(each)) for each in words]
        self._having: dict[tuple[Facet, str], Rows] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def nct(self, place: int) -> str:
        """Return the registry number of a row."""
        return self._rows[place].nct

    @property
    def all(self) -> Bits:
        """Every trial."""
        return (1 << len(self)) - 1

    def values(self, facet: Facet) -> Iterable[str]:
        """Return the values that a facet has in some trial; of interventions their classes too."""
        if facet == "intervention":
            return self._classes
        return self._columns[facet].values

    def having(self, facet: Facet, value: str) -> Bits:
        """Return the trials that have a value; a concept is had where any of its kinds is named."""
        return union((self._rows_having(facet, value),), len(self))

    def count(self, facet: Facet, value: str, among: Among) -> int:
        """Return how many trials of some have a value."""
        return among.count(self._rows_having(facet, value))

    def _rows_having(self, facet: Facet, value: str) -> Rows:
        found = self._having.get((facet, value))
        if found is None:
            kinds: Collection[str] = (value,)
            if facet in CONCEPT_FACETS and value in self.concepts:
                kinds = self.concepts.descendants(value)
            found = self._columns[facet].rows(kinds)
            self._having[facet, value] = found
        return found

    def speaking_of(self, text: str) -> Bits:
        """Return the trials whose title, conditions, keywords, interventions or sponsor have all words."""
        wanted = wanted_words(text)
        return bits_of(self._words, lambda words: contains(words, wanted))

    def order(self, by: Order) -> Iterable[int]:
        """Return all rows in an order; the latest start first, trials without one last."""
        places = range(len(self))
        if by == "title":
            return sorted(places, key=lambda place: self._rows[place].title.casefold())
        if by == "start":
            return sorted(places, key=lambda place: self._rows[place].start, reverse=True)
        return places

    @cached_property
    def concepts(self) -> Concepts:
        """The packaged concepts, and the imported ones that the trials name."""
        named = {each for facet in CONCEPT_FACETS for each in self._columns[facet].values}
        return known_concepts().including(named)

    @cached_property
    def _classes(self) -> Collection[str]:
        """Concepts of interventions, and all above them that are themselves below something."""
        found = set(self._columns["intervention"].values)
        for iri in tuple(found):
            if iri in self.concepts:
                found |= {up for up in self.concepts.ancestors(iri) if self.concepts[up].parents}
        return found

    def _pairs(self, store: Store, path: str, within: str = "") -> Iterator[tuple[int, str]]:
        for row in store.select(_VALUES.replace("PATH", path)):
            place = self._places.get(trial_of(row["part"].value))
            if (
                place is not None and within in row["part"].value
            ):  # else of a trial without a title, or of no trial
                yield place, row["value"].value


def trial_of(part: str) -> str:
    """Return the registry number in the IRI of a trial or of a part of one."""
    return part.removeprefix(str(TRIAL)).partition("/")[0]


INDEX = Remembered(TrialIndex)
"""The index of a store."""
