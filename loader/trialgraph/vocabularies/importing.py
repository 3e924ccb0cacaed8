"""Importing, listing and removing vocabularies."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trialgraph.concepts import packaged_concepts
from trialgraph.errors import UsageError
from trialgraph.vocabularies.editions import read_edition
from trialgraph.vocabularies.index import Counts, open_index
from trialgraph.vocabularies.library import library_folder, vocabulary_file
from trialgraph.vocabularies.published import Tell
from trialgraph.vocabularies.turtle import Provenance, read_provenance, write_turtle

__all__ = ["ImportReport", "import_vocabulary", "imported_vocabularies", "remove_vocabulary"]

_SUFFIXES = re.compile(r"\.(?:gz|zip|txt|json|flat|obo|owl|tsv)$")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: where the vocabulary came from, what it holds, and where it is kept."""

    provenance: Provenance
    counts: Counts
    path: Path


def import_vocabulary(path: Path, tell: Tell, *, name: str | None = None) -> ImportReport:
    """Import a vocabulary, to be used in reading beside the packaged ontology.

    One of the same name is replaced, at once or not at all.

    Args:
        path: A flat file of the NCI Thesaurus or an OBO graph as JSON, also as ``.gz`` or ``.zip``.
        tell: Is told of progress.
        name: What to call it; None to take it from the name of the file.
    Raises:
        InputError: when the file can't be read or isn't of these forms.
        UsageError: when the name can't be one, or the user's folder can't be written.
    """
    target = vocabulary_file(name or _name_of(path))
    edition, sha256 = read_edition(path, tell)
    provenance = Provenance(
        name=target.stem,
        title=edition.title,
        version=edition.version,
        file=path.name,
        sha256=sha256,
        imported=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        concepts=len(edition.concepts),
        retired=edition.retired,
    )
    tell("writing", 0, 0)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_turtle(edition, provenance, draft)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UsageError(f"the vocabulary can't be kept: {error.strerror}", where=str(target)) from error
    return ImportReport(provenance, open_index(target, packaged_concepts(), tell).counts(), target)


def imported_vocabularies() -> list[Provenance]:
    """Return where each imported vocabulary came from, in the order of their names.

    Raises:
        UsageError: when one of them can't be read; says which, and how to be rid of it.
    """
    return [read_provenance(path) for path in sorted(library_folder().glob("*.ttl"))]


def remove_vocabulary(name: str) -> None:
    """Remove an imported vocabulary. Trials that were read with it stay as they are in a store.

    Raises:
        UsageError: when there is none of that name, or it can't be removed.
    """
    path = vocabulary_file(name)
    if not path.exists():
        known = ", ".join(file.stem for file in sorted(library_folder().glob("*.ttl")))
        advice = f"there are {known}" if known else "none is imported"
        raise UsageError(f"no vocabulary {name!r} is imported", advice=advice)
    try:
        path.unlink()
        path.with_suffix(".sqlite").unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"the vocabulary can't be removed: {error.strerror}", where=str(path)) from error


def _name_of(path: Path) -> str:
    name = path.name.lower()
    while (shorter := _SUFFIXES.sub("", name)) != name:
        name = shorter
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-") or "vocabulary"
