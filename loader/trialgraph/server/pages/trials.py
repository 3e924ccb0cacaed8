"""The list of trials with its search and facets, and the address of a trial."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.catalogue import FoundTrials, Order, TrialFilter, search_trials
from trialgraph.catalogue.index import CONCEPT_FACETS, Facet
from trialgraph.errors import UsageError
from trialgraph.server.pages.frame import asked_page, page, with_values
from trialgraph.server.pages.trial import SHOWN, trial_page
from trialgraph.stores import Store

__all__ = ["routes"]

_SIZE = 20  # trials on a page
_FEW, _MANY = 8, 500  # values of a facet, at first and when more are asked for
_LONGEST = 200  # characters of a search
_HEADINGS: dict[Facet, str] = {
    "condition": "Condition",
    "criterion": "Named in a criterion",
    "intervention": "Intervention or its class",
    "phase": "Phase",
    "status": "Status",
    "country": "Country",
    "sponsor": "Sponsor",
}
_ORDERS: dict[Order, str] = {"start": "latest start", "nct": "registry number", "title": "title"}
_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)


async def trials(request: Request) -> Response:
    """List the trials that a search finds, with facets to go on by; all of them without one."""
    response: Response = await request.app.state.workers.run(
        partial(_trials_page, request.app.state.store, request)
    )
    return response


async def trial(request: Request) -> Response:
    """Show a trial."""
    nct = request.path_params["nct"]
    if not _NCT.fullmatch(nct):
        raise HTTPException(404, "A trial's address ends in its registry number: NCT and eight digits.")
    shown = request.query_params.get("show", SHOWN[0])
    if shown not in SHOWN:
        raise HTTPException(400, f"A trial shows {', '.join(SHOWN)} of its criteria, not {shown[:40]!r}.")
    work = partial(trial_page, request.app.state.store, nct.upper(), shown)
    response: Response = await request.app.state.workers.run(work)
    return response


def _trials_page(store: Store, request: Request) -> Response:
    asked, number, order = request.query_params, asked_page(request), _order(request)
    wanted = TrialFilter(
        text=asked.get("q", "").strip()[:_LONGEST],
        **{facet: tuple(dict.fromkeys(filter(None, asked.getlist(facet)))) for facet in _HEADINGS},
    )
    more = asked.get("more", "")
    problem = None
    search = partial(
        search_trials, store, page=number, size=_SIZE, order=order, most_values=_MANY if more else _FEW
    )
    try:
        found = search(wanted)
    except UsageError as error:
        problem = f"{error.what[:1].upper()}{error.what[1:]}."
        found = search(replace(wanted, condition=(), criterion=(), intervention=()))
    last = max(1, -(-found.total // _SIZE))
    if number > last:
        raise HTTPException(404, f"The list has {last} page{'s' if last > 1 else ''}.")
    return page(
        "trials.html",
        400 if problem else 200,
        found=found,
        first=(number - 1) * _SIZE + 1,
        number=number,
        last=last,
        words=wanted.text,
        order=order,
        orders=_ORDERS,
        headings=_HEADINGS,
        concept_facets=CONCEPT_FACETS,
        more=more,
        few=_FEW,
        chosen=_chosen(found),
        narrowed=bool(wanted != TrialFilter()),
        problem=problem,
        kept=[each for each in asked.multi_items() if each[0] not in ("page", "more") and each[1]],
        address=partial(with_values, request),
        toggled=partial(_toggled, request),
    )


def _order(request: Request) -> Order:
    """Return how the list is sorted.

    Raises:
        HTTPException: 400 when it can't be sorted so.
    """
    asked = request.query_params.get("sort") or "start"
    for order in get_args(Order):
        if order == asked:
            found: Order = order
            return found
    raise HTTPException(400, f"Trials can be sorted by {', '.join(_ORDERS)}, not by {asked[:40]!r}.")


def _chosen(found: FoundTrials) -> list[tuple[Facet, str, str]]:
    """Return the values searched for: facet, value, and words for people."""
    return [
        (facet, each.value, each.label) for facet in _HEADINGS for each in found.facets[facet] if each.chosen
    ]


def _toggled(request: Request, facet: Facet, value: str, *, chosen: bool) -> str:
    """Return the address with one value more, or without it."""
    others = [each for each in request.query_params.getlist(facet) if each and each != value]
    return with_values(request, **{facet: others if chosen else [*others, value]})


routes = [Route("/", trials), Route("/trial/{nct}", trial)]
