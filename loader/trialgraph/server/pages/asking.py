"""A query on its way from a page to the engine, and as much of its answer as a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeVar

import pyoxigraph as ox
from starlette.requests import Request

from trialgraph.queries import PREFIXES
from trialgraph.server.pages.answers import Answer, of_solutions, of_triples
from trialgraph.server.sparql.answers import Answer as Sent
from trialgraph.server.sparql.engine import Engine, Question
from trialgraph.stores.syntax import check_syntax

__all__ = ["answer_to"]

_ACCEPT = "application/sparql-results+json, application/n-triples"
_MOST_READ = 8_000_000  # bytes of an answer; those that hold the rows of a page are fewer by far

_T = TypeVar("_T")


async def answer_to(request: Request, text: str) -> Answer | bool:
    """Return what a query gives: the rows of a page, or yes or no.

    Raises:
        QuerySyntaxError: when it isn't valid; carries the place.
        BrokenAnswerError: when it isn't answered, or its answer breaks off; carries the HTTP status.
    """
    engine: Engine = request.app.state.engine
    run = request.app.state.workers.run
    await run(partial(check_syntax, text, prefixes=PREFIXES, allowed=engine.services))
    sent = await engine.ask(Question(text, _ACCEPT), partial(_gone, request))
    content, whole = await _beginning(sent)
    found: Answer | bool = await run(partial(_read, sent.media, content, whole=whole))
    return found


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _beginning(sent: Sent) -> tuple[bytes, bool]:
    """Return the beginning of an answer, and whether it is all of it; the rest isn't waited for."""
    try:
        if sent.content is not None:
            return sent.content, True
        received = bytearray()
        async for part in sent.parts():
            received += part
            if len(received) > _MOST_READ:
                return bytes(received), False
        return bytes(received), True
    finally:
        sent.close()


def _read(media: str, content: bytes, *, whole: bool) -> Answer | bool:
    if media == "application/n-triples":
        quads = ox.parse(content, format=ox.RdfFormat.N_TRIPLES)
        return of_triples((quad.triple for quad in _readable(quads, whole=whole)), whole=whole)
    results = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    columns = [variable.value for variable in results.variables]
    return of_solutions(columns, _readable(results, whole=whole), whole=whole)


def _readable(parsed: Iterable[_T], *, whole: bool) -> Iterator[_T]:
    """Yield what was parsed, up to the place where an answer was cut."""
    try:
        yield from parsed
    except SyntaxError:
        if whole:
            raise
