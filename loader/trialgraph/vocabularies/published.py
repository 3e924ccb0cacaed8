"""A vocabulary as its publisher gives it out, whatever the form of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["NCIT", "Edition", "PublishedConcept", "Tell"]

NCIT = "http://purl.obolibrary.org/obo/NCIT_"
"""What is put before a code of the NCI Thesaurus to give its IRI in OBO's editions."""

Tell: TypeAlias = Callable[[str, int, int], None]
"""Is told of progress: what is being done, how far it is, and how far it goes (0 when unknown)."""


@dataclass(frozen=True, slots=True)
class PublishedConcept:
    """One concept of a vocabulary, as published.

    Args:
        iri: Its IRI.
        label: The name its publisher prefers.
        synonyms: Its other names that mean exactly it.
        definition: Empty when it has none.
        parents: IRIs of its superclasses; some may not be in the edition.
        semantic_types: Names of the kinds of thing it is, where the publisher tells.
        matches: IRIs of other systems that the publisher says mean exactly the same.
    """

    iri: str
    label: str
    synonyms: tuple[str, ...] = ()
    definition: str = ""
    parents: tuple[str, ...] = ()
    semantic_types: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One file's content.

    Args:
        title: What the file is, in words.
        version: As the publisher names it; empty when the file doesn't say.
        concepts: Its concepts, in the order of the file, without the retired ones.
        retired: How many concepts were left out because they are retired or obsolete.
    """

    title: str
    version: str
    concepts: tuple[PublishedConcept, ...]
    retired: int
