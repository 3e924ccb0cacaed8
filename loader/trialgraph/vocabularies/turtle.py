"""An imported vocabulary as RDF: what its publisher states, and where it came from.

Nothing that this product concludes is in the file: which packaged concept a class stands for, and
which of its names are read, is worked out from it (`index`), so that the file stays true when the
packaged ontology grows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from trialgraph.errors import UsageError
from trialgraph.vocabularies.published import Edition, PublishedConcept

__all__ = [
    "VOCABULARY",
    "Provenance",
    "provenance_triples",
    "read_concepts",
    "read_provenance",
    "vocabulary_term",
    "write_turtle",
]

VOCABULARY = "https://w3id.org/trialgraph/vocabulary/"
"""What is put before the name of an imported vocabulary to give its IRI."""

_PREFIXES = {
    "tg": "https://w3id.org/trialgraph/ontology#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "obo": "http://purl.obolibrary.org/obo/",
}


def vocabulary_term(curie: str) -> ox.NamedNode:
    """Return a term by its prefixed name, such as ``rdfs:label``."""
    prefix, _, local = curie.partition(":")
    return ox.NamedNode(_PREFIXES[prefix] + local)


_TYPE = vocabulary_term("rdf:type")
_CLASS = vocabulary_term("owl:Class")
_LABEL = vocabulary_term("rdfs:label")
_ALT = vocabulary_term("skos:altLabel")
_DEFINITION = vocabulary_term("skos:definition")
_PARENT = vocabulary_term("rdfs:subClassOf")
_SEMANTIC_TYPE = vocabulary_term("obo:NCIT_P106")
_EXACT = vocabulary_term("skos:exactMatch")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an imported vocabulary came from.

    Args:
        name: What the user calls it.
        title: What its publisher calls it.
        version: As the publisher names it; empty when the file doesn't say.
        file: Name of the file it was read from.
        sha256: Of that file, in hexadecimal.
        imported: When, as an ISO date and time in UTC.
        concepts: How many concepts it has.
        retired: How many retired ones were left out.
    """

    name: str
    title: str
    version: str
    file: str
    sha256: str
    imported: str
    concepts: int
    retired: int

    @property
    def iri(self) -> str:
        """The vocabulary's IRI."""
        return VOCABULARY + self.name


_STATED = {
    "title": "dcterms:title",
    "version": "owl:versionInfo",
    "file": "dcterms:source",
    "sha256": "dcterms:identifier",
    "imported": "prov:generatedAtTime",
    "concepts": "void:entities",
    "retired": "tg:retiredConcepts",
}
_DIGEST = "sha256:"
_DATATYPES = {"imported": "xsd:dateTime", "concepts": "xsd:integer", "retired": "xsd:integer"}


def write_turtle(edition: Edition, provenance: Provenance, path: Path) -> None:
    """Write an edition's concepts as Turtle, with its provenance."""
    ox.serialize(
        _triples(edition, provenance), output=str(path), format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES
    )


def provenance_triples(provenance: Provenance) -> Iterator[ox.Triple]:
    """Yield what an imported vocabulary's file says of where it came from."""
    subject = ox.NamedNode(provenance.iri)
    for kind in ("owl:Ontology", "prov:Entity"):
        yield ox.Triple(subject, _TYPE, vocabulary_term(kind))
    for field, predicate in _STATED.items():
        value = str(getattr(provenance, field))
        value = _DIGEST + value if field == "sha256" else value
        datatype = vocabulary_term(_DATATYPES.get(field, "xsd:string"))
        if value:
            yield ox.Triple(subject, vocabulary_term(predicate), ox.Literal(value, datatype=datatype))


def _triples(edition: Edition, provenance: Provenance) -> Iterator[ox.Triple]:
    yield from provenance_triples(provenance)
    for concept in edition.concepts:
        yield from _of_concept(concept)


def _of_concept(concept: PublishedConcept) -> Iterator[ox.Triple]:
    subject = ox.NamedNode(concept.iri)
    yield ox.Triple(subject, _TYPE, _CLASS)
    yield ox.Triple(subject, _LABEL, ox.Literal(_clean(concept.label)))
    for name in concept.synonyms:
        yield ox.Triple(subject, _ALT, ox.Literal(_clean(name)))
    if concept.definition:
        yield ox.Triple(subject, _DEFINITION, ox.Literal(_clean(concept.definition)))
    for parent in concept.parents:
        yield ox.Triple(subject, _PARENT, ox.NamedNode(parent))
    for kind in concept.semantic_types:
        yield ox.Triple(subject, _SEMANTIC_TYPE, ox.Literal(_clean(kind)))
    for match in concept.matches:
        yield ox.Triple(subject, _EXACT, ox.NamedNode(match))


def _clean(words: str) -> str:
    """Return words without lone surrogates, which JSON can hold and RDF can't."""
    return words.encode("utf-8", "replace").decode("utf-8")


def read_provenance(path: Path) -> Provenance:
    """Return where an imported vocabulary came from, from the head of its file.

    Raises:
        UsageError: when the file isn't an imported vocabulary.
    """
    subject, found = VOCABULARY + path.stem, dict[str, str]()
    try:
        for quad in ox.parse(path=str(path)):
            if not isinstance(quad.subject, ox.NamedNode) or quad.subject.value != subject:
                break
            found[quad.predicate.value] = quad.object.value
    except (OSError, SyntaxError) as error:
        raise _broken(path, str(error)) from error
    values = {field: found.get(vocabulary_term(predicate).value, "") for field, predicate in _STATED.items()}
    if not values["sha256"] or not values["concepts"].isdecimal():
        raise _broken(path, "it lacks its provenance")
    return Provenance(
        name=path.stem,
        title=values["title"],
        version=values["version"],
        file=values["file"],
        sha256=values["sha256"].removeprefix(_DIGEST),
        imported=values["imported"],
        concepts=int(values["concepts"]),
        retired=int(values["retired"] or 0),
    )


def read_concepts(path: Path) -> Iterator[PublishedConcept]:
    """Yield the concepts of an imported vocabulary's file, in its order.

    Raises:
        UsageError: when the file isn't Turtle.
    """
    subject, stated = "", defaultdict[str, list[str]](list)
    try:
        for quad in ox.parse(path=str(path)):
            if quad.subject.value != subject:
                yield from _concept(subject, stated)
                subject, stated = quad.subject.value, defaultdict(list)
            stated[quad.predicate.value].append(quad.object.value)
    except (OSError, SyntaxError) as error:
        raise _broken(path, str(error)) from error
    yield from _concept(subject, stated)


def _concept(subject: str, stated: dict[str, list[str]]) -> Iterator[PublishedConcept]:
    if _CLASS.value in stated.get(_TYPE.value, ()) and stated.get(_LABEL.value):
        yield PublishedConcept(
            iri=subject,
            label=stated[_LABEL.value][0],
            synonyms=tuple(stated.get(_ALT.value, ())),
            definition=next(iter(stated.get(_DEFINITION.value, ())), ""),
            parents=tuple(stated.get(_PARENT.value, ())),
            semantic_types=tuple(stated.get(_SEMANTIC_TYPE.value, ())),
            matches=tuple(stated.get(_EXACT.value, ())),
        )


def _broken(path: Path, why: str) -> UsageError:
    return UsageError(
        f"this imported vocabulary can't be read: {why}",
        where=str(path),
        advice=f"import it again, or remove it: trialgraph vocabulary remove {path.stem}",
    )
