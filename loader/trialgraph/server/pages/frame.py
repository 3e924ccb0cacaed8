"""What every page has: its frame, its filters, and the page that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trialgraph import __version__
from trialgraph.reports.templates import template_environment

__all__ = ["asked_page", "error_page", "page", "with_values"]

_NAVIGATION = MappingProxyType(
    {
        "Trials": "/",
        "Compare": "/compare",
        "Screen": "/screen",
        "Ask": "/ask",
        "Concepts": "/concepts",
        "Questions": "/queries",
    }
)
"""What stands at the top of every page; a template says which of it is its own by ``section``."""


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template as an answer of the server."""
    return HTMLResponse(_environment().get_template(template).render(version=__version__, **values), status)


def error_page(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Return a page that says what is wrong."""
    del request
    response = page("error.html", status, title=HTTPStatus(status).phrase, detail=detail)
    response.headers.update(headers)
    return response


def asked_page(request: Request) -> int:
    """Return which page of a list a URL asks for, from 1.

    Raises:
        HTTPException: 400 when that is no number of a page.
    """
    asked = request.query_params.get("page", "1")
    if not re.fullmatch(r"[1-9]\d{0,6}", asked):
        raise HTTPException(400, f"{asked[:40]!r} is not the number of a page.")
    return int(asked)


def with_values(request: Request, **values: object) -> str:
    """Return the address of a request with some parameters set, or left out when None; from its first page.

    A list sets a parameter several times.
    """
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in values]
    kept = [(name, value) for name, value in kept if name != "page" and value]
    for name, value in values.items():
        given = value if isinstance(value, list) else [] if value is None else [value]
        kept += [(name, str(each)) for each in given]
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path


def _words(code: str) -> str:
    """Return a code of the registry as words: ``PHASE3`` as ``phase 3``."""
    if code == "NA":
        return "not applicable"
    return re.sub(r"(?<=[a-z])(?=\d)", " ", code.replace("_", " ").lower())


def _headed(words: str) -> str:
    """Return words with a capital at their beginning, the others as they are."""
    return words[:1].upper() + words[1:]


@cache
def _environment() -> Environment:
    environment = template_environment("trialgraph.server", "templates")
    environment.filters |= {"words": _words, "percent": partial(quote, safe=""), "headed": _headed}
    environment.globals["navigation"] = _NAVIGATION
    return environment
