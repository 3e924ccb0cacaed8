"""FHIR R4 records as facts: bundles of any type, lists of resources, bulk exports.

Every resource of the input either makes facts or has an entry in the import report; most that make
facts by words, or facts that map to no concept, have one too.

Source: FHIR R4 (4.0.1), mCODE STU4, US Core.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from trialgraph.criteria.language.vocabulary import default_vocabulary
from trialgraph.errors import PatientError
from trialgraph.patients.adverse import read_adverse_event
from trialgraph.patients.checks import checked
from trialgraph.patients.clinical import (
    belongs_to,
    read_allergy,
    read_condition,
    read_list,
    read_participation,
    read_procedure,
    read_report,
)
from trialgraph.patients.coding import Coder, Json
from trialgraph.patients.dates import ANY_DAY
from trialgraph.patients.elements import CHANGED, Context, is_modified, observed_on, reference, resource_name
from trialgraph.patients.facts import Demographics, Fact, ImportReport, PatientRecord, Sex, in_order
from trialgraph.patients.lesions import is_size, read_lesions
from trialgraph.patients.medications import read_immunization, read_medication
from trialgraph.patients.observations import read_observation
from trialgraph.patients.plans import PLANS, read_plan
from trialgraph.patients.tables import statuses
from trialgraph.patients.wellformed import COMPLAINTS, FULL_URL, wellformed
from trialgraph.vocabularies import Library, known_concepts, library

__all__ = ["from_fhir", "known_coder", "patients_of"]

_READERS: dict[str, Callable[[Json, Context], Iterator[Fact]]] = {
    "AdverseEvent": read_adverse_event,
    "AllergyIntolerance": read_allergy,
    "Condition": read_condition,
    "DiagnosticReport": read_report,
    "Immunization": read_immunization,
    "List": read_list,
    "MedicationAdministration": read_medication,
    "MedicationDispense": read_medication,
    "MedicationRequest": read_medication,
    "MedicationStatement": read_medication,
    "Observation": read_observation,
    "Procedure": read_procedure,
    "ResearchSubject": read_participation,
}
_NOT_COUNTED = {
    "FamilyMemberHistory": "a relative's history is not the patient's",
}
_OTHERS = frozenset({"FamilyMemberHistory", "Group", "Patient", "RelatedPerson"})
"""What an Observation's focus may be when it is somebody else: a donor, a relative, an unborn child."""
_OF_EXAMINATIONS = frozenset({"ImagingStudy", "Specimen"})
_NOT_A_PATIENT = "give a FHIR R4 Bundle, or a list of resources, with one Patient"


def known_coder() -> Coder:
    """Return the coder over the packaged ontology, with the codes and names of imported vocabularies."""
    return _coder(library())


@lru_cache(maxsize=1)
def _coder(imported: Library) -> Coder:
    concepts = known_concepts()
    if not imported.vocabularies:
        return Coder(concepts)

    def further(first: str) -> Iterator[tuple[str, str]]:
        for name, term in imported.names(first, concepts, default_vocabulary().by_iri):
            if term is not None:
                yield name, term.iri

    return Coder(concepts, further)


def from_fhir(data: Json, *, where: str = "$", coder: Coder | None = None) -> PatientRecord:
    """Return the one patient of a FHIR bundle or list of resources.

    Args:
        data: Parsed JSON: a Bundle, a resource, or a list of resources.
        where: The input's name, for messages.
        coder: Finds concepts; of the packaged ontology and the imported vocabularies by default.
    Raises:
        PatientError: when it is no FHIR, holds no patient, or more than one.
    """
    resources = _resources(data, where)
    patients = patients_of(resources)
    if not patients:
        raise PatientError("no Patient resource", where=where, advice=_NOT_A_PATIENT)
    if len(patients) > 1:
        names = ", ".join(sorted(patients))
        raise PatientError(
            f"{len(patients)} patients in one record: {names}",
            where=where,
            advice="give one bundle per patient, or an NDJSON export",
        )
    return read_record(resources, coder or known_coder())


