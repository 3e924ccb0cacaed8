"""Pages for people who never saw RDF."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trialgraph import __version__
from trialgraph.catalogue import stale_curations, trial_facts, trial_summaries
from trialgraph.criteria.plain import plain
from trialgraph.errors import QueryError
from trialgraph.namespaces import BASE, GRAPH, TRIAL
from trialgraph.queries import PREFIXES, Query, bind, named_queries, run_query, shorten
from trialgraph.reports.templates import template_environment
from trialgraph.server.api import asked_values, queried, trial_of
from trialgraph.server.negotiation import choose
from trialgraph.stores import Store

__all__ = ["error_page", "queries", "query", "trial", "trials"]

_PAGE_SIZE = 100
_MOST_ROWS = 500  # of a result on a page; the endpoint gives them all
_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)
_RDF = {"text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES}
_SUFFIXES = {"ttl": "text/turtle", "nt": "application/n-triples"}


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    link: str | None


async def trials(request: Request) -> Response:
    """List the trials of the store, a hundred on a page."""
    summaries = await request.app.state.workers.run(partial(trial_summaries, request.app.state.store))
    last = max(1, -(-len(summaries) // _PAGE_SIZE))
    asked = request.query_params.get("page", "1")
    if not re.fullmatch(r"[1-9]\d{0,6}", asked) or int(asked) > last:
        raise HTTPException(404, f"the list has {last} page{'s' if last > 1 else ''}")
    page = int(asked)
    shown = summaries[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE]
    return _page("trials.html", trials=shown, total=len(summaries), page=page, last=last)


async def trial(request: Request) -> Response:
    """Give a trial as a page, or its named graph as Turtle or N-Triples."""
    nct, _, suffix = request.path_params["nct"].partition(".")
    if not _NCT.fullmatch(nct) or (suffix and suffix not in _SUFFIXES):
        raise HTTPException(404, "a trial's address ends in its registry number: NCT and eight digits")
    accept = _SUFFIXES.get(suffix) or ",".join(request.headers.getlist("accept"))
    offers = ["text/html", *_RDF]
    media = choose(accept, offers)
    if media is None:
        raise HTTPException(406, f"a trial comes as {', '.join(offers)}")
    read = _trial_page if media == "text/html" else partial(_trial_graph, media=media)
    response: Response = await request.app.state.workers.run(
        partial(read, request.app.state.store, nct.upper())
    )
    response.headers["Vary"] = "Accept"
    return response


async def queries(request: Request) -> Response:
    """List the named queries."""
    del request
    return _page("queries.html", queries=list(named_queries().values()))


async def query(request: Request) -> Response:
    """Answer a named query with the parameters of the form."""
    asked, values = queried(request), asked_values(request)
    work = partial(_query_page, request.app.state.store, asked, values)
    response: Response = await request.app.state.workers.run(work)
    return response


def error_page(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Return a page that says what is wrong."""
    del request
    response = _page("error.html", status, title=HTTPStatus(status).phrase, detail=detail)
    response.headers.update(headers)
    return response


def _trial_page(store: Store, nct: str) -> Response:
    found = trial_of(store, nct)
    facts = dict(trial_facts(store, nct))
    labels = facts.pop("arms", ())
    facts.pop("interventions", None)
    arms = _arms(store, nct, labels)
    narrative = sum(criterion.is_narrative for criterion in found.criteria)
    stale = stale_curations(store, found.nct)
    shown: dict[str, Any] = {"facts": facts, "arms": arms, "narrative": narrative, "stale": stale}
    return _page("trial.html", trial=found, plain=plain, **shown)


def _arms(store: Store, nct: str, labels: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Return the interventions of each arm, by its label and type; of some the record has neither."""
    results = run_query(named_queries()["arms-and-interventions"], store, {"trial": nct})
    assert isinstance(results, ox.QuerySolutions)
    arms: dict[tuple[str, str], list[str]] = {}
    for row in results:
        arm = (shorten(row["arm"]), shorten(row["arm_type"]))
        arms.setdefault(arm, []).append(shorten(row["intervention"]))
    known = {label for label, _ in arms}
    return arms | {(label, ""): [] for label in labels if label not in known}


def _trial_graph(store: Store, nct: str, *, media: str) -> Response:
    triples = sorted(store.graph(str(GRAPH[nct])), key=str)
    if not triples:
        raise HTTPException(404, f"no trial {nct} in the store")
    prefixes = dict(PREFIXES) if media == "text/turtle" else None
    return Response(ox.serialize(triples, format=_RDF[media], prefixes=prefixes), media_type=media)


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
            rows = [[_cell(row[name]) for name in names] for row in islice(results, _MOST_ROWS + 1)]
            shown |= {"rows": rows[:_MOST_ROWS], "more": len(rows) > _MOST_ROWS}
        except QueryError as error:
            status, shown["problem"] = 400, error.what
    return _page("query.html", status, query=query, values=values, waiting=waiting, most=_MOST_ROWS, **shown)


def _cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> _Cell:
    text = shorten(term)
    if not isinstance(term, ox.NamedNode):
        return _Cell(text, None)
    number, _, part = term.value.removeprefix(str(TRIAL)).partition("/")
    if _NCT.fullmatch(number):
        kind, _, name = part.partition("/")
        criterion = name.partition("/")[0]
        if kind == "criterion" and criterion:
            return _Cell(text.replace("/criterion/", " "), f"/trial/{number}#{criterion}")
        return _Cell(text, f"/trial/{number}")
    outside = term.value.startswith(("http://", "https://")) and not term.value.startswith(BASE)
    return _Cell(text, term.value if outside else None)


def _words(code: str) -> str:
    """Return a code of the registry as words: ``PHASE3`` as ``phase 3``."""
    if code == "NA":
        return "not applicable"
    return re.sub(r"(?<=[a-z])(?=\d)", " ", code.replace("_", " ").lower())


def _page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_environment().get_template(template).render(version=__version__, **values), status)


@cache
def _environment() -> Environment:
    environment = template_environment("trialgraph.server", "templates")
    environment.filters |= {"words": _words, "percent": partial(quote, safe="")}
    return environment
