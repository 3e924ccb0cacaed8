"""The trial records and example patients that come with the product."""

from collections.abc import Collection
from pathlib import Path

from trialgraph.curation import NO_CORRECTIONS, Corrections
from trialgraph.loading import LoadReport, load_records
from trialgraph.records import TrialRecord
from trialgraph.resources import product_folder
from trialgraph.sources.files import read_records
from trialgraph.stores import Store, open_store

__all__ = ["load_packaged", "packaged_patients", "packaged_store"]


def load_packaged(
    store: Store, ncts: Collection[str] = (), *, corrections: Corrections = NO_CORRECTIONS
) -> LoadReport:
    """Load the packaged trial records into a store, with readings set by hand where there are any.

    Args:
        store: Where they go.
        ncts: The trials to load; all of them when none are named.
        corrections: Readings set by hand.
    """
    report = LoadReport()
    records = read_records([product_folder("data") / "trials"])
    wanted = (each for each in records if not ncts or (isinstance(each, TrialRecord) and each.nct in ncts))
    for _ in load_records(wanted, store, report, corrections=corrections):
        pass
    return report


def packaged_store(ncts: Collection[str] = (), *, corrections: Corrections = NO_CORRECTIONS) -> Store:
    """Return a store in memory that holds the packaged trial records; all of them when none are named."""
    store = open_store()
    load_packaged(store, ncts, corrections=corrections)
    return store


def packaged_patients() -> list[Path]:
    """Return the packaged example patients, as FHIR R4 bundles."""
    return sorted((product_folder("data") / "patients").glob("*.json"))
