"""FHIR R4 in: what is read, what counts, and what the import report says of the rest."""

import copy
import json
import tarfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    record,
    tumor_size,
)
from tests.shared_files import shared_file
from trialgraph.derivation import screening_view
from trialgraph.errors import PatientError
from trialgraph.namespaces import TGC
from trialgraph.patients import PatientRecord, read_patients
from trialgraph.patients.dates import DateRange, parse_date
from trialgraph.patients.facts import (
    AllergyFact,
    Amount,
    CompletenessStatement,
    ConditionFact,
    ExposureFact,
    LesionFact,
    Measurement,
    ProcedureFact,
    ResultFact,
)
from trialgraph.patients.fhir import from_fhir
from trialgraph.resources import product_folder

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD = "http://hl7.org/fhir/sid/icd-10"


def facts_of(one: PatientRecord, kind: type) -> list[Any]:
    """Return a record's facts of one kind."""
    return [fact for fact in one.facts if type(fact) is kind]


def concepts_of(one: PatientRecord, kind: type) -> set[str]:
    """Return the local names of the concepts that a record's facts of one kind have."""
    prefix = str(TGC)
    return {iri.removeprefix(prefix) for fact in facts_of(one, kind) for iri in fact.what.concepts}


def kinds_of_notes(one: PatientRecord) -> list[str]:
    """Return the kinds of a record's import notes."""
    return [note.kind for note in one.report]


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_a_condition_that_is_not_so_makes_no_fact(status: str):
    """Refuted and mistaken conditions are only in the report."""
    one = record(condition("hypertension", verified=status))
    assert not one.facts
    assert kinds_of_notes(one) == ["not counted"]


@pytest.mark.parametrize("status", [{"text": "Refuted"}, {"coding": [{"display": "Entered in Error"}]}])
def test_a_status_in_words_counts_as_its_code(status: dict[str, Any]):
    """A verification status that has no code is read by its words."""
    assert not record(condition("hypertension", verificationStatus=status)).facts


@pytest.mark.parametrize("status", ["provisional", "differential", "unconfirmed"])
def test_a_suspected_condition_is_unsure(status: str):
    """What is only suspected is kept as a fact that shows neither presence nor absence."""
    (fact,) = facts_of(record(condition("hypertension", verified=status)), ConditionFact)
    assert not fact.certain


@pytest.mark.parametrize(
    ("clinical", "active"),
    [("active", True), ("relapse", True), ("recurrence", True), ("remission", False), ("resolved", False)],
)
def test_clinical_status_says_whether_a_condition_is_ongoing(clinical: str, active: bool):
    """Remission and resolution are not ongoing; a relapse is."""
    (fact,) = facts_of(record(condition("hypertension", clinical=clinical)), ConditionFact)
    assert fact.active is active


@pytest.mark.parametrize(
    "text", ["Suspected brain metastasis", "Rule out brain metastasis", "Brain metastasis?"]
)
def test_words_of_doubt_keep_a_condition_from_being_sure(text: str):
    """A condition whose own words leave it open is no presence, whatever its status."""
    one = record(condition(text))
    assert not [fact for fact in facts_of(one, ConditionFact) if fact.certain and fact.what.concepts]


@pytest.mark.parametrize(
    ("kind", "status", "certain"),
    [
        ("MedicationAdministration", "completed", True),
        ("MedicationAdministration", "in-progress", True),
        ("MedicationAdministration", "not-done", None),
        ("MedicationAdministration", "entered-in-error", None),
        ("MedicationAdministration", "unknown", False),
        ("MedicationStatement", "active", True),
        ("MedicationStatement", "completed", True),
        ("MedicationStatement", "intended", None),
        ("MedicationStatement", "not-taken", None),
        ("MedicationRequest", "active", None),
        ("MedicationRequest", "completed", None),
        ("MedicationDispense", "completed", False),
    ],
)
def test_which_medication_records_are_exposures(kind: str, status: str, certain: bool | None):
    """Given or taken is an exposure; prescribed is none; dispensed or unknown may be one."""
    exposures = facts_of(record(medication("nivolumab", kind=kind, status=status)), ExposureFact)
    assert [fact.certain for fact in exposures] == ([] if certain is None else [certain])


@pytest.mark.parametrize(
    ("status", "certain"),
    [
        ("completed", True),
        ("in-progress", True),
        ("not-done", None),
        ("preparation", None),
        ("stopped", False),
    ],
)
def test_which_procedures_were_done(status: str, certain: bool | None):
    """Only a procedure that was done, at least in part, is one."""
    procedures = facts_of(record(procedure("hepatectomy", status=status)), ProcedureFact)
    assert [fact.certain for fact in procedures] == ([] if certain is None else [certain])


@pytest.mark.parametrize("status", ["registered", "cancelled", "entered-in-error"])
def test_an_observation_that_does_not_stand_is_no_result(status: str):
    """Results that aren't there yet, cancelled and mistaken results are only in the report."""
    one = record(observation("hemoglobin", (12.0, "g/dL"), status=status))
    assert not one.facts
    assert kinds_of_notes(one) == ["not counted"]


