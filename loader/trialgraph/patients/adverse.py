"""Adverse events of a FHIR record as conditions, with their grades.

Source: FHIR R4, AdverseEvent; HL7 CTC Adverse Events and Adverse Event Clinical Research (grades).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trialgraph.namespaces import TGC
from trialgraph.patients.coding import Json
from trialgraph.patients.dates import ANY_DAY
from trialgraph.patients.elements import Context, extensions, grade_of, in_role, resource_name
from trialgraph.patients.facts import ConditionFact, Fact
from trialgraph.patients.qualities import qualities_of

__all__ = ["read_adverse_event", "unless_absent"]

_CONDITIONS = frozenset({"condition", "lesion", "reproductive", "biomarker"})
_TOXICITY = str(TGC.TreatmentToxicity)


def read_adverse_event(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the condition that an AdverseEvent is; one that isn't said to go on, or to be over, is unsure."""
    actual = context.status(resource, "AdverseEvent.actuality")
    if not context.counts(resource, actual):
        return
    reading = context.read(resource, resource.get("event"), _CONDITIONS, "conditions")
    began = context.day(resource, "date", "detected") or ANY_DAY
    if reading.known_other:
        yield from context.mentions(resource, reading, began)
        return
    certain = actual.counts == "yes" and not reading.doubtful
    ended = next((context.day(each, "valueDateTime") for each in _resolved(resource)), None)
    ongoing = False if ended is not None else context.status(resource, "AdverseEvent.outcome").ongoing
    caused = reading.what.concepts and certain and _is_caused(resource)
    concepts = (*reading.what.concepts, _TOXICITY) if caused else reading.what.concepts
    fact = ConditionFact(
        resource_name(resource),
        replace(reading.what, concepts=tuple(sorted(context.coder.narrowest(frozenset(concepts))))),
        certain=certain and ongoing is not None,
        active=ongoing,
        began=began,
        ended=ended,
        qualities=qualities_of(reading.what.text, [resource.get("severity") or {}]),
        grade=grade_of(resource, reading.what.text),
    )
    yield from unless_absent(fact, resource, context)
    yield from context.mentions(resource, reading, began)


def unless_absent(fact: ConditionFact, resource: Json, context: Context) -> Iterator[Fact]:
    """Yield a condition, but none of grade 0, which isn't there now; one of "grade 0 to 1" is unsure."""
    if fact.grade is not None and fact.grade.high == 0:
        context.note(resource, "not counted", f"{fact.what.text}: grade 0, so it isn't there")
        return
    yield fact if fact.grade is None or fact.grade.low else replace(fact, certain=False)


def _resolved(resource: Json) -> Iterator[Json]:
    return extensions(resource, "adverse event resolved")


def _is_caused(resource: Json) -> bool:
    """Whether a treatment is assessed as the certain or the probable cause."""
    causes = [
        each for entity in resource.get("suspectEntity") or () for each in entity.get("causality") or ()
    ]
    return any(in_role(each.get("assessment") or {}, "treatment caused") for each in causes)