def _resources(data: Json, where: str) -> list[Json]:
    """Return the resources of a bundle or list, the entries of nested bundles included."""
    if isinstance(data, list):
        return [each for position, one in enumerate(data) for each in _resources(one, f"{where}[{position}]")]
    if not isinstance(data, Mapping) or not isinstance(data.get("resourceType"), str):
        raise PatientError("not a FHIR resource: no resourceType", where=where, advice=_NOT_A_PATIENT)
    if data["resourceType"] != "Bundle":
        return [wellformed(data)]
    entries = data.get("entry") or []
    if not isinstance(entries, list):
        raise PatientError("a bundle's entry is a list", where=f"{where}.entry", advice=_NOT_A_PATIENT)
    found: list[Json] = []
    for position, entry in enumerate(entries):
        place = f"{where}.entry[{position}]"
        if not isinstance(entry, Mapping):
            raise PatientError("not a bundle entry", where=place, advice=_NOT_A_PATIENT)
        if entry.get("resource") is None:
            continue
        inner = _resources(entry["resource"], f"{place}.resource")
        if entry.get("fullUrl") and len(inner) == 1:
            inner = [{**inner[0], FULL_URL: str(entry["fullUrl"])}]
        found += inner
    return found


def patients_of(resources: Iterable[Json]) -> dict[str, Json]:
    """Return the Patient resources by identifier."""
    patients = (each for each in resources if each["resourceType"] == "Patient")
    return {str(each.get("id") or each.get(FULL_URL) or resource_name(each)): each for each in patients}


def read_record(resources: Sequence[Json], coder: Coder) -> PatientRecord:
    """Return the record of the one patient that the resources are about."""
    resources = [wellformed(each) for each in resources]
    context = Context(coder, _by_reference(resources))
    for resource in resources:
        for complaint in resource.get(COMPLAINTS, ()):
            context.note(resource, "not used", complaint)
    ((identifier, patient),) = patients_of(resources).items()
    demographics = _demographics(patient, context)
    context.born, context.sex = demographics.born, demographics.sex
    resources = [part for each in resources for part in (each, *_contained_results(each))]
    own = _current([each for each in resources if each["resourceType"] != "Patient"], context)
    own = [each for each in own if _is_about(each, patient, context)]
    facts = [fact for each in own for fact in _facts(each, context)]
    sizes = [each for each in own if each["resourceType"] == "Observation" and is_size(each)]
    structures = [each for each in own if each["resourceType"] == "BodyStructure"]
    facts += read_lesions(structures, sizes, context)
    report = ImportReport(len(resources), tuple(sorted(context.notes)))
    return checked(PatientRecord(identifier, demographics, in_order(facts), report), coder.concepts)


def _facts(resource: Json, context: Context) -> Iterator[Fact]:
    kind = resource["resourceType"]
    if kind in PLANS:
        yield from read_plan(resource, context)
    if kind in _READERS:
        if kind != "Observation" or not is_size(resource):
            yield from _READERS[kind](resource, context)
        elif context.status(resource, "Observation.status").counts == "yes":
            yield from context.examined(resource, resource.get("method"), observed_on(resource, context))
    elif kind in _NOT_COUNTED:
        context.note(resource, "not counted", _NOT_COUNTED[kind])
    elif kind not in ("BodyStructure", "Medication", *PLANS):
        if kind in _OF_EXAMINATIONS:
            yield from context.examined(resource, {}, ANY_DAY)
        context.note(resource, "not read", f"{kind} holds nothing that eligibility asks for")


def _contained_results(report: Json) -> Iterator[Json]:
    """Yield the Observations that a report which counts holds in itself, named after it."""
    status = statuses().get(("DiagnosticReport.status", str(report.get("status") or "")))
    if report["resourceType"] != "DiagnosticReport" or status is None or status.counts != "yes":
        return
    shared = ("modifierExtension", "implicitRules", "subject")
    for each in report.get("contained") or ():
        if each.get("resourceType") == "Observation" and each.get("id"):
            inherited = {key: report[key] for key in shared if key in report}
            yield {**inherited, **each, "id": f"{report.get('id', '')}#{each['id']}"}


