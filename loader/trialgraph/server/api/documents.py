"""The interface's own document, as a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trialgraph.server.api.interface import interface

__all__: list[str] = []

_COMPONENT = "#/components/schemas/"


class Named(NamedTuple):
    """A parameter or property: what it is called, what it may be, what it means."""

    name: str
    type: str
    told: str
    required: bool = False


class Operation(NamedTuple):
    """What a method of a path does."""

    method: str
    path: str
    title: str
    told: str
    parameters: list[Named]
    body: list[str]
    answers: list[Named]


@interface.get("/", include_in_schema=False)
async def start(request: Request) -> Response:
    """Lead to the page."""
    return RedirectResponse(f"{request.scope['root_path']}/docs", 303)


@interface.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """Show the document."""
    # here, because the pages import from this part of the server
    from trialgraph.server.pages.frame import page

    document = request.app.openapi()
    tags: dict[str, list[Operation]] = {}
    for operation, tag in _operations(document, request.scope["root_path"]):
        tags.setdefault(tag, []).append(operation)
    schemas = {
        name: (schema.get("description", ""), list(_properties(schema)))
        for name, schema in sorted(document["components"]["schemas"].items())
    }
    response: Response = page("api.html", tags=tags, schemas=schemas, told=document["info"]["description"])
    return response


def _operations(document: Mapping[str, Any], root: str) -> Iterator[tuple[Operation, str]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parameters = [
                Named(
                    each["name"],
                    _type(each.get("schema", {})),
                    each.get("description", ""),
                    each.get("required", False),
                )
                for each in operation.get("parameters", ())
            ]
            answers = [
                Named(status, ", ".join(each.get("content", ())), each["description"])
                for status, each in operation["responses"].items()
            ]
            body = list(operation.get("requestBody", {}).get("content", ()))
            told = operation.get("description", "")
            title = operation.get("summary", "")
            shown = Operation(method.upper(), root + path, title, told, parameters, body, answers)
            yield shown, operation["tags"][-1]


def _properties(schema: Mapping[str, Any]) -> Iterator[Named]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield Named(name, _type(each), each.get("description", ""), name in required)


def _type(schema: Mapping[str, Any]) -> str:
    """Return what a value may be, in few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_COMPONENT)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[several]))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = schema.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(schema.get("format", kind))
