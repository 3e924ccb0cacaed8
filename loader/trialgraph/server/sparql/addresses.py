"""Where the endpoint and what belongs to it are found."""

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from trialgraph.server.sparql.description import void
from trialgraph.server.sparql.graphs import graph_store
from trialgraph.server.sparql.protocol import endpoint

__all__ = ["routes"]


class _Raw:
    """An ASGI application as an object, since a route takes a function for one of requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


routes = [
    Route("/sparql", _Raw(endpoint)),
    Route("/store", _Raw(graph_store)),
    Route("/store/{path:path}", _Raw(graph_store)),
    Route("/.well-known/void", void),
]
