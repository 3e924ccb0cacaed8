"""The trials of a store, as screening and the command line need them."""

import json
from collections.abc import Collection, Iterable
from itertools import groupby

import pyoxigraph as ox

from trialgraph.errors import UsageError
from trialgraph.expressions import from_json
from trialgraph.namespaces import TG
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.stores import Store

__all__ = ["screenable_trial", "screenable_trials"]

_CRITERIA = f"""
PREFIX tg: <{TG}>
SELECT ?nct ?title ?id ?kind ?text ?scope ?reading WHERE {{
  VALUES_OF_TRIALS
  ?trial a tg:Trial ; tg:nctId ?nct ; tg:briefTitle ?title .
  OPTIONAL {{
    ?trial tg:criterion ?criterion .
    ?criterion tg:id ?id ; tg:kind ?kind ; tg:text ?text ; tg:order ?order ; tg:expressionJson ?reading .
    OPTIONAL {{ ?criterion tg:scope ?scope }}
    BIND(EXISTS {{ ?criterion a tg:StructuredCriterion }} AS ?structured)
  }}
}}
ORDER BY ?nct DESC(?structured) DESC(?kind) ?order
"""


def screenable_trials(store: Store, ncts: Collection[str] = ()) -> list[ScreenableTrial]:
    """Return the trials of a store with their criteria; all of them when none are named.

    Raises:
        UsageError: when a trial named isn't in the store.
    """
    numbers = " ".join(str(ox.Literal(nct)) for nct in ncts)
    query = _CRITERIA.replace("VALUES_OF_TRIALS", f"VALUES ?nct {{ {numbers} }}" if ncts else "")
    rows = groupby(store.select(query), key=lambda row: (row["nct"].value, row["title"].value))
    trials = [_trial(nct, title, solutions) for (nct, title), solutions in rows]
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


def _trial(nct: str, title: str, rows: Iterable[ox.QuerySolution]) -> ScreenableTrial:
    criteria = (_criterion(row) for row in rows if row["id"] is not None)
    return ScreenableTrial(nct, title, tuple(criteria))


def _criterion(row: ox.QuerySolution) -> ScreenableCriterion:
    return ScreenableCriterion(
        id=row["id"].value,
        kind=row["kind"].value,
        text=row["text"].value,
        expression=from_json(json.loads(row["reading"].value)),
        scope=row["scope"].value if row["scope"] else None,
    )
