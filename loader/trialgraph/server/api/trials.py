"""The JSON interface: trials, their criteria with formal readings, and the named queries."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trialgraph.catalogue import (
    TrialSummary,
    screenable_trial,
    stale_curations,
    trial_facts,
    trial_summaries,
)
from trialgraph.criteria.plain import plain
from trialgraph.errors import UsageError
from trialgraph.expressions import to_json
from trialgraph.queries import Query, format_results, named_queries, run_query
from trialgraph.server.sparql.protocol import CORS
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.stores import Store

__all__ = ["asked_values", "queried", "routes", "trial_of"]


async def trials(request: Request) -> Response:
    """List the trials of the store."""
    found = await request.app.state.workers.run(partial(trial_summaries, request.app.state.store))
    return JSONResponse({"trials": [_summary(each) for each in found]}, headers=CORS)


async def trial(request: Request) -> Response:
    """Give one trial: its facts, and each criterion with its formal reading."""

    def read(store: Store, nct: str) -> dict[str, Any]:
        found = trial_of(store, nct)
        return {
            "nct": found.nct,
            "title": found.title,
            "facts": {name: list(values) for name, values in trial_facts(store, found.nct).items()},
            "criteria": [_criterion(criterion) for criterion in found.criteria],
            "stale_curations": [asdict(each) for each in stale_curations(store, found.nct)],
        }

    work = partial(read, request.app.state.store, request.path_params["nct"])
    return JSONResponse(await request.app.state.workers.run(work), headers=CORS)


async def query_results(request: Request) -> Response:
    """Answer a named query in SPARQL's JSON; the parameters of the URL are those of the query."""
    query, store = queried(request), request.app.state.store

    def read() -> str:
        return format_results(run_query(query, store, asked_values(request)), "json")

    body = await request.app.state.workers.run(read)
    return Response(body, media_type="application/sparql-results+json", headers=CORS)


def trial_of(store: Store, nct: str) -> ScreenableTrial:
    """Return a trial of the store.

    Raises:
        HTTPException: 404 when it isn't there.
    """
    try:
        return screenable_trial(store, nct.upper())
    except UsageError as error:
        raise HTTPException(404, error.what) from error


def queried(request: Request) -> Query:
    """Return the named query of a path.

    Raises:
        HTTPException: 404 when there is none of that name.
    """
    name = request.path_params["name"]
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


def _summary(summary: TrialSummary) -> dict[str, Any]:
    return {
        "nct": summary.nct,
        "title": summary.title,
        "status": summary.status,
        "phases": list(summary.phases),
        "conditions": list(summary.conditions),
        "inclusions": summary.inclusions,
        "exclusions": summary.exclusions,
    }


def _criterion(criterion: ScreenableCriterion) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "kind": criterion.kind,
        "text": criterion.text,
        "scope": criterion.scope,
        "expression": to_json(criterion.expression),
        "plain": plain(criterion.expression),
        "curation": None if criterion.curation is None else asdict(criterion.curation),
        "narrative": criterion.is_narrative,
    }


routes = [
    Route("/api/trials", trials),
    Route("/api/trials/{nct}", trial),
    Route("/api/queries/{name}", query_results),
]