@pytest.mark.parametrize("status", ["preliminary", "unknown"])
def test_a_result_that_is_not_verified_is_unsure(status: str):
    """It is kept as one that shows nothing by itself, and the report says so."""
    one = record(
        observation("hemoglobin", (12.0, "g/dL"), status=status),
        observation("HIV antibody", "Positive", status=status),
    )
    assert [fact.certain for fact in one.facts] == [False, False]
    assert kinds_of_notes(one).count("not counted") == 2


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (
            {"valueQuantity": {"value": 0.5, "comparator": "<", "unit": "mg/dL"}},
            Amount(None, 0.5, False, True, "mg/dL"),
        ),
        (
            {"valueQuantity": {"value": 9, "comparator": ">=", "unit": "mg/dL"}},
            Amount(9.0, None, unit="mg/dL"),
        ),
        ({"valueString": "< 0.5 mg/dL"}, Amount(None, 0.5, False, True, "mg/dL")),
        ({"valueString": "1.2 mg/dL"}, Amount(1.2, 1.2, unit="mg/dL")),
        (
            {"valueRange": {"low": {"value": 1, "unit": "mg/dL"}, "high": {"value": 2, "unit": "mg/dL"}}},
            Amount(1.0, 2.0, unit="mg/dL"),
        ),
    ],
)
def test_values_with_comparators_ranges_and_text_are_intervals(value: dict[str, Any], amount: Amount):
    """A bound is kept as a bound, and text that is nothing but a number with its unit is read."""
    (fact,) = facts_of(record(observation("total bilirubin") | value), Measurement)
    assert fact.value == amount


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (observation("hemoglobin", (-3, "g/L")), "not possible"),
        (observation("ECOG performance status", 7), "not possible"),
        (observation("hemoglobin", (12, "furlong")), "can't be converted"),
        (observation("hemoglobin", 12), "no unit"),
        (observation("hemoglobin") | {"valueString": "about 12"}, "no number"),
        (observation("hemoglobin") | {"dataAbsentReason": {"text": "hemolysed"}}, "hemolysed"),
    ],
)
def test_a_value_that_cannot_be_used_is_in_the_report(resource: dict[str, Any], why: str):
    """An impossible value or an unknown unit is never compared; the report says why."""
    one = record(resource)
    assert not one.facts
    assert why in "; ".join(str(note) for note in one.report)


def test_blood_pressure_is_read_from_its_components():
    """A panel's components are measurements of their own."""
    parts = [
        {"code": coded("Systolic blood pressure"), "valueQuantity": {"value": 126, "unit": "mm[Hg]"}},
        {"code": coded("Diastolic blood pressure"), "valueQuantity": {"value": 78, "unit": "mmHg"}},
    ]
    one = record(observation("Blood pressure", component=parts))
    assert concepts_of(one, Measurement) == {"SystolicBloodPressure", "DiastolicBloodPressure"}


def test_the_reference_range_is_that_of_the_result():
    """One normal range is kept in the result's unit; several, of which one might apply, are not."""
    normal = {"high": {"value": 1.2, "unit": "mg/dL"}}
    one = record(observation("total bilirubin", (15, "mg/L"), referenceRange=[normal]))
    assert facts_of(one, Measurement)[0].normal_high == 12.0
    several = record(observation("total bilirubin", (15, "mg/L"), referenceRange=[normal, normal]))
    assert facts_of(several, Measurement)[0].normal_high is None


@pytest.mark.parametrize(
    ("code", "value", "concept", "positive"),
    [
        (
            coded("MSI", (LOINC, "81695-9")),
            coded("MSI-H (high microsatellite instability)"),
            "MicrosatelliteInstabilityHigh",
            True,
        ),
        (
            coded("MMR immunohistochemistry"),
            coded("pMMR: nuclear expression of MLH1, MSH2, MSH6 and PMS2 all retained"),
            "MismatchRepairProficient",
            True,
        ),
        (coded("HBsAg", (LOINC, "5196-1")), coded("Negative", (SNOMED, "260385009")), "HBsAg", False),
        (coded("HIV", (LOINC, "56888-1")), coded("Non-reactive"), "HIVTest", False),
        (coded("HIV", (LOINC, "56888-1")), coded("Positive"), "HIVTest", True),
        (coded("Pregnancy"), coded("Not pregnant"), "Pregnancy", False),
        (coded("Pregnancy test"), coded("Negative"), "Pregnancy", False),
        (coded("Urine pregnancy test"), coded("Positive"), "PositivePregnancyTest", True),
        (coded("Estrogen receptor"), coded("Positive"), "EstrogenReceptorPositive", True),
        (coded("PR status"), coded("Positive"), "ProgesteroneReceptorPositive", True),
        (coded("EGFR mutation status"), coded("Not detected"), "EGFRGeneMutation", False),
        (coded("KRAS"), coded("Positive"), None, None),
    ],
)
def test_qualitative_results(
    code: dict[str, Any], value: dict[str, Any], concept: str | None, positive: bool | None
):
    """An answer is either a concept itself or says whether what was tested for is there."""
    one = record(observation("x", code=code, valueCodeableConcept=value))
    results = facts_of(one, ResultFact)
    assert concepts_of(one, ResultFact) == ({concept} if concept else set())
    assert [fact.positive for fact in results] == ([] if concept is None else [positive])


