"""The SPARQL 1.1 Protocol's query operation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.queries import PREFIXES, Format, format_results
from trialgraph.server.negotiation import choose
from trialgraph.stores import Store
from trialgraph.stores.federation import reaches_out
from trialgraph.stores.syntax import QuerySyntaxError, check_syntax, tokens

__all__ = ["CORS", "routes"]

CORS = MappingProxyType(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Accept, Content-Type",
    }
)
"""Headers that let pages of other sites ask; there is nothing here that only some may read."""

SOLUTIONS: Mapping[str, Format] = MappingProxyType(
    {
        "application/sparql-results+json": "json",
        "application/sparql-results+xml": "xml",
        "text/csv": "csv",
        "text/tab-separated-values": "tsv",
        "application/json": "json",
    }
)
TRIPLES: Mapping[str, Format] = MappingProxyType(
    {"text/turtle": "turtle", "application/n-triples": "ntriples", "application/rdf+xml": "rdfxml"}
)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_DATASET = {"default-graph-uri", "named-graph-uri"}
_LONGEST_QUERY = 100_000  # characters; deeper nesting than fits in it would outgrow a worker's stack
_LARGEST_BODY = 6 * _LONGEST_QUERY  # bytes
_READ_ONLY = "this endpoint only reads: it takes queries, no updates"


async def sparql(request: Request) -> Response:
    """Answer a query sent with GET, with POST as a form, or with POST as it is."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={**CORS, "Allow": CORS["Access-Control-Allow-Methods"]})
    text = await _query_text(request)
    # joined, because a client may send the header more than once
    accept = ",".join(request.headers.getlist("accept"))
    response: Response = await request.app.state.workers.run(
        partial(answer, request.app.state.store, text, accept)
    )
    response.headers.update({**CORS, "Vary": "Accept"})
    return response


def answer(store: Store, text: str, accept: str | None) -> Response:
    """Answer a query in the format that the client likes best.

    Raises:
        HTTPException: 400 for a query that is wrong or refused, 406 when no format will do.
        StoreError: when the store can't be read.
    """
    # first of all, since even the check of the syntax hands the query to the engine
    if reaches_out(text):
        raise HTTPException(400, "SERVICE is refused: this endpoint asks no other servers")
    try:
        kind = check_syntax(text, prefixes=PREFIXES)
    except QuerySyntaxError as error:
        raise HTTPException(400, _READ_ONLY if _is_update(text) else str(error)) from error
    offers = TRIPLES if kind is ox.QueryTriples else SOLUTIONS
    media = choose(accept, list(offers))
    if media is None:
        raise HTTPException(406, f"the answer to this query comes as {', '.join(offers)}")
    try:
        body = format_results(store.query(text, prefixes=PREFIXES), offers[media])
    except (OSError, ValueError) as error:
        raise HTTPException(400, f"the query can't be answered: {' '.join(str(error).split())}") from error
    return Response(body, media_type=media)


async def _query_text(request: Request) -> str:
    values = request.query_params.multi_items()
    if request.method == "POST":
        content = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await _body(request)
        if content == "application/sparql-query":
            values = [*((name, value) for name, value in values if name != "query"), ("query", body)]
        elif content == "application/x-www-form-urlencoded":
            values += parse_qsl(body, keep_blank_values=True)
        elif content == "application/sparql-update":
            raise HTTPException(400, _READ_ONLY)
        else:
            message = (
                "send a query as application/sparql-query, or as a form: application/x-www-form-urlencoded"
            )
            raise HTTPException(415, message)
    return _only_query(values)


def _only_query(values: list[tuple[str, str]]) -> str:
    """Return the one query among the parameters; those that no standard knows are passed over."""
    names = {name for name, _ in values}
    queries = [value for name, value in values if name == "query"]
    if "update" in names:
        raise HTTPException(400, _READ_ONLY)
    if names & _DATASET:
        asked = ", ".join(sorted(names & _DATASET))
        raise HTTPException(400, f"{asked} is not supported: name the graphs in the query, with FROM")
    if len(queries) != 1 or not queries[0].strip():
        problem = "more than one query" if len(queries) > 1 else "no query"
        raise HTTPException(400, f"{problem}: send one with ?query=…, or as the body of a POST")
    if len(queries[0]) > _LONGEST_QUERY:
        raise HTTPException(413, f"the query is longer than {_LONGEST_QUERY:,} characters")
    return queries[0]


async def _body(request: Request) -> str:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > _LARGEST_BODY:
            raise HTTPException(413, f"the body is larger than {_LARGEST_BODY:,} bytes")
    try:
        return received.decode()
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the body is not UTF-8") from error


def _is_update(text: str) -> bool:
    """Return whether a text that is no query begins, after its prologue, as an update does."""
    words = (token.upper() for kind, token, _ in tokens(text) if kind == "word")
    return next((word for word in words if word not in ("PREFIX", "BASE")), "") in _UPDATES


routes = [Route("/sparql", sparql, methods=["GET", "POST", "OPTIONS"])]
