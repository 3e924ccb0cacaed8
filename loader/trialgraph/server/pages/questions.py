"""The named queries, as questions with a form for their parameters and a table for their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.errors import QueryError
from trialgraph.queries import Query, bind, named_queries, run_query
from trialgraph.server.api.trials import asked_values, queried
from trialgraph.server.pages.cells import cell
from trialgraph.server.pages.frame import page
from trialgraph.stores import Store

__all__ = ["routes"]

_MOST_ROWS = 500  # of a result on a page; the endpoint gives them all


async def queries(request: Request) -> Response:
    """List the named queries."""
    del request
    return page("queries.html", queries=list(named_queries().values()))


async def query(request: Request) -> Response:
    """Answer a named query with the parameters of the form."""
    asked, values = queried(request), asked_values(request)
    work = partial(_query_page, request.app.state.store, asked, values)
    response: Response = await request.app.state.workers.run(work)
    return response


def _query_page(store: Store, query: Query, values: Mapping[str, Sequence[str]]) -> Response:
    shown: dict[str, Any] = {"problem": None, "rows": [], "text": None, "more": False}
    waiting = not values and any(parameter.required for parameter in query.parameters)
    status = 200
    if not waiting:
        try:
            results = run_query(query, store, values)
            shown["text"] = bind(query, values, store)
            assert isinstance(results, ox.QuerySolutions)
            names = [name for name, _ in query.columns]
            rows = [[cell(row[name]) for name in names] for row in islice(results, _MOST_ROWS + 1)]
            shown |= {"rows": rows[:_MOST_ROWS], "more": len(rows) > _MOST_ROWS}
        except QueryError as error:
            status, shown["problem"] = 400, error.what
    return page("query.html", status, query=query, values=values, waiting=waiting, most=_MOST_ROWS, **shown)


routes = [Route("/queries", queries), Route("/queries/{name}", query)]
