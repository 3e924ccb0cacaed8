"""Trials by their numbers: what lists show, what records state, what screening needs."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from urllib.parse import quote

import pyoxigraph as ox
from rdflib import PROV

from trialgraph.allergies import concerns_own_drugs
from trialgraph.criteria.criterion import Curation
from trialgraph.errors import UsageError
from trialgraph.expressions import Narrative, Span, atoms, from_json
from trialgraph.malignancies import study_disease
from trialgraph.namespaces import OA, TG, TRIAL
from trialgraph.records import Source
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.stores import Store

__all__ = [
    "CURATED",
    "StaleCuration",
    "TrialSummary",
    "criterion_of",
    "named_concepts",
    "screenable_trial",
    "screenable_trials",
    "stale_curations",
    "trial_facts",
    "trial_summaries",
]

_FACTS = MappingProxyType(
    {
        "status": "tg:overallStatus",
        "phase": "tg:phase",
        "allocation": "tg:allocation",
        "model": "tg:interventionModel",
        "purpose": "tg:primaryPurpose",
        "masking": "tg:masking",
        "conditions": "tg:condition",
        "enrolment": "tg:enrollmentCount",
        "start": "tg:startDate",
        "completion": "tg:completionDate",
        "sponsor": "tg:leadSponsor/tg:name",
        "countries": "tg:location/tg:country",
        "arms": "tg:arm/tg:label",
        "interventions": "tg:intervention/tg:name",
    }
)
_SUMMARIES = f"""
PREFIX tg: <{TG}>
SELECT ?trial ?nct ?title ?status
  (COUNT(?criterion) AS ?criteria) (SUM(IF(?kind = "exclusion", 1, 0)) AS ?exclusions)
