"""A map over all trials: what each demands of one family of concepts, the strictest darkest."""

from __future__ import annotations

from functools import cache, partial
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.catalogue import concept_called
from trialgraph.catalogue.names import concept_name, known_label
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria.plain import plain
from trialgraph.errors import UsageError
from trialgraph.expressions import Limit, Value
from trialgraph.namespaces import TGC
from trialgraph.server.pages.demands import demands_of
from trialgraph.server.pages.frame import asked_page, page, with_values
from trialgraph.server.pages.limits import Family, Mapped, families_of, map_family
from trialgraph.server.pages.memory import memory_of
from trialgraph.server.pages.readings import concept_address
from trialgraph.stores import Store
from trialgraph.vocabularies import known_concepts

__all__ = ["routes"]

_ROWS = 40  # trials on a page
_COLUMNS = 14  # concepts, those that most trials name
_CHOICES = 14  # families offered of each kind
_KEPT = 50  # maps; one of a wide family over thousands of trials is large


class Head(NamedTuple):
    """The head of a column: a concept with its unit, as people write it."""

    label: str
    address: str | None
    unit: str


async def heat_map(request: Request) -> Response:
    """Show the map of one family of concepts; without one, what families there are."""
    number = asked_page(request)
    work = partial(_map_page, request.app.state.store, request, number)
    response: Response = await request.app.state.workers.run(work)
    return response


def _map_page(store: Store, request: Request, number: int) -> Response:
    name = " ".join(request.query_params.get("family", "").split())[:100]
    family, problem = None, None
    if name:
        try:
            # of a store that was loaded before, the names may lack a concept that its trials have
            family = str(TGC[name]) if name in _local_names() else concept_called(store, name)
        except UsageError as error:
            problem = f"{error.what[:1].upper()}{error.what[1:]}."
    found = _mapped(store, family) if family else Mapped((), ())
    last = max(1, -(-len(found.rows) // _ROWS))
    if number > last:
        raise HTTPException(404, f"The map has {last} page{'s' if last > 1 else ''}.")
    families = families_of(store)
    return page(
        "map.html",
        400 if problem else 200,
        name=name,
        family=family and _head(family),
        problem=problem,
        heads=[_head(iri) for iri in found.concepts[:_COLUMNS]],
        left_out=len(found.concepts[_COLUMNS:]),
        total=len(found.rows),
        measured=any(square.level for _, squares in found.rows for square in squares),
        rows=[
            (nct, demands_of(store).titles.get(nct, ""), squares[:_COLUMNS])
            for nct, squares in found.rows[(number - 1) * _ROWS : number * _ROWS]
        ],
        choices=[
            [_choice(each) for each in families if each.quantities is measured][:_CHOICES]
            for measured in (True, False)
        ],
        number=number,
        last=last,
        address=partial(with_values, request),
    )


@cache
def _local_names() -> frozenset[str]:
    return frozenset(iri.removeprefix(str(TGC)) for iri in packaged_concepts())


def _mapped(store: Store, family: str) -> Mapped:
    def make() -> Mapped:
        concepts = known_concepts()
        kinds = concepts.descendants(family) if family in concepts else {family}
        return map_family(store, kinds)

    return memory_of(store, _KEPT).recall(("map", family), make)


def _choice(family: Family) -> tuple[str, str, int]:
    return concept_name(family.iri), known_label(known_concepts(), family.iri), family.trials


def _head(iri: str) -> Head:
    concepts = known_concepts()
    unit = concepts[iri].unit if iri in concepts else None
    # the words of a limit, without all but its unit
    words = plain(Value(iri, "", Limit(low=2), unit)).partition("2")[2].strip() if unit else ""
    return Head(known_label(concepts, iri), concept_address(iri), words)


routes = [Route("/compare/map", heat_map)]
