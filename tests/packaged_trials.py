"""The packaged trials, read once for all tests of a process: their store, and as screening takes them."""

from functools import cache

from trialgraph.catalogue import screenable_trials
from trialgraph.packaged import packaged_store
from trialgraph.shapes.eligibility import ScreenableTrial
from trialgraph.stores import Store


@cache
def shared_store() -> Store:
    """Return a store of the packaged trials, which no test may write to."""
    return packaged_store()


@cache
def packaged_trials() -> dict[str, ScreenableTrial]:
    """Return the trials by NCT number, in the order of the store."""
    return {trial.nct: trial for trial in screenable_trials(shared_store())}