WHERE {{
  VALUES_OF_TRIALS
  ?trial a tg:Trial ; tg:nctId ?nct ; tg:briefTitle ?title .
  OPTIONAL {{ ?trial tg:overallStatus ?status }}
  OPTIONAL {{
    ?trial tg:criterion ?criterion . ?criterion tg:kind ?kind
    FILTER NOT EXISTS {{ ?criterion a tg:StructuredCriterion }}
  }}
}}
GROUP BY ?trial ?nct ?title ?status
ORDER BY ?nct
"""
_LABELS = f"""
PREFIX tg: <{TG}>
SELECT DISTINCT ?nct ?value WHERE {{ VALUES_OF_TRIALS ?trial tg:nctId ?nct ; PATH ?value }}
"""

_GIVEN = "tg:intervention/(tg:name|tg:otherName|tg:description)|tg:arm/(tg:label|tg:description)"

CURATED = (
    "prov:wasAttributedTo/tg:name ?who ; prov:generatedAtTime ?when ; tg:rationale ?why ; tg:fileName ?file"
)
_CRITERIA = f"""
PREFIX tg: <{TG}>
PREFIX prov: <{PROV}>
PREFIX oa: <{OA}>
SELECT ?nct ?title ?id ?kind ?text ?scope ?reading ?start ?end ?who ?when ?why ?file WHERE {{
  VALUES_OF_TRIALS
  ?trial a tg:Trial ; tg:nctId ?nct ; tg:briefTitle ?title .
  OPTIONAL {{
    VALUES_OF_TRIALS  # again, because the engine reads what is optional by itself
    ?trial tg:criterion ?criterion .
    ?criterion tg:id ?id ; tg:kind ?kind ; tg:text ?text ; tg:order ?order ; tg:expressionJson ?reading .
    OPTIONAL {{ ?criterion tg:scope ?scope }}
    OPTIONAL {{
      VALUES_OF_TRIALS
      ?trial tg:criterion ?criterion .
      ?criterion oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end
    }}
    OPTIONAL {{
      VALUES_OF_TRIALS
      ?trial tg:criterion ?criterion . ?criterion tg:curation ?curation . ?curation {CURATED}
    }}
    BIND(EXISTS {{ ?criterion a tg:StructuredCriterion }} AS ?structured)
  }}
}}
ORDER BY ?nct DESC(?structured) DESC(?kind) ?order
"""
_SOURCES = f"""
PREFIX tg: <{TG}>
PREFIX prov: <{PROV}>
SELECT ?nct ?name ?sha256 ?layout ?updated ?retrieved WHERE {{
  VALUES_OF_TRIALS
  ?trial a tg:Trial ; tg:nctId ?nct .
  ?graph tg:describes ?trial ; prov:wasDerivedFrom ?source .
  ?source tg:fileName ?name ; tg:sha256 ?sha256 ; tg:layout ?layout .
  OPTIONAL {{ ?source tg:lastUpdated ?updated }}
  OPTIONAL {{ ?source prov:generatedAtTime ?retrieved }}
}}
"""
_STALE = f"""
PREFIX tg: <{TG}>
PREFIX prov: <{PROV}>
SELECT ?criterion ?reason ?who ?when ?why ?file WHERE {{
  <TRIAL> tg:staleCuration ?curation .
  ?curation tg:curatedCriterion ?criterion ; tg:staleReason ?reason ; {CURATED}
}}
ORDER BY ?criterion
"""


@dataclass(frozen=True, slots=True)
class TrialSummary:
    """A trial in a list.

    Args:
        nct: Registry number.
        title: Short title.
        status: The registry's code of its overall status; None when the record states none.
        phases: The registry's codes of its phases.
        conditions: Conditions as stated.
        inclusions: Number of inclusion criteria of the prose, without those of the age and sex fields.
        exclusions: Number of exclusion criteria.
    """

    nct: str
    title: str
    status: str | None
    phases: tuple[str, ...]
    conditions: tuple[str, ...]
    inclusions: int
    exclusions: int


def trial_summaries(store: Store, ncts: Sequence[str] = ()) -> list[TrialSummary]:
    """Return what a list of trials shows.

    Args:
        store: Where they are.
        ncts: Registry numbers of the trials, in the order wanted; all, in the order of their numbers, when
            empty. One that isn't in the store is left out.
    """
    phases, conditions = _by_trial(store, "tg:phase", ncts), _by_trial(store, "tg:condition", ncts)
    found: dict[str, TrialSummary] = {}
    for row in store.select(_SUMMARIES.replace("VALUES_OF_TRIALS", _values(ncts))):
        nct = row["nct"].value
        criteria, exclusions = int(row["criteria"].value), int(row["exclusions"].value)
        found[nct] = TrialSummary(
            nct=nct,
            title=row["title"].value,
            status=row["status"].value if row["status"] else None,
            phases=phases.get(nct, ()),
            conditions=conditions.get(nct, ()),
            inclusions=criteria - exclusions,
            exclusions=exclusions,
        )
    return [found[nct] for nct in (ncts or found) if nct in found]


def trial_facts(store: Store, nct: str) -> Mapping[str, tuple[str, ...]]:
    """Return what the record states of a trial, in few words; what it doesn't state is left out."""
    facts = {}
    for name, path in _FACTS.items():
        rows = store.select(
            f"PREFIX tg: <{TG}> SELECT DISTINCT ?value WHERE {{ <{TRIAL[nct]}> {path} ?value }}"
        )
        values = tuple(sorted(row["value"].value for row in rows))
        if values:
            facts[name] = values
    return facts


def screenable_trials(store: Store, ncts: Collection[str] = ()) -> list[ScreenableTrial]:
    """Return the trials of a store with their criteria; all of them when none are named.

    Raises:
        UsageError: when a trial named isn't in the store.
    """
    wanted = _values(ncts)
    sources = {
        row["nct"].value: _source(row) for row in store.select(_SOURCES.replace("VALUES_OF_TRIALS", wanted))
    }
    query = _CRITERIA.replace("VALUES_OF_TRIALS", wanted)
    rows = groupby(store.select(query), key=lambda row: (row["nct"].value, row["title"].value))
    about, given = _conditions(store, ncts), _given(store, ncts)
    trials = [
        _trial(nct, title, solutions, about.get(nct, _Conditions()), given.get(nct, ""), sources.get(nct))
        for (nct, title), solutions in rows
    ]
    absent = set(ncts) - {trial.nct for trial in trials}
    if absent:
        raise UsageError(
            f"no trial {', '.join(sorted(absent))} in the store",
            advice="load its record first with: trialgraph load PATH",
        )
    return trials


def screenable_trial(store: Store, nct: str) -> ScreenableTrial:
    """Return one trial of a store.

    Raises:
        UsageError: when it isn't in the store.
    """
    return screenable_trials(store, [nct])[0]


