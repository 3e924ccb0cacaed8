"""Search for criteria."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

import pyoxigraph as ox
from rdflib import PROV

from trialgraph.catalogue.columns import Bits, Column, Remembered, bits_of, positions
from trialgraph.catalogue.index import INDEX, trial_of
from trialgraph.catalogue.names import concept_called
from trialgraph.catalogue.trials import CURATED, criterion_of
from trialgraph.catalogue.words import contains, searchable, wanted_words
from trialgraph.criteria.criterion import Kind
from trialgraph.namespaces import TG
from trialgraph.shapes.eligibility import ScreenableCriterion
from trialgraph.stores import Store

__all__ = ["CriterionFilter", "FoundCriteria", "FoundCriterion", "search_criteria"]

_ROWS = f"""
PREFIX tg: <{TG}>
SELECT ?criterion ?kind ?order WHERE {{ ?criterion tg:kind ?kind ; tg:order ?order }}
"""
_WORDS = f"PREFIX tg: <{TG}> SELECT ?criterion ?value WHERE {{ ?criterion tg:text ?value }}"
_STRUCTURED = f"PREFIX tg: <{TG}> SELECT ?criterion WHERE {{ ?criterion a tg:StructuredCriterion }}"
_NAMED = f"PREFIX tg: <{TG}> SELECT ?criterion ?value WHERE {{ ?criterion tg:mentions ?value }}"
_JUDGED = f"""
PREFIX tg: <{TG}>
SELECT ?atom WHERE {{ {{ ?atom a tg:ValueAtom }} UNION {{ ?atom a tg:FactAtom }} }}
"""
_DEMANDING = f"""
PREFIX tg: <{TG}>
SELECT ?atom WHERE {{ ?atom a tg:NarrativeAtom ; tg:reason ?reason FILTER(?reason != "remark") }}
"""
_FOUND = f"""
PREFIX tg: <{TG}>
PREFIX prov: <{PROV}>
SELECT ?criterion ?title ?id ?kind ?text ?scope ?reading ?who ?when ?why ?file WHERE {{
  VALUES ?criterion {{ THESE }}
  ?criterion tg:id ?id ; tg:kind ?kind ; tg:text ?text ; tg:expressionJson ?reading .
  ?trial tg:criterion ?criterion ; tg:briefTitle ?title .
  OPTIONAL {{ ?criterion tg:scope ?scope }}
  OPTIONAL {{ ?criterion tg:curation ?curation . ?curation {CURATED} }}
}}
"""


@dataclass(frozen=True, slots=True)
class CriterionFilter:
    """Which criteria are wanted: those that all of it holds for.

    Args:
        text: Words, or the beginnings of words, that all have to occur in the criterion's.
        trial: Registry numbers; any trial when empty.
        concept: Concepts, by name or IRI, of which, or of whose kinds, the criterion names at least one.
        kind: ``inclusion`` or ``exclusion``.
        narrative: True for criteria that demand something of which nothing is formal, False for all others.
    """

    text: str = ""
    trial: tuple[str, ...] = ()
    concept: tuple[str, ...] = ()
    kind: Kind | None = None
    narrative: bool | None = None


@dataclass(frozen=True, slots=True)
class FoundCriterion:
    """A criterion, and whose it is."""

    nct: str
    title: str
    criterion: ScreenableCriterion


@dataclass(frozen=True, slots=True)
class FoundCriteria:
    """A page of the criteria found, and the number of all."""

    total: int
    criteria: tuple[FoundCriterion, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    iri: str
    nct: str
    kind: str


class _Criteria:
    """All criteria of a store: rows in the order of trials and, in a trial, of the record."""

    def __init__(self, store: Store) -> None:
        structured = {row["criterion"].value for row in store.select(_STRUCTURED)}
        ordered = []
        for row in store.select(_ROWS):
            iri, kind = row["criterion"].value, row["kind"].value
            place = (trial_of(iri), iri not in structured, kind == "exclusion", int(row["order"].value))
            ordered.append((place, _Row(iri, place[0], kind)))
        self.rows = [row for _, row in sorted(ordered, key=itemgetter(0))]
        self._places = {row.iri: place for place, row in enumerate(self.rows)}
        self.concepts = Column(len(self.rows), self._values(store, _NAMED))
        self._words: list[str] | None = None
        formal, worded = (
            {row["atom"].value.partition("/expression")[0] for row in store.select(query)}
            for query in (_JUDGED, _DEMANDING)
        )
        self.narrative = bits_of(self.rows, lambda row: row.iri not in formal and row.iri in worded)

    def _values(self, store: Store, query: str) -> Iterator[tuple[int, str]]:
        for row in store.select(query):
            place = self._places.get(row["criterion"].value)
            if place is not None:  # else of a part of a criterion
                yield place, row["value"].value

    def saying(self, store: Store, text: str) -> Bits:
        """Return the criteria that have all words of a text; their own are read at the first such search."""
        if self._words is None:
            words = [""] * len(self.rows)
            for place, value in self._values(store, _WORDS):
                words[place] = searchable(value)
            self._words = words
        wanted = wanted_words(text)
        return bits_of(self._words, lambda words: contains(words, wanted))


_CRITERIA = Remembered(_Criteria)


def search_criteria(store: Store, wanted: CriterionFilter, *, page: int = 1, size: int = 50) -> FoundCriteria:
    """Return a page of the criteria that a filter lets through, in the order of trials and records.

    Args:
        store: Where they are.
        wanted: The filter.
        page: Counted from 1; one beyond the last is empty.
        size: Criteria on a page.
    Raises:
        UsageError: when the filter has a concept that isn't known; names near ones.
    """
    criteria = _CRITERIA.of(store)
    found = _found(store, criteria, wanted)
    shown = positions(found, range(len(criteria.rows)), len(criteria.rows))[(page - 1) * size : page * size]
    return FoundCriteria(found.bit_count(), tuple(_read(store, [criteria.rows[place] for place in shown])))


def _found(store: Store, criteria: _Criteria, wanted: CriterionFilter) -> Bits:
    ncts = {nct.upper() for nct in wanted.trial}
    found = bits_of(
        criteria.rows,
        lambda row: (not ncts or row.nct in ncts) and wanted.kind in (None, row.kind),
    )
    if wanted.text.strip():
        found &= criteria.saying(store, wanted.text)
    if wanted.concept:
        known = INDEX.of(store).concepts
        iris = [concept_called(store, name) for name in wanted.concept]
        kinds = {kind for iri in iris for kind in (known.descendants(iri) if iri in known else {iri})}
        found &= criteria.concepts.having(kinds)
    if wanted.narrative is not None:
        found &= criteria.narrative if wanted.narrative else ~criteria.narrative
    return found


def _read(store: Store, rows: Sequence[_Row]) -> Iterator[FoundCriterion]:
    if not rows:
        return
    these = " ".join(str(ox.NamedNode(row.iri)) for row in rows)
    read = {row["criterion"].value: row for row in store.select(_FOUND.replace("THESE", these))}
    for row in rows:
        if (solution := read.get(row.iri)) is not None:
            yield FoundCriterion(row.nct, solution["title"].value, criterion_of(solution))
