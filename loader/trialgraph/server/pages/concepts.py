"""Concepts: the class tree, a search by any name, and a page for each with what trials say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.browsing.entries import Entries, Link
from trialgraph.concepts import Concept, packaged_concepts
from trialgraph.namespaces import TGC
from trialgraph.server.pages.demands import demands_of
from trialgraph.server.pages.frame import asked_page, page, with_values
from trialgraph.server.pages.usage import Usage, places_of, usage_of
from trialgraph.stores import Store

__all__ = ["concept_page", "packaged_entries", "routes"]

_LEVELS = 2  # of the tree that the first page opens into
_MOST_FOUND = 100
_TRIALS_ON_A_PAGE = 20
_NOT = 4  # the rank of a name that hasn't the words
_LOCAL = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Branch:
    """A concept of the tree with what is below it.

    Args:
        trials: How many trials name it or a kind of it.
        kinds: How many concepts are right below it.
        below: Those of them that are shown here.
    """

    link: Link
    trials: int
    kinds: int
    below: tuple[Branch, ...] = ()


class _Found(NamedTuple):
    """A concept that a search found, and the name by which it did."""

    link: Link
    concept: Concept
    name: str
    trials: int


async def concepts(request: Request) -> Response:
    """Show the tree of concepts, or those that a search finds."""
    work = partial(_concepts_page, request.app.state.store, request)
    response: Response = await request.app.state.workers.run(work)
    return response


async def concept(request: Request) -> Response:
    """Show one concept."""
    number = asked_page(request)
    work = partial(concept_page, request.app.state.store, request.path_params["name"], number)
    response: Response = await request.app.state.workers.run(work)
    return response


def _concepts_page(store: Store, request: Request) -> Response:
    words = " ".join(request.query_params.get("q", "").split())[:100]
    used = request.query_params.get("used") == "yes"
    usage, entries = usage_of(store), packaged_entries()

    def wanted(iri: str) -> bool:
        return not used or usage.count(iri) > 0

    found = [each for each in _search(words, usage) if wanted(str(TGC[each.link.name]))] if words else []
    shown: dict[str, Any] = {
        "words": words,
        "used": used,
        "address": lambda **values: with_values(request, **values),
        "total": len(entries),
        "found": found[:_MOST_FOUND],
        "more": len(found[_MOST_FOUND:]),
        "tree": [] if words else _below(entries.roots, usage, wanted, _LEVELS),
    }
    return page("concepts.html", **shown)


def concept_page(store: Store, name: str, number: int = 1) -> Response:
    """Return the page of a concept.

    Args:
        store: Whose trials are told.
        name: The last part of the concept's IRI.
        number: Which page of the trials that name it.
    Raises:
        HTTPException: 404 when there is no such concept, or no such page.
    """
    iri = str(TGC[name])
    if not _LOCAL.fullmatch(name) or iri not in packaged_concepts():
        raise HTTPException(404, f"There is no concept called {name[:100]!r}. Search for it by another name.")
    usage, entries = usage_of(store), packaged_entries()
    places = places_of(store, iri)
    last = max(1, -(-len(places) // _TRIALS_ON_A_PAGE))
    if number > last:
        raise HTTPException(404, f"The list of trials has {last} page{'s' if last > 1 else ''}.")
    shown = list(places.items())[(number - 1) * _TRIALS_ON_A_PAGE : number * _TRIALS_ON_A_PAGE]
    titles = demands_of(store).titles
    return page(
        "concept.html",
        entry=entries.entry(iri),
        branches=_below(entries.children(name), usage, lambda _: True, _LEVELS),
        total=len(places),
        wide=usage.count(iri),
        parts_naming={part: usage.count(iri, part) for part in ("criterion", "condition", "intervention")},
        trials=[(nct, titles.get(nct, ""), found) for nct, found in shown],
        number=number,
        last=last,
    )


@cache
def packaged_entries() -> Entries:
    """Return what is told of the packaged concepts, but for their use."""
    return Entries(packaged_concepts(), {})


def _below(
    links: tuple[Link, ...], usage: Usage, wanted: Callable[[str], bool], levels: int
) -> tuple[Branch, ...]:
    entries, found = packaged_entries(), []
    for link in links:
        iri = str(TGC[link.name])
        if not wanted(iri):
            continue
        children = tuple(each for each in entries.children(link.name) if wanted(str(TGC[each.name])))
        below = _below(children, usage, wanted, levels - 1) if levels > 1 else ()
        found.append(Branch(link, usage.count(iri), len(children), below))
    return tuple(found)


def _search(words: str, usage: Usage) -> list[_Found]:
    """Return the concepts one of whose names has the words, the nearest first."""
    wanted, found = words.casefold(), []
    for iri, each in packaged_concepts().items():
        names = (each.label, *each.synonyms, *each.abbreviations)
        rank, place = min((_rank(name.casefold(), wanted), place) for place, name in enumerate(names))
        if rank < _NOT and not each.retired:
            link = Link(iri.removeprefix(str(TGC)), each.label)
            found.append(((rank, min(place, 1)), _Found(link, each, names[place], usage.count(iri))))
    found.sort(key=lambda each: (each[0], -each[1].trials, len(each[1].link.label), each[1].link.label))
    return [each for _, each in found]


def _rank(name: str, wanted: str) -> int:
    """Return how near a name is: the whole, its beginning, a word's beginning, anywhere, or not at all."""
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if f" {wanted}" in name:
        return 2
    return 3 if wanted in name else _NOT


routes = [Route("/concepts", concepts), Route("/concept/{name}", concept)]
