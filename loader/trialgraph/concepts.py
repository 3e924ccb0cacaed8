"""The clinical concepts: their names, their tree, their units and the codes of other systems.

All of it is read from the ontology; nothing about any one concept is in this module. What a fact
shows follows from the class tree, from equivalence and from the components of regimens: whoever
received CAPEOX received capecitabine, hence chemotherapy.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from trialgraph.codes import CodeIndex, CodeMatch
from trialgraph.errors import UsageError
from trialgraph.ontology import (
    TG_IRI,
    Axiom,
    Code,
    CodeSystem,
    Concept,
    Conversion,
    Range,
    Statements,
    SurfaceForm,
    codes_of,
    concept_iris,
    equivalent_pairs,
    first,
    names_of,
    packaged_statements,
    read_axioms,
    read_code_systems,
    read_concept,
    read_imported,
    read_statements,
)

__all__ = [
    "Axiom",
    "Code",
    "CodeSystem",
    "Concept",
    "Concepts",
    "Conversion",
    "Imported",
    "Range",
    "SurfaceForm",
    "load_concepts",
    "packaged_concepts",
]

Found = TypeVar("Found")


class Imported(Protocol):
    """Concepts of vocabularies that a user has imported beside the ontology."""

    def statements(self, iri: str) -> Mapping[str, list[str]] | None:
        """Return what is stated of a concept, predicate IRI to values; None for an unknown one."""
        ...

    def meant_by(self, code: str) -> str | None:
        """Return the concept, imported or packaged, that a code's IRI means; None for an unknown one."""
        ...


