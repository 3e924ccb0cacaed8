"""The application under /api: what all of its operations share, and its document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from trialgraph import __version__
from trialgraph.server.api.conditional import Conditional
from trialgraph.server.api.problems import HANDLERS, Problem
from trialgraph.server.negotiation import choose
from trialgraph.server.sparql.engine import Engine
from trialgraph.stores import Store

__all__ = [
    "JSON",
    "NCT",
    "Interface",
    "ListOf",
    "Paged",
    "Served",
    "Serving",
    "accepted",
    "answer",
    "interface",
    "json_only",
    "page_links",
]

NCT = r"^[Nn][Cc][Tt][0-9]{8}$"
"""Pattern of registry numbers."""

_T = TypeVar("_T")
_DESCRIPTION = """
The trials of a store, their eligibility criteria with formal readings, and the screening of patients.

- Lists come in pages; `Link` headers lead to the next, the previous, the first and the last.
- Answers carry an `ETag`; send it back as `If-None-Match`, and 304 says that nothing has changed.
- Errors are problem details (RFC 9457), as `application/problem+json`.
- Of a patient's record nothing is stored, logged or cached.
"""


class Interface(FastAPI):
    """The application under /api."""

    def __init__(self) -> None:
        super().__init__(
            title="trialgraph",
            version=__version__,
            description=_DESCRIPTION.strip(),
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            docs_url=None,  # the usual viewers load from elsewhere
            redoc_url=None,
            exception_handlers=HANDLERS,  # type: ignore[arg-type]  # it needn't be a coroutine
            telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
            middleware=[
                Middleware(Conditional),
                Middleware(
                    CORSMiddleware,
                    allow_origins=["*"],  # there is nothing here that only some may read
                    allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
                    allow_headers=["*"],
                    expose_headers=["ETag", "Link"],
                ),
            ],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with what the application above this one serves."""
        await super().__call__({**scope, "served": scope["app"].state}, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        if self.openapi_schema is None:
            document = get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                license_info=self.license_info,
                routes=self.routes,
            )
            schemas = document["components"]["schemas"]
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= {**problem.pop("$defs", {}), "Problem": problem}
            self.openapi_schema = document
        return self.openapi_schema

    def methods(self, scope: Scope) -> set[str]:
        """Return the methods that a path has; none when there is no such path."""
        found: set[str] = set()
        for route in self.routes:
            if route.matches(scope)[0] is not Match.NONE:
                found |= getattr(route, "methods", None) or set()
        return found | ({"HEAD"} if "GET" in found else set()) | ({"OPTIONS"} if found else set())


class Served:
    """What is served: a store, processes that answer queries, and threads to read it in."""

    def __init__(self, request: Request) -> None:
        state = request.scope["served"]
        self.store: Store = state.store
        self.engine: Engine = state.engine
        self._workers = state.workers

    async def run(self, work: Callable[[], _T], *, long: bool = False) -> _T:
        """Return what work returns that reads the store, or takes `long`; see `Workers.run`."""
        result: _T = await self._workers.run(work, long=long)
        return result


Serving = Annotated[Served, Depends(Served)]


class Paged(BaseModel):
    """Parameters of every list; a parameter that it doesn't have is refused."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(1, ge=1, le=1_000_000, description="Which page, counted from 1.")
    size: int = Field(50, ge=1, le=200, description="How many on a page.")


class ListOf(BaseModel):
    """A page of a list."""

    total: int = Field(description="How many there are on all pages.")
    page: int
    size: int


def accepted(request: Request, offers: Iterable[str]) -> str:
    """Return the media type that a client likes best.

    Raises:
        HTTPException: 406 when it wants none of them.
    """
    known = list(offers)
    media = choose(",".join(request.headers.getlist("accept")), known)
    if media is None:
        raise HTTPException(406, f"this comes as {', '.join(known)}")
    return media


def json_only(request: Request) -> None:
    """Refuse a client that doesn't want JSON."""
    accepted(request, ["application/json"])


JSON = [Depends(json_only)]
"""What operations depend on that only give JSON."""


def answer(model: BaseModel, headers: Mapping[str, str] | None = None) -> Response:
    """Return a model as JSON."""
    return Response(model.model_dump_json(), headers=headers, media_type="application/json")


def page_links(url: URL, page: int, size: int, total: int) -> dict[str, str]:
    """Return the Link header of a page of a list.

    Source: RFC 8288.
    """
    last = max(1, -(-total // size))
    places = {"first": 1, "prev": min(page - 1, last), "next": page + 1, "last": last}
    links = []
    for name, number in places.items():
        if 1 <= number <= last:
            there = url.include_query_params(page=number)
            links.append(f'<{there.path}?{there.query}>; rel="{name}"')
    return {"Link": ", ".join(links)}


interface = Interface()
"""The application; each module of this package adds its operations to it."""
