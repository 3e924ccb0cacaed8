"""Trials as a reasoner is given them: what the definitions ask about, in OWL 2 DL.

A trial's graph refers to a concept by its name, which is a class as well. What a trial names stands for
a case of it, so each concept named is stated to be of its own class ("Representing Classes As Property
Values on the Semantic Web", W3C 2005, approach 2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

import pyoxigraph as ox

from trialgraph.authoring.closure import module_triples
from trialgraph.authoring.reasoning import infer
from trialgraph.errors import TrialgraphError
from trialgraph.namespaces import BASE, GRAPH, TG, TGC
from trialgraph.stores import Store

__all__ = ["classify_trials", "trial_individuals", "whole_trials", "write_trials"]

Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Triple | ox.Literal

_OWL = "http://www.w3.org/2002/07/owl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE = ox.NamedNode(f"{_RDF}type")
_FIRST, _REST = (ox.NamedNode(f"{_RDF}{name}") for name in ("first", "rest"))
_ONE_OF = ox.NamedNode(f"{_OWL}oneOf")
_BELOW = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subPropertyOf")
_ASKING = (ox.NamedNode(f"{_OWL}onProperty"), ox.NamedNode(f"{_OWL}inverseOf"), _FIRST)
_PROPERTIES = tuple(ox.NamedNode(f"{_OWL}{kind}Property") for kind in ("Object", "Datatype"))
_INDIVIDUAL = ox.NamedNode(f"{_OWL}NamedIndividual")
_COMPONENT = ox.NamedNode(f"{TG}hasComponent")
_PREFIXES = {"tg": str(TG), "tgc": str(TGC), "trial": f"{BASE}trial/", "owl": _OWL}


def trial_individuals(store: Store, folder: Path, trials: Collection[str] | None = None) -> set[ox.Triple]:
    """Return what definitions of an ontology folder ask about in the trials of a store.

    Args:
        store: The trials.
        folder: The ontology.
        trials: Registry numbers; None for all.
    """
    schema = list(module_triples(folder))
    asked = _asked_properties(schema)
    stated = [each for nct in (trials or store.trials()) for each in store.graph(str(GRAPH[nct]))]
    found = {each for each in stated if each.predicate in asked}
    parts = {end for each in found for end in (each.subject, each.object) if isinstance(end, ox.NamedNode)}
    subjects = {each.subject for each in stated if isinstance(each.subject, ox.NamedNode)} & parts
    found |= {each for each in stated if _is_classed(each) and each.subject in parts}
    concepts = {each for each in parts if _is_concept(each)}
    of_regimens = [each for each in schema if each.predicate == _COMPONENT and each.subject in concepts]
    concepts |= {each.object for each in of_regimens if _is_concept(each.object)}
    found |= {ox.Triple(each, _TYPE, _INDIVIDUAL) for each in subjects}
    return found | {ox.Triple(each, _TYPE, each) for each in concepts}


def classify_trials(
    store: Store, folder: Path, trials: Collection[str] | None = None
) -> dict[str, frozenset[str]]:
    """Return the classes that HermiT infers of trials and their parts, by IRI.

    It is asked of one trial at a time, without the concepts that have nothing to do with it, which takes
    seconds where all at once take a minute.

    Raises:
        UsageError: when there is no Java.
        TrialgraphError: when a trial contradicts the ontology, or leaves a class that nothing can be of.
    """
    schema = list(module_triples(folder))
    found: dict[str, frozenset[str]] = {}
    for nct in trials or store.trials():
        individuals = trial_individuals(store, folder, [nct])
        inferred = infer(_apart([*_related(schema, individuals), *individuals]))
        if inferred.unsatisfiable:
            raise TrialgraphError(f"with {nct}, nothing can be of {min(inferred.unsatisfiable)}")
        found |= inferred.types
    return found


def whole_trials(store: Store, folder: Path, trials: Collection[str] | None = None) -> list[ox.Triple]:
    """Return all that the graphs of trials state, with the ontology that they have to agree with.

    Unlike `trial_individuals` it holds what no definition asks about, so that every domain, range and
    disjointness is put to the test. Concepts that have nothing to do with the trials are left out.

    Args:
        store: The trials.
        folder: The ontology.
        trials: Registry numbers; None for all.
    """
    stated = {each for nct in (trials or store.trials()) for each in store.graph(str(GRAPH[nct]))}
    individuals = stated | trial_individuals(store, folder, trials)
    return list(_apart([*_related(list(module_triples(folder)), individuals), *individuals]))


def write_trials(path: Path, store: Store, folder: Path, trials: Collection[str] | None = None) -> int:
    """Write trials as an ontology that imports this one, for Protégé; return how many statements it has."""
    found = trial_individuals(store, folder, trials)
    name = ox.NamedNode(f"{BASE}ontology/trials-at-hand")
    head = {
        ox.Triple(name, _TYPE, ox.NamedNode(f"{_OWL}Ontology")),
        ox.Triple(name, ox.NamedNode(f"{_OWL}imports"), ox.NamedNode(f"{BASE}ontology")),
    }
    ordered = [*head, *sorted(found, key=str)]
    path.write_bytes(ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES) or b"")
    return len(found)


def _asked_properties(schema: Iterable[ox.Triple]) -> set[ox.NamedNode]:
    """Return the properties that class expressions and chains speak of, their inverses and subproperties."""
    stated = list(schema)
    properties = {each.subject for each in stated if each.predicate == _TYPE and each.object in _PROPERTIES}
    near = {end for each in stated if each.predicate in _ASKING for end in (each.subject, each.object)}
    asked = near & properties
    below = {each.subject for each in stated if each.predicate == _BELOW and each.object in asked}
    return {each for each in asked | below if isinstance(each, ox.NamedNode)}


def _is_classed(triple: ox.Triple) -> bool:
    value = triple.object
    return triple.predicate == _TYPE and isinstance(value, ox.NamedNode) and value.value.startswith(str(TG))


def _related(schema: list[ox.Triple], individuals: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the schema without the concepts that neither individuals nor classes of the schema lead up to."""
    says: dict[Node, list[Node]] = {}
    for subject, _, value in schema:
        if not isinstance(value, ox.Literal):
            says.setdefault(subject, []).append(value)
    kept = {each.object for each in individuals}
    level: set[Node] = kept | {
        each for each in says if isinstance(each, ox.NamedNode) and not _is_concept(each)
    }
    while level:
        kept |= level
        level = {each for node in level for each in _above(node, says)} - kept
    yield from (each for each in schema if not _is_concept(each.subject) or each.subject in kept)


