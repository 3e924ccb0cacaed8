"""The schema's classes and properties, and how they stand to terms of other vocabularies."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from trialgraph.namespaces import BASE
from trialgraph.ontology import CLOSURE, TG_IRI, ontology_modules

__all__ = ["Mapped", "Term", "read_alignment", "read_schema"]

_OWL = "http://www.w3.org/2002/07/owl#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SOURCE = "http://purl.org/dc/terms/source"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_KINDS: Mapping[str, str] = {
    f"{_OWL}Class": "class",
    f"{_OWL}ObjectProperty": "relation",
    f"{_OWL}DatatypeProperty": "value",
    f"{_OWL}AnnotationProperty": "annotation",
}
_JUSTIFICATIONS: Mapping[str, str] = {"semapv:ManualMappingCuration": "judged by hand"}


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property of the schema; other terms are given by their names.

    Args:
        sources: Addresses of where the definition is from, unless it was written for this ontology.
    """

    name: str
    kind: str
    label: str
    definition: str
    notes: tuple[str, ...]
    examples: tuple[str, ...]
    sources: tuple[str, ...]
    above: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a term stands to one of another vocabulary, how surely, and where that one was read.

    Args:
        source: Address of the page that explains the other term; empty where `comment` names the source.
    """

    name: str
    label: str
    relation: str
    other: str
    address: str
    justification: str
    confidence: str
    source: str
    comment: str


def read_schema(folder: Path) -> list[Term]:
    """Return the classes and properties of a folder's schema, by label, with inferred superclasses."""
    stated: dict[str, dict[str, set[str]]] = {}
    for path in [*ontology_modules(folder), folder / CLOSURE]:
        for quad in ox.parse(path=str(path)):
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.NamedNode) and not isinstance(value, (ox.BlankNode, ox.Triple)):
                about = stated.setdefault(subject.value, {})
                about.setdefault(quad.predicate.value, set()).add(value.value)
    found = (_term(iri, said) for iri, said in stated.items() if iri.startswith(TG_IRI))
    return sorted((each for each in found if each.kind), key=lambda each: (each.label.casefold(), each.name))


def read_alignment(folder: Path) -> list[Mapped]:
    """Return the mappings of the schema, by term."""
    text = (folder / "alignment.sssom.tsv").read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^#  (\w+): (\S+)$", text, flags=re.MULTILINE))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [
        Mapped(
            name=row["subject_id"].partition(":")[2],
            label=row["subject_label"],
            relation=row["predicate_id"].partition(":")[2].removesuffix("Match"),
            other=row["object_id"],
            address=prefixes[row["object_id"].partition(":")[0]] + row["object_id"].partition(":")[2],
            justification=_JUSTIFICATIONS.get(row["mapping_justification"], row["mapping_justification"]),
            confidence=row["confidence"],
            source=source,
            comment=comment,
        )
        for row in csv.DictReader(lines, delimiter="\t")
        for source, comment in [_explained(row["comment"])]
    ]


def _explained(comment: str) -> tuple[str, str]:
    """Return the address that a comment begins with, and its words."""
    if not comment.startswith("https://"):
        return "", comment
    source, _, words = comment.partition(": ")
    source, _, more = source.partition("; ")
    return source, words or more


def _term(iri: str, said: Mapping[str, set[str]]) -> Term:
    kinds = [_KINDS[kind] for kind in sorted(said.get(_TYPE, ())) if kind in _KINDS]
    above = said.get(f"{_RDFS}subClassOf", set()) | said.get(f"{_RDFS}subPropertyOf", set())
    return Term(
        name=iri.removeprefix(TG_IRI),
        kind=kinds[0] if kinds else "",
        label=min(said.get(f"{_RDFS}label", {""})),
        definition=min(said.get(f"{_SKOS}definition", {""})),
        notes=tuple(sorted(said.get(f"{_SKOS}scopeNote", ()))),
        examples=tuple(sorted(said.get(f"{_SKOS}example", ()))),
        sources=tuple(sorted(said.get(_SOURCE, set()) - {f"{BASE}ontology"})),
        above=_names(above),
        domain=_names(said.get(f"{_RDFS}domain", set())),
        range=_names(said.get(f"{_RDFS}range", set())),
    )


def _names(iris: set[str]) -> tuple[str, ...]:
    return tuple(sorted(iri.removeprefix(TG_IRI).rpartition("#")[2] for iri in iris))
