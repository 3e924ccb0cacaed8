"""Small FHIR resources for tests, as hospitals write them."""

from typing import Any

from trialgraph.patients import PatientRecord
from trialgraph.patients.fhir import from_fhir

Json = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"


def patient(**further: Any) -> Json:
    """Return a woman born in 1960, called p1."""
    return {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1960-06-15"} | further


def coded(text: str, *codings: tuple[str, str]) -> Json:
    """Return a CodeableConcept with text and codes."""
    found = [{"system": system, "code": code} for system, code in codings]
    return {"text": text} | ({"coding": found} if found else {})


def condition(text: str, *, clinical: str = "active", verified: str = "confirmed", **further: Any) -> Json:
    """Return a Condition named in words."""
    return {
        "resourceType": "Condition",
        "id": further.pop("id", text.casefold().replace(" ", "-")),
        "clinicalStatus": {"coding": [{"code": clinical}]} if clinical else {},
        "verificationStatus": {"coding": [{"code": verified}]} if verified else {},
        "code": coded(text),
        "subject": {"reference": "Patient/p1"},
    } | further


def observation(text: str, value: Any = None, *, day: str | None = "2025-08-20", **further: Any) -> Json:
    """Return a final Observation named in words; a pair is a number with its UCUM unit."""
    found = {
        "resourceType": "Observation",
        "id": further.pop("id", text.casefold().replace(" ", "-")),
        "status": "final",
        "code": coded(text),
        "subject": {"reference": "Patient/p1"},
    }
    if day:
        found["effectiveDateTime"] = day
    if isinstance(value, tuple):
        number, unit = value
        found["valueQuantity"] = {"value": number, "unit": unit, "system": UCUM, "code": unit}
    elif isinstance(value, int):
        found["valueInteger"] = value
    elif isinstance(value, str):
        found["valueCodeableConcept"] = coded(value)
    return found | further


def medication(
    text: str, *, kind: str = "MedicationAdministration", status: str = "completed", **more: Any
) -> Json:
    """Return a record of a drug named in words."""
    return {
        "resourceType": kind,
        "id": more.pop("id", f"{kind}-{text}".casefold()),
        "status": status,
        "medicationCodeableConcept": coded(text),
        "subject": {"reference": "Patient/p1"},
    } | more


def procedure(text: str, *, status: str = "completed", **further: Any) -> Json:
    """Return a Procedure named in words."""
    return {
        "resourceType": "Procedure",
        "id": further.pop("id", text.casefold().replace(" ", "-")),
        "status": status,
        "code": coded(text),
        "subject": {"reference": "Patient/p1"},
    } | further


def lesion(identifier: str, organ: str, *conditions: str, **further: Any) -> Json:
    """Return a tumour body structure in an organ, related to conditions."""
    base = "http://hl7.org/fhir/us/mcode/StructureDefinition"
    return {
        "resourceType": "BodyStructure",
        "id": identifier,
        "meta": {"profile": [f"{base}/mcode-tumor"]},
        "extension": [
            {"url": f"{base}/mcode-related-condition", "valueReference": {"reference": f"Condition/{each}"}}
            for each in conditions
        ],
        "location": coded(organ),
        "patient": {"reference": "Patient/p1"},
    } | further


def tumor_size(of: str, centimetres: float, day: str = "2025-08-01", **further: Any) -> Json:
    """Return the longest diameter of a body structure."""
    longest = coded("Longest diameter", (LOINC, "33728-7"))
    size = {"value": centimetres, "unit": "cm", "system": UCUM, "code": "cm"}
    return observation(
        "Tumor size",
        id=further.pop("id", f"size-{of}-{day}"),
        day=day,
        code=coded("Tumor size", (LOINC, "21889-1")),
        focus=[{"reference": f"BodyStructure/{of}"}],
        component=[{"code": longest, "valueQuantity": size}],
        **further,
    )


def bundle(*resources: Json) -> Json:
    """Return a collection of resources."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in resources],
    }


def record(*resources: Json) -> PatientRecord:
    """Return the record of patient p1 with some resources."""
    return from_fhir(bundle(patient(), *resources))


def order(text: str, *, day: str | None = "2025-10-01", **further: Any) -> Json:
    """Return a ServiceRequest named in words, for a day."""
    found = {
        "resourceType": "ServiceRequest",
        "id": further.pop("id", f"order-{text}".casefold().replace(" ", "-")),
        "status": "active",
        "intent": "order",
        "code": coded(text),
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2025-08-01",
    }
    return found | ({"occurrenceDateTime": day} if day else {}) | further
