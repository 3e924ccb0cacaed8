"""Patient records from files: FHIR JSON, bulk NDJSON, Turtle, tables, and folders of these."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

import pyoxigraph as ox
from rdflib import Graph

from trialgraph.errors import PatientError
from trialgraph.namespaces import BASE
from trialgraph.patients.checks import checked
from trialgraph.patients.coding import Coder, Json
from trialgraph.patients.cohorts import read_cohort
from trialgraph.patients.elements import reference, resource_name
from trialgraph.patients.facts import PatientRecord
from trialgraph.patients.fhir import from_fhir, known_coder, patients_of, read_record
from trialgraph.patients.turtle import from_graph
from trialgraph.patients.wellformed import wellformed

__all__ = ["Kind", "read_content", "read_patients"]

Kind = Literal["json", "ndjson", "turtle"]

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
            yield from _read_file(path, coder)
        case ".ttl":
            yield from _read_turtle(_text(path), str(path), coder)
        case ".csv":
            yield from read_cohort(path, columns, coder)
        case _:
            raise PatientError(
                "not a kind of file that patients are read from", where=str(path), advice=_advice()
            )


def read_content(
    content: bytes, kind: Kind, *, where: str = "the record", coder: Coder | None = None
) -> Iterator[PatientRecord]:
    """Yield the patients of a record that is in memory; nothing of it is written anywhere.

    Args:
        content: What a file of this kind would hold, see `read_patients`.
        kind: What it is.
        where: What messages call it.
        coder: Finds concepts; of the packaged ontology and the imported vocabularies by default.
    Raises:
        PatientError: when it can't be read as what it is said to be; says where.
    """
    coder = coder or known_coder()
    match kind:
        case "json":
            yield from_fhir(_parsed(_decoded(content, where), where), where=where, coder=coder)
        case "ndjson":
            yield from _read_lines(io.BytesIO(content), where, coder)
        case "turtle":
            yield from _read_turtle(_decoded(content, where), where, coder)


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


def _read_file(path: Path, coder: Coder) -> Iterator[PatientRecord]:
    try:
        with path.open("rb") as file:
            yield from _read_lines(file, str(path), coder)
    except OSError as error:
        raise PatientError(f"can't be read: {error}", where=str(path), advice="check the file") from error


def _read_lines(file: BinaryIO, where: str, coder: Coder) -> Iterator[PatientRecord]:
    """Yield bundles as they come, then the patients of a bulk export, each gathered on its own.

    Of loose resources only their places in the file are kept, so memory doesn't grow with their size.
    """
    places: dict[str, list[tuple[int, int]]] = {}
    shared: list[Json] = []
    for number, start, resource in _lines(file, where):
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(kind, str) or kind == "Bundle":
            yield from_fhir(resource, where=f"{where}:{number}", coder=coder)
        elif kind == "Medication":
            shared.append(resource)
        else:
            places.setdefault(_patient_of(resource), []).append((number, start))
    yield from _gathered(file, where, places, shared, coder)


def _lines(file: BinaryIO, where: str) -> Iterator[tuple[int, int, Json]]:
    start = 0
    for number, line in enumerate(file, 1):
        if line.strip():
            yield number, start, _parsed(_decoded(line, where), f"{where}:{number}", line=True)
        start += len(line)


def _gathered(
    file: BinaryIO, where: str, places: dict[str, list[tuple[int, int]]], shared: list[Json], coder: Coder
) -> Iterator[PatientRecord]:
    for patient in sorted(places.keys() - {""}):
        resources = []
        for _, start in places[patient]:
            file.seek(start)
            resources.append(json.loads(_decoded(file.readline(), where)))
        if not patients_of(resources):
            raise PatientError(
                f"resources about {patient}, but no such Patient",
                where=f"{where}:{places[patient][0][0]}",
                advice="put the export's Patient resources into the same file",
            )
        yield read_record([*resources, *shared], coder)
    if places.keys() == {""}:
        raise PatientError("no Patient resource", where=where, advice="add the export's Patient resources")


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PatientError(f"can't be read: {error}", where=where, advice="check the file") from error


def _patient_of(resource: Json) -> str:
    resource = wellformed(resource)
    if resource.get("resourceType") == "Patient":
        return resource_name(resource)
    return reference(resource.get("subject") or resource.get("patient") or {})


def _read_turtle(text: str, where: str, coder: Coder) -> Iterator[PatientRecord]:
    graph = Graph()
    try:
        for _ in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=BASE):
            pass  # rdflib, which reads it next, meets some errors with others of its own
        graph.parse(data=text, format="turtle")
    except (SyntaxError, ValueError) as error:
        what = " ".join(str(error).split())
        raise PatientError(f"not Turtle: {what}", where=where, advice="check its syntax") from error
    for record in from_graph(graph):
        yield checked(record, coder.concepts)
