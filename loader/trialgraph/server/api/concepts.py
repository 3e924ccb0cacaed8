"""The clinical concepts, and where trials name them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, Field
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.catalogue import concept_called, concepts_of, search_concepts, trials_naming
from trialgraph.concepts import Concept, Concepts
from trialgraph.errors import UsageError
from trialgraph.expressions import Category
from trialgraph.namespaces import TGC
from trialgraph.ontology import CodeRelation
from trialgraph.server.api.interface import JSON, ListOf, Paged, Serving, answer, interface, page_links
from trialgraph.server.api.problems import problems
from trialgraph.stores import Store

__all__: list[str] = []


ConceptCategory = Literal[Category, "measurement"]


class ConceptQuery(Paged):
    """Which concepts are wanted."""

    q: Annotated[str, Field(max_length=200)] = Field(
        "", description="Words, or beginnings of words, that all occur in one of its names."
    )
    category: ConceptCategory | None = Field(None)
    used: bool | None = Field(None, description="Whether a trial names it or a kind of it.")


class Named(BaseModel):
    """A concept by its name in addresses, and for people."""

    name: str
    label: str


class ConceptOfList(Named):
    """A concept in a list."""

    iri: str
    definition: str
    category: ConceptCategory
    unit: str | None = Field(description="UCUM code of its values; null for what isn't a quantity.")


class ConceptList(ListOf):
    """A page of concepts."""

    concepts: list[ConceptOfList]


class Code(BaseModel):
    """A code of another system."""

    iri: str
    system: str | None = Field(description="Name of the system; null for one that isn't known.")
    code: str
    relation: CodeRelation = Field(description="How the code's meaning stands to the concept's.")


class Uses(BaseModel):
    """The trials that name a concept or a kind of it; more of them: `/trials` and `/criteria`."""

    condition: int = Field(description="Trials of which it is a condition.")
    criterion: int = Field(description="Trials that name it in a criterion.")
    intervention: int = Field(description="Trials of which it is an intervention.")
    trials: list[str] = Field(description="Registry numbers of the first hundred.")


class ConceptTold(ConceptOfList):
    """A concept: its names, its place in the tree, its codes, its uses."""

    synonyms: list[str]
    abbreviations: list[str] = Field(description="Names that mean it only in exactly this case.")
    parents: list[Named]
    children: list[Named]
    equivalents: list[Named]
    components: list[Named] = Field(description="What a regimen consists of.")
    codes: list[Code]
    retired: bool
    replaced_by: Named | None
    uses: Uses


@interface.get(
    "/concepts", response_model=ConceptList, responses=problems(), tags=["concepts"], dependencies=JSON
)
async def list_concepts(
    request: Request, served: Serving, query: Annotated[ConceptQuery, Query()]
) -> Response:
    """List the concepts that a search finds, by their labels."""
    return await served.run(partial(_list, served.store, query, request.url))


@interface.get(
    "/concepts/{name:path}",
    response_model=ConceptTold,
    responses=problems(404),
    tags=["concepts"],
    dependencies=JSON,
)
async def get_concept(
    served: Serving,
    name: Annotated[str, Path(max_length=500, description="Its name, its label, a synonym, or its IRI.")],
) -> Response:
    """Give a concept: its names, its place in the tree, its codes, its uses."""
    return await served.run(partial(_concept, served.store, name))


def _list(store: Store, query: ConceptQuery, url: URL) -> Response:
    known = concepts_of(store)
    found = search_concepts(store, query.q, category=query.category, used=query.used)
    shown = found[(query.page - 1) * query.size : query.page * query.size]
    page = ConceptList(
        total=len(found),
        page=query.page,
        size=query.size,
        concepts=[ConceptOfList(**_told(known, known[iri])) for iri in shown],
    )
    return answer(page, page_links(url, query.page, query.size, len(found)))


def _concept(store: Store, name: str) -> Response:
    try:
        iri = concept_called(store, name)
    except UsageError as error:
        raise HTTPException(404, error.what) from error
    known = concepts_of(store)
    if iri not in known:
        raise HTTPException(404, f"{name[:100]!r} is of a vocabulary that isn't imported here")
    found = known[iri]
    children = sorted(each.iri for each in known.values() if iri in each.parents)
    told = ConceptTold(
        **_told(known, found),
        synonyms=list(found.synonyms),
        abbreviations=list(found.abbreviations),
        parents=_named(known, found.parents),
        children=_named(known, children),
        equivalents=_named(known, found.equivalents),
        components=_named(known, found.components),
        codes=[_code(known, each.iri, each.relation) for each in found.codes],
        retired=found.retired,
        replaced_by=next(iter(_named(known, (found.replaced_by,))), None) if found.replaced_by else None,
        uses=Uses(**trials_naming(store, iri)._asdict()),
    )
    return answer(told)


def _told(known: Concepts, concept: Concept) -> dict[str, Any]:
    return {
        "name": concept.iri.removeprefix(str(TGC)),
        "label": concept.label,
        "iri": concept.iri,
        "definition": concept.definition,
        "category": known.category(concept.iri),
        "unit": concept.unit,
    }


def _named(known: Concepts, iris: tuple[str, ...] | list[str]) -> list[Named]:
    named = [Named(name=iri.removeprefix(str(TGC)), label=known.label(iri)) for iri in iris if iri in known]
    return sorted(named, key=lambda each: each.label.casefold())


def _code(known: Concepts, iri: str, relation: CodeRelation) -> Code:
    for system in known.code_systems:
        if iri.startswith(system.iri_prefix):
            code = iri.removeprefix(system.iri_prefix)
            return Code(iri=iri, system=system.label, code=code, relation=relation)
    return Code(iri=iri, system=None, code=iri, relation=relation)
