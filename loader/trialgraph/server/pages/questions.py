"""The named queries, as questions with a form for their parameters and a table for their answers."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.errors import QueryError
from trialgraph.queries import Query, bind, named_queries
from trialgraph.server.api.trials import asked_values, queried
from trialgraph.server.pages.answers import Answer
from trialgraph.server.pages.asking import answer_to
from trialgraph.server.pages.frame import page
from trialgraph.server.sparql.answers import BrokenAnswerError

__all__ = ["routes"]

_MOST_ROWS = 500  # of a result on a page; the endpoint gives them all


async def queries(request: Request) -> Response:
    """List the named queries."""
    del request
    return page("queries.html", queries=list(named_queries().values()))


async def query(request: Request) -> Response:
    """Answer a named query with the parameters of the form."""
    asked, values = queried(request), asked_values(request)
    shown: dict[str, Any] = {"problem": None, "rows": [], "text": None, "more": False}
    waiting = not values and any(parameter.required for parameter in asked.parameters)
    status = 200
    if not waiting:
        try:
            binding = partial(bind, asked, values, request.app.state.store)
            text: str = await request.app.state.workers.run(binding)
            answer = await answer_to(request, text)
            assert isinstance(answer, Answer)  # a named query has columns
            shown |= {"text": text, **_shown(answer, asked)}
        except QueryError as error:
            status, shown["problem"] = 400, error.what
        except BrokenAnswerError as error:
            status, shown["problem"] = error.status, error.detail
    return page("query.html", status, query=asked, values=values, waiting=waiting, most=_MOST_ROWS, **shown)


def _shown(answer: Answer, query: Query) -> dict[str, Any]:
    places = [answer.columns.index(name) for name, _ in query.columns]
    rows = [[row[place] for place in places] for row in answer.rows[:_MOST_ROWS]]
    return {"rows": rows, "more": answer.more or len(answer.rows) > _MOST_ROWS}


routes = [Route("/queries", queries), Route("/queries/{name}", query)]
