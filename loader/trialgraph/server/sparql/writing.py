"""Changes to the store: who may make them, and that they leave its trials in order.

A change is tried on a copy first. The graphs that it would change are checked against the shapes of
trial graphs, and take their new content all at once, or not at all.
"""

from __future__ import annotations

import hmac
import json
from asyncio import to_thread
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.namespaces import GRAPH
from trialgraph.server.sparql.engine import Engine
from trialgraph.server.sparql.requests import Operation
from trialgraph.shapes.quality import check_triples
from trialgraph.stores.embedded import EmbeddedStore
from trialgraph.stores.federation import loads, reaches_out
from trialgraph.stores.snapshots import Snapshot
from trialgraph.stores.syntax import tokens

__all__ = ["authorize", "change", "update"]

_ONLY_READS = "this server only reads; start it with --writable to change its store"
_MOST_FINDINGS = 20  # told of one change


def authorize(request: Request) -> EmbeddedStore:
    """Return the store that a client may change.

    Raises:
        HTTPException: 403 when nobody may, 401 without the right token.
    """
    token, store = request.app.state.settings.token, request.app.state.store
    if token is None or not isinstance(store, EmbeddedStore):
        raise HTTPException(403, _ONLY_READS)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        challenge = {"WWW-Authenticate": 'Bearer realm="trialgraph"'}
        raise HTTPException(401, "send the token: Authorization: Bearer …", headers=challenge)
    return store


async def update(request: Request, operation: Operation) -> Response:
    """Carry out a SPARQL update.

    Raises:
        HTTPException: 400 when it is wrong or refused, 401, 403, 422 when its outcome doesn't conform.
        BrokenAnswerError: when it takes too long.
    """
    store, engine = authorize(request), request.app.state.engine
    text = _with_dataset(operation)
    if reaches_out(text, allowed=engine.services) or loads(text, allowed=engine.services):
        raise HTTPException(400, "SERVICE and LOAD are refused: this server asks no others")
    async with request.app.state.changing:
        staged = await request.app.state.workers.run(partial(Snapshot, store))
        try:
            found = await _rehearsed(engine, text, staged, str(request.url.replace(query="", fragment="")))
        finally:
            staged.remove()
        names, _, lines = found.partition(b"\n")
        graphs: list[str | None] = json.loads(names.removeprefix(b"# "))
        await change(request, store, list(ox.parse(lines, format=ox.RdfFormat.N_QUADS)), graphs)
    return Response(status_code=204)


async def change(
    request: Request,
    store: EmbeddedStore,
    quads: Sequence[ox.Quad],
    graphs: Sequence[str | None],
    *,
    keep: bool = False,
) -> None:
    """Make the quads the whole content of the graphs, if it conforms.

    Args:
        request: What asks for it; `authorize` it first.
        store: What is changed.
        quads: The new content.
        graphs: IRIs of the graphs; None is the one without a name.
        keep: A graph without quads stays, empty.
    Raises:
        HTTPException: 422 when it doesn't conform to the shapes; then nothing has changed.
        StoreError: when the store can't be written.
    """
    problems = await request.app.state.workers.run(partial(_problems, quads, graphs))
    if problems:
        raise HTTPException(422, f"nothing was changed: {'; '.join(problems)}")
    # not among the work that has a time limit: what has begun is seen through
    await to_thread(store.replace_all, quads, graphs, keep=keep)
    await request.app.state.engine.refresh()
    request.app.state.following.changed()


def _problems(quads: Iterable[ox.Quad], graphs: Iterable[str | None]) -> list[str]:
    contents: Mapping[str | None, list[ox.Triple]] = {graph: [] for graph in graphs}
    for quad in quads:
        name = quad.graph_name
        contents[name.value if isinstance(name, ox.NamedNode) else None].append(quad.triple)
    found = [
        f"{finding.focus}: {finding.message}"
        for graph, triples in contents.items()
        if triples
        for finding in check_triples(triples, (graph or "").removeprefix(GRAPH))
        if finding.severity == "violation"
    ]
    more = [f"and {len(found) - _MOST_FINDINGS} more"] if len(found) > _MOST_FINDINGS else []
    return [*found[:_MOST_FINDINGS], *more]


async def _rehearsed(engine: Engine, text: str, staged: Snapshot, base: str) -> bytes:
    answer = await engine.evaluate({"text": text, "update": str(staged.database), "base": base})
    try:
        if answer.content is not None:
            return answer.content
        return b"".join([part async for part in answer.parts()])
    finally:
        answer.close()


def _with_dataset(operation: Operation) -> str:
    """Return the text of an update about the graphs that the request gives.

    Source: SPARQL 1.1 Protocol, section 2.2.3.
    """
    if not operation.default_graphs and not operation.named_graphs:
        return operation.text
    words = [(word.upper() if kind == "word" else word, at) for kind, word, at in tokens(operation.text)]
    if any(word in ("USING", "WITH") for word, _ in words):
        raise HTTPException(400, "the graphs are given both in the update and beside it")
    try:
        clauses = [f"USING {ox.NamedNode(iri)} " for iri in operation.default_graphs]
        clauses += [f"USING NAMED {ox.NamedNode(iri)} " for iri in operation.named_graphs]
    except ValueError as error:
        raise HTTPException(400, f"the name of a graph is no IRI: {error}") from error
    text, depth, before = operation.text, 0, ""
    places = []
    for word, at in words:
        depth += {"{": 1, "}": -1}.get(word, 0)
        if word == "WHERE" and depth == 0 and before != "DELETE":
            places.append(at)
        before = word
    for at in reversed(places):
        text = text[:at] + "".join(clauses) + text[at:]
    return text
