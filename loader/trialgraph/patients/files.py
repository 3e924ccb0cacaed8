"""Patient records from files: FHIR JSON, bulk NDJSON, Turtle, tables, and folders of these."""

from __future__ import annotations

import io
import json
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal

import pyoxigraph as ox
from rdflib import Graph

from trialgraph.errors import PatientError
from trialgraph.namespaces import BASE
from trialgraph.patients.checks import checked
from trialgraph.patients.coding import Coder, Json
from trialgraph.patients.cohorts import read_cohort, read_table
from trialgraph.patients.elements import reference, resource_name
from trialgraph.patients.facts import ImportNote, PatientRecord
from trialgraph.patients.fhir import from_fhir, known_coder, patients_of, read_record
from trialgraph.patients.turtle import from_graph
from trialgraph.patients.wellformed import wellformed

__all__ = ["Kind", "read_content", "read_patients"]

Kind = Literal["json", "ndjson", "turtle", "table"]

_EXPORTS = (".ndjson", ".jsonl")
_SUFFIXES = (".json", *_EXPORTS, ".ttl", ".csv")


def read_patients(
    path: Path, *, columns: Path | None = None, coder: Coder | None = None
) -> Iterator[PatientRecord]:
    """Yield the patients of a file or folder.

    A ``.json`` file is a bundle, a list of resources or one resource. A line of ``.ndjson`` is a
    bundle, or a resource of a bulk export, whose resources are grouped by patient; lines are read
    one at a time, so memory grows by eight bytes per line, not with what is in it. ``.ttl`` is a
    patient graph, ``.csv`` a table with a row per patient. A folder is read file by file, in the order
    of names; its NDJSON files are one export, as they come with a file per type of resource.

    Args:
        path: File or folder.
        columns: What the columns of a table mean, as TOML; by their names without it.
        coder: Finds concepts; of the packaged ontology and the imported vocabularies by default.
    Raises:
        PatientError: when the file can't be read as what its name says; says where.
    """
    if columns is not None and not columns.is_file():
        raise PatientError(
            "no such file: what the columns of a table mean", where=str(columns), advice="check --columns"
        )
    coder = coder or known_coder()
    if path.is_dir():
        files = [each for each in sorted(path.iterdir()) if each.suffix.lower() in _SUFFIXES]
        if not files:
            raise PatientError("no patient file in the folder", where=str(path), advice=_advice())
        export = [each for each in files if each.suffix.lower() in _EXPORTS]
        for file in files:
            if file not in export:
                yield from read_patients(file, columns=columns, coder=coder)
        if export:
            yield from _read_export(export, coder)
        return
    match path.suffix.lower():
        case ".json":
            yield from_fhir(_parsed(_text(path), str(path)), where=str(path), coder=coder)
        case ".ndjson" | ".jsonl":
            yield from _read_export([path], coder)
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
            yield from _read_lines({where: io.BytesIO(content)}, coder)
        case "turtle":
            yield from _read_turtle(_decoded(content, where), where, coder)
        case "table":
            yield from read_table(_decoded(content, where), where, coder)


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


def _read_export(paths: Sequence[Path], coder: Coder) -> Iterator[PatientRecord]:
    with ExitStack() as opened:
        try:
            yield from _read_lines(
                {str(path): opened.enter_context(path.open("rb")) for path in paths}, coder
            )
        except OSError as error:
            where = str(error.filename or paths[0])
            raise PatientError(f"can't be read: {error}", where=where, advice="check the file") from error


def _read_lines(files: Mapping[str, BinaryIO], coder: Coder) -> Iterator[PatientRecord]:
    """Yield bundles as they come, then the patients of a bulk export, each gathered on its own.

    A bulk export has a file per type of resource, so one patient's resources are scattered. Of each
    only its place is kept, in eight bytes, so memory doesn't grow with the size of resources.
    """
    export = _Export(tuple(files), tuple(files.values()))
    for number, (name, file) in enumerate(files.items()):
        for line, start, resource in _lines(file, name):
            kind = resource.get("resourceType") if isinstance(resource, dict) else None
            if not isinstance(kind, str) or kind == "Bundle":
                yield from_fhir(resource, where=f"{name}:{line}", coder=coder)
            else:
                export.add(resource, kind, number, start)
    yield from _gathered(export, coder)


@dataclass
class _Export:
    """The loose resources of an export: where those about each patient stand, and those about none."""

    names: tuple[str, ...]
    files: tuple[BinaryIO, ...]
    places: dict[str, array[int]] = field(default_factory=dict)
    medications: list[Json] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    def add(self, resource: Json, kind: str, file: int, start: int) -> None:
        """Note a resource's place, packed into one number: its start in the file, then the file."""
        patient = _patient_of(resource, kind)
        if patient:
            place = start * len(self.files) + file
            self.places.setdefault(patient, array("Q")).append(place)
        elif kind == "Medication":
            self.medications.append(wellformed(resource))
        else:
            self.others[kind] += 1

    def resources(self, patient: str) -> list[Json]:
        """Return the resources about one patient."""
        found = []
        for place in self.places[patient]:
            start, number = divmod(place, len(self.files))
            self.files[number].seek(start)
            found.append(json.loads(_decoded(self.files[number].readline(), self.names[number])))
        return found

    def where(self, patient: str) -> str:
        """Return the place of the first resource about a patient, for messages."""
        start, number = divmod(self.places[patient][0], len(self.files))
        self.files[number].seek(0)
        lines = 1 + self.files[number].read(start).count(b"\n")
        return f"{self.names[number]}:{lines}"


def _lines(file: BinaryIO, where: str) -> Iterator[tuple[int, int, Json]]:
    start = 0
    for number, line in enumerate(file, 1):
        if line.strip():
            yield number, start, _parsed(_decoded(line, where), f"{where}:{number}", line=True)
        start += len(line)


def _gathered(export: _Export, coder: Coder) -> Iterator[PatientRecord]:
    notes = [
        ImportNote(kind, "not counted", f"{count} of the export, about no patient")
        for kind, count in sorted(export.others.items())
    ]
    if not export.places and (export.others or export.medications):
        raise PatientError(
            "no Patient resource",
            where=", ".join(export.names),
            advice="add the export's Patient resources",
        )
    for patient in sorted(export.places):
        resources = export.resources(patient)
        if not patients_of(resources):
            raise PatientError(
                f"resources about {patient}, but no such Patient",
                where=export.where(patient),
                advice="put the export's Patient resources into the same file or folder",
            )
        record = read_record([*resources, *export.medications], coder)
        report = replace(record.report, notes=tuple(sorted({*record.report.notes, *notes})))
        yield replace(record, report=report)
        notes = []


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PatientError(f"can't be read: {error}", where=where, advice="check the file") from error


def _patient_of(resource: Json, kind: str) -> str:
    """Return the patient that a resource is, or is about; empty when it names none."""
    if kind == "Patient":
        return resource_name(resource)
    about = resource.get("subject") or resource.get("patient") or resource.get("individual")
    stated = about.get("reference") if isinstance(about, Mapping) else None
    return reference({"reference": stated}) if isinstance(stated, str) else ""


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