@pytest.mark.parametrize("code", [coded("HER2 status"), coded("", (LOINC, "48676-1"))])
def test_a_marker_that_is_not_found_is_negative(code: dict[str, Any]):
    """A negative answer shows that the tumour is HER2 negative, and denies that it is HER2 positive."""
    one = record(observation("x", code=code, valueCodeableConcept=coded("Negative")))
    shown = {
        (iri.rpartition("/")[2], fact.positive)
        for fact in facts_of(one, ResultFact)
        for iri in fact.what.concepts
    }
    assert shown == {("HER2Positive", False), ("HER2Negative", True)}


@pytest.mark.parametrize(
    ("stated", "positive"),
    [
        ({"valueQuantity": {"value": 12.4}, "interpretation": [{"coding": [{"code": "POS"}]}]}, True),
        ({"valueQuantity": {"value": 0.1}, "interpretation": [{"coding": [{"code": "NEG"}]}]}, False),
        ({"interpretation": [{"coding": [{"code": "POS"}]}]}, True),
        ({"interpretation": [{"text": "Reactive"}]}, True),
        ({"interpretation": [{"coding": [{"code": "IND"}]}]}, None),
        ({"valueQuantity": {"value": 12.4}}, None),
        ({"valueInteger": 1}, None),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 32}}}, None),
    ],
)
def test_a_number_answers_a_test_only_with_its_interpretation(stated: dict[str, Any], positive: bool | None):
    """Positive and negative are the laboratory's to say; a number alone leaves it open."""
    facts = record(observation("HIV antibody", **stated)).facts
    if positive is None:
        assert facts
        assert not any(fact.certain for fact in facts)
    else:
        assert {fact.positive for fact in facts} == {positive}


def test_a_titre_in_words_leaves_open_what_it_is_for():
    """A titre, which says neither yes nor no, keeps syphilis from being called absent."""
    (fact,) = record(observation("RPR", valueString="1:32")).facts
    assert (fact.what.concepts, fact.certain) == ((str(TGC.Syphilis),), False)


@pytest.mark.parametrize("text", ["Without hypertension", "Never hypertension", "No hypertension"])
def test_a_negated_condition_is_absent(text: str):
    """Words that deny a condition aren't read as words that narrow it: they state that it isn't there."""
    (fact,) = record(condition(text)).facts
    assert (fact.what.concepts, fact.positive) == ((str(TGC.Hypertension),), False)


@pytest.mark.parametrize(
    "made",
    [
        {
            "resourceType": "AllergyIntolerance",
            "id": "a",
            "category": ["medication"],
            "code": coded("No known allergy to oxaliplatin"),
        },
        {
            "resourceType": "AllergyIntolerance",
            "id": "a",
            "category": ["medication"],
            "code": coded("No allergy to oxaliplatin"),
        },
        medication("", medicationCodeableConcept=coded("No prior nivolumab", (RXNORM, "1597876"))),
        procedure("", code=coded("Liver transplantation not performed", (SNOMED, "18027006"))),
    ],
)
def test_words_that_deny_outweigh_a_code(made: dict[str, Any]):
    """An allergy, drug or procedure whose words deny it is unsure, whatever its code or category says."""
    one = record(made)
    assert one.facts
    assert not any(fact.certain for fact in one.facts)


def test_a_negated_answer_is_no_presence():
    """An answer such as "pMMR: not tested" names a state without stating it."""
    one = record(observation("MMR", code=coded("MMR"), valueCodeableConcept=coded("pMMR: not tested")))
    assert not one.facts


def test_a_score_is_read_from_its_coded_class():
    """The answer "Child-Pugh class B" is a score of 7 to 9, whatever the question's code."""
    one = record(observation("Child-Pugh class", "Child-Pugh class B"))
    (fact,) = facts_of(one, Measurement)
    assert (fact.value.low, fact.value.high) == (7.0, 9.0)


def test_lesions_have_organ_sizes_and_conditions():
    """A tumour's body structure and the sizes measured of it are one lesion."""
    one = record(
        condition("liver metastasis"), lesion("l1", "Liver", "liver-metastasis"), tumor_size("l1", 2.5)
    )
    (fact,) = facts_of(one, LesionFact)
    assert (fact.organ, fact.related, len(fact.sizes)) == ("liver", ("Condition/liver-metastasis",), 1)


def test_a_radiotherapy_volume_is_no_lesion():
    """A body structure that nothing states to be a tumour is none."""
    volume = {
        "resourceType": "BodyStructure",
        "id": "v",
        "location": coded("Lung"),
        "patient": {"reference": "Patient/p1"},
    }
    one = record(volume)
    assert not one.facts
    assert kinds_of_notes(one) == ["not read"]


def test_no_known_allergy_states_completeness():
    """The code "no known allergy" is no allergy, but a statement that there are none."""
    one = record(
        {
            "resourceType": "AllergyIntolerance",
            "id": "nka",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": coded("No known allergy", (SNOMED, "716186003")),
            "patient": {"reference": "Patient/p1"},
            "recordedDate": "2025-01-10",
        }
    )
    (fact,) = one.facts
    assert isinstance(fact, CompletenessStatement)
    assert fact.category == "allergies"


