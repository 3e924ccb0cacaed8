"""Which trials name which concepts, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from trialgraph.namespaces import TG, TRIAL
from trialgraph.server.pages.memory import memory_of
from trialgraph.stores import Store
from trialgraph.vocabularies import known_concepts

__all__ = ["Place", "Usage", "places_of", "usage_of"]

_NAMED = f"""
PREFIX tg: <{TG}>
SELECT DISTINCT ?part ?concept {{ ?part tg:mentions|tg:conditionConcept|tg:interventionConcept ?concept }}
"""
_PLACES = f"""
PREFIX tg: <{TG}>
SELECT DISTINCT ?part ?id ?kind ?words {{
  {{ ?part tg:mentions CONCEPT ; tg:id ?id ; tg:kind ?kind ; tg:text ?words }}
  UNION {{ ?part tg:conditionConcept CONCEPT }}
  UNION {{ ?part tg:interventionConcept CONCEPT ; tg:name ?words }}
}}
"""
_ATOMS = f"PREFIX tg: <{TG}> SELECT ?atom ?polarity {{ ?atom tg:concept CONCEPT ; tg:polarity ?polarity }}"

_KEPT = 50  # concepts whose places are kept; one that most trials name has thousands
Part = Literal["criterion", "condition", "intervention"]
Role = Literal["asked for", "barred", "asked for and barred", "only spoken of"]


class Usage:
    """The trials that name each concept, in a condition, an intervention or a criterion.

    Args:
        named: Registry numbers by the part that names it and the IRI of the concept itself.
    """

    def __init__(self, named: Mapping[tuple[Part, str], set[str]]) -> None:
        concepts = known_concepts().including({iri for _, iri in named})
        wide: dict[tuple[Part | None, str], set[str]] = defaultdict(set)
        for (part, iri), found in named.items():
            for above in concepts.ancestors(iri) if iri in concepts else (iri,):
                wide[part, above] |= found
                wide[None, above] |= found
        self._wide = {key: len(found) for key, found in wide.items()}

    def count(self, iri: str, part: Part | None = None) -> int:
        """Return how many trials name the concept or a kind of it, anywhere or in one kind of part."""
        return self._wide.get((part, iri), 0)


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a trial names a concept.

    Args:
        part: ``condition``, ``intervention``, or the id of a criterion.
        kind: Of a criterion, ``inclusion`` or ``exclusion``; otherwise empty.
        words: The criterion's words or the intervention's name; empty for a condition.
        role: Of a criterion, what it is to the concept.
    """

    part: str
    kind: str
    words: str
    role: Role | None


def usage_of(store: Store) -> Usage:
    """Return which trials of a store name which concepts; read once, as long as it stays the same."""
    return memory_of(store).recall("usage", lambda: _read(store))


def places_of(store: Store, iri: str) -> Mapping[str, Sequence[Place]]:
    """Return where trials name a concept itself, by registry number, in order."""
    return memory_of(store, _KEPT).recall(("places", iri), lambda: _places(store, iri))


def _places(store: Store, iri: str) -> Mapping[str, Sequence[Place]]:
    term = str(ox.NamedNode(iri))
    roles: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_ATOMS.replace("CONCEPT", term)):
        roles[row["atom"].value.partition("/expression")[0]].add(row["polarity"].value)
    found: dict[str, list[Place]] = defaultdict(list)
    for row in store.select(_PLACES.replace("CONCEPT", term)):
        part = row["part"].value
        found[_nct(part)].append(_place(row, roles.get(part, set())))
    return {nct: sorted(found[nct], key=_order) for nct in sorted(found)}


def _read(store: Store) -> Usage:
    named: dict[tuple[Part, str], set[str]] = defaultdict(set)
    for row in store.select(_NAMED):
        kind = _part(row["part"].value)
        if kind:
            named[kind, row["concept"].value].add(_nct(row["part"].value))
    return Usage(named)


def _part(iri: str) -> Part | None:
    """Return what kind of part names a concept; descriptions of arms name much that nobody is given."""
    kind = iri.removeprefix(str(TRIAL)).partition("/")[2].partition("/")[0]
    known: dict[str, Part] = {"": "condition", "criterion": "criterion", "intervention": "intervention"}
    return known.get(kind)


def _nct(part: str) -> str:
    return part.removeprefix(str(TRIAL)).partition("/")[0]


def _place(row: ox.QuerySolution, roles: set[str]) -> Place:
    words = " ".join(row["words"].value.split()) if row["words"] else ""
    if row["id"]:
        return Place(row["id"].value, row["kind"].value, words, _role(roles))
    return Place("intervention" if words else "condition", "", words, None)


def _role(polarities: set[str]) -> Role:
    if not polarities:
        return "only spoken of"
    if len(polarities) > 1:
        return "asked for and barred"
    return "barred" if "barred" in polarities else "asked for"


def _order(place: Place) -> tuple[int, str, int, str]:
    kinds = {"condition": 0, "intervention": 1, "": 2, "inclusion": 3, "exclusion": 4}
    number = "".join(filter(str.isdigit, place.part))
    return kinds[place.kind or place.part], place.part[:1], int(number or 0), place.words