@dataclass(frozen=True, slots=True)
class StaleCuration:
    """A correction that a store holds and doesn't apply.

    Args:
        criterion: Id of the criterion that it was made for.
        problem: What has become of the criterion's words.
        curation: Who made it, when and why.
    """

    criterion: str
    problem: str
    curation: Curation


def stale_curations(store: Store, nct: str) -> list[StaleCuration]:
    """Return the corrections of a trial that aren't applied, in the order of their criteria."""
    rows = store.select(_STALE.replace("<TRIAL>", str(ox.NamedNode(TRIAL[nct]))))
    return [StaleCuration(row["criterion"].value, row["reason"].value, _curation(row)) for row in rows]


def named_concepts(trials: Iterable[ScreenableTrial]) -> frozenset[str]:
    """Return the IRIs of the concepts that the criteria of trials name."""
    read = (atom for trial in trials for criterion in trial.criteria for atom in atoms(criterion.expression))
    return frozenset(atom.concept for atom in read if not isinstance(atom, Narrative))


def _values(ncts: Collection[str]) -> str:
    """Return the clause that holds a query to some trials; nothing for all."""
    trials = " ".join(str(ox.NamedNode(TRIAL[quote(nct)])) for nct in dict.fromkeys(ncts))
    return f"VALUES ?trial {{ {trials} }}" if ncts else ""


def _by_trial(store: Store, path: str, ncts: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the values at the end of a path, in order, by registry number."""
    values: dict[str, list[str]] = {}
    for row in store.select(_LABELS.replace("PATH", path).replace("VALUES_OF_TRIALS", _values(ncts))):
        values.setdefault(row["nct"].value, []).append(row["value"].value)
    return {nct: tuple(sorted(found)) for nct, found in values.items()}


@dataclass(frozen=True, slots=True)
class _Conditions:
    """The concepts of a trial's conditions, and whether each condition has one."""

    concepts: tuple[str, ...] = ()
    all_known: bool = False


def _conditions(store: Store, ncts: Collection[str]) -> dict[str, _Conditions]:
    concepts, stated = (_by_trial(store, path, ncts) for path in ("tg:conditionConcept", "tg:condition"))
    return {
        nct: _Conditions(concepts.get(nct, ()), len(concepts.get(nct, ())) >= len(names))
        for nct, names in stated.items()
    }


def _given(store: Store, ncts: Collection[str]) -> dict[str, str]:
    """Return the words in which records tell what their trials give, by registry number."""
    words = _by_trial(store, _GIVEN, ncts)
    return {nct: " ".join(each) for nct, each in words.items()}


def _trial(
    nct: str,
    title: str,
    rows: Iterable[ox.QuerySolution],
    about: _Conditions,
    given: str,
    source: Source | None,
) -> ScreenableTrial:
    criteria = [replace(criterion_of(row), span=_span(row)) for row in rows if row["id"] is not None]
    admitting = [each.expression for each in criteria if each.kind == "inclusion" and each.scope is None]
    study = study_disease(admitting, about.concepts, all_known=about.all_known)
    told = (replace(each, study=study, given=_where_asked(each, given)) for each in criteria)
    return ScreenableTrial(nct, title, tuple(told), source)


def _where_asked(criterion: ScreenableCriterion, given: str) -> str:
    return given if concerns_own_drugs(criterion.expression) else ""


def _span(row: ox.QuerySolution) -> Span | None:
    return (int(row["start"].value), int(row["end"].value)) if row["start"] else None


def _source(row: ox.QuerySolution) -> Source:
    stated = (row[name].value if row[name] else None for name in ("updated", "retrieved"))
    return Source(row["name"].value, row["sha256"].value, row["layout"].value, *stated)


def criterion_of(row: ox.QuerySolution) -> ScreenableCriterion:
    """Return the criterion of a row with its id, kind, text, reading, scope and curation."""
    return ScreenableCriterion(
        id=row["id"].value,
        kind=row["kind"].value,
        text=row["text"].value,
        expression=from_json(json.loads(row["reading"].value)),
        scope=row["scope"].value if row["scope"] else None,
        curation=_curation(row) if row["who"] else None,
    )


def _curation(row: ox.QuerySolution) -> Curation:
    return Curation(*(row[name].value for name in ("who", "when", "why", "file")))
