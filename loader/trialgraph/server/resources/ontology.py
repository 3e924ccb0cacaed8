"""The ontology as one document, in the formats of RDF and of OWL, and its modules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import pyoxigraph as ox
from rdflib import OWL, RDF
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.namespaces import BASE
from trialgraph.resources import product_folder
from trialgraph.server.formats import GRAPH_FORMATS, GRAPH_SUFFIXES, serialize_graph
from trialgraph.server.resources.negotiated import HEADERS, GraphRoute, chosen_media

__all__ = ["MODULES", "OWL_SUFFIXES", "ontology_document", "ontology_triples", "routes"]

_OWL_FORMATS: Mapping[str, Literal["owx", "ofn"]] = MappingProxyType(
    {"application/owl+xml": "owx", "text/owl-functional": "ofn"}
)
OWL_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        **GRAPH_SUFFIXES,
        "owl": "application/rdf+xml",
        "owx": "application/owl+xml",
        "ofn": "text/owl-functional",
    }
)
"""Media types of the ontology by the ending of its address."""

_FOLDER = product_folder("ontology")
MODULES = tuple(sorted(path.relative_to(_FOLDER).as_posix()[:-4] for path in _FOLDER.rglob("*.ttl")))
_WHOLE = "trialgraph"
_IRI = ox.NamedNode(BASE + "ontology")
_TYPE, _ONTOLOGY = ox.NamedNode(str(RDF.type)), ox.NamedNode(str(OWL.Ontology))
_IMPORTS = ox.NamedNode(str(OWL.imports))


def ontology_triples() -> list[ox.Triple]:
    """Return what the whole imports as one ontology, which imports none and has one header, the whole's."""
    stated = {name: _module(name) for name in MODULES}
    imported = {each.object for triples in stated.values() for each in triples if each.predicate == _IMPORTS}
    used = [name for name in MODULES if name == _WHOLE or ox.NamedNode(f"{_IRI.value}/{name}") in imported]
    triples = [triple for name in used for triple in stated[name]]
    headers = {each.subject for each in triples if (each.predicate, each.object) == (_TYPE, _ONTOLOGY)}
    return [
        triple
        for triple in triples
        if triple.subject not in headers - {_IRI}
        and not (triple.subject == _IRI and triple.predicate == _IMPORTS)
    ]


@lru_cache(maxsize=16)
def ontology_document(name: str, media: str) -> bytes:
    """Return the ontology, or one of its modules, in a format.

    Args:
        name: ``trialgraph`` for the whole, else a module.
        media: A media type of `GRAPH_FORMATS` or ``OWL_SUFFIXES``.
    """
    if media == "text/turtle" and name != _WHOLE:
        return (product_folder("ontology") / f"{name}.ttl").read_bytes()
    triples = ontology_triples() if name == _WHOLE else _module(name)
    if media in GRAPH_FORMATS:
        return serialize_graph(triples, media)
    import pyhornedowl

    written = serialize_graph(triples, "application/rdf+xml").decode()
    return str(
        pyhornedowl.open_ontology_from_string(written, "rdf").save_to_string(_OWL_FORMATS[media])
    ).encode()


async def ontology(request: Request) -> Response:
    """Give the whole ontology, or a module."""
    name = request.path_params.get("name") or _WHOLE
    media = chosen_media(request)
    if name not in MODULES:
        raise HTTPException(404, f"the ontology has no module {name[:100]!r}; it has {', '.join(MODULES)}")
    body: bytes = await request.app.state.workers.run(lambda: ontology_document(name, media))
    return Response(body, headers=HEADERS, media_type=media)


def _module(name: str) -> list[ox.Triple]:
    path = product_folder("ontology") / f"{name}.ttl"
    # each module's blank nodes are its own
    return [quad.triple for quad in ox.parse(path=str(path), base_iri=BASE, rename_blank_nodes=True)]


_FORMATS = (*GRAPH_FORMATS, *_OWL_FORMATS)
routes = [
    GraphRoute("/ontology", ontology, formats=_FORMATS),
    GraphRoute("/ontology/{name:path}", ontology, formats=_FORMATS, suffixes=OWL_SUFFIXES),
    GraphRoute("/ontology{name}", ontology, formats=_FORMATS, suffixes=OWL_SUFFIXES),
]
