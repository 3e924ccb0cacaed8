"""Routes that take a request only if RDF is what its client wants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from trialgraph.server.api.conditional import Conditional
from trialgraph.server.formats import GRAPH_FORMATS, GRAPH_SUFFIXES
from trialgraph.server.negotiation import choose

__all__ = ["HEADERS", "HTML", "GraphRoute", "chosen_media"]

HTML = "text/html"
HEADERS = MappingProxyType({"Vary": "Accept", "Access-Control-Allow-Origin": "*"})
"""Headers of RDF: any page may read it."""


class GraphRoute(Route):
    """A route whose address also has a page: whoever would rather have that is left to the next route.

    Args:
        path: As Starlette writes it; its parameter ``name`` may have an ending.
        endpoint: Gives the RDF.
        formats: Media types offered beside HTML, the favourite first.
        suffixes: Their endings.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        *,
        formats: tuple[str, ...] = tuple(GRAPH_FORMATS),
        suffixes: Mapping[str, str] = GRAPH_SUFFIXES,
    ) -> None:
        async def answer(request: Request) -> Response:
            if request.path_params["media"] == HTML:
                return RedirectResponse(request.url.path.removesuffix(".html"), 303)
            return await endpoint(request)

        super().__init__(path, answer, methods=["GET"], middleware=[Middleware(Conditional)])
        self._formats = formats
        self._suffixes = suffixes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match requests for RDF, and those that want nothing on offer; the endpoint refuses these."""
        match, child = super().matches(scope)
        if match is Match.NONE:
            return match, child
        name, ending = _parted(child["path_params"].get("name", ""), self._suffixes)
        accept = ",".join(Headers(scope=scope).getlist("accept"))
        media = ending or choose(accept, [HTML, *self._formats])
        if media == HTML and ending is None:
            return Match.NONE, {}
        child["path_params"] = {**child["path_params"], "name": name, "media": media}
        return match, child


def chosen_media(request: Request) -> str:
    """Return the media type of the RDF that a request is answered with.

    Raises:
        HTTPException: 406 when its client wants nothing on offer.
    """
    media: str | None = request.path_params["media"]
    if media is None:
        raise HTTPException(406, f"this comes as {HTML}, {', '.join(GRAPH_FORMATS)}")
    return media


def _parted(name: str, suffixes: Mapping[str, str]) -> tuple[str, str | None]:
    """Return a name without its ending, and the media type that it asks for by it."""
    stem, _, ending = name.rpartition(".")
    known: Mapping[str, Any] = {**suffixes, "html": HTML}
    return (stem, known[ending]) if "." in name and ending in known else (name, None)