def test_an_empty_list_states_completeness():
    """A current problem list that is empty because nothing is known states it."""
    empty = {
        "resourceType": "List",
        "id": "problems",
        "status": "current",
        "mode": "working",
        "code": coded("Problem list", (LOINC, "11450-4")),
        "emptyReason": {"coding": [{"code": "nilknown"}]},
        "subject": {"reference": "Patient/p1"},
        "date": "2025-08-01",
    }
    (fact,) = record(empty).facts
    assert isinstance(fact, CompletenessStatement)
    assert fact.category == "conditions"
    assert not record(empty | {"emptyReason": {"coding": [{"code": "unavailable"}]}}).facts


def test_a_relatives_disease_is_not_the_patients():
    """Family history makes no fact."""
    family = {
        "resourceType": "FamilyMemberHistory",
        "id": "aunt",
        "status": "completed",
        "patient": {"reference": "Patient/p1"},
        "condition": [{"code": coded("colorectal cancer")}],
    }
    one = record(family)
    assert not one.facts
    assert kinds_of_notes(one) == ["not counted"]


def test_another_patients_resource_is_not_this_patients():
    """A resource about somebody else is named in the report and makes no fact."""
    one = record(condition("hypertension", subject={"reference": "Patient/p2"}))
    assert not one.facts
    assert "not this patient" in str(one.report.notes[0])


@pytest.mark.parametrize(
    ("about", "own"),
    [
        ({"subject": {"identifier": {"system": "urn:mrn", "value": "1"}}}, True),
        ({"subject": {"identifier": {"system": "urn:mrn", "value": "2"}}}, False),
        ({"subject": {"identifier": {"system": "urn:other", "value": "2"}}}, True),
        ({"subject": {"reference": "Patient?identifier=urn:mrn|1"}}, True),
        ({"subject": {"reference": "Patient?identifier=urn:mrn|2"}}, False),
        ({"subject": {"reference": "https://example.org/fhir/Patient/p1/_history/2"}}, True),
        ({"subject": {"reference": "urn:uuid:5"}}, False),
        ({"focus": [{"reference": "RelatedPerson/mother"}]}, False),
        ({"focus": [{"reference": "Patient/unborn"}]}, False),
        ({"focus": [{"reference": "Patient/p1"}]}, True),
    ],
)
def test_whom_a_result_is_about(about: dict[str, Any], own: bool):
    """A subject by identifier or search, or a focus on somebody else, tells whose result it is."""
    holder = patient(identifier=[{"system": "urn:mrn", "value": "1"}])
    one = from_fhir(bundle(holder, observation("HIV antibody", "Positive", **about)))
    assert bool(one.facts) is own
    assert ("not counted" in kinds_of_notes(one)) is not own


@pytest.mark.parametrize(("status", "counts"), [("final", True), ("preliminary", False)])
def test_results_inside_a_report_are_read(status: str, *, counts: bool):
    """Observations contained in a report that counts are the patient's results."""
    inner = observation("HIV antibody", "Positive", id="o")
    del inner["subject"]
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": status,
        "code": coded("serology"),
        "subject": {"reference": "Patient/p1"},
        "contained": [inner],
        "result": [{"reference": "#o"}],
    }
    found = facts_of(record(report), ResultFact)
    assert [fact.source for fact in found] == (["Observation/r#o"] if counts else [])


def test_a_period_that_ends_before_it_begins_is_no_date():
    """What is said to have ended before it began may have been at any time."""
    one = record(medication("metformin", effectivePeriod={"start": "2025-08-01", "end": "2024-12-01"}))
    (fact,) = facts_of(one, ExposureFact)
    assert (fact.began, fact.ended) == (DateRange(), None)
    assert "not used" in kinds_of_notes(one)


def test_a_no_to_a_negated_question_is_no_absence():
    """A no to "HIV negative" leaves open what was found."""
    facts = record(observation("HIV negative", valueBoolean=False)).facts
    assert [fact.certain for fact in facts] == [False]


def test_a_value_beside_a_reason_for_its_absence_is_not_used():
    """A number that is said to be missing, by an error, isn't read."""
    assert not record(observation("Hemoglobin", (50, "g/L"), dataAbsentReason=coded("error"))).facts


@pytest.mark.parametrize(
    "of",
    [
        {"specimen": {"display": "Urine specimen"}},
        {"specimen": {"reference": "#s"}, "contained": [{"resourceType": "Specimen", "id": "s"}]},
        {"bodySite": coded("Ascitic fluid")},
    ],
)
def test_a_measurement_of_another_fluid_is_not_of_blood(of: dict[str, Any]):
    """Creatinine of urine isn't serum creatinine, where only its words say what was measured."""
    if "contained" in of:
        of = of | {"contained": [of["contained"][0] | {"type": coded("Urine")}]}
    assert record(observation("Creatinine", (9, "mg/dL"))).facts
    assert not record(observation("Creatinine", (9, "mg/dL"), **of)).facts


