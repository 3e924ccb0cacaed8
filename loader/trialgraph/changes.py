"""Whether a criterion that bars a patient now may stop to: by a new test, on a date, or never.

Only what is certain is said. What it takes for a failure to end is asked of the reference evaluator:
"what if these atoms were the other way round", and "what if nothing but these were known".
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from dateutil.relativedelta import relativedelta

from trialgraph.derivation.shown import is_lasting
from trialgraph.evaluation import Finding, Truth, evaluate, evaluate_atom, fact_key, is_qualified
from trialgraph.expressions import Atom, Expression, Fact, Limit, Value, Window, atoms
from trialgraph.namespaces import TGC
from trialgraph.resources import product_folder
from trialgraph.views import ScreeningView
from trialgraph.vocabularies import known_concepts

__all__ = ["CANNOT_CHANGE", "RETESTED", "change_of"]

RETESTED = "can be re-tested"
CANNOT_CHANGE = "cannot change"

_Prospect = Literal["never", "retested"] | date
"""When an atom stops to be what it is: never, perhaps by a new test, or surely on a date."""


def change_of(expression: Expression, findings: Iterable[Finding], view: ScreeningView) -> str | None:
    """Return whether what bars a patient may change, if nothing new happens but what it says.

    Args:
        expression: What a criterion demands, in canonical units; it is disproved.
        findings: The findings that disprove it.
        view: What the record shows.
    Returns:
        ``can be re-tested`` when another result of what was measured, or the end of what passes,
        would lift the bar; ``from 2026-03-01`` when the windows that bar have passed on that day;
        ``cannot change`` when it holds at any later time, whatever is recorded until then; None when
        none of these is certain.
    """
    prospects = {each.atom: _prospect(each, view) for each in findings}
    truths = {each.atom: each.truth for each in findings}
    lasting = {atom for atom, prospect in prospects.items() if prospect == "never"}
    if evaluate(expression, view, _only(lasting, truths, expression)) is False:
        return CANNOT_CHANGE
    retested = {atom for atom, prospect in prospects.items() if prospect == "retested"}
    if evaluate(expression, view, _turned(retested, truths)) is not False:
        return RETESTED
    dated = {atom: prospect for atom, prospect in prospects.items() if isinstance(prospect, date)}
    for day in sorted(set(dated.values())):
        passed = {atom for atom, last in dated.items() if last <= day}
        if evaluate(expression, view, _turned(passed, truths)) is not False:
            return f"from {day}"
    return None


def _only(known: Collection[Atom], truths: Mapping[Atom, Truth], tree: Expression) -> dict[Atom, Truth]:
    return {atom: truths[atom] if atom in known else None for atom in atoms(tree)}


def _turned(turning: Collection[Atom], truths: Mapping[Atom, Truth]) -> dict[Atom, Truth]:
    return {atom: not truths[atom] for atom in turning}


def _prospect(finding: Finding, view: ScreeningView) -> _Prospect | None:
    atom = finding.atom
    if isinstance(atom, Value):
        return _of_value(atom, view)
    if not isinstance(atom, Fact) or atom.count or atom.size:
        return None
    if "fixed" in _kinds(atom.concept):
        return "never"
    return _of_presence(atom, view) if finding.truth and not atom.exceptions else None


def _of_value(atom: Value, view: ScreeningView) -> _Prospect | None:
    kinds = _kinds(atom.concept)
    if "grows" in kinds:
        return "never" if atom.within is None and _is_outgrown(atom, view) else None
    return "retested" if "measured" in kinds else None


def _is_outgrown(atom: Value, view: ScreeningView) -> bool:
    """Whether a number that only grows is past the limit that decides, so that it stays there."""
    limit = atom.limit
    if evaluate_atom(atom, view).truth:
        return limit.high is None
    upper = Limit(high=limit.high, high_inclusive=limit.high_inclusive)
    return limit.high is not None and evaluate_atom(replace(atom, limit=upper), view).truth is False


def _of_presence(atom: Fact, view: ScreeningView) -> _Prospect | None:
    presence = None if atom.is_planned else view.present.get(fact_key(atom))
    if presence is None:  # shown by what it is not, as a malignancy besides the study disease may be
        return None
    if atom.within is not None:
        return _passes(view.as_of, presence.ago.days_min, atom.within)
    if atom.modifiers.get("status") == "history":
        return "never"
    kinds = _kinds(atom.concept)
    if "lasts" in kinds:
        return None
    asks_active = atom.modifiers.get("status") == "active"
    if "passes" in kinds or (asks_active and "passes when active" in kinds):
        return "retested"
    if asks_active or is_qualified(atom) or atom.concept not in known_concepts():
        return None
    # Of what is still given, the words may mean that it is given now.
    given = atom.category == "treatment" and presence.active is False
    stays = given or atom.category in ("procedure", "condition")
    return "never" if stays and is_lasting(atom.concept, known_concepts()) else None


def _passes(as_of: date, days_ago: float, window: Window) -> date | None:
    """Return the first day on which something so long ago lies outside a window.

    None for what may be going on, and where the window's length isn't stated or has no certain end.
    """
    if window.amount is None or window.open or not 0 < days_ago < math.inf:
        return None
    last = as_of - timedelta(days=days_ago)
    if window.unit in ("day", "week"):
        days = math.floor(window.amount * (7 if window.unit == "week" else 1))
        return last + timedelta(days=days + 1)
    months = math.floor(window.amount * (12 if window.unit == "year" else 1))
    day = last + relativedelta(months=months)
    # The months are counted back from the later day, and are of different lengths.
    while day - relativedelta(months=months) <= last:
        day += timedelta(days=1)
    return day


def _kinds(concept: str) -> set[str]:
    concepts = known_concepts()
    if concept not in concepts:
        return set()
    return {change for root, change in _table().items() if concepts.is_a(concept, root)}


@cache
def _table() -> dict[str, str]:
    with (product_folder("data") / "records" / "changes.csv").open(encoding="utf-8", newline="") as file:
        return {str(TGC[row["concept"]]): row["change"] for row in csv.DictReader(file)}
