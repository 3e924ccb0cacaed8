"""The named queries: an operation for each, with its own parameters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.processes.formats import SOLUTIONS
from trialgraph.queries import Parameter, Query, bind, named_queries
from trialgraph.server.api.interface import JSON, NCT, Serving, accepted, answer, interface
from trialgraph.server.api.problems import problems
from trialgraph.server.sparql.answers import BrokenAnswerError
from trialgraph.server.sparql.engine import Question
from trialgraph.server.sparql.sending import Sending, gone

__all__ = ["asked_values", "queried"]

_NONE = {"type": "string", "maxLength": 0}  # an empty field of a form
_SCHEMAS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "trial": {"anyOf": [{"type": "string", "pattern": NCT}, _NONE]},
        "concept": {"type": "string"},
        "number": {"anyOf": [{"type": "number"}, _NONE]},
        "string": {"type": "string"},
        "any": {"type": "string"},
    }
)
_CONTENT = {media: {"schema": {"type": "string"}} for media in SOLUTIONS} | {
    media: {"schema": {"type": "object"}} for media in SOLUTIONS if media.endswith("json")
}


class QueryParameter(BaseModel):
    """What a query can be asked about."""

    name: str
    type: str
    description: str
    default: str | None = Field(description="SPARQL terms that hold without it; null when it is left open.")
    required: bool


class Column(BaseModel):
    """What a query gives."""

    name: str
    description: str


class QueryOfList(BaseModel):
    """A named query."""

    name: str
    title: str
    purpose: str
    parameters: list[QueryParameter]
    columns: list[Column]
    sparql: str = Field(description="Its text, which any SPARQL 1.1 endpoint takes.")


class Queries(BaseModel):
    """The named queries."""

    queries: list[QueryOfList]


@interface.get("/queries", response_model=Queries, responses=problems(), tags=["queries"], dependencies=JSON)
async def list_queries() -> Response:
    """List the named queries with their parameters and columns."""
    return answer(Queries(queries=[_query(each) for each in named_queries().values()]))


async def run(request: Request, served: Serving) -> Response:
    """Answer a named query."""
    query, values = queried(request), asked_values(request)
    media = accepted(request, SOLUTIONS)
    text = await served.run(partial(bind, query, values, served.store))
    try:
        found = await served.engine.ask(Question(text, media), partial(gone, request.receive))
    except BrokenAnswerError as error:
        raise HTTPException(error.status, error.detail) from None
    return Sending(found, headers={"Vary": "Accept"})


def queried(request: Request) -> Query:
    """Return the named query of a path.

    Raises:
        HTTPException: 404 when there is none of that name.
    """
    name = request.path_params.get("name") or request.url.path.rpartition("/")[2]
    query = named_queries().get(name)
    if query is None:
        raise HTTPException(404, f"there is no query called {name[:100]!r}")
    return query


def asked_values(request: Request) -> dict[str, list[str]]:
    """Return the values in a URL by parameter; an empty field of a form is none."""
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if value.strip():
            given.setdefault(name, []).append(value)
    return given


def _query(query: Query) -> QueryOfList:
    return QueryOfList(
        name=query.name,
        title=query.title,
        purpose=query.purpose,
        parameters=[
            QueryParameter(
                name=each.name,
                type=each.type,
                description=each.description,
                default=each.default,
                required=each.required,
            )
            for each in query.parameters
        ],
        columns=[Column(name=name, description=told) for name, told in query.columns],
        sparql=query.text,
    )


def _documented(parameter: Parameter) -> dict[str, Any]:
    default = f" Without it: {parameter.default}." if parameter.default else ""
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": f"{parameter.description}.{default} An empty value counts as none.",
        "schema": {"type": "array", "items": dict(_SCHEMAS[parameter.type])},
    }


for _name, _asked in named_queries().items():
    interface.add_api_route(
        f"/queries/{_name}",
        run,
        tags=["queries"],
        methods=["GET"],
        response_class=Response,
        operation_id=f"query_{_name.replace('-', '_')}",
        summary=_asked.title,
        description=_asked.purpose,
        responses={200: {"description": "SPARQL results.", "content": _CONTENT}, **problems()},
        openapi_extra={"parameters": [_documented(each) for each in _asked.parameters]},
    )
interface.add_api_route("/queries/{name}", run, methods=["GET"], include_in_schema=False)