def _above(node: Node, says: Mapping[Node, list[Node]]) -> list[Node]:
    """Return what a block speaks of; of a concept's only other concepts, not its definition's."""
    return [each for each in says.get(node, ()) if not _is_concept(node) or _is_concept(each)]


def _apart(triples: list[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield triples in which a concept that is an individual has another name than the class.

    It is the same to a reasoner, but owlready2 doesn't come to an end with one name for both.
    """
    relations = {
        each.subject for each in triples if each.predicate == _TYPE and each.object == _PROPERTIES[0]
    }
    lists = {each.object for each in triples if each.predicate == _ONE_OF}
    following: dict[Node, Node] = {each.subject: each.object for each in triples if each.predicate == _REST}
    level = lists
    while level:
        level = {following[each] for each in level if each in following} - lists
        lists |= level
    for subject, predicate, value in triples:
        if predicate in relations:
            yield ox.Triple(_case(subject), predicate, _case(value))
        elif predicate == _FIRST and subject in lists:
            yield ox.Triple(subject, predicate, _case(value))
        elif predicate == _TYPE and _is_concept(value):
            yield ox.Triple(_case(subject), predicate, value)
        else:
            yield ox.Triple(subject, predicate, value)


def _case(term: Any) -> Any:
    return ox.NamedNode(term.value.replace("/concept/", "/case/")) if _is_concept(term) else term


def _is_concept(term: object) -> TypeGuard[ox.NamedNode]:
    return isinstance(term, ox.NamedNode) and term.value.startswith(str(TGC))
