"""A query of one's own: an editor, examples, and the answer as a table, a chart or a graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trialgraph.queries import PREFIXES, named_queries
from trialgraph.server.forms import read_form
from trialgraph.server.pages.answers import MOST_ROWS, Answer
from trialgraph.server.pages.asking import answer_to
from trialgraph.server.pages.frame import page
from trialgraph.server.pages.terms import known_terms
from trialgraph.server.sparql.answers import BrokenAnswerError
from trialgraph.stores.syntax import QuerySyntaxError, is_update

__all__ = ["routes"]

_LONGEST = 100_000  # characters of a query
_LARGEST = 7 * _LONGEST  # bytes of a form with one
_LINKABLE = 4_000  # characters of a query that still fits in an address people pass on
_METADATA = re.compile(r"^#\+.*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A query to begin with.

    Args:
        name: What an address calls it.
        title: What it asks.
        text: The SPARQL.
    """

    name: str
    title: str
    text: str


async def ask(request: Request) -> Response:
    """Show the editor, and the answer to the query in it."""
    if request.method == "POST":
        text = (await read_form(request, most=_LARGEST)).value("query").replace("\r\n", "\n")
        return await _answered(request, text)
    name, text = request.query_params.get("name"), request.query_params.get("query", "")
    if name is None:
        return await _answered(request, text)
    found = next((each for each in (*_examples(), *_named()) if each.name == name), None)
    if found is None:
        raise HTTPException(404, f"there is no query called {name[:100]!r}")
    return await _answered(request, found.text, named=named_queries().get(name))


async def terms(request: Request) -> Response:
    """Give what the editor completes."""
    work = partial(known_terms, request.app.state.store)
    return JSONResponse(await request.app.state.workers.run(work), headers={"Cache-Control": "max-age=300"})


async def _answered(request: Request, text: str, **shown: Any) -> Response:
    """Return the page with a query's answer, or with what is wrong with it."""
    if not text.strip():
        return _page(_examples()[0].text, **shown)
    if len(text) > _LONGEST:
        return _page(text[:_LONGEST], 413, problem=f"the query is longer than {_LONGEST:,} characters")
    try:
        answer = await answer_to(request, text)
    except QuerySyntaxError as error:
        problem = "a query only reads, and this is an update" if is_update(text) else error.what
        return _page(text, 400, problem=problem, fault=error, **shown)
    except (HTTPException, BrokenAnswerError) as error:
        status = error.status_code if isinstance(error, HTTPException) else error.status
        return _page(text, status, problem=error.detail, **shown)
    links = answer.links if isinstance(answer, Answer) else ()
    return _page(text, answer=answer, links=[each.told() for each in links], **shown)


def _page(text: str, status: int = 200, **shown: Any) -> Response:
    values: Mapping[str, Any] = {
        "named": None,
        "problem": None,
        "fault": None,
        "answer": None,
        "links": [],
        "text": text,
        "link": text if len(text) <= _LINKABLE else None,
        "examples": _examples(),
        "questions": _named(),
        "prefixes": PREFIXES,
        "most": MOST_ROWS,
        **shown,
    }
    return page("ask.html", status, **values)


@cache
def _examples() -> tuple[Example, ...]:
    folder = files("trialgraph.server") / "examples"
    found = []
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        text = file.read_text(encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        found.append(Example(file.name.removesuffix(".rq").partition("-")[2], title, text))
    return tuple(found)


@cache
def _named() -> tuple[Example, ...]:
    """Return the named queries; what their first comments tell stands on their own pages."""
    queries: Mapping[str, Any] = MappingProxyType(dict(named_queries()))
    return tuple(Example(name, query.title, _METADATA.sub("", query.text)) for name, query in queries.items())


routes = [Route("/ask", ask, methods=["GET", "POST"]), Route("/ask/terms.json", terms)]
