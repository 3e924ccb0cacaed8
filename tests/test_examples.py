"""A general name leaves what its examples are about to its examples."""

from datetime import date

import pytest

from tests.patient_resources import bundle, condition
from trialgraph.criteria import read_text
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.examples import with_examples
from trialgraph.expressions import Fact, atoms
from trialgraph.patients.fhir import from_fhir
from trialgraph.shapes.eligibility import ScreenableCriterion

HEART = (
    "Clinically serious heart disease, such as symptomatic coronary artery disease or severe arrhythmia, "
    "or history of myocardial infarction within the last 12 months"
)
BLEEDING = "History of severe bleeding; gastrointestinal bleeding within 6 months"


def _criterion(words: str) -> ScreenableCriterion:
    (read,) = read_text(f"Exclusion Criteria:\n\n* {words}")
    return ScreenableCriterion("E1", "exclusion", read.text, read.expression)


def _passes(words: str, *conditions: dict[str, object]) -> bool | None:
    patient = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1960"}
    record = from_fhir(bundle(patient, *conditions))
    view = screening_view(record, date(2025, 9, 1), assume_complete=["conditions"])
    return evaluate(_criterion(words).admits, view)


def test_a_general_name_knows_its_examples() -> None:
    """Serious heart disease leaves infarctions to the window, and coronary disease too; bleeding nothing."""
    examples = {
        atom.concept_label: {iri.rpartition("/")[2] for iri in atom.examples}
        for atom in atoms(with_examples(_criterion(HEART).expression, _criterion(HEART).text))
        if isinstance(atom, Fact)
    }
    assert examples["heart disease"] == {"CoronaryArteryDisease", "Arrhythmia", "MyocardialInfarction"}
    assert examples["coronary artery disease"] == {"MyocardialInfarction"}
    assert examples["myocardial infarction"] == set()
    told = with_examples(_criterion(BLEEDING).expression, _criterion(BLEEDING).text)
    assert not any(atom.examples for atom in atoms(told) if isinstance(atom, Fact))


@pytest.mark.parametrize(
    ("what", "began", "wanted"),
    [
        ("Myocardial infarction", "2025-06-01", False),
        ("Myocardial infarction", "2024-07-01", True),
        ("Coronary artery disease", "2024-07-01", True),
        ("Aortic stenosis", "2024-07-01", None),
        ("Heart disease", "2024-07-01", None),
    ],
)
def test_an_example_is_judged_by_its_own_limit(what: str, began: str, wanted: bool | None) -> None:
    """An infarction of the window bars; no earlier one does, nor what should be symptomatic but is over."""
    found = condition(what, clinical="resolved", onsetDateTime=began, abatementDateTime=began)
    assert _passes(HEART, found) is wanted


def test_without_examples_a_quality_stays_open() -> None:
    """A bleeding of years ago may have been severe, so another rule for its kind settles nothing."""
    found = condition(
        "Gastrointestinal bleeding", clinical="resolved", onsetDateTime="2020", abatementDateTime="2020"
    )
    assert _passes(BLEEDING, found) is None


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("HIV infection (HIV antibody positive)", {"HIVInfection"}),
        ("HIV antibody positive", {"HIVTest"}),
        ("Symptomatic HIV infection or positive HIV test", {"HIVInfection", "HIVTest"}),
        ("HIV infection or positive HCV antibody", {"HIVInfection", "HCVAntibody"}),
        ("Systemic corticosteroids or immunosuppressants", {"SystemicCorticosteroid", "Immunosuppressant"}),
    ],
)
def test_what_shows_a_disease_adds_nothing_to_it(words: str, asked: set[str]) -> None:
    """Who has no HIV infection needn't be shown to have no positive test, where the infection is asked."""
    told = with_examples(_criterion(words).expression, words)
    assert {atom.concept.rpartition("/")[2] for atom in atoms(told) if isinstance(atom, Fact)} == asked