def test_an_observation_of_family_history_is_not_the_patients():
    """A relative's disease isn't the patient's, whatever code the observation has."""
    code = coded("Family history of HIV infection", (SNOMED, "86406008"))
    one = record(observation("family", "Yes", code=code))
    assert not one.facts
    assert kinds_of_notes(one) == ["not counted"]


def test_a_reports_conclusion_is_no_diagnosis():
    """A conclusion is unsure: it shows nothing, but what it names can't be called absent."""
    report = {
        "resourceType": "DiagnosticReport",
        "id": "ct",
        "status": "final",
        "code": coded("CT"),
        "subject": {"reference": "Patient/p1"},
        "conclusionCode": [coded("brain metastasis")],
    }
    (fact,) = facts_of(record(report), ConditionFact)
    assert not fact.certain


def test_a_report_shows_that_the_examination_was_done():
    """An MRI report shows an MRI; a report of something unnamed may be of imaging or a biopsy."""
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
    }
    named = facts_of(record(report | {"code": coded("MRI liver")}), ProcedureFact)
    assert [(fact.what.concepts, fact.certain) for fact in named] == [
        ((str(TGC.MagneticResonanceImaging),), True)
    ]
    unnamed = facts_of(record(report | {"code": coded("Report 12")}), ProcedureFact)
    assert {(iri, fact.certain) for fact in unnamed for iri in fact.what.concepts} == {
        (str(TGC.DiagnosticImaging), False),
        (str(TGC.Biopsy), False),
    }


def test_what_maps_to_nothing_is_kept_and_reported():
    """A confirmed condition without a concept is an unclassified fact, with an entry in the report."""
    one = record(condition("Some rare thing"), procedure("Frobnication"), medication("Unobtainium"))
    assert [fact.what.concepts for fact in one.facts] == [(), (), ()]
    assert kinds_of_notes(one) == ["not mapped"] * 3


def test_codes_that_disagree_give_only_what_they_share():
    """Bone by code and liver by word is a metastasis, and the report says that they disagree."""
    one = record(condition("x", code=coded("liver metastases", (SNOMED, "94222008"))))
    certain = [fact for fact in facts_of(one, ConditionFact) if fact.certain]
    found = {iri.removeprefix(str(TGC)) for fact in certain for iri in fact.what.concepts}
    assert not found & {"LiverMetastasis", "BoneMetastasis"}
    assert found <= {"MetastaticMalignantNeoplasm", "DistantMetastasis"}
    assert found
    assert "disagree" in "; ".join(str(note) for note in one.report)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Left lung metastases", "LungMetastasis"),
        ("Chronic hepatitis B", "ChronicHepatitisB"),
        ("HEPATOCELLULAR CARCINOMA", "HepatocellularCarcinoma"),
        ("Liver metastasis treated with nivolumab", None),
        ("Hepatitis B vaccination", None),
        ("Family history of colorectal cancer", None),
        ("No evidence of liver metastasis", None),
        ("liver and lung metastasis", None),
    ],
)
def test_words_are_read_only_when_they_leave_no_room(text: str, concept: str | None):
    """A name with words that only narrow it is read; anything else in it leaves it unclassified."""
    certain = [fact for fact in facts_of(record(condition(text)), ConditionFact) if fact.certain]
    found = {iri.removeprefix(str(TGC)) for fact in certain for iri in fact.what.concepts}
    assert found == ({concept} if concept else set())


def test_what_words_mention_beside_is_unsure():
    """A procedure that speaks of a drug keeps the drug from being called absent."""
    one = record(procedure("Discussion of nivolumab"))
    (fact,) = facts_of(one, ExposureFact)
    assert fact.what.concepts == (str(TGC.Nivolumab),)
    assert not fact.certain


def test_body_site_and_histology_narrow_a_cancer():
    """A metastasis with a body site is that of its organ."""
    one = record(condition("metastatic malignant neoplasm", bodySite=[coded("Liver")]))
    assert concepts_of(one, ConditionFact) == {"LiverMetastasis"}


def test_dates_of_conditions():
    """A condition began by the day it was recorded, and is over when an end is stated."""
    one = record(
        condition("hypertension", recordedDate="2020-05-01", abatementDateTime="2021-02", clinical=""),
    )
    (fact,) = facts_of(one, ConditionFact)
    assert fact.began == DateRange(None, date(2020, 5, 1))
    assert fact.ended == parse_date("2021-02")
    assert fact.active is False


def test_an_allergy_is_no_exposure():
    """An allergy to a drug is a fact of its own kind."""
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "ox",
        "code": coded("oxaliplatin"),
        "patient": {"reference": "Patient/p1"},
    }
    one = record(allergy)
    assert concepts_of(one, AllergyFact) == {"Oxaliplatin"}
    assert not facts_of(one, ExposureFact)


def test_a_medication_is_found_by_reference():
    """A drug that stands in its own resource, contained or in the bundle, is read from there."""
    drug = {"resourceType": "Medication", "id": "m1", "code": coded("nivolumab")}
    given = medication("x")
    del given["medicationCodeableConcept"]
    beside = record(given | {"medicationReference": {"reference": "Medication/m1"}}, drug)
    within = record(given | {"medicationReference": {"reference": "#m1"}, "contained": [drug]})
    assert concepts_of(beside, ExposureFact) == concepts_of(within, ExposureFact) == {"Nivolumab"}