def _demographics(patient: Json, context: Context) -> Demographics:
    if is_modified(patient):
        context.note(patient, "not used", CHANGED)
        return Demographics(resource_name(patient), None, None, None)
    sexes: dict[str, Sex] = {"female": "female", "male": "male"}
    sex = sexes.get(str(patient.get("gender")))
    if sex is None:
        context.note(patient, "not used", f"gender {patient.get('gender')!r}: neither female nor male")
    born = context.day(patient, "birthDate")
    died = context.day(patient, "deceasedDateTime")
    if died is None and patient.get("deceasedBoolean") is True:
        died = context.parsed(patient, None)
    return Demographics(resource_name(patient), sex, None if born is None or born.low is None else born, died)


def _by_reference(resources: Iterable[Json]) -> dict[str, Json]:
    found = {}
    for resource in resources:
        if resource.get(FULL_URL):
            found[str(resource[FULL_URL])] = resource
        found[resource_name(resource)] = resource
    return found


def _current(resources: Iterable[Json], context: Context) -> list[Json]:
    """Keep the newest version of each resource; versions that can't be told apart are all kept."""
    versions: dict[str, list[Json]] = defaultdict(list)
    for resource in resources:
        versions[resource_name(resource)].append(resource)
    kept = []
    for each in versions.values():
        newest = max(_version(resource) for resource in each)
        current = [resource for resource in each if _version(resource) == newest]
        kept += current
        if len(each) > len(current):
            context.note(each[0], "not counted", f"{len(each) - len(current)} older version(s) of it")
    return kept


def _version(resource: Json) -> tuple[str, str]:
    meta = resource.get("meta") or {}
    return str(meta.get("lastUpdated") or ""), str(meta.get("versionId") or "").zfill(12)


def _is_about(resource: Json, patient: Json, context: Context) -> bool:
    """Whether a resource is about the patient; notes whom it is about when it isn't."""
    others = [each for each in resource.get("focus") or () if reference(each).split("/")[0] in _OTHERS]
    for each in (belongs_to(resource), *others):
        inside = context.resolve(resource, each) if str(each.get("reference") or "").startswith("#") else None
        if not (_is_patient(each, patient) if inside is None else _is_same(inside, patient)):
            named = each.get("identifier") or {}
            told = each.get("reference") or f"{named.get('system', '')} {named.get('value', '')}".strip()
            context.note(resource, "not counted", f"about {told}, not this patient")
            return False
    return True


def _is_same(contained: Json, patient: Json) -> bool:
    """Whether a Patient contained in a resource is the patient: what both state agrees, and is something."""
    if contained.get("resourceType") != "Patient":
        return False
    pairs = [(contained.get(key), patient.get(key)) for key in ("birthDate", "gender")]
    own = {each.get("system"): each.get("value") for each in patient.get("identifier") or ()}
    pairs += [(each.get("value"), own.get(each.get("system"))) for each in contained.get("identifier") or ()]
    stated = [(one, other) for one, other in pairs if one and other]
    return bool(stated) and all(one == other for one, other in stated)


def _is_patient(referring: Json, patient: Json) -> bool:
    """Whether a Reference is to the patient, by address, search or identifier, or may well be."""
    target, url = str(referring.get("reference") or ""), str(patient.get(FULL_URL) or "")
    names = {resource_name(patient), url, reference({"reference": url})}
    _, searched, query = target.partition("Patient?identifier=")
    if target and not searched:
        return reference(referring) in names
    system, _, value = query.rpartition("|")
    named = {"system": system, "value": value} if searched else referring.get("identifier") or {}
    own = [each for each in patient.get("identifier") or () if each.get("system") == named.get("system")]
    return not named or not own or any(each.get("value") == named.get("value") for each in own)
