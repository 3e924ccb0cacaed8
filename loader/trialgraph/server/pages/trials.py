"""The list of trials, and a trial: its facts, arms and criteria."""

from __future__ import annotations

import re
from functools import partial

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.catalogue import trial_summaries
from trialgraph.namespaces import GRAPH
from trialgraph.queries import PREFIXES
from trialgraph.server.negotiation import choose
from trialgraph.server.pages.frame import page
from trialgraph.server.pages.trial import SHOWN, trial_page
from trialgraph.stores import Store

__all__ = ["routes"]

_PAGE_SIZE = 100
_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)
_RDF = {"text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES}
_SUFFIXES = {"ttl": "text/turtle", "nt": "application/n-triples"}


async def trials(request: Request) -> Response:
    """List the trials of the store, a hundred on a page."""
    summaries = await request.app.state.workers.run(partial(trial_summaries, request.app.state.store))
    last = max(1, -(-len(summaries) // _PAGE_SIZE))
    asked = request.query_params.get("page", "1")
    if not re.fullmatch(r"[1-9]\d{0,6}", asked) or int(asked) > last:
        raise HTTPException(404, f"the list has {last} page{'s' if last > 1 else ''}")
    number = int(asked)
    shown = summaries[(number - 1) * _PAGE_SIZE : number * _PAGE_SIZE]
    return page("trials.html", trials=shown, total=len(summaries), page=number, last=last)


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
    shown = request.query_params.get("show", SHOWN[0])
    if shown not in SHOWN:
        raise HTTPException(400, f"A trial shows {', '.join(SHOWN)} of its criteria, not {shown[:40]!r}.")
    read = partial(trial_page, shown=shown) if media == "text/html" else partial(_trial_graph, media=media)
    response: Response = await request.app.state.workers.run(
        partial(read, request.app.state.store, nct.upper())
    )
    response.headers["Vary"] = "Accept"
    return response


def _trial_graph(store: Store, nct: str, *, media: str) -> Response:
    triples = sorted(store.graph(str(GRAPH[nct])), key=str)
    if not triples:
        raise HTTPException(404, f"no trial {nct} in the store")
    prefixes = dict(PREFIXES) if media == "text/turtle" else None
    return Response(ox.serialize(triples, format=_RDF[media], prefixes=prefixes), media_type=media)


routes = [Route("/", trials), Route("/trial/{nct}", trial)]