def test_only_the_newest_version_of_a_resource_counts():
    """A history bundle's older versions are superseded."""
    old = condition("hypertension", meta={"lastUpdated": "2024-01-01T00:00:00Z"})
    new = old | {
        "meta": {"lastUpdated": "2025-01-01T00:00:00Z"},
        "verificationStatus": {"coding": [{"code": "refuted"}]},
    }
    assert not record(old, new).facts


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"resourceType": "Bundle", "entry": []}, "no Patient"),
        (bundle(patient(), patient(id="p2")), "2 patients"),
        ({"hello": "world"}, "not a FHIR resource"),
        ([1, 2], "not a FHIR resource"),
        ("text", "not a FHIR resource"),
        ({"resourceType": "Bundle", "entry": "none"}, "entry is a list"),
        ({"resourceType": "Bundle", "entry": [3]}, "not a bundle entry"),
    ],
)
def test_what_is_no_patient_record_is_refused(data: Any, message: str):
    """Bad input raises one clear error that says where and what to do."""
    with pytest.raises(PatientError, match=message) as caught:
        from_fhir(data, where="patient.json")
    assert str(caught.value).startswith("patient.json")
    assert caught.value.advice


def test_a_birth_date_in_the_future_is_not_used():
    """Nobody is born tomorrow: the date is dropped, with an entry in the report."""
    one = from_fhir(bundle(patient(birthDate="2999-01-01")))
    assert one.demographics.born is None
    assert "future" in str(one.report.notes[0])


def test_a_broken_date_is_reported_and_taken_as_none():
    """A date that means no day is no date."""
    one = record(condition("hypertension", onsetDateTime="last spring"))
    assert facts_of(one, ConditionFact)[0].began == DateRange()
    assert "last spring" in str(one.report.notes)


def test_order_changes_nothing():
    """The record doesn't depend on the order of resources."""
    resources = [condition("hypertension"), medication("nivolumab"), observation("hemoglobin", (12, "g/dL"))]
    assert record(*resources) == record(*reversed(resources))


def test_ndjson_is_read_by_patient(tmp_path: Path):
    """A bulk export's resources are gathered by patient; bundles on a line are records of their own."""
    lines = [
        patient(),
        condition("hypertension", subject={"reference": "Patient/p2"}),
        patient(id="p2"),
        bundle(patient(id="p3"), medication("nivolumab", subject={"reference": "Patient/p3"})),
    ]
    path = tmp_path / "export.ndjson"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    found = {one.id: len(one.facts) for one in read_patients(path)}
    assert found == {"p1": 0, "p2": 1, "p3": 1}


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (
            condition("?", code=coded("Gastritis of some kind", (f"{ICD}-cm", "K29.91"))),
            "GastrointestinalDisease",
        ),
        (condition("?", code=coded("Living alone", (ICD, "Z60.2"))), None),
        (condition("impacted cerumen"), None),
        (medication("Spirapril 30 mg tablet"), "ACEInhibitor"),
        (procedure("?", code=coded("Beam radiation of something", (f"{ICD}-pcs", "D0011ZZ"))), ""),
        (condition("foobar disease"), ""),
    ],
)
def test_what_has_no_concept_is_some_kind_of_a_wider_one(made: dict[str, Any], wanted: str | None):
    """Blocks of codes and stems of names tell a wider concept, or that it is none."""
    found = [fact.what.concepts for fact in record(made).facts if getattr(fact, "certain", False)]
    assert found == ([] if wanted is None else [(str(TGC[wanted]),) if wanted else ()])


def test_an_export_with_a_file_per_type_is_one(tmp_path: Path):
    """A patient's resources are gathered over the files of a folder; those about nobody are counted."""
    lines = {
        "Patient": [patient(), patient(id="p2")],
        "Condition": [
            condition("hypertension"),
            condition("gout", subject={"reference": "https://x.org/fhir/Patient/p2"}),
        ],
        "Observation": [
            observation("hemoglobin", (12, "g/dL")),
            observation("weight", (70, "kg"), subject={"display": "?"}),
        ],
        "Organization": [{"resourceType": "Organization", "id": "o"}],
    }
    for name, resources in lines.items():
        text = "\n".join(json.dumps(each) for each in resources)
        (tmp_path / f"{name}.ndjson").write_text(text, encoding="utf-8")
    first, second = read_patients(tmp_path)
    assert [len(first.facts), len(second.facts)] == [2, 1]
    told = {(note.resource, note.why) for note in first.report if note.kind == "not counted"}
    assert ("Observation", "1 of the export, about no patient") in told
    assert ("Organization", "1 of the export, about no patient") in told
    assert "about no patient" not in " ".join(map(str, second.report))


