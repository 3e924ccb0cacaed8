"""What the page of a concept tells, put into words and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from trialgraph.browsing.uses import Use
from trialgraph.concepts import Axiom, Code, Concept, Concepts, Range
from trialgraph.namespaces import BASE, TGC
from trialgraph.ontology import CodeRelation

__all__ = ["Entries", "Entry", "Link", "Reference"]

_THIS = f"{BASE}ontology"
_RELATIONS: Mapping[CodeRelation, str] = {
    "exact": "same meaning",
    "narrow": "a kind of it",
    "positive": "a test for it",
    "broad": "broader",
    "close": "near it",
}


class Link(NamedTuple):
    """A concept by its name in an address and its label."""

    name: str
    label: str


class Reference(NamedTuple):
    """A code of another system: where a person can read about it, and how it stands to the concept."""

    system: str
    code: str
    address: str
    relation: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page of one concept tells.

    Args:
        path: The way down to it from the top of the tree, both left out; one of the shortest.
        relations: What else is stated of it: a heading, and concepts.
        facts: What else is stated of it: a heading, and words.
        sources: Where its definition is from.
        uses: Where trials name it.
        below: Its kinds that trials name, each with the number of places.
    """

    name: str
    concept: Concept
    path: tuple[Link, ...]
    parents: tuple[Link, ...]
    children: tuple[Link, ...]
    relations: tuple[tuple[str, tuple[Link, ...]], ...]
    facts: tuple[tuple[str, str], ...]
    references: tuple[Reference, ...]
    sources: tuple[Reference, ...]
    axioms: tuple[Axiom, ...]
    uses: Sequence[Use]
    below: tuple[tuple[Link, int], ...]


class Entries:
    """The entries of all concepts.

    Args:
        concepts: The concepts.
        uses: Where trials name them, by IRI.
    """

    def __init__(self, concepts: Concepts, uses: Mapping[str, Sequence[Use]]) -> None:
        self._concepts = concepts
        self._uses = uses

    def __len__(self) -> int:
        return len(self._concepts)

    @property
    def roots(self) -> tuple[Link, ...]:
        """The concepts right below the top, and those outside the tree."""
        tops = [iri for iri, each in self._concepts.items() if not each.parents and not each.retired]
        return tuple(child for top in tops for child in self.children(self.link(top).name))

    def all(self) -> Iterable[Entry]:
        """Return the entry of every concept, in the order of their names."""
        return map(self.entry, sorted(self._concepts))

    def link(self, iri: str) -> Link:
        """Return the name and label of a concept."""
        return Link(iri.removeprefix(str(TGC)), self._concepts.label(iri))

    def children(self, name: str) -> tuple[Link, ...]:
        """Return the concepts right below one, by their labels."""
        return self._children.get(f"{TGC}{name}", ())

    def entry(self, iri: str) -> Entry:
        """Return what the page of a concept tells."""
        concept = self._concepts[iri]
        kinds = self._concepts.descendants(iri) - self._concepts.ancestors(iri)
        below = [each for each in kinds if each in self._uses]
        counted = sorted((self.link(each), len(self._uses[each])) for each in below)
        return Entry(
            name=self.link(iri).name,
            concept=concept,
            path=self._path(iri),
            parents=self._links(concept.parents),
            children=self.children(self.link(iri).name),
            relations=tuple(each for each in self._relations(concept) if each[1]),
            facts=tuple(self._facts(concept)),
            references=tuple(map(self._reference, concept.codes)),
            sources=tuple(map(self._source, concept.sources)),
            axioms=tuple(
                axiom for axiom in self._concepts.axioms.values()
                if iri in (axiom.sub_concept, axiom.super_concept, axiom.converts_from, axiom.converts_to)
            ),
            uses=self._uses.get(iri, ()),
            below=tuple(sorted(counted, key=lambda each: (-each[1], each[0].label))),
        )  # fmt: skip

    @cached_property
    def _children(self) -> dict[str, tuple[Link, ...]]:
        found: dict[str, list[Link]] = {}
        for iri, concept in self._concepts.items():
            for parent in concept.parents:
                found.setdefault(parent, []).append(self.link(iri))
        by_label = {
            iri: sorted(links, key=lambda link: link.label.casefold()) for iri, links in found.items()
        }
        return {iri: tuple(links) for iri, links in by_label.items()}

    def _path(self, iri: str) -> tuple[Link, ...]:
        ways: list[tuple[str, ...]] = [(iri,)]
        seen = {iri}
        for way in ways:  # grows while it is walked: breadth first
            parents = self._concepts[way[0]].parents
            if not parents:
                return tuple(map(self.link, way[1:-1]))
            ways += [(parent, *way) for parent in parents if parent not in seen]
            seen.update(parents)
        return ()

    def _links(self, iris: Iterable[str]) -> tuple[Link, ...]:
        return tuple(sorted(map(self.link, iris), key=lambda link: link.label.casefold()))

    def _relations(self, concept: Concept) -> Iterable[tuple[str, tuple[Link, ...]]]:
        one = [("Score of", concept.score_of), ("Caused by", concept.caused_by)]
        one.append(("Only in", self._concepts.only_in(concept.iri)))
        yield "Same as", self._links(each for each in concept.equivalents if each != concept.replaced_by)
        yield "Consists of", self._links(concept.components)
        yield "May follow from", self._links(concept.sequel_of)
        yield "Shown by high", self._links(concept.shown_by_high)
        yield "Shown by low", self._links(concept.shown_by_low)
        yield "Never together with", self._links(self._concepts.excluded_by_statement(concept.iri))
        yield from ((heading, self._links([iri] if iri else [])) for heading, iri in one)

    def _facts(self, concept: Concept) -> Iterable[tuple[str, str]]:
        yield "Category", self._concepts.category(concept.iri)
        if concept.unit:
            yield "Unit", concept.unit
        if concept.molar_mass:
            yield "Molar mass", f"{concept.molar_mass:g} g/mol"
        if concept.plausible:
            yield "Plausible", _range(concept.plausible)
        if concept.score:
            yield "Stretch of its score", _range(concept.score)
        if self._concepts.is_assessment(concept.iri):
            yield "Judgement", "a silent record does not show its absence"

    def _reference(self, code: Code) -> Reference:
        return self._found(code.iri)._replace(relation=_RELATIONS[code.relation])

    def _source(self, iri: str) -> Reference:
        """Return a publication or a code; of what was written for this ontology, words without an address."""
        if iri == _THIS:
            return Reference("this ontology", "", "", "")
        found = self._found(iri)
        return found._replace(code=found.code.removeprefix("https://").removeprefix("doi.org/"))

    def _found(self, iri: str) -> Reference:
        for system in self._concepts.code_systems:
            if iri.startswith(system.iri_prefix):
                plain = iri.removeprefix(system.iri_prefix)
                address = system.page_prefix + plain if system.page_prefix else iri
                return Reference(system.label, plain, address, "")
        return Reference("DOI" if iri.startswith("https://doi.org/") else "", iri, iri, "")


def _range(stretch: Range) -> str:
    low, high = (f"{end:g}" for end in stretch)
    if high == "inf":
        return f"{low} or more"
    if low == "-inf":
        return f"{high} or less"
    return low if low == high else f"{low} to {high}"
