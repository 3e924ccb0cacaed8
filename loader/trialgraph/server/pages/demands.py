"""What the criteria of all trials demand and bar, concept by concept, and which trials are alike in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from trialgraph.namespaces import TG, TRIAL
from trialgraph.server.pages.memory import memory_of
from trialgraph.stores import Store
from trialgraph.vocabularies import known_concepts

__all__ = ["Demand", "Demands", "Similar", "demands_of"]

_ATOMS = f"""
PREFIX tg: <{TG}>
SELECT ?atom ?concept ?polarity {{ ?atom tg:concept ?concept ; tg:polarity ?polarity }}
"""
_TITLES = f"PREFIX tg: <{TG}> SELECT ?nct ?title {{ ?trial tg:nctId ?nct ; tg:briefTitle ?title }}"
_FEWEST = 3  # demands that trials share before they are called alike


class Demand(NamedTuple):
    """A concept by its IRI, and whether having it bars from the trial."""

    concept: str
    barred: bool


@dataclass(frozen=True, slots=True)
class Similar:
    """A trial that is like another.

    Args:
        demands: Labels of the concepts that both demand or bar, and whether they bar them.
        similarity: The share of those among the demands that either has, from 0 to 1.
    """

    nct: str
    title: str
    demands: tuple[tuple[str, bool], ...]
    similarity: float


class Demands:
    """The demands of every trial.

    Args:
        titles: Short titles of the trials, by their numbers.
        demands: What their criteria ask for, wherever in a criterion it stands.
    """

    def __init__(self, titles: Mapping[str, str], demands: Mapping[str, frozenset[Demand]]) -> None:
        self.titles = titles
        self._demands = demands

    def of(self, nct: str) -> frozenset[Demand]:
        """Return the demands of a trial."""
        return self._demands.get(nct, frozenset())

    def similar(self, nct: str, most: int) -> list[Similar]:
        """Return the trials that demand the same as one, the likest first."""
        own = self.of(nct)
        scored = []
        for other, theirs in self._demands.items():
            shared = len(own & theirs)
            if other != nct and shared >= _FEWEST:
                scored.append((-shared / len(own | theirs), other))
        return [
            Similar(other, self.titles.get(other, ""), _labels(own & self.of(other)), -score)
            for score, other in sorted(scored)[:most]
        ]


def demands_of(store: Store) -> Demands:
    """Return the demands of the trials of a store; read once, as long as it stays the same."""
    return memory_of(store).recall("demands", lambda: _read(store))


def _read(store: Store) -> Demands:
    found: dict[str, set[Demand]] = defaultdict(set)
    base = str(TRIAL)
    for row in store.select(_ATOMS):
        nct = row["atom"].value.removeprefix(base).partition("/")[0]
        found[nct].add(Demand(row["concept"].value, row["polarity"].value == "barred"))
    titles = {row["nct"].value: row["title"].value for row in store.select(_TITLES)}
    return Demands(titles, {nct: frozenset(each) for nct, each in found.items()})


def _labels(demands: frozenset[Demand]) -> tuple[tuple[str, bool], ...]:
    concepts = known_concepts()
    named = (
        (concepts.label(each.concept) if each.concept in concepts else each.concept, each.barred)
        for each in demands
    )
    return tuple(sorted(named, key=lambda each: (each[1], each[0].casefold())))