def test_a_scattered_patient_that_is_missing_is_named_with_its_line(tmp_path: Path):
    """Resources about a patient that no file holds are refused, with the first place that speaks of it."""
    (tmp_path / "a.ndjson").write_text(json.dumps(patient()), encoding="utf-8")
    lines = [condition("gout"), condition("asthma", subject={"reference": "Patient/p9"})]
    (tmp_path / "b.ndjson").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with pytest.raises(PatientError, match=r"Patient/p9, but no such Patient") as refused:
        list(read_patients(tmp_path))
    assert str(refused.value.where).endswith("b.ndjson:2")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rowless.csv", "patient,sex\n", "a header and no rows"),
        ("nothing.csv", "", "patient"),
        ("empty.json", "", "empty"),
        ("cut.json", '{"resourceType": "Bun', "not JSON"),
        ("bad.ndjson", '{"resourceType": "Patient"}\n{', "ndjson:2: not JSON"),
        (
            "orphans.ndjson",
            '{"resourceType": "Condition", "subject": {"reference": "Patient/x"}}',
            "no such Patient",
        ),
        ("patient.pdf", "%PDF", "not a kind of file"),
    ],
)
def test_broken_files_are_refused_with_their_place(tmp_path: Path, name: str, text: str, message: str):
    """A file that can't be read is named, with the line where that is known."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PatientError, match=message):
        list(read_patients(path))


def test_a_missing_file_is_refused(tmp_path: Path):
    """A file that isn't there is named."""
    with pytest.raises(PatientError, match=r"gone\.json"):
        list(read_patients(tmp_path / "gone.json"))


def test_the_packaged_patients_import():
    """Both example patients are read, with every resource a fact or in the report."""
    paths = sorted((product_folder("data") / "patients").glob("*.json"))
    assert len(paths) == 2
    for path in paths:
        (one,) = read_patients(path)
        assert 20 <= one.report.resources <= 35
        assert len(one.facts) >= 15


JUNK = [
    *(None, "", [], {}, "x", 3, True, ["a"], {"a": 1}, [None], {"coding": [None]}, {"reference": 5}),
    *(-3, 1e308, float("inf"), float("nan"), 10**400, "9" * 400, "9999-12-31", "2025-02-30", "(" * 9, "?"),
    *({"value": "7"}, {"value": 10**400, "unit": "g/L"}, {"reference": "#"}, {"text": []}, "mg/" * 20, "No "),
]
SOUND = bundle(
    patient(),
    condition("liver metastasis", onsetDateTime="2025-01-10", bodySite=[coded("Liver")]),
    medication("nivolumab", effectivePeriod={"start": "2024-03-01", "end": "2024-06"}),
    observation("hemoglobin", (12.5, "g/dL"), referenceRange=[{"low": {"value": 12, "unit": "g/dL"}}]),
    observation("HBsAg", "Negative"),
    lesion("l1", "Liver", "liver-metastasis"),
    tumor_size("l1", 2.0),
    observation(
        "MLH1 (IHC)", "Loss of expression", component=[{"code": coded("PMS2"), "valueBoolean": False}]
    ),
    observation("TNM", valueString="cT3 N1 M1"),
    observation("NYHA class", "I-II"),
    condition("Stage IV colon cancer with liver metastases", stage=[{"summary": coded("IV")}]),
    condition("No known HIV infection", category=[coded("problem")]),
    medication("FOLFOX + bevacizumab (5 mg/kg)", dosage=[{"route": coded("oral")}]),
    medication("nivolumab", kind="MedicationRequest", status="active", reportedBoolean=True),
    procedure("SBRT", bodySite=[coded("Liver")], performedDateTime="2025-01-10"),
    {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "code": coded("oxaliplatin"),
        "reaction": [{"severity": "severe"}],
    },
    {"resourceType": "DiagnosticReport", "id": "d", "status": "final", "code": coded("CT of chest")},
    {"resourceType": "ResearchSubject", "id": "r", "status": "on-study", "study": {"display": "S"}},
)


