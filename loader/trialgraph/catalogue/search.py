"""Search for trials, with the number of trials for each value that a search could go on with."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import get_args

from trialgraph.catalogue.columns import Among, Bits, positions
from trialgraph.catalogue.index import CONCEPT_FACETS, INDEX, Facet, Order, TrialIndex
from trialgraph.catalogue.names import NAMES, concept_called, concept_name, known_label
from trialgraph.catalogue.trials import TrialSummary, trial_summaries
from trialgraph.stores import Store

__all__ = ["FacetValue", "FoundTrials", "Order", "TrialFilter", "search_trials"]

_FACETS: tuple[Facet, ...] = get_args(Facet)


@dataclass(frozen=True, slots=True)
class TrialFilter:
    """Which trials are wanted: those that have, of each facet asked for, one of the values.

    Concepts are given by name or IRI, see `concept_called`, and stand for their kinds as well.

    Args:
        text: Words, or the beginnings of words, of titles, conditions, keywords, interventions,
            sponsor or registry number, all of which have to occur; or a concept's name, by which
            trials with such a condition or intervention are found as well.
        condition: Concepts of the conditions studied.
        criterion: Concepts that a criterion names.
        intervention: Concepts of what is given or done: drugs, classes of drugs, procedures.
        phase: The registry's codes, such as ``PHASE3``.
        status: The registry's codes, such as ``RECRUITING``.
        country: Countries of the locations, as stated.
        sponsor: Lead sponsors, as stated.
    """

    text: str = ""
    condition: tuple[str, ...] = ()
    criterion: tuple[str, ...] = ()
    intervention: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    sponsor: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that a search could be narrowed or widened to.

    Args:
        value: As a `TrialFilter` takes it.
        label: For people; of codes and names the value itself.
        count: Number of trials that have it, among those that the search's other facets leave.
        chosen: Whether the search asks for it.
    """

    value: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FoundTrials:
    """A page of the trials found.

    Args:
        total: Number of trials found.
        trials: Those of the page.
        facets: For each facet its commonest values, and those chosen.
    """

    total: int
    trials: tuple[TrialSummary, ...]
    facets: Mapping[Facet, tuple[FacetValue, ...]]


def search_trials(
    store: Store,
    wanted: TrialFilter,
    *,
    page: int = 1,
    size: int = 50,
    order: Order = "nct",
    most_values: int = 20,
) -> FoundTrials:
    """Return a page of the trials that a filter lets through, and what facets they have.

    What is searched by is read of the store at the first search and again when it has changed.

    Args:
        store: Where they are.
        wanted: The filter.
        page: Counted from 1; one beyond the last is empty.
        size: Trials on a page.
        order: By registry number, by title, or with the latest start first.
        most_values: Values of each facet that are told, the commonest first.
    Raises:
        UsageError: when the filter has a concept that isn't known; names near ones.
    """
    index = INDEX.of(store)
    resolved = _resolved(store, wanted)
    left = {facet: _rows(index, facet, getattr(resolved, facet)) for facet in _FACETS}
    base = _speaking_of(store, index, wanted.text)
    found = base
    for rows in left.values():
        found &= rows
    shown = positions(found, index.order(order), len(index))[(page - 1) * size : page * size]
    facets: dict[Facet, tuple[FacetValue, ...]] = {}
    for facet in _FACETS if most_values else ():
        among = base
        for other in _FACETS:
            among &= index.all if other == facet else left[other]
        facets[facet] = _counted(index, facet, among, getattr(resolved, facet), most_values)
    summaries = tuple(trial_summaries(store, [index.nct(place) for place in shown])) if shown else ()
    return FoundTrials(found.bit_count(), summaries, facets)


def _resolved(store: Store, wanted: TrialFilter) -> TrialFilter:
    """Return a filter whose concepts are IRIs."""

    def iris(names: Collection[str]) -> tuple[str, ...]:
        return tuple(concept_called(store, name) for name in names)

    return replace(
        wanted,
        condition=iris(wanted.condition),
        criterion=iris(wanted.criterion),
        intervention=iris(wanted.intervention),
    )


def _rows(index: TrialIndex, facet: Facet, values: Collection[str]) -> Bits:
    if not values:
        return index.all
    found = 0
    for value in values:
        found |= index.having(facet, value)
    return found


def _speaking_of(store: Store, index: TrialIndex, text: str) -> Bits:
    if not text.strip():
        return index.all
    found = index.speaking_of(text)
    named = NAMES.of(store).get(" ".join(text.lower().split()))
    if named is not None:
        found |= index.having("condition", named) | index.having("intervention", named)
    return found


def _counted(
    index: TrialIndex, facet: Facet, among: Bits, chosen: Collection[str], most: int
) -> tuple[FacetValue, ...]:
    some = Among(among, len(index))
    counts = {value: index.count(facet, value, some) for value in index.values(facet)}
    had = (value for value, count in counts.items() if count)
    commonest = heapq.nsmallest(most, had, key=lambda value: (-counts[value], value))
    shown = dict.fromkeys([*commonest, *chosen])
    return tuple(
        FacetValue(
            concept_name(value) if facet in CONCEPT_FACETS else value,
            known_label(index.concepts, value) if facet in CONCEPT_FACETS else value,
            counts.get(value, 0),
            value in chosen,
        )
        for value in shown
    )
