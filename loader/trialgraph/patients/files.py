"""Patient records from files: FHIR JSON, bulk NDJSON, Turtle, tables, and folders of these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rdflib import Graph

from trialgraph.errors import PatientError
from trialgraph.patients.checks import checked
from trialgraph.patients.coding import Coder, Json
from trialgraph.patients.cohorts import read_cohort
from trialgraph.patients.elements import reference, resource_name
from trialgraph.patients.facts import PatientRecord
from trialgraph.patients.fhir import from_fhir, known_coder, patients_of, read_record
from trialgraph.patients.turtle import from_graph
from trialgraph.patients.wellformed import wellformed

__all__ = ["read_patients"]

_SUFFIXES = (".json", ".ndjson", ".jsonl", ".ttl", ".csv")


def read_patients(
    path: Path, *, columns: Path | None = None, coder: Coder | None = None
) -> Iterator[PatientRecord]:
    """Yield the patients of a file or folder.

    A ``.json`` file is a bundle, a list of resources or one resource. A line of ``.ndjson`` is a
    bundle, or a resource of a bulk export, whose resources are grouped by patient; lines are read
    one at a time, so memory doesn't grow with the file. ``.ttl`` is a
    patient graph, ``.csv`` a table with a row per patient. A folder is read file by file, in the order
    of names.

    Args:
        path: File or folder.
        columns: What the columns of a table mean, as TOML; by their names without it.
        coder: Finds concepts; of the packaged ontology and the imported vocabularies by default.
    Raises:
        PatientError: when the file can't be read as what its name says; says where.
    """
    coder = coder or known_coder()
    if path.is_dir():
        files = [each for each in sorted(path.iterdir()) if each.suffix.lower() in _SUFFIXES]
        if not files:
            raise PatientError("no patient file in the folder", where=str(path), advice=_advice())
        for file in files:
            yield from read_patients(file, columns=columns, coder=coder)
        return
    match path.suffix.lower():
        case ".json":
            yield from_fhir(_parsed(_text(path), str(path)), where=str(path), coder=coder)
        case ".ndjson" | ".jsonl":
            yield from _read_lines(path, coder)
        case ".ttl":
            yield from _read_turtle(path, coder)
        case ".csv":
            yield from read_cohort(path, columns, coder)
        case _:
            raise PatientError(
                "not a kind of file that patients are read from", where=str(path), advice=_advice()
            )


def _advice() -> str:
    return f"give a file named {', '.join(_SUFFIXES)}, or a folder of them"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PatientError(f"can't be read: {error}", where=str(path), advice="check the file") from error


def _parsed(text: str, where: str, *, line: bool = False) -> Json:
    if not text.strip():
        raise PatientError("empty", where=where, advice="give a FHIR R4 Bundle with one Patient")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        # A line of NDJSON is placed already; a file of JSON may have many lines.
        place = where if line else f"{where}:{error.lineno}"
        raise PatientError(f"not JSON: {error.msg}", where=place, advice="check the export") from error


def _read_lines(path: Path, coder: Coder) -> Iterator[PatientRecord]:
    """Yield bundles as they come, then the patients of a bulk export, each gathered on its own.

    Of loose resources only their places in the file are kept, so memory doesn't grow with their size.
    """
    places: dict[str, list[tuple[int, int]]] = {}
    shared: list[Json] = []
    try:
        with path.open("rb") as file:
            for number, start, resource in _lines(file, path):
                kind = resource.get("resourceType") if isinstance(resource, dict) else None
                if not isinstance(kind, str) or kind == "Bundle":
                    yield from_fhir(resource, where=f"{path}:{number}", coder=coder)
                elif kind == "Medication":
                    shared.append(resource)
                else:
                    places.setdefault(_patient_of(resource), []).append((number, start))
            yield from _gathered(file, path, places, shared, coder)
    except OSError as error:
        raise PatientError(f"can't be read: {error}", where=str(path), advice="check the file") from error


def _lines(file: BinaryIO, path: Path) -> Iterator[tuple[int, int, Json]]:
    start = 0
    for number, line in enumerate(file, 1):
        if line.strip():
            yield number, start, _parsed(_decoded(line, path), f"{path}:{number}", line=True)
        start += len(line)


def _gathered(
    file: BinaryIO, path: Path, places: dict[str, list[tuple[int, int]]], shared: list[Json], coder: Coder
) -> Iterator[PatientRecord]:
    for patient in sorted(places.keys() - {""}):
        resources = []
        for _, start in places[patient]:
            file.seek(start)
            resources.append(json.loads(_decoded(file.readline(), path)))
        if not patients_of(resources):
            raise PatientError(
                f"resources about {patient}, but no such Patient",
                where=f"{path}:{places[patient][0][0]}",
                advice="put the export's Patient resources into the same file",
            )
        yield read_record([*resources, *shared], coder)
    if places.keys() == {""}:
        raise PatientError(
            "no Patient resource", where=str(path), advice="add the export's Patient resources"
        )


def _decoded(line: bytes, path: Path) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PatientError(f"can't be read: {error}", where=str(path), advice="check the file") from error


def _patient_of(resource: Json) -> str:
    resource = wellformed(resource)
    if resource.get("resourceType") == "Patient":
        return resource_name(resource)
    return reference(resource.get("subject") or resource.get("patient") or {})


def _read_turtle(path: Path, coder: Coder) -> Iterator[PatientRecord]:
    graph = Graph()
    try:
        graph.parse(data=_text(path), format="turtle")
    except (SyntaxError, ValueError) as error:
        what = " ".join(str(error).split())
        raise PatientError(f"not Turtle: {what}", where=str(path), advice="check its syntax") from error
    for record in from_graph(graph):
        yield checked(record, coder.concepts)
