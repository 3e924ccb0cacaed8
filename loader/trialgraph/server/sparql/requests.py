"""Requests of the SPARQL 1.1 Protocol: what is asked, by which parameters, in which body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from trialgraph.processes.formats import named

__all__ = ["LARGEST_UPDATE", "Operation", "read_body", "read_operation"]

_LONGEST_QUERY = 100_000  # characters; deeper nesting than fits in it would outgrow a worker's stack
_LARGEST_QUERY = 6 * _LONGEST_QUERY  # bytes, as a form encodes them
LARGEST_UPDATE = 64 * 1024 * 1024
"""Bytes of an update, or of a graph that is sent."""

_DROPPED = 256 * 1024 * 1024  # bytes read and dropped, so that the client gets to read why
_DATASETS = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the protocol.

    Args:
        kind: ``query``, ``update``, or ``description`` when nothing is asked.
        text: SPARQL; empty for a description.
        accept: The Accept header, or what the parameter ``format`` says instead.
        default_graphs: IRIs that the request gives for the default graph.
        named_graphs: IRIs that it gives for the named graphs.
    """

    kind: Literal["query", "update", "description"]
    text: str
    accept: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


async def read_operation(request: Request) -> Operation:
    """Return the operation that a request asks for.

    Raises:
        HTTPException: 400, 405, 413 or 415, with one line that says why.
    Source: SPARQL 1.1 Protocol, sections 2.1 and 2.2.
    """
    values = _parameters(request.scope["query_string"])
    content = _content_type(request)
    direct: Literal["query", "update"] | None = None
    if request.method == "POST":
        if content == _FORM:
            body = await read_body(request, LARGEST_UPDATE if _writes(request) else _LARGEST_QUERY)
            values += _parameters(body)
        elif content in ("application/sparql-query", "application/sparql-update"):
            direct = "update" if content.endswith("update") else "query"
            limit = LARGEST_UPDATE if direct == "update" and _writes(request) else _LARGEST_QUERY
            text = _decoded(await read_body(request, limit))
            if any(name in ("query", "update") for name, _ in values):
                raise HTTPException(400, f"the {direct} is the body: leave it out of the address")
            values.append((direct, text))
        else:
            message = f"send a query as application/sparql-query, or as a form: {_FORM}"
            raise HTTPException(415, message)
    elif any(name == "update" for name, _ in values):
        raise HTTPException(400, "an update is sent with POST")
    elif not values:
        return Operation("description", "", _accept(request, values))
    return _operation(request, values)


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Args:
        request: The request.
        limit: Bytes; the rest of a larger body is read and dropped.
    Raises:
        HTTPException: 413 when it is larger.
    """
    received, size = bytearray(), 0
    too_large = f"the body is larger than {limit:,} bytes"
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            received += chunk
        elif size > _DROPPED:
            raise HTTPException(413, too_large, headers={"Connection": "close"})
    if size > limit:
        raise HTTPException(413, too_large)
    return bytes(received)


def _operation(request: Request, values: Sequence[tuple[str, str]]) -> Operation:
    kinds: list[Literal["query", "update"]] = [
        "query" if name == "query" else "update" for name, _ in values if name in ("query", "update")
    ]
    if len(kinds) != 1:
        problem = "more than one query or update" if kinds else "no query"
        raise HTTPException(400, f"{problem}: send one with ?query=…, or as the body of a POST")
    kind = kinds[0]
    text = next(value for name, value in values if name == kind)
    if not text.strip():
        raise HTTPException(400, f"no {kind}: it is empty")
    if kind == "query" and len(text) > _LONGEST_QUERY:
        raise HTTPException(413, f"the query is longer than {_LONGEST_QUERY:,} characters")
    default, named_graphs = (
        tuple(value for name, value in values if name == parameter) for parameter in _DATASETS[kind]
    )
    return Operation(kind, text, _accept(request, values), default, named_graphs)


def _accept(request: Request, values: Sequence[tuple[str, str]]) -> str | None:
    for name, value in values:
        if name == "format":
            accept = named(value) or (value if "/" in value else None)
            if accept is None:
                raise HTTPException(400, f"no format is called {value[:100]!r}")
            return accept
    # joined, because a client may send the header more than once
    return ",".join(request.headers.getlist("accept"))


def _parameters(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the parameters are not UTF-8") from error
    except ValueError as error:
        raise HTTPException(400, f"the parameters can't be read: {error}") from error


def _content_type(request: Request) -> str:
    name, *parameters = (part.strip() for part in request.headers.get("content-type", "").lower().split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise HTTPException(415, "send it as UTF-8")
    return name


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the body is not UTF-8") from error


def _writes(request: Request) -> bool:
    return request.app.state.settings.token is not None
