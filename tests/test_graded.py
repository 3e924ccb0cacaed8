"""Grades of conditions: what criteria demand, what records state, and what the one shows of the other."""

from datetime import date
from typing import Any

import pytest

from tests.patient_resources import SNOMED, coded, condition, record
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria import read_text
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Fact
from trialgraph.graded import demanded, grade_key, graded_key
from trialgraph.kleene import Truth
from trialgraph.namespaces import TGC
from trialgraph.patients.severity import grade_tables, stated_grade

NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
CTCAE = "http://hl7.org/fhir/us/ctcae"
GRADES = f"{CTCAE}/CodeSystem/ctcae-grade-code-system"
CAUSE = "http://terminology.hl7.org/CodeSystem/adverse-event-causality-assess"
GRADE_3 = {"coding": [{"system": NCIT, "code": "C41340"}]}


def _fact(words: str, concept: str = "PeripheralNeuropathy", **more: str) -> Fact:
    return Fact(str(TGC[concept]), concept, "condition", {"qualifier": words, **more})


@pytest.mark.parametrize(
    ("words", "demand"),
    [
        ("≥ grade 2", (2, 5, True)),
        ("Grade 2 to 4; NCI CTCAE v 5.0", (2, 5, True)),
        ("grade III-IV", (3, 5, True)),
        ("of Grade >1 severity by NCI CTCAE version 5.0 criteria", (2, 5, True)),
        ("not ≤ grade 1", (2, 5, True)),
        ("grade 2", (2, 2, True)),
        ("unresolved; to grade 1 or less", (2, 5, True)),
        ("from prior anticancer therapy that has not recovered to grade 1", (2, 5, True)),
        ("unresolved; to ≤ grade 1 or baseline", (2, 5, False)),
        ("unresolved; (ie, grade 1 or baseline)", (2, 5, False)),
        ("unresolved; must not be greater than grade 1", (2, 5, True)),
        ("grade 2 or higher; interfering with function", (2, 5, False)),
        ("severe; ≥ grade 3", (3, 5, True)),
        ("severe; ≥ grade 2", (2, 5, False)),
        ("≤ grade 1", None),
        ("= grade 1", None),
        ("grade 1-3a", None),
        ("grade 1 and 3", None),
        ("unresolved; to at least grade 1", None),
        ("grade 2, or grade 1 with pain", (2, 2, True)),
        ("with diarrhea of grade ≥ 2", None),
        ("MRC grade ≥ 1", None),
        ("of any grade", None),
    ],
)  # fmt: skip
def test_what_is_demanded(words: str, demand: tuple[int, int, bool] | None) -> None:
    """A grade is demanded where the words say it of the condition itself; other words keep it open."""
    found = demanded(_fact(words))
    assert (found and found[:3]) == demand


def test_scales_of_their_own() -> None:
    """Grades of a tumour, or of hypertension, aren't those of CTCAE unless that is said."""
    assert demanded(_fact("grade 3", "Glioma")) is None
    assert demanded(_fact("grade 3", "Hypertension")) is None
    assert demanded(_fact("CTCAE grade 3", "Hypertension")) == (3, 3, True, 3)
    assert demanded(_fact("grade 3 or more", severity="moderate")) == (3, 5, False, 3)


def test_a_lower_grade_with_something_else() -> None:
    """Grade 3 shows "grade 3, or grade 2 with pain", grade 1 rules it out, and grade 2 leaves it open."""
    assert demanded(_fact("grade ≥ 3, or grade 2 with pain on examination")) == (3, 5, True, 2)
    assert demanded(_fact("grade 2 with pain, or grade 3 or higher")) == (3, 5, True, 2)
    assert demanded(_fact("grade 2 with pain, or any pain of grade 3")) is None


def test_tables_name_concepts() -> None:
    """A misspelt name would be a concept that nothing is."""
    tables, concepts = grade_tables(), packaged_concepts()
    assert all(iri in concepts for iri in tables.own | tables.whole | tables.passing)


def test_what_has_been_is_not_judged_by_now() -> None:
    """A grade recorded now rules out what goes on, not a toxicity or a bleeding that there was."""
    assert graded_key(_fact("≥ grade 2")) == grade_key(str(TGC.PeripheralNeuropathy), 2, 5)
    assert graded_key(_fact("≥ grade 2; after prior taxanes")) is None
    assert graded_key(_fact("≥ grade 2", status="history")) is None
    assert graded_key(_fact("≥ grade 2", "TreatmentToxicity")) is None
    assert graded_key(_fact("unresolved; ≥ grade 2", "TreatmentToxicity")) is not None


