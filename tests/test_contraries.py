"""Qualities that rule each other out: what is demanded, what records state, and what that shows."""

from datetime import date
from typing import Any

import pytest

from tests.patient_resources import SNOMED, coded, condition, record
from trialgraph.concepts import packaged_concepts
from trialgraph.contraries import contrary
from trialgraph.criteria import read_text
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Fact
from trialgraph.kleene import Truth
from trialgraph.namespaces import TGC
from trialgraph.patients.qualities import qualities_of
from trialgraph.patients.qualitytables import qualities, quality_words


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Well controlled hypertension", ["controlled"]),
        ("Poorly controlled hypertension", ["uncontrolled"]),
        ("Hypertension, not well controlled", ["uncontrolled"]),
        ("Partially controlled asthma", []),
        ("Previously uncontrolled, now controlled diabetes", ["controlled"]),
        ("Uncontrolled, then controlled diabetes", []),
        ("Mild to moderate asthma", []),
        ("Asymptomatic brain metastasis", ["asymptomatic"]),
        ("Not severe asthma", []),
    ],
)
def test_what_is_stated(text: str, stated: list[str]) -> None:
    """Words of a record state a quality, unless it is lifted or another one disputes it."""
    assert [*qualities_of(text, [])] == stated


def test_tables_name_concepts_and_qualities() -> None:
    """A misspelt name would be a concept that nothing is, or a quality that nothing has."""
    names = {quality.name for quality in qualities()}
    assert all(quality.without <= names for quality in qualities())
    assert all(iri in packaged_concepts() for iri in quality_words().whole)


@pytest.mark.parametrize(
    ("words", "ruled"),
    [
        ("uncontrolled", True),
        ("serious uncontrolled", True),
        ("uncontrolled; requiring systemic therapy", True),
        ("severe and/or uncontrolled", True),
        ("active or uncontrolled", True),
        ("moderate to severe", True),
        ("uncontrolled or significant", False),
        ("with uncontrolled pain", False),
        ("history of uncontrolled", False),
        ("acute or chronic", False),
        ("symptomatic or asymptomatic", False),
        ("uncontrolled; or requiring antivirals", True),
        ("uncontrolled; or requiring drainage", False),
        ("recurrent", False),
    ],
)
def test_what_may_be_ruled_out(words: str, ruled: bool) -> None:
    """Each alternative has to be one that a record rules out, of what is demanded together one is enough."""
    fact = Fact(str(TGC.HepatitisB), "hepatitis B", "condition", {"qualifier": words})
    assert (contrary(fact) is not None) is ruled


HYPERTENSION, INFECTION = "Uncontrolled hypertension", "Uncontrolled infection"
CONTROLLED = condition("Well controlled hypertension")
UTI = condition("Urinary tract infection", clinical="resolved")
MILD = {"severity": coded("mild", (SNOMED, "255604002"))}
TREATED = coded("Asymptomatic, treated brain metastases", (SNOMED, "94225005"))
BRAIN = "Symptomatic or untreated brain metastases"


@pytest.mark.parametrize(
    ("words", "resources", "truth", "complete"),
    [
        (HYPERTENSION, [CONTROLLED], False, False),
        (HYPERTENSION, [condition("Hypertension")], None, None),
        (HYPERTENSION, [condition("Uncontrolled hypertension")], True, True),
        (HYPERTENSION, [CONTROLLED, condition("Essential hypertension")], None, None),
        (HYPERTENSION, [condition("Hypertension", clinical="resolved")], None, False),
        ("History of uncontrolled hypertension", [CONTROLLED], None, None),
        ("Uncontrolled hypertension within 6 months", [CONTROLLED], None, None),
        ("Uncontrolled cardiovascular disease", [CONTROLLED], None, False),
        ("Uncontrolled diabetes", [condition("Type 2 diabetes mellitus, controlled")], False, False),
        (INFECTION, [UTI], None, False),
        (INFECTION, [UTI, condition("Controlled pneumonia")], None, False),
        (INFECTION, [UTI, condition("Pneumonia")], None, None),
        (INFECTION, [condition("Pneumonia", verified="provisional"), UTI], None, None),
        ("Severe hepatic impairment", [condition("Hepatic impairment", **MILD)], None, False),
        ("Moderate or severe hepatic impairment", [condition("Hepatic impairment", **MILD)], None, False),
        ("Severe infection", [UTI], None, None),
        ("Unstable arrhythmia", [condition("Stable arrhythmia")], None, False),
        (BRAIN, [condition("Asymptomatic, treated", code=TREATED)], None, False),
        (BRAIN, [condition("Asymptomatic brain metastasis")], None, None),
        (BRAIN, [condition("Untreated brain metastasis")], True, True),
        ("Uncontrolled hypertension or requiring three drugs", [CONTROLLED], None, None),
        ("Acute or chronic keratitis", [condition("Keratitis")], True, True),
    ],
)
def test_what_a_record_shows(
    words: str, resources: list[dict[str, Any]], truth: Truth, complete: Truth
) -> None:
    """What is recorded with the contrary, and is all there is of it, rules the quality out."""
    (criterion,) = read_text(words, kind="exclusion")
    patient, day = record(*resources), date(2025, 9, 1)
    assert evaluate(criterion.expression, screening_view(patient, day)) is truth
    view = screening_view(patient, day, assume_complete=("conditions", "lesions"))
    assert evaluate(criterion.expression, view) is complete
