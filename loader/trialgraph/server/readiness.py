"""What is read of a store before anybody asks, so that the first visitor needn't wait for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from trialgraph.catalogue import CriterionFilter, TrialFilter, search_criteria, search_trials
from trialgraph.catalogue.names import NAMES
from trialgraph.patients.fhir import known_coder
from trialgraph.server.pages.concepts import packaged_entries
from trialgraph.server.pages.demands import demands_of
from trialgraph.server.pages.limits import families_of
from trialgraph.server.pages.screen import ready_to_screen
from trialgraph.server.pages.terms import known_terms
from trialgraph.server.pages.usage import usage_of
from trialgraph.server.resources.documents import schema_terms
from trialgraph.server.workers import Workers
from trialgraph.stores import Store

__all__ = ["STEPS", "Readiness"]


def _trials(store: Store) -> None:
    NAMES.of(store)
    search_trials(store, TrialFilter(), size=1)


def _criteria(store: Store) -> None:
    search_criteria(store, CriterionFilter(text="a"), size=1)


def _concepts(store: Store) -> None:
    usage_of(store)
    packaged_entries()


def _words(store: Store) -> None:
    known_terms(store)
    schema_terms()


def _records(store: Store) -> None:
    known_coder()
    ready_to_screen(store)


STEPS: Mapping[str, Callable[[Store], object]] = MappingProxyType(
    {
        "trials": _trials,
        "concepts": _concepts,
        "what trials demand": demands_of,
        "criteria": _criteria,
        "limits": families_of,
        "screening": _records,
        "words of queries": _words,
    }
)
"""What is read, by what it is called; what most visitors see first comes first."""


class Readiness:
    """How much of what visitors need has been read.

    Args:
        workers: The threads in which it is read.
        told: Called with what is being read, and with None at the end.
    """

    def __init__(self, workers: Workers, told: Callable[[str | None], None] | None = None) -> None:
        self._workers = workers
        self.told = told or (lambda _: None)
        self.reading: str | None = None
        self.done = 0

    async def read(self, store: Store) -> None:
        """Read all of it, one after the other; what has been read already takes no time."""
        self.done = 0
        try:
            for self.reading, step in STEPS.items():
                self.told(self.reading)
                await self._workers.run(partial(step, store), hurried=False)
                self.done += 1
        finally:
            self.reading = None
            self.told(None)

    def excuse(self) -> str:
        """Return why an answer may be late, as a sentence; empty when all has been read."""
        if self.reading is None:
            return ""
        return (
            f" The server has just begun and still reads the store (now: {self.reading}, {self.done} of "
            f"{len(STEPS)} parts are done); it will be quick in a moment."
        )
