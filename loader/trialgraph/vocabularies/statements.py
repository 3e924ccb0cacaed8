"""What a trial's graph says of the imported concepts that it names, so that it can be queried alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from trialgraph.vocabularies.index import ImportedConcept
from trialgraph.vocabularies.library import Library
from trialgraph.vocabularies.turtle import provenance_triples, vocabulary_term

__all__ = ["imported_triples"]


def imported_triples(imported: Library, graph: str, named: Iterable[str]) -> Iterator[ox.Triple]:
    """Yield the imported vocabularies in use, and the imported concepts among some IRIs.

    A concept comes with its superclasses up to the packaged ones, so that a query for "gastric
    cancer" finds a trial that names an imported kind of it.

    Args:
        imported: The vocabularies that the trial was read with.
        graph: IRI of the trial's named graph.
        named: IRIs of the concepts that the trial names, packaged ones among them.
    """
    for vocabulary in imported.vocabularies:
        yield ox.Triple(
            ox.NamedNode(graph), vocabulary_term("prov:wasInfluencedBy"), ox.NamedNode(vocabulary.iri)
        )
        yield from provenance_triples(vocabulary)
    seen: set[str] = set()
    level = sorted(set(named))
    while level:
        seen.update(level)
        found = [concept for iri in level if (concept := imported.concept(iri)) is not None]
        for concept in found:
            yield from _of_concept(concept, imported)
        level = sorted({up for concept in found for up in concept.parents} - seen)


def _of_concept(concept: ImportedConcept, imported: Library) -> Iterator[ox.Triple]:
    subject = ox.NamedNode(concept.iri)
    yield ox.Triple(subject, vocabulary_term("rdf:type"), vocabulary_term("owl:Class"))
    yield ox.Triple(subject, vocabulary_term("rdfs:label"), ox.Literal(concept.label))
    if concept.definition:
        yield ox.Triple(subject, vocabulary_term("skos:definition"), ox.Literal(concept.definition))
    if concept.category:
        yield ox.Triple(subject, vocabulary_term("tg:category"), ox.Literal(concept.category))
    for parent in concept.parents:
        yield ox.Triple(subject, vocabulary_term("rdfs:subClassOf"), ox.NamedNode(parent))
    if source := imported.source(concept.iri):
        yield ox.Triple(subject, vocabulary_term("rdfs:isDefinedBy"), ox.NamedNode(source.iri))
