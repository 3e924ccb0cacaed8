"""A condition that is stated as a value is judged by the value."""

from datetime import date

import pytest

from tests.patient_resources import bundle, condition, observation, patient
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria import read_text
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import AllOf, Fact, Limit, Value, atoms
from trialgraph.measured import with_measured
from trialgraph.patients.fhir import from_fhir
from trialgraph.shapes.eligibility import ScreenableCriterion

HYPERTENSION = "Uncontrolled hypertension, defined as systolic blood pressure > 150 mmHg"
SHOWN = [
    (concept.iri, quantity, high)
    for concept in map(packaged_concepts().__getitem__, packaged_concepts())
    for high, quantities in ((True, concept.shown_by_high), (False, concept.shown_by_low))
    for quantity in quantities
]


def _criterion(words: str) -> ScreenableCriterion:
    (read,) = read_text(f"Exclusion Criteria:\n\n* {words}")
    return ScreenableCriterion("E1", "exclusion", read.text, read.expression)


def _verdict(words: str, *resources: dict[str, object]) -> bool | None:
    record = from_fhir(bundle(patient(), *resources))
    return evaluate(
        _criterion(words).admits, screening_view(record, date(2025, 9, 1), assume_complete=["conditions"])
    )


@pytest.mark.parametrize(
    ("words", "named", "shown", "verdict"),
    [
        (HYPERTENSION, None, ("systolic blood pressure", 170, "mm[Hg]"), False),
        (HYPERTENSION, "hypertension", ("systolic blood pressure", 170, "mm[Hg]"), False),
        (HYPERTENSION, "hypertension", ("systolic blood pressure", 130, "mm[Hg]"), True),
        (HYPERTENSION, None, None, None),
        ("Anemia (hemoglobin < 9 g/dL)", None, ("hemoglobin", 8, "g/dL"), False),
        ("Poorly controlled diabetes (HbA1c > 8%)", None, None, True),
        ("Hypertension with systolic BP > 150 mmHg", None, ("systolic blood pressure", 170, "mm[Hg]"), True),
        ("Symptomatic bradycardia (heart rate < 50 bpm)", None, ("heart rate", 45, "/min"), True),
        ("Heart failure (NYHA class III or IV)", None, ("NYHA class", 3, "1"), True),
    ],
)  # fmt: skip
def test_the_value_decides_where_it_is_what_the_condition_means(
    words: str, named: str | None, shown: tuple[str, float, str] | None, verdict: bool | None
) -> None:
    """Whatever diseases are recorded; what asks for more than how bad it is stays beside the value."""
    resources = [condition(named)] if named else []
    resources += [observation(shown[0], shown[1:])] if shown else []
    assert _verdict(words, *resources) is verdict


@pytest.mark.parametrize(("iri", "quantity", "high"), SHOWN)
def test_values_on_the_telling_side_stand_for_the_condition(iri: str, quantity: str, high: bool) -> None:
    """What shows a condition is a quantity that values are read of; its other side says nothing of it."""
    concepts = packaged_concepts()
    fact = Fact(iri, concepts[iri].label, "condition", span=(0, 9))
    for bounded, limit in ((high, Limit(low=1)), (not high, Limit(high=1))):
        value = Value(quantity, concepts[quantity].label, limit, span=(11, 16))
        told = with_measured(AllOf((fact, value)), "condition (value)")
        both = quantity in concepts[iri].shown_by_high and quantity in concepts[iri].shown_by_low
        assert told == (value if bounded or both else AllOf((fact, value)))
    assert concepts.is_quantity(quantity)


@pytest.mark.parametrize("between", [" ", " and ", " with ", " or ", ", "])
def test_a_value_beside_a_condition_is_asked_beside_it(between: str) -> None:
    """Only a bracket, a colon or words of meaning make the one the other."""
    read = _criterion(f"Anemia{between}hemoglobin < 9 g/dL")
    assert any(isinstance(atom, Fact) for atom in atoms(with_measured(read.expression, read.text)))
