"""Compare: two to six trials side by side, aligned by concept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.catalogue import screenable_trial
from trialgraph.catalogue.names import known_label
from trialgraph.concepts import packaged_concepts
from trialgraph.server.pages import portraits
from trialgraph.server.pages.alignment import Row, Side, align, side
from trialgraph.server.pages.concepts import packaged_entries
from trialgraph.server.pages.demands import Demands, demands_of
from trialgraph.server.pages.frame import page, with_values
from trialgraph.server.pages.memory import memory_of
from trialgraph.server.pages.readings import concept_address
from trialgraph.server.pages.records import read_record
from trialgraph.stores import Store
from trialgraph.vocabularies import known_concepts

__all__ = ["routes"]

_FEWEST, _MOST = 2, 6
_SUGGESTED = 6
_KEPT = 50  # comparisons; each takes some hundred kilobytes
_NCT = re.compile(r"NCT\d{8}")
_FACTS = ("Status", "Phase", "Conditions", "Participants", "Sponsor", "Countries", "Start")


class Column(NamedTuple):
    """A trial at the head of the table: what it is, and what it gives."""

    nct: str
    title: str
    facts: dict[str, portraits.Fact]
    given: tuple[str, ...]


class Line(NamedTuple):
    """A row with the branch of the tree that it belongs to, and the label and page of its concepts."""

    heading: str
    row: Row
    labels: tuple[tuple[str, str | None], ...]


async def compare(request: Request) -> Response:
    """Put the trials named in the address side by side; with fewer than two, help to choose them."""
    ncts = _asked(request)
    every = request.query_params.get("rows") == "all"
    work = partial(_compare_page, request.app.state.store, request, ncts, every=every)
    response: Response = await request.app.state.workers.run(work)
    return response


def _asked(request: Request) -> list[str]:
    """Return the registry numbers asked for; one field may hold several.

    Raises:
        HTTPException: 400 when one is no registry number, or when there are too many.
    """
    words = " ".join(request.query_params.getlist("trial")).upper().replace(",", " ").split()
    ncts = list(dict.fromkeys(words))
    for word in ncts:
        if not _NCT.fullmatch(word):
            raise HTTPException(400, f"{word[:40]!r} is no registry number: it is NCT and eight digits.")
    if len(ncts) > _MOST:
        raise HTTPException(400, f"Up to {_MOST} trials fit side by side; {len(ncts)} were asked for.")
    return ncts


def _compare_page(store: Store, request: Request, ncts: Sequence[str], *, every: bool) -> Response:
    demands = demands_of(store)
    for nct in ncts:
        if nct not in demands.titles:
            raise HTTPException(404, f"There is no trial {nct} in the store.")
    lines = _lines(store, ncts) if len(ncts) >= _FEWEST else []
    shared = [line for line in lines if line.row.stating >= _FEWEST]
    shown = lines if every else shared
    by_heading = groupby(shown, key=lambda line: line.heading)
    columns = [_column(store, nct) for nct in ncts]
    return page(
        "compare.html",
        columns=columns,
        fact_names=[name for name in _FACTS if any(name in column.facts for column in columns)],
        groups=[(heading, list(found)) for heading, found in by_heading],
        counts={"shared": len(shared), "all": len(lines)},
        ordered=sum(line.row.order == "ordered" for line in shared),
        every=every,
        fewest=_FEWEST,
        most=_MOST,
        suggestions=_suggestions(demands, ncts),
        address=partial(with_values, request),
    )


def _lines(store: Store, ncts: Sequence[str]) -> list[Line]:
    """Return the rows of some trials, those of one branch of the tree together."""

    def make() -> list[Line]:
        rows = align([_side(store, nct) for nct in ncts])
        lines = [Line(_heading(row), row, tuple(map(_named, row.concepts))) for row in rows]
        return sorted(lines, key=lambda line: (line.heading, -line.row.stating, line.labels[0][0]))

    return memory_of(store, _KEPT).recall(("aligned", *ncts), make)


def _side(store: Store, nct: str) -> Side:
    def make() -> Side:
        record = read_record(store, nct)
        assert record is not None  # it has a title
        return side(screenable_trial(record.alone(), nct))

    return memory_of(store).recall(("side", nct), make)


def _column(store: Store, nct: str) -> Column:
    def make() -> Column:
        record = read_record(store, nct)
        assert record is not None  # it has a title
        facts = {fact.heading: fact for fact in portraits.facts(record) if fact.heading in _FACTS}
        given = tuple(dict.fromkeys(record.text("name", each) for each in record.parts("intervention")))
        return Column(nct, record.text("briefTitle"), facts, given)

    return memory_of(store).recall(("column", nct), make)


def _heading(row: Row) -> str:
    """Return the branch of the tree of concepts that a row belongs to."""
    iri = row.concepts[0]
    if iri not in packaged_concepts():
        return "others"
    path = packaged_entries().entry(iri).path
    return path[0].label if path else packaged_concepts().label(iri)


def _named(iri: str) -> tuple[str, str | None]:
    return known_label(known_concepts(), iri), concept_address(iri)


def _suggestions(demands: Demands, ncts: Sequence[str]) -> list[tuple[str, str]]:
    """Return trials that could be added: those most like the first, or of few trials all."""
    if len(ncts) >= _MOST:
        return []
    if ncts:
        alike = demands.similar(ncts[0], _SUGGESTED + len(ncts))
        found = [(each.nct, each.title) for each in alike if each.nct not in ncts]
    else:
        found = sorted(demands.titles.items())
    return found[:_SUGGESTED]


routes = [Route("/compare", compare)]
