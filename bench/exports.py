"""How much memory a bulk export takes to read, as it grows: a file per type of resource.

Run with ``python -m bench.exports [MEGABYTES…]``. For each size an export is written into a temporary
folder, with the resources of each patient scattered over its files, and read in a process of its own
whose largest resident memory is told, beside that of reading one patient. Reading keeps eight bytes
per resource and about 300 per patient.
"""

import json
import multiprocessing
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from trialgraph.patients import read_patients

_PER_PATIENT = 400
"""Resources of a patient."""


def main(sizes: list[int]) -> None:
    """Print the peak memory and the time for an export of each size, in megabytes."""
    for megabytes in (0, *sizes):
        with tempfile.TemporaryDirectory() as folder:
            patients, lines = _write(Path(folder), megabytes * 1_000_000)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                read, peak, seconds = pool.apply(_read, [Path(folder)])
        assert read == patients
        written = f"{megabytes:5} MB, {patients:6} patients, {lines:8} resources"
        print(f"{written}: peak {peak:5.0f} MB, {seconds:5.0f} s")


def _write(folder: Path, size: int) -> tuple[int, int]:
    """Write an export of about a size; return its numbers of patients and resources."""
    written = patients = lines = 0
    files = {kind: (folder / f"{kind}.ndjson").open("w", encoding="utf-8") for kind in ("Patient", *_KINDS)}
    while not patients or written < size:
        patients += 1
        for each in _patient(patients):
            line = json.dumps(each)
            files[each["resourceType"]].write(line + "\n")
            written, lines = written + len(line) + 1, lines + 1
    for file in files.values():
        file.close()
    return patients, lines


_KINDS = ("Condition", "MedicationAdministration", "Observation", "Procedure")


def _patient(number: int) -> Iterator[dict[str, object]]:
    name = f"p{number}"
    yield {"resourceType": "Patient", "id": name, "gender": "female", "birthDate": "1960-06-15"}
    for count in range(_PER_PATIENT):
        kind = _KINDS[count % len(_KINDS)] if count < 40 else "Observation"
        yield {
            "resourceType": kind,
            "id": f"{name}-{count}",
            "status": "completed" if kind in ("MedicationAdministration", "Procedure") else "final",
            "subject": {"reference": f"Patient/{name}"},
            "note": [{"text": "Written by the system that this export comes from, as every resource is."}],
            **_content(kind, count),
        }


def _content(kind: str, count: int) -> dict[str, object]:
    day = f"2025-{1 + count % 8:02}-{1 + count % 28:02}"
    if kind == "Condition":
        return {"code": {"text": "Hypertension"}, "onsetDateTime": day}
    if kind == "MedicationAdministration":
        return {"medicationCodeableConcept": {"text": "Oxaliplatin"}, "effectiveDateTime": day}
    if kind == "Procedure":
        return {"code": {"text": "Colonoscopy"}, "performedDateTime": day}
    quantity = {
        "value": 100 + count % 40,
        "unit": "g/L",
        "code": "g/L",
        "system": "http://unitsofmeasure.org",
    }
    code = {"text": "Hemoglobin", "coding": [{"system": "http://loinc.org", "code": "718-7"}]}
    return {"code": code, "effectiveDateTime": day, "valueQuantity": quantity}


def _read(folder: Path) -> tuple[int, float, float]:
    started = perf_counter()
    count = sum(1 for _ in read_patients(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return count, peak, perf_counter() - started


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [20, 200])
