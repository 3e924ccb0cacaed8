"""Graphs by their names: the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from email import message_from_bytes
from functools import partial

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from trialgraph.errors import TrialgraphError
from trialgraph.processes.formats import graph_format
from trialgraph.server.sparql.answers import BrokenAnswerError
from trialgraph.server.sparql.engine import Engine, Question
from trialgraph.server.sparql.protocol import CORS, refusal
from trialgraph.server.sparql.requests import LARGEST_UPDATE, read_body
from trialgraph.server.sparql.sending import gone, stream
from trialgraph.server.sparql.writing import authorize, change
from trialgraph.stores.embedded import EmbeddedStore

__all__ = ["graph_store"]

_METHODS = "GET, HEAD, OPTIONS, PUT, POST, DELETE"
_CORS = {**CORS, "Access-Control-Allow-Methods": _METHODS}
_RAW = [(name.lower().encode(), value.encode()) for name, value in {**_CORS, "Vary": "Accept"}.items()]
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


async def graph_store(scope: Scope, receive: Receive, send: Send) -> None:
    """Give, replace, extend or remove a graph, as an ASGI application.

    A graph is named by ``?graph=IRI``, by ``?default``, or by the address itself when it lies below
    that of the store. To read, the default graph is the union of all, unless the store may be
    changed: then it is what a change to it would replace, the graph without a name.
    """
    request = Request(scope, receive)
    try:
        if request.method in ("GET", "HEAD"):
            await _give(request, send)
            return
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": _METHODS})
        elif request.method in ("PUT", "POST", "DELETE"):
            store = authorize(request)
            async with request.app.state.changing:
                response = await (_remove if request.method == "DELETE" else _put)(request, store)
        else:
            raise HTTPException(405, f"use {_METHODS}", headers={"Allow": _METHODS})
    except (HTTPException, BrokenAnswerError, TrialgraphError) as error:
        response = refusal(error)
    response.headers.update(_CORS)
    await response(scope, receive, send)


async def _give(request: Request, send: Send) -> None:
    engine: Engine = request.app.state.engine
    name = _name(request)
    accept = ",".join(request.headers.getlist("accept"))
    if name is None:
        unnamed = request.app.state.settings.token is not None
        answer = await engine.ask(Question(_ALL, accept, unnamed=unnamed), partial(gone, request.receive))
    else:
        if not await _exists(engine, name):
            raise HTTPException(404, f"there is no graph {name}")
        answer = await engine.ask(Question(_ALL, accept, (name,)), partial(gone, request.receive))
    await stream(answer, send, _RAW)


async def _put(request: Request, store: EmbeddedStore) -> Response:
    """Replace a graph's content, or add to it with POST."""
    adds = request.method == "POST"
    at_store = request.url.path.rstrip("/") == "/store" and not request.url.query
    made = f"{str(request.base_url).rstrip('/')}/store/{uuid.uuid4()}" if adds and at_store else None
    name = made or _name(request)
    graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
    existed = name is None or await _exists(request.app.state.engine, name)
    body = await read_body(request, LARGEST_UPDATE)
    base = name or str(request.url.replace(query="", fragment=""))
    work = partial(_parsed, body, request.headers.get("content-type", ""), base)
    triples = await request.app.state.workers.run(work)
    if adds:
        triples = {*triples, *(quad.triple for quad in store.quads(name))}
    quads = [ox.Quad(each.subject, each.predicate, each.object, graph) for each in triples]
    await change(request, store, quads, [name], keep=True)
    if existed:
        return Response(status_code=204)
    return Response(status_code=201, headers={"Location": name or base})


async def _remove(request: Request, store: EmbeddedStore) -> Response:
    name = _name(request)
    if name is not None and not await _exists(request.app.state.engine, name):
        raise HTTPException(404, f"there is no graph {name}")
    await change(request, store, [], [name])
    return Response(status_code=204)


def _name(request: Request) -> str | None:
    """Return the IRI of the graph that a request is about; None for the default graph."""
    graphs = request.query_params.getlist("graph")
    defaults = request.query_params.getlist("default")
    direct = request.path_params.get("path", "")
    if direct and not graphs and not defaults:
        return str(request.url.replace(query="", fragment=""))
    if len(graphs) + len(defaults) != 1:
        raise HTTPException(400, "name one graph: ?graph=IRI, ?default, or an address below /store/")
    if defaults:
        return None
    try:
        return str(ox.NamedNode(graphs[0]).value)
    except ValueError as error:
        raise HTTPException(400, f"{graphs[0][:200]!r} is no IRI: {error}") from error


async def _exists(engine: Engine, name: str) -> bool:
    answer = await engine.ask(Question(f"ASK {{ GRAPH {ox.NamedNode(name)} {{}} }}", "text/csv"))
    return (answer.content or b"").strip() == b"true"


def _parsed(body: bytes, content_type: str, base: str) -> set[ox.Triple]:
    """Return the triples of a body, or of all parts of one that has several."""
    if not content_type.lower().startswith("multipart/"):
        return _triples(body, content_type, base)
    message = message_from_bytes(b"Content-Type: %s\r\n\r\n%s" % (content_type.encode("latin-1"), body))
    if not message.is_multipart():
        raise HTTPException(400, "the parts of the body can't be told apart")
    found: set[ox.Triple] = set()
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found |= _triples(content, part.get_content_type(), base)
    return found


def _triples(body: bytes, content_type: str, base: str) -> set[ox.Triple]:
    form = graph_format(content_type)
    if form is None:
        raise HTTPException(415, "send the graph as Turtle, N-Triples, RDF/XML or JSON-LD")
    try:
        quads: Iterable[ox.Quad] = ox.parse(body, format=form, base_iri=base, rename_blank_nodes=True)
        found = set(quads)
    except (SyntaxError, ValueError) as error:
        raise HTTPException(400, f"the graph can't be read: {' '.join(str(error).split())}") from error
    if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in found):
        raise HTTPException(400, "the body names graphs of its own: send one graph")
    return {quad.triple for quad in found}
