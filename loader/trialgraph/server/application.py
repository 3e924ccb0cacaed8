"""The application: its routes, its errors, and the headers that every answer has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trialgraph.errors import QueryError, TrialgraphError, UsageError
from trialgraph.server import api, pages, sparql
from trialgraph.server.negotiation import choose
from trialgraph.server.resources import document_routes, graph_routes
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


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server treats queries.

    Args:
        places: How many run at once.
        seconds: How long a client waits for one.
    """

    places: int = 8
    seconds: float = 30.0


def application(store: Store, settings: Settings | None = None) -> Starlette:
    """Return an ASGI application that serves a store, and never changes it."""
    chosen = settings or Settings()
    served = Starlette(
        routes=[
            *graph_routes,
            *pages.routes,
            *document_routes,
            *sparql.routes,
            *api.routes,
            Mount("/static", StaticFiles(packages=[("trialgraph.server", "static")])),
        ],
        middleware=[Middleware(_Headers)],
        exception_handlers={HTTPException: _refusal, TrialgraphError: _error},
    )
    served.state.store = store
    served.state.workers = Workers(chosen.places, chosen.seconds)
    return served


class _Headers:
    """Add the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if scope["path"].startswith(("/trial/", "/concept/")) and "vary" not in headers:
                    headers["Vary"] = "Accept"
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(request, error.status_code, error.detail, error.headers or {})


def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TrialgraphError)
    status = 400 if isinstance(error, (QueryError, UsageError)) else 500
    # what a command line user is advised to do helps nobody here
    return _response(request, status, error.what if status == 400 else str(error), {})


def _response(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Return an error as the part of the server where it happened says such things.

    Source: RFC 9457 for the JSON interface.
    """
    path = request.url.path
    wants = choose(",".join(request.headers.getlist("accept")), ["text/html"])
    if path.startswith("/api/") or (path != "/sparql" and wants is None):
        problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        media = "application/problem+json"
        return JSONResponse(problem, status, {**sparql.CORS, **headers}, media_type=media)
    if path == "/sparql":
        return PlainTextResponse(f"{detail}\n", status, {**sparql.CORS, **headers})
    return pages.error_page(request, status, detail, headers)
