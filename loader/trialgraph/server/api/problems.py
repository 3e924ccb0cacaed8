"""Errors as problem details.

Source: RFC 9457.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trialgraph.errors import PatientError, QueryError, TrialgraphError, UsageError

__all__ = ["HANDLERS", "MEDIA", "Problem", "problems"]

MEDIA = "application/problem+json"

_WHEN: Mapping[int, str] = {
    400: "The request isn't as this document says.",
    404: "There is no such thing in the store.",
    406: "It doesn't come in a format that is accepted.",
    413: "The body is too large.",
    415: "The body is of a kind that isn't read.",
    422: "The request is as this document says, and names something unknown or can't be understood.",
    503: "It took too long, or the server is ending.",
}


class Mistake(BaseModel):
    """A parameter that isn't as it has to be."""

    place: str = Field(description="Where in the request, such as `query`.")
    name: str = Field(description="Of the parameter.")
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="What the status means.")
    status: int
    detail: str = Field(description="What is wrong, and where.")
    errors: list[Mistake] = Field(default=[], description="Each parameter that is wrong.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of the errors that an operation may answer with."""
    content = {"content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    told: dict[int | str, dict[str, Any]] = {
        status: {"description": _WHEN[status], **content} for status in sorted({400, 406, 503, *statuses})
    }
    return told | {"default": {"description": "Any other error.", **content}}


def _respond(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: tuple[Mistake, ...] = ()
) -> Response:
    title = HTTPStatus(status).phrase
    problem = Problem(title=title, status=status, detail=detail, errors=list(errors))
    # an error is of its moment: the trial that isn't there may be loaded the next
    told = {"Cache-Control": "no-store", **(headers or {})}
    shown = problem.model_dump(exclude_defaults=True)
    return JSONResponse({"type": problem.type, **shown}, status, told, media_type=MEDIA)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:  # the framework tells the methods of one of a path's operations
        allow = {"Allow": ", ".join(sorted(request.app.methods(request.scope)))}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        return _respond(405, f"{request.method} means nothing here", headers=allow)
    nowhere = error.status_code == 404 and error.detail == HTTPStatus.NOT_FOUND.phrase
    detail = "there is nothing at this address; /api/docs lists what there is" if nowhere else error.detail
    if error.status_code == 503:
        detail += request.scope["served"].readiness.excuse()
    return _respond(error.status_code, detail, headers=error.headers)


def _invalid(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, RequestValidationError)
    mistakes = tuple(
        Mistake(
            place=str(each["loc"][0]),
            name=".".join(map(str, each["loc"][1:])),
            detail=str(each["msg"]),
        )
        for each in error.errors()
    )
    told = "; ".join(f"{each.name or each.place}: {each.detail}" for each in mistakes)
    return _respond(400, told, errors=mistakes)


def _known(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, TrialgraphError)
    if isinstance(error, QueryError):
        return _respond(400, error.what)  # what a command line user is advised to do helps nobody here
    if isinstance(error, UsageError):
        return _respond(422, error.what)
    if isinstance(error, PatientError):
        return _respond(422, str(error))
    return _respond(500, str(error))


def _defect(request: Request, error: Exception) -> Response:
    del request, error  # it is logged where it arrives, without its text
    return _respond(500, "something went wrong in the server; what was asked or sent hasn't been logged")


HANDLERS = {
    HTTPException: _refused,
    RequestValidationError: _invalid,
    TrialgraphError: _known,
    Exception: _defect,
}
"""What answers each kind of error."""
