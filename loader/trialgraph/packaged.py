"""The trial records and example patients that come with the product."""

from pathlib import Path

from trialgraph.curation import NO_CORRECTIONS, Corrections
from trialgraph.loading import LoadReport, load_records
from trialgraph.resources import product_folder
from trialgraph.sources.files import read_records
from trialgraph.stores import Store, open_store

__all__ = ["load_packaged", "packaged_patients", "packaged_store"]


def load_packaged(store: Store, *, corrections: Corrections = NO_CORRECTIONS) -> LoadReport:
    """Load the packaged trial records into a store, with readings set by hand where there are any."""
    report = LoadReport()
    records = read_records([product_folder("data") / "trials"])
    for _ in load_records(records, store, report, corrections=corrections):
        pass
    return report


def packaged_store(*, corrections: Corrections = NO_CORRECTIONS) -> Store:
    """Return a store in memory that holds the packaged trial records."""
    store = open_store()
    load_packaged(store, corrections=corrections)
    return store


def packaged_patients() -> list[Path]:
    """Return the packaged example patients, as FHIR R4 bundles."""
    return sorted((product_folder("data") / "patients").glob("*.json"))