@pytest.mark.parametrize(
    ("text", "severities", "grade"),
    [
        ("Neuropathy, CTCAE grade 2", [], (2, 2)),
        ("Neuropathy", [GRADE_3], (3, 3)),
        ("Neuropathy", [{"text": "Grade 1-2"}], (1, 2)),
        ("Neuropathy", [{"coding": [{"system": GRADES, "code": "2"}]}], (2, 2)),
        ("Neuropathy", [2], (2, 2)),
        ("Neuropathy", [{"text": "severe", "coding": [{"system": SNOMED, "code": "24484000"}]}], None),
        ("Neuropathy grade 2", [GRADE_3], None),
        ("Neuropathy, previously grade 3", [], None),
        ("Astrocytoma, WHO grade 3", [], None),
        ("Neuropathy", [{"coding": [{"code": "2"}]}], None),
    ],
)  # fmt: skip
def test_what_is_stated(text: str, severities: list[Any], grade: tuple[int, int] | None) -> None:
    """Words, severities and extensions that agree state a grade; "severe" alone doesn't."""
    found = stated_grade(text, severities)
    assert (None if found is None else (found.low, found.high)) == grade


def _adverse(outcome: str, grade: str = "3", **more: Any) -> dict[str, Any]:
    coding = {"system": GRADES, "code": grade}
    url = f"{CTCAE}/StructureDefinition/ctcae-grade"
    return {
        "resourceType": "AdverseEvent",
        "id": "ae",
        "actuality": "actual",
        "event": coded("Peripheral neuropathy"),
        "subject": {"reference": "Patient/p1"},
        "date": "2025-08-01",
        "outcome": {"coding": [{"code": outcome}]},
        "extension": [{"url": url, "valueCodeableConcept": {"coding": [coding]}}],
    } | more


PN = "Peripheral neuropathy"
CAUSED = [{"causality": [{"assessment": {"coding": [{"system": CAUSE, "code": "Certain"}]}}]}]
TWO = "Peripheral neuropathy ≥ grade 2"
PAST = "History of peripheral neuropathy of grade 3 or higher"
INFECTION = "Infection of CTCAE grade ≥ 3"
TOXIC = "Unresolved toxicity from prior anticancer therapy of grade ≥ 2"


@pytest.mark.parametrize(
    ("words", "resource", "truth", "complete"),
    [
        (TWO, condition(f"{PN} grade 3"), True, True),
        (TWO, condition(f"{PN} grade 1"), False, False),
        (TWO, condition("Neuropathy grade 1"), False, False),
        (TWO, condition("Peripheral sensory neuropathy grade 1"), None, False),
        (TWO, condition("Peripheral sensory neuropathy grade 2"), True, True),
        (TWO, condition(f"{PN} grade 1 or 2"), None, None),
        (TWO, condition(PN), None, None),
        (TWO, condition(PN, severity=coded("severe", (SNOMED, "24484000"))), None, None),
        (TWO, condition(PN, severity=GRADE_3), True, True),
        (TWO, condition(PN, severity=GRADE_3, clinical="resolved"), None, None),
        (TWO, condition(f"{PN} grade 0"), None, False),
        ("Peripheral neuropathy of grade 3", condition(f"{PN} grade 4"), None, None),
        (PAST, condition(PN, severity=GRADE_3, clinical="resolved"), True, True),
        (PAST, condition(f"{PN} grade 1"), None, None),
        (INFECTION, condition("Pneumonia grade 3"), True, True),
        (INFECTION, condition("Pneumonia grade 1"), None, False),
        (TWO, _adverse("ongoing"), True, True),
        (TWO, _adverse("ongoing", "1"), False, False),
        (TWO, _adverse("unknown"), None, None),
        (TWO, _adverse("resolved"), None, None),
        (PAST, _adverse("resolved"), True, True),
        (TWO, _adverse("ongoing", actuality="potential"), None, False),
        (TOXIC, _adverse("ongoing", suspectEntity=CAUSED), True, True),
        (TOXIC, _adverse("ongoing"), None, None),
    ],
)
def test_what_a_record_shows(words: str, resource: dict[str, Any], truth: Truth, complete: Truth) -> None:
    """A grade within those demanded shows the fact; a lower one rules it out where nothing else may be it."""
    (criterion,) = read_text(words, kind="exclusion")
    patient, day = record(resource), date(2025, 9, 1)
    assert evaluate(criterion.expression, screening_view(patient, day)) is truth
    view = screening_view(patient, day, assume_complete=("conditions",))
    assert evaluate(criterion.expression, view) is complete
