"""The trial records and example patients that come with the product."""

from pathlib import Path

from trialgraph.loading import LoadReport, load_records
from trialgraph.resources import product_folder
from trialgraph.sources.files import read_records
from trialgraph.stores import Store, open_store

__all__ = ["load_packaged", "packaged_patients", "packaged_store"]


def load_packaged(store: Store) -> LoadReport:
    """Load the packaged trial records into a store."""
    report = LoadReport()
    for _ in load_records(read_records([product_folder("data") / "trials"]), store, report):
        pass
    return report


def packaged_store() -> Store:
    """Return a store in memory that holds the packaged trial records."""
    store = open_store()
    load_packaged(store)
    return store


def packaged_patients() -> list[Path]:
    """Return the packaged example patients, as FHIR R4 bundles."""
    return sorted((product_folder("data") / "patients").glob("*.json"))
