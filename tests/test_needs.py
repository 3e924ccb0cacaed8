"""What a condition has to need, and that who was given nothing for it needed nothing."""

from datetime import date
from typing import Any

import pytest

from tests.patient_resources import condition, medication, record
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria import read_text
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Fact
from trialgraph.kleene import Truth
from trialgraph.namespaces import TGC
from trialgraph.needs import needs, unneeded


def test_tables_name_concepts() -> None:
    """A misspelt name would be a drug that nobody is given, so that nobody would need it."""
    for need in needs():
        assert all(iri in packaged_concepts() for iri in {*need.conditions, *need.drugs, *need.replacing})


@pytest.mark.parametrize(
    ("concept", "words", "known"),
    [
        ("Pneumonia", "requiring intravenous (iv) antibiotics, antivirals, or antifungals", True),
        ("Pneumonia", "requiring systemic therapy", True),
        ("Pneumonia", "requiring iv antimicrobials for management", True),
        ("Pneumonia", "requiring treatment", False),
        ("Pneumonia", "requiring systemic therapy or drainage", False),
        ("Psoriasis", "that has required systemic treatment in the past 2 years", True),
        ("Psoriasis", "requiring systemic therapy", False),
        ("Pneumonitis", "that required steroids", True),
        ("Pneumonia", "that required steroids", False),
    ],
)
def test_what_is_known(concept: str, words: str, known: bool) -> None:
    """A need is known by all of its words, of the conditions that the table names."""
    assert bool([*unneeded(Fact(str(TGC[concept]), concept, "condition"), words)]) is known


AUTOIMMUNE = "Active autoimmune disease that has required systemic treatment in the past 2 years"
NOT_COUNTED = "Replacement therapy (e.g., thyroxine) is not considered a form of systemic treatment"
REPLACED = f"{AUTOIMMUNE}. {NOT_COUNTED}"
INFECTION = "Active infection requiring systemic therapy"
THYROIDITIS, PSORIASIS = condition("Autoimmune thyroiditis"), condition("Psoriasis")
ZOSTER = condition("Herpes zoster")


def _given(name: str, begun: str, ended: str | None = None) -> dict[str, Any]:
    period = {"start": begun} | ({"end": ended} if ended else {})
    status = "completed" if ended else "active"
    return medication(name, kind="MedicationStatement", status=status, effectivePeriod=period)


@pytest.mark.parametrize(
    ("words", "resources", "truth"),
    [
        (AUTOIMMUNE, [PSORIASIS], False),
        (AUTOIMMUNE, [PSORIASIS, _given("methotrexate", "2024-05-01", "2024-06-01")], None),
        (AUTOIMMUNE, [PSORIASIS, _given("methotrexate", "2020-05-01", "2020-06-01")], False),
        (AUTOIMMUNE, [THYROIDITIS, _given("levothyroxine", "2020-05-01")], None),
        (REPLACED, [THYROIDITIS, _given("levothyroxine", "2020-05-01")], False),
        (INFECTION, [ZOSTER], False),
        (INFECTION, [ZOSTER, _given("valacyclovir", "2025-08-20")], None),
        (INFECTION, [ZOSTER, _given("amoxicillin", "2025-01-02", "2025-01-12")], False),
    ],
)
def test_what_a_record_shows(words: str, resources: list[dict[str, Any]], truth: Truth) -> None:
    """None of the drugs in a complete record: not needed. One of them may be for another thing."""
    (criterion,) = read_text(words, kind="exclusion")
    view = screening_view(
        record(*resources), date(2025, 9, 1), assume_complete=("conditions", "treatments", "procedures")
    )
    assert evaluate(criterion.expression, view) is truth
    silent = screening_view(record(*resources), date(2025, 9, 1), assume_complete=("conditions",))
    assert evaluate(criterion.expression, silent) is None
