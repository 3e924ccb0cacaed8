"""Corrections of readings: one file per trial, each naming who set which reading, when and why."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import platformdirs

from trialgraph.concepts import Concepts
from trialgraph.criteria.criterion import Criterion, Curation
from trialgraph.curation.documents import Place, read_yaml
from trialgraph.curation.readings import read_reading
from trialgraph.errors import UsageError
from trialgraph.expressions import Expression
from trialgraph.resources import product_folder
from trialgraph.vocabularies import known_concepts

__all__ = [
    "NO_CORRECTIONS",
    "Correction",
    "Corrections",
    "StaleCorrection",
    "correct",
    "correction_files",
    "curation_folders",
    "read_correction_file",
    "read_corrections",
    "user_folder",
]

_FOLDER_VARIABLE = "TRIALGRAPH_CURATION"
_SUFFIXES = (".yaml", ".yml")
_TRIAL = re.compile(r"NCT\d{8}", re.ASCII)
_CRITERION = re.compile(r"[IE][1-9]\d*|AGE|SEX", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Correction:
    """A reading of one criterion, set by hand.

    Args:
        trial: Registry number.
        criterion: Id of the criterion, such as ``I4``.
        expression: What the criterion says.
        curation: Who, when and why.
        text: The criterion's words when it was curated; None when only their hash is given.
        sha256: SHA-256 of those words, verbatim, in UTF-8; None when only the words are given.
    """

    trial: str
    criterion: str
    expression: Expression
    curation: Curation
    text: str | None = None
    sha256: str | None = None

    def is_of(self, text: str) -> bool:
        """Return whether a criterion still has the words that were curated; line breaks don't count."""
        if self.text is not None and self.text.split() != text.split():
            return False
        return self.sha256 is None or self.sha256 == _hash(text)


@dataclass(frozen=True, slots=True)
class StaleCorrection:
    """A correction that isn't applied, since the criterion's words are no longer those curated."""

    correction: Correction
    problem: str


Corrections: TypeAlias = Mapping[str, Mapping[str, Correction]]
"""Corrections by criterion id, by registry number."""

NO_CORRECTIONS: Corrections = MappingProxyType({})


def user_folder() -> Path:
    """Return the user's own folder: that of ``TRIALGRAPH_CURATION``, else one in the user's data folder."""
    default = Path(platformdirs.user_data_dir("trialgraph", appauthor=False)) / "curation"
    return Path(os.environ.get(_FOLDER_VARIABLE) or default).expanduser()


def curation_folders(named: Path | None = None) -> tuple[Path, ...]:
    """Return the folders of corrections; where two correct one criterion, the later folder counts.

    Args:
        named: A folder instead of the user's own.
    Returns:
        The folder that comes with the product, then the named one or the user's.
    Raises:
        UsageError: when a folder that was asked for isn't there.
    """
    asked = named is not None or bool(os.environ.get(_FOLDER_VARIABLE))
    own = named or user_folder()
    if asked and not own.is_dir():
        raise UsageError(
            "there is no such folder of curations", where=str(own), advice="make it, or name another"
        )
    return tuple(folder for folder in (product_folder("data") / "curation", own) if folder.is_dir())


def correction_files(folder: Path) -> list[Path]:
    """Return the YAML files of a folder, in the order of their names."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)


def read_corrections(folders: Iterable[Path], *, concepts: Concepts | None = None) -> Corrections:
    """Return all corrections of some folders.

    Args:
        folders: Later ones take precedence, criterion by criterion.
        concepts: Concepts that a reading may name; None for the packaged ontology's.
    Raises:
        InputError: when a file isn't a valid curation; says which, at which line and path.
    """
    found: dict[str, dict[str, Correction]] = {}
    for folder in folders:
        for path in correction_files(folder):
            for each in read_correction_file(path, concepts=concepts):
                found.setdefault(each.trial, {})[each.criterion] = each
    return found


def read_correction_file(path: Path, *, concepts: Concepts | None = None) -> tuple[Correction, ...]:
    """Return the corrections of one trial.

    Raises:
        InputError: when the file isn't a valid curation; says at which line and path.
    """
    stated = read_yaml(path).fields(("trial", "criteria"))
    trial = stated["trial"].words()
    if not _TRIAL.fullmatch(trial):
        raise stated["trial"].wrong(f"{trial!r} is no registry number", "write NCT and eight digits")
    if path.stem != trial:
        raise stated["trial"].wrong(f"a file for {trial} is called {trial}.yaml", "rename the file")
    criteria = stated["criteria"].members()
    for name, place in criteria.items():
        if not _CRITERION.fullmatch(name):
            raise place.wrong(f"{name!r} is no id of a criterion", "use I1, E1, AGE, SEX and so on")
    known = concepts or known_concepts()
    return tuple(_correction(trial, name, place, known) for name, place in criteria.items())


def correct(
    trial: str, criteria: Iterable[Criterion], corrections: Corrections
) -> tuple[tuple[Criterion, ...], tuple[StaleCorrection, ...]]:
    """Return a trial's criteria with their corrections, and the corrections that no longer fit.

    Args:
        trial: Registry number.
        criteria: As they were read, those of the structured fields among them.
        corrections: Of any trials.
    """
    ours, read = corrections.get(trial, {}), tuple(criteria)
    fits = {each.id: ours[each.id] for each in read if each.id in ours and ours[each.id].is_of(each.text)}
    corrected = tuple(_corrected(each, fits[each.id]) if each.id in fits else each for each in read)
    stale = (StaleCorrection(each, _problem(each, read)) for name, each in ours.items() if name not in fits)
    return corrected, tuple(stale)


def _corrected(criterion: Criterion, correction: Correction) -> Criterion:
    return replace(
        criterion,
        expression=correction.expression,
        curation=correction.curation,
        replaced=criterion.expression,
    )


def _problem(correction: Correction, criteria: tuple[Criterion, ...]) -> str:
    moved = [each.id for each in criteria if correction.is_of(each.text)]
    if moved:
        return f"its words are now those of {', '.join(moved)}"
    if all(each.id != correction.criterion for each in criteria):
        return "the trial no longer has this criterion"
    return "the registry's text has changed"


def _correction(trial: str, name: str, place: Place, concepts: Concepts) -> Correction:
    stated = place.fields(("who", "when", "why", "expression"), ("text", "sha256"))
    if "text" not in stated and "sha256" not in stated:
        raise place.wrong("'text' is missing", "give the criterion's words, or their sha256")
    text = stated["text"].words() if "text" in stated else None
    sha256 = stated["sha256"].words().lower() if "sha256" in stated else None
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise stated["sha256"].wrong("a SHA-256 has 64 hexadecimal digits", "or give the text itself")
    whole = (0, len(text) if text is not None else 0)
    expression = read_reading(stated["expression"], whole, concepts)
    who, why = (" ".join(stated[key].words().split()) for key in ("who", "why"))
    curation = Curation(who, _when(stated["when"]), why, Path(place.file).name)
    return Correction(trial, name, expression, curation, text, sha256)


def _when(place: Place) -> str:
    """Return a day or a moment as RDF writes them."""
    written = place.words().strip().replace(" ", "T", 1)
    try:
        if _DAY.fullmatch(written):
            date.fromisoformat(written)
            return written
        if _MOMENT.fullmatch(written):
            datetime.fromisoformat(written)
            return written
    except ValueError as error:
        raise place.wrong(f"{written!r} is no date: {error}") from error
    raise place.wrong(f"{written!r} is no date", "write it as 2025-09-01 or 2025-09-01T14:30:00Z")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
