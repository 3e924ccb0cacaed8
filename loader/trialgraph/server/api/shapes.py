"""The SHACL shapes that a trial's criteria compile to."""

from __future__ import annotations

from functools import partial

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.server.api.interface import Serving, accepted, interface
from trialgraph.server.api.problems import problems
from trialgraph.server.api.trials import Number, trial_of
from trialgraph.server.formats import GRAPH_FORMATS
from trialgraph.shapes.eligibility import compile_shapes
from trialgraph.stores import Store

__all__: list[str] = []

_CONTENT = {media: {"schema": {"type": "string"}} for media in GRAPH_FORMATS}


@interface.get(
    "/shapes/{nct}",
    tags=["shapes"],
    response_class=Response,
    responses={200: {"description": "SHACL shapes.", "content": _CONTENT}, **problems(404)},
)
async def get_shapes(request: Request, served: Serving, nct: Number) -> Response:
    """Give the SHACL shapes of a trial: per criterion one that it is disproved by, and one that proves it."""
    media = accepted(request, GRAPH_FORMATS)
    return await served.run(partial(_shapes, served.store, nct, media))


def _shapes(store: Store, nct: str, media: str) -> Response:
    text = compile_shapes(trial_of(store, nct))
    headers = {"Vary": "Accept"}
    if media == "text/turtle":
        return Response(text, headers=headers, media_type=media)
    triples = (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    return Response(ox.serialize(triples, format=GRAPH_FORMATS[media]), headers=headers, media_type=media)
