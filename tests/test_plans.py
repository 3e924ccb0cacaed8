"""What is planned: told by orders for a day to come, never by what was done."""

from datetime import date

import pytest

from tests.patient_resources import Json, medication, order, procedure, record
from trialgraph.criteria import read_text
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.patients.facts import PlanFact
from trialgraph.patients.turtle import from_graph, to_graph

TODAY = date(2025, 9, 1)
ORDERED = order("partial mastectomy")
DONE = procedure("partial mastectomy", performedDateTime="2025-05-01")


def holds(text: str, *resources: Json, complete: bool = False) -> bool | None:
    """Return whether a demand holds for a patient of whom some resources are recorded."""
    (criterion,) = read_text(text, kind="inclusion")
    assumed = ("procedures", "treatments") if complete else ()
    return evaluate(criterion.expression, screening_view(record(*resources), TODAY, assume_complete=assumed))


def test_an_order_shows_a_plan_and_what_it_is_a_kind_of():
    """A planned partial mastectomy is a planned operation."""
    for text in ("Scheduled to undergo partial mastectomy", "Planned surgery"):
        assert holds(text, ORDERED) is True
    assert holds("No planned surgery", ORDERED) is False


def test_what_was_done_shows_no_plan_and_what_is_planned_was_not_done():
    """Neither does a record in which everything that was done stands rule a plan out."""
    assert holds("Planned partial mastectomy", DONE) is None
    assert holds("Planned partial mastectomy", complete=True) is None
    assert holds("Prior partial mastectomy", ORDERED) is None
    assert holds("Prior partial mastectomy", ORDERED, complete=True) is False
    assert holds("History of or planned partial mastectomy", DONE) is True
    assert holds("History of or planned partial mastectomy", ORDERED) is True


@pytest.mark.parametrize(
    "further",
    [
        {"day": None},
        {"day": "2025-08-20"},
        {"day": "2025-09"},
        {"status": "revoked"},
        {"status": "completed"},
        {"intent": "proposal"},
        {"doNotPerform": True},
        {"doNotPerform": "true"},
        {"authoredOn": "2025-09-20"},
    ],
)
def test_what_is_no_plan_of_the_day(further: Json):
    """It isn't dated, is past or may be, was given up, was only proposed, or was ordered later."""
    assert holds("Planned partial mastectomy", order("partial mastectomy", **further)) is None


def test_a_drug_is_planned_where_its_prescription_says_from_when():
    """Without a day it may have been taken for long, or never."""
    timing = {"repeat": {"boundsPeriod": {"start": "2025-09-20"}}}
    prescribed = medication("docetaxel", kind="MedicationRequest", status="active", intent="order")
    assert holds("Scheduled to receive taxane-based chemotherapy", prescribed) is None
    dated = prescribed | {"dosageInstruction": [{"timing": timing}]}
    assert holds("Scheduled to receive docetaxel", dated) is True
    assert holds("Prior docetaxel", dated) is None


def test_a_plan_of_a_quality_or_a_time_is_never_shown():
    """Nobody knows whether an operation in October is during the study."""
    assert holds("Planned partial mastectomy during the study", ORDERED) is None


def test_a_plan_survives_the_way_through_rdf():
    """With its days."""
    one = record(ORDERED)
    (again,) = from_graph(to_graph(one))
    assert again.facts == one.facts
    assert [type(fact) for fact in again.facts] == [PlanFact]
