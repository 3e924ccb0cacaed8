"""Orders and plans of a FHIR record: what is to be done on a day that is stated."""

from __future__ import annotations

from collections.abc import Iterator

from trialgraph.patients.coding import Json
from trialgraph.patients.dates import ANY_DAY, DateRange
from trialgraph.patients.elements import Context, resource_name
from trialgraph.patients.facts import Coded, Fact, PlanFact
from trialgraph.patients.medications import drugs_of
from trialgraph.patients.wellformed import COMPLAINTS

__all__ = ["PLANS", "read_plan"]

PLANS = frozenset({"MedicationRequest", "ServiceRequest"})
"""The types of resources that may be plans."""
_PLANNED = frozenset({"procedure", "treatment"})


def read_plan(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield what a ServiceRequest or MedicationRequest orders or plans for a day that it states.

    A proposal is none, nor is what isn't to be done. Without a day nobody knows whether it is still to come.
    """
    due = _due(resource, context)
    if due is None or due.low is None:
        if resource["resourceType"] == "ServiceRequest":
            context.note(resource, "not counted", "an order without the day that it is for")
        return
    stands = [context.status(resource, f"Plan.{element}") for element in ("status", "intent")]
    unread = any(each.startswith("doNotPerform") for each in resource.get(COMPLAINTS, ()))
    if resource.get("doNotPerform") or unread:
        context.note(resource, "not counted", "not to be done")
        return
    against = next((each for each in stands if each.counts != "yes"), None)
    if against is not None:
        context.note(resource, "not counted", against.reason or "neither an order nor a plan")
        return
    stated = context.day(resource, "authoredOn") or ANY_DAY
    for what in _what(resource, context):
        yield PlanFact(resource_name(resource), what, due, stated)


def _what(resource: Json, context: Context) -> Iterator[Coded]:
    """Yield what is planned, where it has a concept and its words leave nothing open."""
    if resource["resourceType"] == "MedicationRequest":
        readings = list(drugs_of(resource, context))
    else:
        readings = [context.read(resource, resource.get("code") or {}, _PLANNED, "procedures")]
    for reading in readings:
        if reading.what.concepts and not (reading.doubtful or reading.known_other):
            yield reading.what


def _due(resource: Json, context: Context) -> DateRange | None:
    """Return the day that a plan is for; None where none is stated."""
    when = context.day(resource, "occurrenceDateTime", "occurrencePeriod")
    if when is not None:
        return when
    timings = [resource.get("occurrenceTiming"), *(each.get("timing") for each in _dosages(resource))]
    for timing in timings:
        events = (timing or {}).get("event") or ()
        bounds = ((timing or {}).get("repeat") or {}).get("boundsPeriod") or {}
        stated = next((each for each in (*events, bounds.get("start")) if each), None)
        if stated is not None:
            return context.parsed(resource, stated)
    return None


def _dosages(resource: Json) -> Iterator[Json]:
    yield from resource.get("dosageInstruction") or ()
