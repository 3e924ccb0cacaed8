"""The packaged trials as screening takes them, read once for all tests of a process."""

from functools import cache

from trialgraph.catalogue import screenable_trials
from trialgraph.packaged import packaged_store
from trialgraph.shapes.eligibility import ScreenableTrial


@cache
def packaged_trials() -> dict[str, ScreenableTrial]:
    """Return the trials by NCT number, in the order of the store."""
    return {trial.nct: trial for trial in screenable_trials(packaged_store())}
