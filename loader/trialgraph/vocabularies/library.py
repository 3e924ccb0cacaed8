"""The vocabularies that a user has imported, and what is in use because of them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import platformdirs

from trialgraph.concepts import Concepts, packaged_concepts
from trialgraph.criteria.language.names import Term, packaged_names
from trialgraph.criteria.language.vocabulary import Vocabulary, default_vocabulary
from trialgraph.errors import UsageError
from trialgraph.ontology import TG_IRI, packaged_statements
from trialgraph.vocabularies.index import ImportedConcept, Index, open_index
from trialgraph.vocabularies.published import Tell
from trialgraph.vocabularies.turtle import Provenance

__all__ = ["Library", "known_concepts", "library", "library_folder", "reading_vocabulary", "vocabulary_file"]

_FOLDER_VARIABLE = "TRIALGRAPH_VOCABULARIES"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"
_PARENT = "http://www.w3.org/2000/01/rdf-schema#subClassOf"


def library_folder() -> Path:
    """Return the folder of imported vocabularies: ``TRIALGRAPH_VOCABULARIES``, else in the user's data."""
    default = Path(platformdirs.user_data_dir("trialgraph", appauthor=False)) / "vocabularies"
    return Path(os.environ.get(_FOLDER_VARIABLE) or default)


def vocabulary_file(name: str) -> Path:
    """Return the path of the RDF file of an imported vocabulary, whether or not it is there.

    Raises:
        UsageError: when it can't be a vocabulary's name.
    """
    if not _NAME.fullmatch(name):
        advice = "use small letters, digits and hyphens, such as ncit-2024"
        raise UsageError(f"{name!r} can't be the name of a vocabulary", advice=advice)
    return library_folder() / f"{name}.ttl"


class Library:
    """Imported vocabularies, looked up as one; where two have a concept or a name, the first counts.

    Args:
        indexes: The vocabularies, in the order of their names.
    """

    def __init__(self, indexes: Collection[Index]) -> None:
        self._indexes = tuple(indexes)
        self._terms: dict[str, Term | None] = {}

    @property
    def vocabularies(self) -> tuple[Provenance, ...]:
        """Where each vocabulary came from, in the order of their names."""
        return tuple(index.provenance for index in self._indexes)

    def concept(self, iri: str) -> ImportedConcept | None:
        """Return an imported concept; None for an unknown one and for one that is a packaged concept."""
        return next((found for index in self._indexes if (found := index.concept(iri))), None)

    def source(self, iri: str) -> Provenance | None:
        """Return the vocabulary that an imported concept is of."""
        return next((index.provenance for index in self._indexes if index.concept(iri)), None)

    def meant_by(self, code: str) -> str | None:
        """Return the concept, imported or packaged, that a code's IRI means; None for an unknown one."""
        for index in self._indexes:
            if found := index.same_as(code):
                return found
        return code if self.concept(code) else None

    def statements(self, iri: str) -> Mapping[str, list[str]] | None:
        """Return what is stated of an imported concept, predicate IRI to values; None for an unknown one."""
        found = self.concept(iri)
        if found is None:
            return None
        stated = {_LABEL: [found.label], _DEFINITION: [found.definition], _PARENT: list(found.parents)}
        if found.category:
            stated[f"{TG_IRI}category"] = [found.category]
        return stated

    def names(
        self, first: str, concepts: Concepts, packaged: Mapping[str, Term]
    ) -> Iterator[tuple[str, Term | None]]:
        """Yield the names that start with a word, in look-up form, with what each is read as, if anything.

        Args:
            first: The word.
            concepts: What the imported concepts' superclasses are asked of.
            packaged: What the names of packaged concepts stand for, by IRI.
        """
        for index in self._indexes:
            for name, iri in index.names(first):
                yield name, (packaged.get(iri) or self._term(iri, concepts)) if iri else None

    def _term(self, iri: str, concepts: Concepts) -> Term | None:
        if iri not in self._terms:
            found = self.concept(iri)
            self._terms[iri] = (
                Term(iri, found.label, found.category, ancestors=concepts.ancestors(iri))
                if found and found.category
                else None
            )
        return self._terms[iri]


def library(tell: Tell | None = None) -> Library:
    """Return the vocabularies that are imported now.

    Args:
        tell: Is told of progress when an index has to be made.
    Raises:
        UsageError: when one of them can't be read; says which, and how to be rid of it.
    """
    files = sorted(library_folder().glob("*.ttl"))
    return _library(tuple((file, file.stat().st_mtime_ns) for file in files), tell or _silent)


def known_concepts() -> Concepts:
    """Return the packaged concepts, and through them any imported one that is asked for."""
    return _known_concepts(library())


def reading_vocabulary() -> Vocabulary:
    """Return the words that criteria are read by: the packaged ontology's and those imported."""
    return _reading_vocabulary(library())


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


_cached: dict[tuple[tuple[Path, int], ...], Library] = {}


def _library(files: tuple[tuple[Path, int], ...], tell: Tell) -> Library:
    if files not in _cached:
        _cached.clear()
        _cached[files] = Library([open_index(file, packaged_concepts(), tell) for file, _ in files])
    return _cached[files]


@lru_cache(maxsize=2)
def _known_concepts(imported: Library) -> Concepts:
    if not imported.vocabularies:
        return packaged_concepts()
    return Concepts(packaged_statements(), imported)


@lru_cache(maxsize=2)
def _reading_vocabulary(imported: Library) -> Vocabulary:
    if not imported.vocabularies:
        return default_vocabulary()
    concepts = _known_concepts(imported)
    packaged = default_vocabulary().by_iri

    def more(first: str) -> Iterator[tuple[str, Term | None]]:
        yield from imported.names(first, concepts, packaged)

    return Vocabulary(packaged_names(made=False), more)
