"""Trials, their parts, named graphs, concepts and sources as RDF."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.namespaces import BASE, GRAPH, TRIAL
from trialgraph.server.formats import serialize_graph
from trialgraph.server.resources.negotiated import HEADERS, GraphRoute, chosen_media
from trialgraph.stores import Store

__all__ = ["described", "part_of_trial", "routes", "trial_graph"]

_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)
_LOCAL = re.compile(r"[\w.-]+")


def trial_graph(store: Store, nct: str) -> list[ox.Triple]:
    """Return the named graph of a trial; empty when it isn't there."""
    return list(store.graph(str(GRAPH[nct.upper()]))) if _NCT.fullmatch(nct) else []


def part_of_trial(store: Store, name: str) -> list[ox.Triple]:
    """Return what is said of a part of a trial and of what is below it.

    Args:
        store: Where it is.
        name: Such as ``NCT06794086/criterion/I4``.
    """
    nct, _, rest = name.partition("/")
    if not all(map(_LOCAL.fullmatch, name.split("/"))):
        return []
    iri = str(TRIAL[f"{nct.upper()}/{rest}"])
    node = ox.NamedNode(iri)
    return [
        triple
        for triple in trial_graph(store, nct)
        if triple.object == node or f"{_iri(triple.subject)}/".startswith(f"{iri}/")
    ]


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def described(store: Store, path: str) -> list[ox.Triple]:
    """Return what the store says of a concept or another thing of the graph's own namespace.

    Args:
        store: Where it is.
        path: Its IRI below the base, such as ``concept/ColorectalCancer``.
    """
    if not all(map(_LOCAL.fullmatch, path.split("/"))):
        return []
    return list(store.construct(f"DESCRIBE {ox.NamedNode(BASE + path)}"))


async def trial(request: Request) -> Response:
    """Give the named graph of a trial, or of it what is about one part."""
    name = request.path_params["name"]
    read = part_of_trial if "/" in name else trial_graph
    nct, _, rest = name.partition("/")
    return await _answer(request, read, name, f"trial/{nct.upper()}/{rest}".rstrip("/"))


async def graph(request: Request) -> Response:
    """Give a named graph."""
    name = request.path_params["name"]
    return await _answer(request, trial_graph, name, f"graph/{name.upper()}")


async def concept(request: Request) -> Response:
    """Give what the ontology says of a concept."""
    path = f"concept/{request.path_params['name']}"
    return await _answer(request, described, path, path)


async def source(request: Request) -> Response:
    """Give what is known of a file that trials were read from."""
    path = f"source/{request.path_params['name']}"
    return await _answer(request, described, path, path)


async def _answer(
    request: Request, read: Callable[[Store, str], list[ox.Triple]], name: str, about: str
) -> Response:
    media = chosen_media(request)

    def work() -> Response:
        triples = read(request.app.state.store, name)
        if not triples:
            raise HTTPException(404, f"the store holds nothing called {name[:100]}")
        body = serialize_graph(triples, media, first=BASE + about)
        return Response(body, headers=HEADERS, media_type=media)

    response: Response = await request.app.state.workers.run(work)
    return response


routes = [
    GraphRoute("/trial/{name:path}", trial),
    GraphRoute("/graph/{name}", graph),
    GraphRoute("/concept/{name}", concept),
    GraphRoute("/source/{name}", source),
]
