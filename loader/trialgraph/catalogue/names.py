"""Concepts by what people call them, and as they are called in addresses."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from trialgraph.catalogue.columns import Remembered
from trialgraph.concepts import Concepts
from trialgraph.errors import UsageError
from trialgraph.namespaces import TGC
from trialgraph.ontology import TG_IRI
from trialgraph.queries.terms import concept_names
from trialgraph.stores import Store

__all__ = ["NAMES", "concept_called", "concept_name"]

NAMES: Remembered[Mapping[str, str]] = Remembered(concept_names)
"""IRIs of concepts by their names in lower case."""


def _abbreviations(store: Store) -> Mapping[str, str]:
    meant: dict[str, set[str]] = {}
    for row in store.select(f"SELECT ?concept ?name {{ ?concept <{TG_IRI}abbreviation> ?name }}"):
        meant.setdefault(row["name"].value, set()).add(row["concept"].value)
    return {name: next(iter(iris)) for name, iris in meant.items() if len(iris) == 1}


_ABBREVIATIONS = Remembered(_abbreviations)


def concept_called(store: Store, name: str) -> str:
    """Return the IRI of the concept that a name, an address's last part or an IRI means.

    Args:
        store: Where names are looked up.
        name: ``ColorectalCancer``, ``tgc:ColorectalCancer``, an IRI, a label or a synonym, in any case; an
            abbreviation as it is written, if it means one concept alone.
    Raises:
        UsageError: when there is none; names near ones.
    """
    names = NAMES.of(store)
    asked = name.strip()
    wanted = " ".join(asked.removeprefix(str(TGC)).removeprefix("tgc:").lower().split())
    if wanted in names:
        return names[wanted]
    if asked in names.values():
        return asked
    if asked in _ABBREVIATIONS.of(store):
        return _ABBREVIATIONS.of(store)[asked]
    near = difflib.get_close_matches(wanted[:100], names, n=3)
    hint = f" (near: {', '.join(near)})" if near else ""
    raise UsageError(f"no concept is called {asked[:100]!r}{hint}")


def concept_name(iri: str) -> str:
    """Return how a concept is called in addresses: its local name, or all of a foreign IRI."""
    return iri.removeprefix(str(TGC))


def known_label(concepts: Concepts, iri: str) -> str:
    """Return a concept's label; of one that this installation doesn't know, its name."""
    return concepts.label(iri) if iri in concepts else concept_name(iri)