def places_in(data: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of each element of a JSON document."""
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    return [each for key in keys for each in ((*place, key), *places_in(data[key], (*place, key)))]


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(places_in(SOUND)), st.sampled_from(JUNK))
def test_nonsense_anywhere_is_no_crash(place: tuple[Any, ...], junk: Any):
    """An element of the wrong type is left out and reported, or the record refused: never a crash."""
    data = copy.deepcopy(SOUND)
    parent: Any = data
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = junk
    try:
        one = from_fhir(data)
    except PatientError as error:
        assert error.advice
    else:
        assert screening_view(one, date(2025, 9, 1)).patient == one.id


def test_half_a_quantity_is_no_quantity():
    """A value whose comparator can't be read isn't taken for an exact one."""
    value = {"value": 5, "comparator": ["<"], "unit": "g/dL"}
    one = record(observation("hemoglobin") | {"valueQuantity": value})
    assert not one.facts
    assert "comparator" in str(one.report.notes)


@pytest.mark.parametrize("modifier", [{"modifierExtension": [{"url": "urn:x"}]}, {"implicitRules": "urn:x"}])
@pytest.mark.parametrize(
    "made",
    [
        condition("hypertension"),
        medication("nivolumab"),
        procedure("colectomy"),
        observation("HIV antibody", "Positive"),
        {"resourceType": "AllergyIntolerance", "id": "a", "code": coded("oxaliplatin")},
    ],
)
def test_what_something_unknown_changes_the_meaning_of_is_unsure(
    made: dict[str, Any], modifier: dict[str, Any]
):
    """A resource with a modifier extension or implicit rules shows neither presence nor absence."""
    plain, changed = record(made), record(made | modifier)
    assert all(getattr(fact, "certain", True) for fact in plain.facts)
    assert changed.facts
    assert not any(getattr(fact, "certain", True) for fact in changed.facts)
    assert "not counted" in kinds_of_notes(changed)


def test_a_measurement_that_something_unknown_changes_is_not_used():
    """A modifier extension on a result, or on its component, keeps its number from being read."""
    pressure = {"code": coded("Systolic blood pressure"), "valueQuantity": {"value": 190, "unit": "mm[Hg]"}}
    modifier = {"modifierExtension": [{"url": "urn:x"}]}
    assert record(observation("Blood pressure", component=[pressure])).facts
    assert not record(observation("Blood pressure", component=[pressure | modifier])).facts
    assert not record(observation("Hemoglobin", (50, "g/L"), **modifier)).facts


def test_a_patient_that_something_unknown_changes_has_no_age():
    """Birth date and sex of a Patient with implicit rules aren't used."""
    one = from_fhir(bundle(patient(implicitRules="urn:x")))
    assert (one.demographics.born, one.demographics.sex) == (None, None)


def test_a_status_that_cannot_be_read_is_unsure():
    """A condition whose verification can't be read isn't taken for confirmed."""
    (fact,) = facts_of(record(condition("hypertension") | {"verificationStatus": "refuted"}), ConditionFact)
    assert not fact.certain


def sources_of(one: PatientRecord) -> set[str]:
    """Return every resource that a record's facts or its report name."""
    sizes = {size.source for fact in facts_of(one, LesionFact) for size in fact.sizes}
    return {fact.source for fact in one.facts} | {note.resource for note in one.report} | sizes


def test_the_shared_patients_import():
    """All ten records are read, and none of their resources is dropped in silence."""
    paths = [path for path in sorted(shared_file("patients").glob("*.json")) if path.stem != "cases"]
    assert len(paths) >= 10
    for path in paths:
        (one,) = read_patients(path)
        resources = [entry["resource"] for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]]
        named = {
            f"{each['resourceType']}/{each['id']}" for each in resources if each["resourceType"] != "Patient"
        }
        assert named <= sources_of(one)
        assert len(one.facts) >= 15


def test_the_mcode_examples_import():
    """MCODE's bundles and patients are read, and none of their resources is dropped in silence."""
    by_patient: dict[str, list[dict[str, Any]]] = defaultdict(list)
    imported = resources = 0
    with tarfile.open(shared_file("corpus/mcode_stu4_examples.tar.gz")) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member)
            if file is None or not member.name.endswith(".json"):
                continue
            data = json.loads(file.read())
            if data["resourceType"] == "Bundle":
                imported += 1
                resources += assert_all_named(data, from_fhir(data))
            elif data["resourceType"] == "Patient":
                by_patient[f"Patient/{data['id']}"].append(data)
            else:
                by_patient[(data.get("subject") or data.get("patient") or {}).get("reference", "")].append(
                    data
                )
    for own in by_patient.values():
        if any(each["resourceType"] == "Patient" for each in own):
            imported += 1
            resources += assert_all_named(bundle(*own), from_fhir(own))
    assert imported >= 9
    assert resources >= 150


def assert_all_named(data: dict[str, Any], one: PatientRecord) -> int:
    """Assert that facts or the report name each resource of a bundle, and count them."""
    named = {
        f"{each['resource']['resourceType']}/{each['resource']['id']}"
        for each in data["entry"]
        if each["resource"]["resourceType"] not in ("Patient", "Medication")
    }
    assert named <= sources_of(one)
    return len(named)


@pytest.mark.parametrize(("reported", "certain"), [(None, []), (False, []), (True, [False])])
def test_a_reported_prescription_is_unsure(reported: bool | None, certain: list[bool]):
    """What is reported to be prescribed may have been taken; a plain prescription shows nothing."""
    more = {} if reported is None else {"reportedBoolean": reported}
    one = record(medication("pembrolizumab", kind="MedicationRequest", status="active", **more))
    assert [fact.certain for fact in one.facts] == certain
    assert kinds_of_notes(one)[0] in ("not counted", "by text")


@pytest.mark.parametrize(
    ("inside", "counts"),
    [
        ({"birthDate": "1960-06-15"}, True),
        ({"birthDate": "1960-06-15", "gender": "male"}, False),
        ({"birthDate": "1999-01-01"}, False),
        ({}, False),
    ],
)
def test_a_contained_patient_is_compared_with_the_patient(inside: dict[str, str], counts: bool):
    """A subject inside the resource is the patient where what both state agrees, and never for want of it."""
    contained = {"resourceType": "Patient", "id": "inner", **inside}
    subject = {"subject": {"reference": "#inner"}, "contained": [contained]}
    one = record(observation("hemoglobin", (12.0, "g/dL"), **subject))
    assert bool(one.facts) is counts