class Concepts(Mapping[str, Concept]):
    """All concepts, by IRI, with what follows from their relations.

    Methods take concept IRIs and raise UsageError for one that the ontology lacks. Of imported
    concepts, which may be very many, any can be asked for; iteration, and what goes down the tree,
    is over those that are included.

    Args:
        statements: What the ontology states.
        imported: Look-up of imported concepts; None for none.
    """

    def __init__(self, statements: Statements, imported: Imported | None = None) -> None:
        self._imported = imported
        self._stated = dict(statements)
        self._equivalents = equivalent_pairs(statements)
        self._concepts: dict[str, Concept | None] = dict.fromkeys(concept_iris(statements))
        """None for what nobody has asked for yet."""
        self._apart: dict[str, Concept | None] = {}
        self._up: dict[str, frozenset[str]] = {}
        self._inherited: dict[tuple[str, str], str | None] = {}
        self._found: dict[tuple[Callable[[Concepts, str], Any], str], Any] = {}

    def __getitem__(self, iri: str) -> Concept:
        found = self._concepts.get(str(iri)) or self._read(str(iri))
        if found is None:
            advice = "concepts are defined in ontology/concepts.ttl"
            raise UsageError(f"there is no concept {iri}", advice=advice)
        return found

    def __contains__(self, iri: object) -> bool:
        return str(iri) in self._concepts or self._of_imported(str(iri)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._concepts)

    def __len__(self) -> int:
        return len(self._concepts)

    def including(self, iris: Collection[str]) -> Concepts:
        """Return these concepts with the imported ones among some IRIs, and their superclasses, included."""
        more = sorted(iri for iri in set(map(str, iris)) if iri not in self._concepts and iri in self)
        if not more:
            return self
        wider = copy.copy(self)
        wider._concepts = dict(self._concepts)
        wider._found = {}
        wider._include(more)
        down = dict(self._down)
        for iri in wider._concepts.keys() - self._concepts.keys():
            for above in wider.ancestors(iri):
                down[above] = down.get(above, frozenset()) | {iri}
        wider._down = down
        return wider

    def includes(self, iri: str) -> bool:
        """Return whether a concept is among those that iteration goes through."""
        return iri in self._concepts

    def once(self, work: Callable[[Concepts, str], Found], iri: str) -> Found:
        """Return what `work` finds out of a concept, as long as the same concepts are included."""
        if (work, iri) not in self._found:
            self._found[work, iri] = work(self, iri)
        found: Found = self._found[work, iri]
        return found

    def label(self, iri: str) -> str:
        """Return the concept's English name."""
        return self[iri].label

    def ancestors(self, iri: str) -> frozenset[str]:
        """Return every concept that a fact about this one shows, itself and its equivalents included.

        A regimen's components and their ancestors are among them. No contestable axiom is used.
        """
        known = self._up.get(iri)
        if known is None:
            known = self._up[self[iri].iri] = frozenset(self._upwards(iri, components=True))
        return known

    def descendants(self, iri: str) -> frozenset[str]:
        """Return every concept a fact about which shows this one, itself and its equivalents included."""
        return self._down[self[iri].iri]

    def is_a(self, iri: str, ancestor: str) -> bool:
        """Return whether a fact about `iri` shows `ancestor`, without contestable axioms."""
        return str(ancestor) in self.ancestors(iri)

    def implied(self, iri: str, axioms: Collection[str] | None = None) -> Mapping[str, tuple[str, ...]]:
        """Return every concept that a fact about this one shows, each with the axioms it takes.

        Args:
            iri: The concept that a record shows.
            axioms: IRIs of the contestable axioms switched on; None for those on by default.
        Returns:
            Concept IRI to axiom IRIs, empty for what follows without any; a shortest chain is given.
        """
        enabled = self.default_axioms if axioms is None else frozenset(axioms)
        used: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(self.ancestors(iri)), ())
        frontier = set(used)
        while frontier:
            reached: dict[str, tuple[str, ...]] = {}
            for axiom in self.axioms.values():
                if axiom.iri in enabled and axiom.sub_concept in frontier and axiom.super_concept:
                    chain = (*used[axiom.sub_concept], axiom.iri)
                    new = self.ancestors(axiom.super_concept) - used.keys() - reached.keys()
                    reached.update(dict.fromkeys(sorted(new), chain))
            used.update(reached)
            frontier = set(reached)
        return MappingProxyType(used)

    def category(self, iri: str) -> str:
        """Return the concept's one category: stated on it, otherwise on its superclasses."""
        return self._nearest(iri, "category") or "other"

    def categories_below(self, iri: str) -> frozenset[str]:
        """Return the categories of the concept and of everything that would show it.

        A record that is complete shows the concept's absence only if it is complete in all of these.
        """
        return frozenset(self.category(each) for each in self.descendants(iri))

    def is_assessment(self, iri: str) -> bool:
        """Return whether a complete and silent record does not show the concept's absence."""
        return self._nearest(iri, "assessment") == "true"

    def is_judged(self, iri: str) -> bool:
        """Return whether what a record calls by a superclass only may be one: an assessment, or a grade."""
        return self.once(_is_judged, iri)

    def is_quantity(self, iri: str) -> bool:
        """Return whether the concept is measured as a number with a unit."""
        return self[iri].unit is not None

    def quantity_members(self, iri: str) -> tuple[str, ...]:
        """Return the quantities that a group's name, such as transaminases, stands for; else ()."""
        if first(self._stated[self[iri].iri], f"{TG_IRI}quantityGroup") != "true":
            return ()
        return tuple(sorted(each for each in self.descendants(iri) if self.is_quantity(each)))

    def named_each(self, iri: str) -> tuple[str, ...]:
        """Return the concepts that a name which lists several stands for ("ILD/pneumonitis"); else ()."""
        return tuple(self._stated[self[iri].iri].get(f"{TG_IRI}namesEach", ()))

    def excludes(self, iri: str) -> frozenset[str]:
        """Return the concepts whose absence a fact about this one shows, their subclasses included."""
        stated = {other for each in self.ancestors(iri) for other in self._excluded[each]}
        return frozenset(below for other in stated for below in self.descendants(other))

    def excluded_by_statement(self, iri: str) -> frozenset[str]:
        """Return the concepts that are stated, of either, never to hold together with this one."""
        return frozenset(self._excluded[self[iri].iri])

    def only_in(self, iri: str) -> str | None:
        """Return the demographic concept without which this one can't hold; None when it always can."""
        return self._nearest(iri, "onlyIn")

    def allergy_to(self, iri: str) -> str | None:
        """Return the hypersensitivity to a drug, or to the narrowest class it is of; None without one."""
        found = [self._allergies[each] for each in self._upwards(iri) if each in self._allergies]
        wide = {above for each in found for above in self.ancestors(each) if above != each}
        return next((each for each in found if each not in wide), None)

    def by_code(self, system: str, code: str) -> tuple[CodeMatch, ...]:
        """Return the concepts that a code leads to, closest relation first.

        In systems whose codes name their broader codes (ICD-10-CM, ATC), a code that is mapped to
        nothing leads where the nearest mapped broader code does, as ``narrow``.

        Args:
            system: The system's URI as FHIR records state it; an unknown one leads nowhere.
            code: The code as stated.
        """
        meant_by = self._imported.meant_by if self._imported else None
        return self._codes.leading_to(system, code, meant_by)

    def exactly(self, code: str) -> tuple[str, ...]:
        """Return the concepts whose exact mapping a code's IRI is."""
        return self._codes.exactly(code)

    def surface_forms(self) -> tuple[SurfaceForm, ...]:
        """Return every name of every concept in use; one form may name several concepts."""
        return tuple(form for iri in self._concepts for form in names_of(iri, self._stated[iri]))

    @cached_property
    def axioms(self) -> Mapping[str, Axiom]:
        """The contestable axioms, by IRI."""
        return MappingProxyType(read_axioms(self._stated))

    @cached_property
    def default_axioms(self) -> frozenset[str]:
        """IRIs of the contestable axioms that hold unless a user says otherwise."""
        return frozenset(iri for iri, axiom in self.axioms.items() if axiom.default_on)

    @cached_property
    def code_systems(self) -> tuple[CodeSystem, ...]:
        """The code systems that mappings use."""
        return read_code_systems(self._stated)

    @cached_property
    def _codes(self) -> CodeIndex:
        return CodeIndex(self.code_systems, {iri: codes_of(self._stated[iri]) for iri in self._concepts})

    @cached_property
    def _allergies(self) -> dict[str, str]:
        causes = {iri: first(self._stated[iri], f"{TG_IRI}causedBy") for iri in self._concepts}
        return {cause: iri for iri, cause in causes.items() if cause is not None}

    @cached_property
    def _excluded(self) -> dict[str, set[str]]:
        pairs: dict[str, set[str]] = defaultdict(set)
        for iri in self._concepts:
            for other in self._stated[iri].get(f"{TG_IRI}excludes", ()):
                pairs[iri].add(other)
                pairs[other].add(iri)
        return pairs

    @cached_property
    def _down(self) -> dict[str, frozenset[str]]:
        below: dict[str, set[str]] = defaultdict(set)
        for iri in self._concepts:
            for above in self.ancestors(iri):
                below[above].add(iri)
        return {iri: frozenset(found) for iri, found in below.items()}

    def _read(self, iri: str) -> Concept | None:
        """Return a concept that nobody has asked for yet, remembering it; None for an unknown one."""
        if iri not in self._concepts:
            return self._of_imported(iri)
        found = self._concepts[iri] = read_concept(iri, self._stated[iri], self._equivalents.get(iri, ()))
        return found

    def _of_imported(self, iri: str) -> Concept | None:
        """Return an imported concept, remembering it; None for an unknown one."""
        if self._imported is None:
            return None
        if iri not in self._apart:
            stated = self._imported.statements(iri)
            if stated is not None:
                self._stated[iri] = stated
            self._apart[iri] = None if stated is None else read_imported(iri, stated)
        return self._apart[iri]

    def _include(self, iris: Iterable[str]) -> None:
        level = list(iris)
        while level:
            found = [each for iri in level if (each := self._of_imported(iri)) is not None]
            self._concepts.update((each.iri, each) for each in found)
            level = [up for each in found for up in each.parents if up not in self._concepts]

    def _upwards(self, iri: str, *, components: bool = False) -> Iterator[str]:
        seen, level = {str(iri)}, [self[iri]]
        while level:
            yield from (each.iri for each in level)
            above = [up for each in level for up in (*each.equivalents, *each.parents)]
            if components:
                above += [part for each in level for part in each.components]
            level = [self[up] for up in dict.fromkeys(above) if up not in seen]
            seen.update(above)

    def _nearest(self, iri: str, term: str) -> str | None:
        key = (str(iri), term)
        if key not in self._inherited:
            stated = (first(self._stated[each], TG_IRI + term) for each in self._upwards(iri))
            self._inherited[key] = next((value for value in stated if value is not None), None)
        return self._inherited[key]


def _is_judged(concepts: Concepts, iri: str) -> bool:
    return concepts.is_assessment(iri) or concepts._nearest(iri, "graded") == "true"


def load_concepts(folder: Path) -> Concepts:
    """Return the concepts of an ontology folder.

    Args:
        folder: A folder with ``annotations.ttl``, ``concepts.ttl``, ``closure.ttl`` and contestable axioms
            below ``axioms``.
    Raises:
        UsageError: when a file is missing or isn't Turtle; says which, and where in it.
    """
    return Concepts(read_statements(folder))


@cache
def packaged_concepts() -> Concepts:
    """Return the concepts of the ontology that comes with this installation.

    Example:
        >>> packaged_concepts().label("https://w3id.org/trialgraph/concept/PD1Inhibitor")
        'PD-1 inhibitor'
    """
    return Concepts(packaged_statements())
