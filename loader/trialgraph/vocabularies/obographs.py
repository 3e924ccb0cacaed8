"""Vocabularies as OBO graphs in JSON, the exchange form of the OBO Foundry's ontologies.

Source: https://github.com/geneontology/obographs, its schema.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from trialgraph.errors import InputError
from trialgraph.vocabularies.published import Edition, PublishedConcept, Tell

__all__ = ["read_obo_graphs"]

Json: TypeAlias = Any
_SKOS_EXACT = "http://www.w3.org/2004/02/skos/core#exactMatch"
_SEMANTIC_TYPE = "http://purl.obolibrary.org/obo/NCIT_P106"
_VERSIONS = ("http://www.w3.org/2002/07/owl#versionInfo", "http://www.w3.org/2002/07/owl#versionIRI")
_TITLES = ("http://purl.org/dc/elements/1.1/title", "http://purl.org/dc/terms/title")
_IS_A = ("is_a", "http://www.w3.org/2000/01/rdf-schema#subClassOf")
_EXACT = ("hasExactSynonym", "http://www.geneontology.org/formats/oboInOwl#hasExactSynonym")
_IRI = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`\ud800-\udfff]+")
_OWN = "https://w3id.org/trialgraph/"
_EVERY = 5_000


def read_obo_graphs(text: str, *, where: str, version: str, tell: Tell) -> Edition:
    """Return the classes of a document of OBO graphs; properties and individuals are left out.

    Args:
        text: The document.
        where: The file, for messages.
        version: The edition's name, used when the document states none.
        tell: Is told of progress.
    Raises:
        InputError: when it isn't a document of OBO graphs; says where in it.
    """
    tell("reading", 0, 0)
    graphs = _graphs(text, where)
    nodes = [node for graph in graphs for node in _listed(graph, "nodes", where)]
    parents: dict[str, list[str]] = defaultdict(list)
    for graph in graphs:
        for edge in _listed(graph, "edges", where):
            if edge.get("pred") in _IS_A:
                parents[str(edge.get("sub"))].append(str(edge.get("obj")))
    concepts, retired = [], 0
    for number, node in enumerate(nodes):
        if number % _EVERY == 0:
            tell("reading", number, len(nodes))
        meta = _meta(node)
        if node.get("type", "CLASS") != "CLASS" or not _is_iri(node.get("id")) or not node.get("lbl"):
            continue
        if meta.get("deprecated") is True:
            retired += 1
        else:
            concepts.append(_concept(node, meta, parents[node["id"]]))
    if not concepts:
        raise InputError("the graph holds no classes with a label", where=where)
    stated = next((_meta(graph).get("version") for graph in graphs if _meta(graph).get("version")), None)
    version = _value(graphs, _VERSIONS) or str(stated or version)
    title = _value(graphs, _TITLES) or str(graphs[0].get("id") or "OBO graph")
    return Edition(title, version, tuple(concepts), retired)


def _graphs(text: str, where: str) -> list[Mapping[str, Json]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f"{where}:{error.lineno}" if isinstance(error, json.JSONDecodeError) else where
        raise InputError("this is not JSON", where=place, advice="get the file again") from error
    graphs = document.get("graphs") if isinstance(document, Mapping) else None
    if not isinstance(graphs, list) or not graphs or not all(isinstance(each, Mapping) for each in graphs):
        advice = 'an OBO graph is an object with a list of "graphs"'
        raise InputError("this JSON is not an OBO graph", where=f"{where}#$.graphs", advice=advice)
    return graphs


def _listed(graph: Mapping[str, Json], key: str, where: str) -> list[Mapping[str, Json]]:
    found = graph.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise InputError(f"{key} is not a list of objects", where=f"{where}#$.graphs[*].{key}")
    return found


def _meta(node: Mapping[str, Json]) -> Mapping[str, Json]:
    meta = node.get("meta")
    return meta if isinstance(meta, Mapping) else {}


def _is_iri(iri: Json) -> bool:
    """Whether an id can stand in RDF as it is, and isn't one of the packaged ontology's own."""
    return isinstance(iri, str) and bool(_IRI.fullmatch(iri)) and not iri.startswith(_OWN)


def _concept(node: Mapping[str, Json], meta: Mapping[str, Json], parents: list[str]) -> PublishedConcept:
    definition = meta.get("definition")
    label = str(node["lbl"]).strip()
    names = (each.get("val") for each in _objects(meta, "synonyms") if each.get("pred") in _EXACT)
    synonyms = dict.fromkeys(str(name).strip() for name in names if name)
    return PublishedConcept(
        iri=node["id"],
        label=label,
        synonyms=tuple(name for name in synonyms if name not in ("", label)),
        definition=str(definition.get("val") or "") if isinstance(definition, Mapping) else "",
        parents=tuple(dict.fromkeys(parent for parent in parents if _is_iri(parent))),
        semantic_types=tuple(_values(meta, (_SEMANTIC_TYPE,))),
        matches=tuple(iri for iri in _values(meta, (_SKOS_EXACT,)) if _is_iri(iri)),
    )


def _objects(meta: Mapping[str, Json], key: str) -> Iterator[Mapping[str, Json]]:
    found = meta.get(key)
    yield from (each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()


def _values(meta: Mapping[str, Json], predicates: tuple[str, ...]) -> Iterator[str]:
    for each in _objects(meta, "basicPropertyValues"):
        if each.get("pred") in predicates and each.get("val"):
            yield str(each["val"])


def _value(graphs: list[Mapping[str, Json]], predicates: tuple[str, ...]) -> str | None:
    return next((value for graph in graphs for value in _values(_meta(graph), predicates)), None)
