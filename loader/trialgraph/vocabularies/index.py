"""An imported vocabulary made ready for look-up: one SQLite file beside the RDF it is made from.

Concepts are fetched one by one and names by the word they start with, so that starting costs the
same whatever the size of the vocabulary. The file can be deleted at any time; it is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple, cast

from trialgraph import __version__
from trialgraph.concepts import Concepts
from trialgraph.errors import UsageError
from trialgraph.expressions import Category
from trialgraph.resources import product_folder
from trialgraph.vocabularies.matching import Matched, match_concepts
from trialgraph.vocabularies.names import ReadName, names_read
from trialgraph.vocabularies.published import Tell
from trialgraph.vocabularies.turtle import Provenance, read_concepts, read_provenance

__all__ = ["Counts", "ImportedConcept", "Index", "open_index"]

_FORMAT = "1"
_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE concept (iri TEXT PRIMARY KEY, label TEXT, definition TEXT, category TEXT, parents TEXT);
CREATE TABLE same (iri TEXT PRIMARY KEY, concept TEXT);
CREATE TABLE name (first TEXT, name TEXT, iri TEXT);
"""


class ImportedConcept(NamedTuple):
    """A concept of an imported vocabulary that no packaged concept stands for.

    Args:
        iri: Its IRI.
        label: Its publisher's preferred name.
        definition: Empty when it has none.
        category: Kind of record that shows it; None when that isn't known.
        parents: IRIs of its superclasses, packaged ones among them.
    """

    iri: str
    label: str
    definition: str
    category: Category | None
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What an index holds: concepts of its own, concepts that are packaged ones, names that are read."""

    own: int
    same: int
    names: int


class Index:
    """Looks up the concepts and names of one imported vocabulary.

    Args:
        path: The SQLite file.
        provenance: Where the vocabulary came from.
    """

    def __init__(self, path: Path, provenance: Provenance) -> None:
        self.provenance = provenance
        self._path = path
        self._lock = threading.Lock()
        self._database = _open(path)
        self.concept = lru_cache(maxsize=65_536)(self._concept)

    def _concept(self, iri: str) -> ImportedConcept | None:
        found = self._rows("SELECT label, definition, category, parents FROM concept WHERE iri = ?", iri)
        for label, definition, category, parents in found:
            return ImportedConcept(
                iri, label, definition, cast(Category | None, category), tuple(parents.split())
            )
        return None

    def same_as(self, iri: str) -> str | None:
        """Return the packaged concept that a published one is; None when it is none."""
        return next((row[0] for row in self._rows("SELECT concept FROM same WHERE iri = ?", iri)), None)

    def names(self, first: str) -> list[tuple[str, str | None]]:
        """Return the names that start with a word, in look-up form, each with its concept's IRI.

        None stands for a concept where the name isn't read.
        """
        rows = self._rows("SELECT name, iri FROM name WHERE first = ? ORDER BY rowid", first)
        return [(name, iri) for name, iri in rows]

    def counts(self) -> Counts:
        """Return how much it holds."""
        columns = ("iri) FROM concept", "iri) FROM same", "iri) FROM name")
        return Counts(*(int(self._rows(f"SELECT COUNT({column}")[0][0]) for column in columns))

    def _rows(self, query: str, *values: str) -> Sequence[tuple[str, ...]]:
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise UsageError(
                f"the index of a vocabulary can't be read: {error}",
                where=str(self._path),
                advice="delete this file; it is made anew",
            ) from error


def open_index(turtle: Path, packaged: Concepts, tell: Tell) -> Index:
    """Open the index of an imported vocabulary, making it when it is missing or out of date.

    It is out of date when it was made from another file, or for another version of the packaged
    ontology or of the words that reading knows.

    Raises:
        UsageError: when the vocabulary can't be read or the index can't be written.
    """
    path = turtle.with_suffix(".sqlite")
    key = _key(turtle)
    if _key_of(path) != key:
        try:
            _write(path, turtle, key, packaged, tell)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"the index can't be written: {error}", where=str(path)) from error
    return Index(path, read_provenance(turtle))


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )


def _key(turtle: Path) -> str:
    try:
        stat = turtle.stat()
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(turtle)) from error
    return f"{_FORMAT} {stat.st_size} {stat.st_mtime_ns} {_product()}"


@cache
def _product() -> str:
    """Return a mark of everything packaged that an index depends on."""
    digest = hashlib.sha256(__version__.encode())
    folders = (product_folder("ontology"), product_folder("data") / "vocabularies")
    files = [file for folder in folders for file in sorted(folder.iterdir()) if file.is_file()]
    for file in (*files, product_folder("data") / "language" / "lexicon.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _key_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        with contextlib.closing(_open(path)) as database:
            row = database.execute("SELECT value FROM about WHERE key = 'made from'").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


def _write(path: Path, turtle: Path, key: str, packaged: Concepts, tell: Tell) -> None:
    """Make the index in a file of its own and put it in its place when it is whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(draft)) as database:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
            tell("comparing with the packaged ontology", 0, 0)
            matched = match_concepts(list(read_concepts(turtle)), packaged)
            _insert(database, matched, names_read(matched, packaged, tell))
            database.execute("INSERT INTO about VALUES ('made from', ?)", (key,))
            database.execute("CREATE INDEX name_first ON name (first)")
            database.commit()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _insert(database: sqlite3.Connection, matched: Sequence[Matched], names: Iterable[ReadName]) -> None:
    database.executemany("INSERT OR IGNORE INTO concept VALUES (?, ?, ?, ?, ?)", _own(matched))
    same = ((each.published.iri, each.same_as) for each in matched if each.same_as)
    database.executemany("INSERT OR IGNORE INTO same VALUES (?, ?)", same)
    database.executemany("INSERT INTO name VALUES (?, ?, ?)", names)


def _own(matched: Iterable[Matched]) -> Iterator[tuple[str, str, str, str | None, str]]:
    for each in matched:
        if each.same_as is None:
            published = each.published
            yield each.iri, published.label, published.definition, each.category, " ".join(each.parents)
