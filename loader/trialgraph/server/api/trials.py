"""Trials and their criteria."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, Field
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trialgraph.catalogue import (
    CriterionFilter,
    FoundCriterion,
    Order,
    TrialFilter,
    TrialSummary,
    screenable_trial,
    search_criteria,
    search_trials,
    stale_curations,
    trial_facts,
)
from trialgraph.criteria.plain import plain
from trialgraph.errors import UsageError
from trialgraph.expressions import to_json
from trialgraph.namespaces import TRIAL
from trialgraph.server.api import expressions
from trialgraph.server.api.interface import JSON, NCT, ListOf, Paged, Serving, answer, interface, page_links
from trialgraph.server.api.problems import problems
from trialgraph.server.api.queries import asked_values, queried
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.stores import Store

__all__ = ["Number", "asked_values", "queried", "trial_of"]

Number = Annotated[str, Path(pattern=NCT, description="Registry number of the trial.")]
_Words = Annotated[str, Field(max_length=200)]
_Values = Annotated[list[_Words], Field(max_length=50)]


class TrialQuery(Paged):
    """Which trials are wanted: of each parameter one of its values, of all parameters all."""

    q: _Words = Field(
        "",
        description="Words, or beginnings of words, of titles, conditions, keywords, interventions, sponsor "
        "or number; or a concept's name.",
    )
    condition: _Values = Field(
        [], description="Concepts of conditions, by name, label or IRI; each stands for its kinds too."
    )
    criterion: _Values = Field([], description="Concepts that a criterion names; with their kinds.")
    intervention: _Values = Field([], description="Drugs, classes of drugs, procedures; with their kinds.")
    phase: _Values = Field([], description="The registry's codes, such as `PHASE3`.")
    status: _Values = Field([], description="The registry's codes, such as `RECRUITING`.")
    country: _Values = Field([], description="Countries, as stated.")
    sponsor: _Values = Field([], description="Lead sponsors, as stated.")
    sort: Order = Field("nct", description="By number, by title, or with the latest start first.")
    facets: int = Field(20, ge=0, le=200, description="How many values of each facet to tell.")


class TrialOfList(BaseModel):
    """A trial in a list."""

    nct: str
    iri: str
    title: str
    status: str | None = Field(description="The registry's code; null when the record states none.")
    phases: list[str]
    conditions: list[str]
    inclusions: int = Field(description="Inclusion criteria of the prose.")
    exclusions: int


class FacetValue(BaseModel):
    """A value that a search could be narrowed or widened to."""

    value: str = Field(description="As the parameter of the facet's name takes it.")
    label: str
    count: int = Field(description="Trials that have it, among those that the other parameters leave.")
    chosen: bool


class Trials(ListOf):
    """A page of trials, and the values they could be narrowed to."""

    trials: list[TrialOfList]
    facets: dict[str, list[FacetValue]]


class Curation(BaseModel):
    """Who set a reading by hand, when and why."""

    who: str
    when: str
    why: str
    file: str


class Criterion(BaseModel):
    """A criterion: its words, and its formal reading."""

    id: str
    iri: str
    kind: Literal["inclusion", "exclusion"]
    text: str
    scope: str | None = Field(description="The part of the trial that alone it is for; null for all of it.")
    expression: expressions.Expression
    plain: str = Field(description="The reading in plain English.")
    curation: Curation | None
    narrative: bool = Field(description="Whether nothing of it is formal.")


class CriterionOfList(Criterion):
    """A criterion, and whose it is."""

    trial: str
    title: str = Field(description="The trial's.")


class Criteria(ListOf):
    """A page of criteria."""

    criteria: list[CriterionOfList]


class StaleCuration(BaseModel):
    """A correction that isn't applied, because the criterion's words have changed."""

    criterion: str
    problem: str
    curation: Curation


class Trial(BaseModel):
    """A trial: what the record states, and each criterion."""

    nct: str
    iri: str
    title: str
    facts: dict[str, list[str]] = Field(description="What the record doesn't state is left out.")
    criteria: list[Criterion]
    stale_curations: list[StaleCuration]


class CriterionQuery(Paged):
    """Which criteria are wanted."""

    q: _Words = Field("", description="Words, or beginnings of words, that all occur in the criterion.")
    trial: Annotated[list[Annotated[str, Field(pattern=NCT)]], Field(max_length=50)] = Field(
        [], description="Registry numbers; any trial without."
    )
    concept: _Values = Field([], description="Concepts, of which it names one or a kind of one.")
    kind: Literal["inclusion", "exclusion"] | None = Field(None)
    narrative: bool | None = Field(None, description="Whether nothing of it is formal.")


@interface.get("/trials", response_model=Trials, responses=problems(422), tags=["trials"], dependencies=JSON)
async def list_trials(request: Request, served: Serving, query: Annotated[TrialQuery, Query()]) -> Response:
    """List the trials that a search finds, with the numbers of trials for each value of its facets."""
    return await served.run(partial(_trials, served.store, query, request.url))


@interface.get(
    "/trials/{nct}", response_model=Trial, responses=problems(404), tags=["trials"], dependencies=JSON
)
async def get_trial(served: Serving, nct: Number) -> Response:
    """Give a trial: what the record states, and each criterion with its formal reading."""
    return await served.run(partial(_trial, served.store, nct))


@interface.get(
    "/criteria", response_model=Criteria, responses=problems(422), tags=["criteria"], dependencies=JSON
)
async def list_criteria(
    request: Request, served: Serving, query: Annotated[CriterionQuery, Query()]
) -> Response:
    """List the criteria that a search finds, in the order of trials and of their records."""
    return await served.run(partial(_criteria, served.store, query, request.url))


def trial_of(store: Store, nct: str) -> ScreenableTrial:
    """Return a trial of the store.

    Raises:
        HTTPException: 404 when it isn't there.
    """
    try:
        return screenable_trial(store, nct.upper())
    except UsageError as error:
        raise HTTPException(404, error.what) from error


def _trials(store: Store, query: TrialQuery, url: URL) -> Response:
    wanted = TrialFilter(
        text=query.q,
        condition=tuple(query.condition),
        criterion=tuple(query.criterion),
        intervention=tuple(query.intervention),
        phase=tuple(query.phase),
        status=tuple(query.status),
        country=tuple(query.country),
        sponsor=tuple(query.sponsor),
    )
    found = search_trials(
        store, wanted, page=query.page, size=query.size, order=query.sort, most_values=query.facets
    )
    trials = Trials(
        total=found.total,
        page=query.page,
        size=query.size,
        trials=[_summary(each) for each in found.trials],
        facets={
            facet: [FacetValue(**asdict(each)) for each in values] for facet, values in found.facets.items()
        },
    )
    return answer(trials, page_links(url, query.page, query.size, found.total))


def _trial(store: Store, nct: str) -> Response:
    found = trial_of(store, nct)
    return answer(
        Trial(
            nct=found.nct,
            iri=str(TRIAL[found.nct]),
            title=found.title,
            facts={name: list(values) for name, values in trial_facts(store, found.nct).items()},
            criteria=[Criterion.model_validate(_told(found.nct, each)) for each in found.criteria],
            stale_curations=[StaleCuration(**asdict(each)) for each in stale_curations(store, found.nct)],
        )
    )


def _criteria(store: Store, query: CriterionQuery, url: URL) -> Response:
    wanted = CriterionFilter(
        text=query.q,
        trial=tuple(query.trial),
        concept=tuple(query.concept),
        kind=query.kind,
        narrative=query.narrative,
    )
    found = search_criteria(store, wanted, page=query.page, size=query.size)
    criteria = Criteria(
        total=found.total,
        page=query.page,
        size=query.size,
        criteria=[_of_list(each) for each in found.criteria],
    )
    return answer(criteria, page_links(url, query.page, query.size, found.total))


def _summary(summary: TrialSummary) -> TrialOfList:
    return TrialOfList(
        nct=summary.nct,
        iri=str(TRIAL[summary.nct]),
        title=summary.title,
        status=summary.status,
        phases=list(summary.phases),
        conditions=list(summary.conditions),
        inclusions=summary.inclusions,
        exclusions=summary.exclusions,
    )


def _of_list(found: FoundCriterion) -> CriterionOfList:
    told = _told(found.nct, found.criterion)
    return CriterionOfList.model_validate({"trial": found.nct, "title": found.title, **told})


def _told(nct: str, criterion: ScreenableCriterion) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "iri": str(TRIAL[f"{nct}/criterion/{criterion.id}"]),
        "kind": criterion.kind,
        "text": criterion.text,
        "scope": criterion.scope,
        "expression": to_json(criterion.expression),
        "plain": plain(criterion.expression),
        "curation": None if criterion.curation is None else asdict(criterion.curation),
        "narrative": criterion.is_narrative,
    }
