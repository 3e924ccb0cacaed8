"""Drugs of a FHIR record as exposures: a prescription is none, a local one is unsure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialgraph.namespaces import TGC
from trialgraph.patients.coding import Json, Reading
from trialgraph.patients.dates import ANY_DAY, DateRange
from trialgraph.patients.elements import CHANGED, Context, is_modified, resource_name
from trialgraph.patients.facts import Coded, ExposureFact, Fact
from trialgraph.patients.tables import lines, systemic_drugs
from trialgraph.patients.wording import words

__all__ = ["drugs_of", "read_immunization", "read_medication", "taken"]

_ANTICANCER = str(TGC.SystemicAnticancerTherapy)
_TREATMENTS = frozenset({"treatment"})


def read_medication(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the exposure that a MedicationAdministration, -Statement or -Dispense shows.

    A prescription is none; one that is reported, as by the patient who takes the drug, is unsure.
    """
    kind = resource["resourceType"]
    if kind == "MedicationRequest" and not (
        resource.get("reportedBoolean") or resource.get("reportedReference")
    ):
        context.note(resource, "not counted", "a prescription is not an exposure")
        return
    status = context.status(resource, f"{kind}.status")
    if not context.counts(resource, status):
        return
    began, ended = taken(resource, context, ongoing=status.ongoing)
    dated = began != ANY_DAY or ended is not None
    certain = status.counts == "yes" or (status.counts == "dated" and dated)
    if status.counts == "dated" and not dated:
        context.note(resource, "not counted", status.reason)
    for reading in drugs_of(resource, context):
        if reading.known_other:
            continue
        said = _said(resource, reading)
        local = bool(words().local & said)
        if local:
            why = "acts where it is given; unsure whether it counts"
            context.note(resource, "not counted", f"{reading.what.text}: {why}")
        sure = certain and not local and not reading.doubtful
        name, course = resource_name(resource), (status.ongoing, began, ended)
        yield ExposureFact(name, reading.what, sure, *course)
        for iri in _lines(reading, context):
            yield ExposureFact(name, Coded(reading.what.text, (iri,), by_text=True), sure, *course)
        for iri in () if local else _systemic(reading, context):
            what = Coded(reading.what.text, (iri,), reading.what.by_text)
            yield ExposureFact(name, what, sure and bool(words().systemic & said), *course)
        yield from context.mentions(resource, reading, began)


def _said(resource: Json, reading: Reading) -> frozenset[str]:
    """Return the words of a drug's name and of its routes."""
    routes = [dosage.get("route") or {} for dosage in resource.get("dosage") or ()]
    texts = [each.get("text") for each in routes] + [
        coding.get("display") for each in routes for coding in each.get("coding") or ()
    ]
    said = " ".join(str(text) for text in (reading.what.text, *texts) if text).casefold()
    return frozenset(re.findall(r"[\w-]+", said))


def _lines(reading: Reading, context: Context) -> list[str]:
    """Return the line of therapy that the words of an anticancer drug call it: "second-line FOLFIRI"."""
    concepts, text = context.coder.concepts, reading.what.text.casefold()
    if not any(concepts.is_a(iri, _ANTICANCER) for iri in reading.what.concepts):
        return []
    return sorted({iri for words_of_it, iri in lines() if words_of_it in text})


def _systemic(reading: Reading, context: Context) -> list[str]:
    """Return what a drug is when it isn't given where it acts, such as a systemic corticosteroid."""
    concepts = context.coder.concepts
    kinds = {
        kind
        for drug, kind in systemic_drugs().items()
        for iri in reading.what.concepts
        if concepts.is_a(iri, drug) and not concepts.is_a(iri, kind)
    }
    return sorted(kinds)


def drugs_of(resource: Json, context: Context) -> Iterator[Reading]:
    """Yield what a medication is: its code, or its ingredients when those say more."""
    codeable = resource.get("medicationCodeableConcept")
    medication = context.resolve(resource, resource.get("medicationReference"))
    if codeable is None and medication is not None:
        items = [each.get("itemCodeableConcept") for each in medication.get("ingredient") or ()]
        readings = [context.coder.read(item, _TREATMENTS) for item in items if item]
        named = [reading for reading in readings if reading.what.concepts]
        if named and not context.coder.read(medication.get("code") or {}, _TREATMENTS).what.concepts:
            yield from readings
            return
        codeable = medication.get("code")
    if codeable is None:
        codeable = {"text": (resource.get("medicationReference") or {}).get("display") or ""}
    parts = _combined(codeable, context)
    if parts:
        yield from (context.read(resource, part, _TREATMENTS, "treatments") for part in parts)
    else:
        yield context.read(resource, codeable, _TREATMENTS, "treatments")


def _combined(codeable: Json, context: Context) -> list[Json]:
    """Return the drugs that a text names side by side; none where it names one, or one thing."""
    coder = context.coder
    texts = [codeable.get("text"), *(each.get("display") for each in codeable.get("coding") or ())]
    text = next((str(each) for each in texts if each), "")
    if coder.coded(codeable, _TREATMENTS) or coder.named(text, _TREATMENTS, whole=True):
        return []
    if coder.generally(codeable, "treatments")[0] is not None:
        return []
    if coder.is_doubtful(text):
        return []
    between = "|".join([*map(re.escape, words().along), r"(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})"])
    parts = [part.strip() for part in re.split(between, re.sub(r"\([^()]*\)", "", text))]
    parts = [part for part in parts if set(re.findall(r"\w+", part.casefold())) - words().neutral]
    named = [part for part in parts if coder.named(part, _TREATMENTS)]
    known = len(named) == len(parts) or not coder.read(codeable, _TREATMENTS).what.concepts
    return [{"text": part} for part in parts] if len(parts) > 1 and named and known else []


def taken(resource: Json, context: Context, *, ongoing: bool | None) -> tuple[DateRange, DateRange | None]:
    """Return when something was given or done: its start, and its end where that is known."""
    for element in ("effectivePeriod", "performedPeriod"):
        period = context.period(resource, element)
        if period is not None:
            return period
    elements = (
        "effectiveDateTime",
        "performedDateTime",
        "performedAge",
        "whenHandedOver",
        "occurrenceDateTime",
    )
    day = context.day(resource, *elements)
    if day is not None:
        return day, None if ongoing else day
    asserted = context.day(resource, "dateAsserted", "recorded", "authoredOn")
    return (DateRange(None, asserted.high) if asserted else ANY_DAY), None


def read_immunization(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the exposure of an Immunization, when its vaccine maps to a concept."""
    reading = context.coder.read(resource.get("vaccineCode") or {}, _TREATMENTS)
    if resource.get("status") != "completed":
        context.note(resource, "not counted", f"status {resource.get('status')}")
    elif not reading.what.concepts:
        context.note(resource, "not mapped", f"{reading.what.text}: no concept for this vaccine")
    else:
        began, ended = taken(resource, context, ongoing=False)
        name, certain = resource_name(resource), not is_modified(resource)
        if not certain:
            context.note(resource, "not counted", CHANGED)
        yield ExposureFact(name, reading.what, certain, active=False, began=began, ended=ended)
