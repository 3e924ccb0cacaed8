"""The reasoned closure: what follows of the ontology's classes beyond what its modules state.

It is small, because only superclasses that nobody stated are in it. Reading the concepts adds them to
the stated ones, so screening needs no reasoner.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from trialgraph import __version__
from trialgraph.authoring.reasoning import Inferences, infer
from trialgraph.errors import InputError, TrialgraphError
from trialgraph.namespaces import BASE, TGC
from trialgraph.ontology import CLOSURE, TG_IRI, first, ontology_modules

__all__ = ["closure_is_current", "module_triples", "write_closure"]

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SUBCLASS = f"{_RDFS}subClassOf"
_SAME = f"{_OWL}equivalentClass"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ANNOTATION = ox.NamedNode(f"{_OWL}AnnotationProperty")
_DIGEST = "http://purl.org/dc/terms/identifier"
_WORDS = frozenset(
    [f"{_RDFS}{name}" for name in ("label", "comment", "seeAlso", "isDefinedBy")]
    + [f"{_OWL}{name}" for name in ("versionInfo", "versionIRI", "imports")]
)
"""Predicates that a reasoner pays no attention to."""

_HEAD = """\
@prefix tg:      <{tg}> .
@prefix tgc:     <{tgc}> .
@prefix owl:     <{owl}> .
@prefix rdfs:    <{rdfs}> .
@prefix dcterms: <http://purl.org/dc/terms/> .

# Made by `trialgraph ontology reason`; a change by hand is lost.
#
# What HermiT infers of named classes beyond what the modules state: superclasses and equivalent classes
# that follow from definitions. What follows from the stated tree alone is left to who reads it.

<{base}ontology/closure> a owl:Ontology ;
    owl:versionIRI <{base}ontology/{version}/closure> ;
    owl:versionInfo "{version}" ;
    owl:imports <{base}ontology> ;
    rdfs:label "trialgraph closure"@en ;
    dcterms:title "trialgraph: reasoned closure"@en ;
    dcterms:description "Superclasses of named classes that a reasoner infers, and nobody states."@en ;
    dcterms:creator "The trialgraph developers" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:identifier "{digest}" .

dcterms:identifier a owl:AnnotationProperty .
"""


def module_triples(folder: Path) -> Iterator[ox.Triple]:
    """Yield what the modules of an ontology folder state, contestable axioms and the closure aside.

    Raises:
        InputError: when a module can't be read or isn't Turtle.
    """
    for path in ontology_modules(folder):
        if path.parent == folder:
            try:
                yield from (quad.triple for quad in ox.parse(path=str(path), rename_blank_nodes=True))
            except (OSError, SyntaxError) as error:
                advice = "trialgraph ontology check says what is wrong"
                raise InputError("the module can't be read", where=str(path), advice=advice) from error


def write_closure(folder: Path) -> int:
    """Reason over an ontology folder, write its closure, and return how many inferences it holds.

    Raises:
        InputError: when a module can't be read.
        TrialgraphError: when the ontology contradicts itself, or has a class that nothing can be of.
        UsageError: when there is no Java.
    """
    triples = list(module_triples(folder))
    found = infer(triples)
    if found.unsatisfiable:
        names = ", ".join(sorted(map(_short, found.unsatisfiable)))
        raise TrialgraphError(f"nothing can be of {names}", advice="mend their superclasses and definitions")
    lines = sorted(_lines(found, triples))
    head = _HEAD.format(
        tg=TG_IRI, tgc=TGC, owl=_OWL, rdfs=_RDFS, base=BASE, version=__version__, digest=_digest(triples)
    )
    (folder / CLOSURE).write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return len(lines)


def closure_is_current(folder: Path) -> bool:
    """Return whether the closure was made of what the modules state now. Takes no Java.

    Labels, definitions and other words may have changed, since nothing is inferred from them.
    """
    path = folder / CLOSURE
    stated = (
        {quad.predicate.value: [quad.object.value] for quad in ox.parse(path=str(path))}
        if path.is_file()
        else {}
    )
    return first(stated, _DIGEST) == _digest(module_triples(folder))


def _lines(found: Inferences, triples: Iterable[ox.Triple]) -> Iterator[str]:
    above, same = _stated(triples)
    for iri, supers in found.superclasses.items():
        for each in supers - above[iri] if iri.startswith(BASE) else ():
            yield f"{_short(iri)} rdfs:subClassOf {_short(each)} ."
    for iri, others in found.equivalents.items():
        for each in others - same[iri]:
            if iri < each:
                yield f"{_short(iri)} owl:equivalentClass {_short(each)} ."


def _stated(triples: Iterable[ox.Triple]) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """Return what is above each class by stated axioms alone, and what is stated to be the same."""
    right_above: dict[str, set[str]] = defaultdict(set)
    same: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, value in triples:
        if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode):
            if predicate.value == _SUBCLASS:
                right_above[subject.value].add(value.value)
            elif predicate.value == _SAME:
                same[subject.value].add(value.value)
                same[value.value].add(subject.value)
    above: dict[str, set[str]] = defaultdict(set)
    for iri in [*right_above, *same]:
        level = [iri]
        while level:
            found = {each for name in level for each in right_above[name] | same[name]} - above[iri]
            above[iri] |= found
            level = list(found)
    return above, same


def _digest(triples: Iterable[ox.Triple]) -> str:
    """Return a hash of what a reasoner pays attention to, whatever its order and blank nodes."""
    stated = list(triples)
    notes = {each.subject for each in stated if each.predicate.value == _TYPE and each.object == _ANNOTATION}
    logical = ox.Dataset(
        ox.Quad(*each)
        for each in stated
        if each.predicate not in notes and each.predicate.value not in _WORDS
    )
    logical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(str(each.triple) for each in logical)
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _short(iri: str) -> str:
    if iri.startswith(TG_IRI):
        return f"tg:{iri.removeprefix(TG_IRI)}"
    return f"tgc:{iri.removeprefix(str(TGC))}" if iri.startswith(str(TGC)) else f"<{iri}>"
