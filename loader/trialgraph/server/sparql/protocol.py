"""The SPARQL endpoint: queries, updates where they are allowed, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import unquote_plus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from trialgraph.errors import QueryError, TrialgraphError, UsageError
from trialgraph.processes.formats import media_header
from trialgraph.server.sparql.answers import BrokenAnswerError
from trialgraph.server.sparql.description import service_description
from trialgraph.server.sparql.engine import Engine, Question
from trialgraph.server.sparql.requests import Operation, read_operation
from trialgraph.server.sparql.sending import gone, stream
from trialgraph.server.sparql.writing import update

__all__ = ["CORS", "endpoint", "refusal"]

CORS = MappingProxyType(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
    }
)
"""Headers that let pages of other sites ask; there is nothing here that only some may read."""

_RAW = [(name.lower().encode(), value.encode()) for name, value in {**CORS, "Vary": "Accept"}.items()]
_METHODS = CORS["Access-Control-Allow-Methods"]


async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at ``/sparql``, as an ASGI application."""
    if await _looked_up(scope, send):
        return
    request = Request(scope, receive)
    try:
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": _METHODS})
        elif request.method not in ("GET", "HEAD", "POST"):
            raise HTTPException(405, f"use {_METHODS}", headers={"Allow": _METHODS})
        else:
            operation = await read_operation(request)
            if operation.kind == "query":
                await _answer(request, operation, send)
                return
            act = update if operation.kind == "update" else service_description
            response = await act(request, operation)
    except (HTTPException, BrokenAnswerError, TrialgraphError) as error:
        response = refusal(error)
    response.headers.update(CORS)
    await response(scope, receive, send)


async def _looked_up(scope: Scope, send: Send) -> bool:
    """Answer a small query in its plainest form, and return whether it was one."""
    asked = scope["query_string"]
    if scope["method"] not in ("GET", "HEAD") or not asked.startswith(b"query=") or b"&" in asked:
        return False
    try:
        text = unquote_plus(asked[6:].decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return False
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")
    found = scope["app"].state.engine.look_up(text, accept)
    if found is None:
        return False
    media, content = found
    length = str(len(content)).encode()
    headers = [*_RAW, (b"content-type", media_header(media).encode()), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})
    return True


def refusal(error: HTTPException | BrokenAnswerError | TrialgraphError) -> Response:
    """Return one line that says what is wrong, with the status that says whose fault it is."""
    headers: Mapping[str, str] = {}
    if isinstance(error, HTTPException):
        status, detail, headers = error.status_code, error.detail, error.headers or {}
    elif isinstance(error, BrokenAnswerError):
        status, detail = error.status, error.detail
    else:
        status, detail = (400 if isinstance(error, (QueryError, UsageError)) else 500), error.what
    if status == 503:
        headers = {"Retry-After": "5", **headers}
    return PlainTextResponse(f"{' '.join(detail.split())}\n", status, dict(headers))


async def _answer(request: Request, operation: Operation, send: Send) -> None:
    engine: Engine = request.app.state.engine
    question = Question(
        operation.text,
        operation.accept,
        operation.default_graphs,
        operation.named_graphs,
        base=str(request.url.replace(query="", fragment="")),
    )
    answer = await engine.ask(question, partial(gone, request.receive))
    await stream(answer, send, _RAW)
