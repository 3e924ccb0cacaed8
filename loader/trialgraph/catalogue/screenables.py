"""The trials that patients are screened against, kept while the store stays the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from trialgraph.catalogue.columns import Remembered
from trialgraph.catalogue.index import INDEX
from trialgraph.catalogue.trials import named_concepts, screenable_trials
from trialgraph.shapes.eligibility import ScreenableTrial
from trialgraph.stores import Store

__all__ = ["MOST_KEPT", "concepts_named", "trials_to_screen"]

MOST_KEPT = 20_000
"""Trials that are kept, of 30 kB each; of a larger store they are read anew for each screening."""


class _Kept:
    def __init__(self, store: Store) -> None:
        self.trials = {trial.nct: trial for trial in screenable_trials(store)}
        self.named = named_concepts(self.trials.values())


_KEPT = Remembered(_Kept)


def trials_to_screen(store: Store, ncts: Collection[str] = ()) -> Sequence[ScreenableTrial]:
    """Return the trials of a store with their criteria; all of them when none are named.

    Raises:
        UsageError: when a trial named isn't in the store.
    """
    if len(INDEX.of(store)) > MOST_KEPT:
        return screenable_trials(store, ncts)
    kept = _KEPT.of(store).trials
    if not ncts:
        return tuple(kept.values())
    if any(nct not in kept for nct in ncts):
        return screenable_trials(store, ncts)  # says so
    return tuple(kept[nct] for nct in dict.fromkeys(ncts))


def concepts_named(store: Store, trials: Sequence[ScreenableTrial]) -> frozenset[str]:
    """Return the IRIs of the concepts that the criteria of trials name, or of all trials of the store."""
    small = len(INDEX.of(store)) <= MOST_KEPT
    return _KEPT.of(store).named if small else named_concepts(trials)
