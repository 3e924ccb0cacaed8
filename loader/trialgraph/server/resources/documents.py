"""Plain pages of what has none of its own: parts of trials, sources, the terms of the ontology."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pyoxigraph as ox
from rdflib import RDF
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from trialgraph.browsing.schema import Mapped, Term, read_alignment, read_schema
from trialgraph.namespaces import BASE
from trialgraph.queries import shorten
from trialgraph.resources import product_folder
from trialgraph.server.pages.frame import page
from trialgraph.server.resources.graphs import described, part_of_trial, trial_graph
from trialgraph.server.resources.ontology import MODULES
from trialgraph.stores import Store

__all__ = ["routes"]

_TYPE = ox.NamedNode(str(RDF.type))
_KINDS = {
    "class": "Classes",
    "relation": "Relations between things",
    "value": "Values",
    "annotation": "Annotations of concepts",
}
_FORMATS = {
    "ttl": "Turtle",
    "rdf": "RDF/XML",
    "owx": "OWL/XML",
    "ofn": "OWL functional syntax",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
}


class Shown(NamedTuple):
    """A term of a statement: its words, and where it leads."""

    text: str
    link: str | None


class Statement(NamedTuple):
    """One statement."""

    subject: Shown
    predicate: Shown
    object: Shown


async def part(request: Request) -> Response:
    """Show what is said of a part of a trial."""
    name = request.path_params["name"]
    nct, _, rest = name.partition("/")
    about = f"trial/{nct.upper()}/{rest}"
    return await _page(request, part_of_trial, name, about)


async def source(request: Request) -> Response:
    """Show what is known of a file that trials were read from."""
    about = f"source/{request.path_params['name']}"
    return await _page(request, described, about, about)


async def graph(request: Request) -> Response:
    """Lead from a named graph to the trial that it is about."""
    nct = request.path_params["name"].upper()

    def holds() -> bool:
        return bool(trial_graph(request.app.state.store, nct))

    if not await request.app.state.workers.run(holds):
        raise HTTPException(404, f"the store holds no graph called {nct[:100]}")
    return RedirectResponse(f"/trial/{nct}", 303, headers={"Vary": "Accept"})


async def ontology(request: Request) -> Response:
    """Show the terms of the ontology's schema, and where all of it comes from."""
    name = request.path_params.get("name")
    if name is not None and name not in MODULES:
        raise HTTPException(404, f"the ontology has no module {name[:100]!r}")
    terms: dict[str, list[Term]] = await request.app.state.workers.run(schema_terms)
    others: list[Mapped] = await request.app.state.workers.run(alignment)
    response = page(
        "ontology.html",
        terms=terms,
        labels={each.name: each.label for kind in terms.values() for each in kind},
        alignment=others,
        modules=[each for each in MODULES if not each.startswith("axioms/")],
        axioms=[each.partition("/")[2] for each in MODULES if each.startswith("axioms/")],
        formats=_FORMATS,
    )
    response.headers["Vary"] = "Accept"
    return response


async def _page(
    request: Request, read: Callable[[Store, str], list[ox.Triple]], name: str, about: str
) -> Response:
    def work() -> Response:
        triples = read(request.app.state.store, name)
        if not triples:
            raise HTTPException(404, f"the store holds nothing called {about[:100]}")
        nct = name.partition("/")[0].upper() if about.startswith("trial/") else None
        statements = [_statement(each) for each in sorted(triples, key=_order)]
        response = page("resource.html", iri=BASE + about, nct=nct, statements=statements, path=f"/{about}")
        response.headers["Vary"] = "Accept"
        return response

    response: Response = await request.app.state.workers.run(work)
    return response


def _order(triple: ox.Triple) -> tuple[str, bool, str, str]:
    return str(triple.subject), triple.predicate != _TYPE, triple.predicate.value, str(triple.object)


def _statement(triple: ox.Triple) -> Statement:
    return Statement(_shown(triple.subject), _shown(triple.predicate), _shown(triple.object))


def _shown(term: object) -> Shown:
    if not isinstance(term, ox.NamedNode):
        return Shown(term.value if isinstance(term, (ox.Literal, ox.BlankNode)) else str(term), None)
    text = shorten(term)
    if term.value.startswith(BASE):
        return Shown(text, "/" + term.value.removeprefix(BASE))
    return Shown(text, term.value if term.value.startswith(("http://", "https://")) else None)


@cache
def schema_terms() -> dict[str, list[Term]]:
    """Return the terms of the namespace ``tg:`` by their kind, in the order of their labels."""
    terms = read_schema(product_folder("ontology"))
    return {heading: [each for each in terms if each.kind == kind] for kind, heading in _KINDS.items()}


@cache
def alignment() -> list[Mapped]:
    """Return how the schema's terms stand to those of other vocabularies."""
    return read_alignment(product_folder("ontology"))


routes = [
    Route("/trial/{name:path}", part),
    Route("/graph/{name}", graph),
    Route("/source/{name}", source),
    Route("/ontology", ontology),
    Route("/ontology/{name:path}", ontology),
]
