"""Invented patients in a compact notation, and their FHIR bundles.

A fact of the notation is a table with one key that says what it is (`lab`, `result`, `panel`,
`condition`, `drug`, `procedure`, `allergy`, `lesion`, `relative`, `patient`) and keys for the rest;
facts with the same `id` replace each other, which is how a change differs from its base. What the
notation has no word for is written as it is in FHIR: `fhir` is the type, `has` holds the elements.
`codes` stand beside the text of whatever is coded, as "sct 22298006" or "icd I21.9".
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.patient_resources import (
    LOINC,
    SNOMED,
    bundle,
    coded,
    condition,
    lesion,
    medication,
    observation,
    patient,
    procedure,
    tumor_size,
)

_SYSTEMS = {
    "sct": SNOMED,
    "icd": "http://hl7.org/fhir/sid/icd-10-cm",
    "rx": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "loinc": LOINC,
}
Compact = Mapping[str, Any]
Json = dict[str, Any]


def bundle_of(base: Iterable[Compact], changes: Iterable[Compact], without: Iterable[str] = ()) -> Json:
    """Return the bundle of a base patient after some changes."""
    facts = {name_of(fact): fact for fact in base}
    for gone in without:
        del facts[gone]
    facts |= {name_of(fact): fact for fact in changes}
    return bundle(*(resource for name, fact in facts.items() for resource in _resources(fact, name)))


def name_of(fact: Compact) -> str:
    """Return the identifier of a fact: the one stated, otherwise made of what it is."""
    kind = _kind(fact)
    stated = "patient" if kind == "patient" else fact.get("id") or f"{kind}-{fact[kind]}"
    return "".join(letter if letter.isalnum() else "-" for letter in str(stated).casefold())


def _kind(fact: Compact) -> str:
    return next(key for key in _MAKERS if key in fact)


def _resources(fact: Compact, name: str) -> list[Json]:
    made = _MAKERS[_kind(fact)](fact, name)
    found = [(_SYSTEMS[system], code) for system, code in map(str.split, fact.get("codes", ()))]
    for resource in made if found else ():
        element = "medicationCodeableConcept" if "medicationCodeableConcept" in resource else "code"
        resource[element] = coded(resource[element]["text"], *found)
    return made


def _patient(fact: Compact, name: str) -> list[Json]:
    made = patient(gender=fact["patient"])
    return [made | {"birthDate": fact["born"]} if "born" in fact else made]


def _lab(fact: Compact, name: str) -> list[Json]:
    quantity = {"value": fact["value"]} | {key: fact[key] for key in ("comparator",) if key in fact}
    if "unit" in fact:
        quantity |= {"unit": fact["unit"], "code": fact["unit"], "system": "http://unitsofmeasure.org"}
    limits = {key: {"value": fact[key], "unit": fact["unit"]} for key in ("low", "high") if key in fact}
    more = {"referenceRange": [limits]} if limits else {}
    more |= {"status": fact["status"]} if "status" in fact else {}
    day = fact.get("on", "2025-08-26") or None
    return [observation(fact["lab"], day=day, id=name, valueQuantity=quantity, **more)]


def _result(fact: Compact, name: str) -> list[Json]:
    more = {"status": fact["status"]} if "status" in fact else {}
    return [observation(fact["result"], fact["answer"], day=fact.get("on", "2025-08-01"), id=name, **more)]


def _panel(fact: Compact, name: str) -> list[Json]:
    """Return one Observation with a component per part."""
    parts = [
        {"code": coded(part), "valueCodeableConcept": coded(answer)} for part, answer in fact["parts"].items()
    ]
    more = {"status": fact["status"]} if "status" in fact else {}
    return [observation(fact["panel"], day=fact.get("on", "2025-08-01"), id=name, component=parts, **more)]


def _fhir(fact: Compact, name: str) -> list[Json]:
    return [{"resourceType": fact["fhir"], "id": name} | dict(fact["has"])]


def _condition(fact: Compact, name: str) -> list[Json]:
    more: Json = {}
    for key, element in (
        ("began", "onsetDateTime"),
        ("ended", "abatementDateTime"),
        ("noted", "recordedDate"),
    ):
        if key in fact:
            more[element] = fact[key]
    if "site" in fact:
        more["bodySite"] = [coded(fact["site"])]
    if "of" in fact:
        url = "http://hl7.org/fhir/StructureDefinition/condition-related"
        reference = {"reference": f"Condition/{fact['of']}"}
        more["extension"] = [{"url": url, "valueReference": reference}]
    clinical, verified = fact.get("clinical", "active"), fact.get("verified", "confirmed")
    return [condition(fact["condition"], clinical=clinical, verified=verified, id=name, **more)]


def _drug(fact: Compact, name: str) -> list[Json]:
    kind = fact.get("kind", "MedicationAdministration")
    more: Json = {"intent": "order"} if kind == "MedicationRequest" else {}
    if "to" in fact:
        more["effectivePeriod"] = {"start": fact["on"], "end": fact["to"]}
    elif "on" in fact:
        more["authoredOn" if kind == "MedicationRequest" else "effectiveDateTime"] = fact["on"]
    return [medication(fact["drug"], kind=kind, status=fact.get("status", "completed"), id=name, **more)]


def _procedure(fact: Compact, name: str) -> list[Json]:
    more = {"performedDateTime": fact["on"]} if "on" in fact else {}
    if "site" in fact:
        more["bodySite"] = [coded(fact["site"])]
    return [procedure(fact["procedure"], status=fact.get("status", "completed"), id=name, **more)]


def _allergy(fact: Compact, name: str) -> list[Json]:
    return [
        {
            "resourceType": "AllergyIntolerance",
            "id": name,
            "clinicalStatus": {"coding": [{"code": fact.get("clinical", "active")}]},
            "verificationStatus": {"coding": [{"code": fact.get("verified", "confirmed")}]},
            "code": coded(fact["allergy"]),
            "patient": {"reference": "Patient/p1"},
        }
    ]


def _lesion(fact: Compact, name: str) -> list[Json]:
    made = lesion(name, fact["lesion"], *([fact["of"]] if "of" in fact else []))
    return [made, tumor_size(name, fact["cm"], fact.get("on", "2025-08-01"))] if "cm" in fact else [made]


def _relative(fact: Compact, name: str) -> list[Json]:
    return [
        {
            "resourceType": "FamilyMemberHistory",
            "id": name,
            "status": "completed",
            "relationship": coded("mother"),
            "condition": [{"code": coded(fact["relative"])}],
            "patient": {"reference": "Patient/p1"},
        }
    ]


_MAKERS: dict[str, Callable[[Compact, str], list[Json]]] = {
    "lab": _lab,
    "result": _result,
    "panel": _panel,
    "fhir": _fhir,
    "condition": _condition,
    "drug": _drug,
    "procedure": _procedure,
    "allergy": _allergy,
    "lesion": _lesion,
    "relative": _relative,
    "patient": _patient,
}
