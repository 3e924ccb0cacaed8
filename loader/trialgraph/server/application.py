"""The application: its routes, its errors, and the headers that every answer has."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Literal

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from trialgraph.errors import QueryError, TrialgraphError, UsageError
from trialgraph.server import api, pages, sparql
from trialgraph.server.discretion import told
from trialgraph.server.following import Following
from trialgraph.server.negotiation import choose
from trialgraph.server.readiness import Readiness
from trialgraph.server.resources import document_routes, graph_routes
from trialgraph.server.sparql.engine import Engine
from trialgraph.server.sparql.evaluators import Limits
from trialgraph.server.workers import Workers
from trialgraph.stores import Store

__all__ = ["Settings", "application"]

_HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)
_LOG = logging.getLogger("trialgraph.server")
_DEFECT = "something went wrong in the server; what was asked or sent hasn't been logged"
_RAW = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server treats queries.

    Args:
        places: How many run at once.
        seconds: How long one runs, and how long a client waits for a place.
        patience: Seconds of processor time that one may take when others wait for its place.
        answer: Bytes of an answer to a SPARQL query, at most.
        memory: Bytes of memory that a SPARQL query may use, where the system can limit it.
        services: Hosts that a query may ask with SERVICE, by name; with none, it asks nobody.
        token: What a client has to show to change the store; None when nobody may.
    """

    places: int = field(default_factory=lambda: max(8, 2 * (os.cpu_count() or 1)))
    seconds: float = 30.0
    patience: float = 5.0
    answer: int = 256 * 1024 * 1024
    memory: int = 2 * 1024 * 1024 * 1024
    services: frozenset[str] = frozenset()
    token: str | None = field(default=None, repr=False)


class _Application(Starlette):
    """An application whose endpoint is reached without a detour, since small queries are quick."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering, path = _Answering(send), scope.get("path", "")
        sending = with_headers(answering.send, varies=path.startswith(("/trial/", "/concept/")))
        try:
            if path in ("/sparql", "/sparql/"):
                scope["app"] = self
                await sparql.endpoint(scope, receive, sending)
            else:
                await super().__call__(scope, receive, sending)
        except sparql.CutShortError:
            raise
        except Exception as error:  # whatever it is: its text may hold what was asked or sent
            _LOG.error("%s failed with a %s", path, told(error))
            if answering.state == "begun":
                raise sparql.CutShortError(_DEFECT) from None
            if answering.state == "none":
                await sparql.refusal(TrialgraphError(_DEFECT))(scope, receive, sending)


class _Answering:
    """How far an answer has come."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.state: Literal["none", "begun", "whole"] = "none"

    async def send(self, message: Message) -> None:
        more = message["type"] == "http.response.start" or message.get("more_body", False)
        self.state = "begun" if more else "whole"
        await self._send(message)


def application(store: Store, settings: Settings | None = None) -> Starlette:
    """Return an ASGI application that serves a store; it changes it only with a token."""
    chosen = settings or Settings()
    served = _Application(
        routes=[
            *graph_routes,
            *pages.routes,
            *document_routes,
            *sparql.routes,
            *api.routes,
            Mount("/static", StaticFiles(packages=[("trialgraph.server", "static")])),
        ],
        exception_handlers={HTTPException: _refusal, TrialgraphError: _error, Exception: _defect},
    )
    limits = Limits(chosen.places, chosen.seconds, chosen.patience, chosen.answer, chosen.memory)
    served.state.store = store
    served.state.settings = chosen
    served.state.workers = Workers(chosen.places, chosen.seconds)
    served.state.engine = Engine(store, limits, served.state.workers, chosen.services)
    served.state.workers.at_end.append(served.state.engine.end)
    served.state.workers.at_last.append(served.state.engine.gone)
    served.state.readiness = Readiness(served.state.workers)
    served.state.following = Following(served.state)
    served.state.workers.at_end.append(served.state.following.end)
    served.state.counted = {}
    served.state.changing = asyncio.Lock()
    return served


def with_headers(send: Send, *, varies: bool = False) -> Send:
    """Return a way to send that adds the headers of every answer.

    Args:
        send: How an answer is sent.
        varies: What is at the address comes in several formats, by the Accept header.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], *_RAW]
            if varies and not any(name == b"vary" for name, _ in headers):
                headers.append((b"vary", b"Accept"))
            message["headers"] = headers
        await send(message)

    return sending


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(request, error.status_code, error.detail, error.headers or {})


def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TrialgraphError)
    status = 400 if isinstance(error, (QueryError, UsageError)) else 500
    # what a command line user is advised to do helps nobody here
    return _response(request, status, error.what if status == 400 else str(error), {})


def _defect(request: Request, error: Exception) -> Response:
    del error  # it is logged where it arrives
    return _response(request, 500, _DEFECT, {})


def _response(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Return an error as the part of the server where it happened says such things.

    Source: RFC 9457 for the JSON interface.
    """
    if status == 503:
        detail += request.app.state.readiness.excuse()
    path = request.url.path
    wants = choose(",".join(request.headers.getlist("accept")), ["text/html"])
    if path.startswith("/api/") or (path != "/sparql" and wants is None):
        problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        media = "application/problem+json"
        return JSONResponse(problem, status, {**sparql.CORS, **headers}, media_type=media)
    if path == "/sparql":
        return PlainTextResponse(f"{detail}\n", status, {**sparql.CORS, **headers})
    return pages.error_page(request, status, detail, headers)
