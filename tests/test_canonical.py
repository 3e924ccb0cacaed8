"""Limits in the units of their words are compared in canonical units."""

from datetime import date

import pytest

from trialgraph.canonical import in_canonical_units
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Limit, Narrative, Not, Value
from trialgraph.namespaces import TGC
from trialgraph.views import Interval, Quantity, ScreeningView, TimeAgo

TODAY = TimeAgo(0, 0, 0, 0)


def _view(name: str, number: float) -> ScreeningView:
    quantity = Quantity(Interval(number, number), None, None, TODAY, "a result", ("Observation/1",))
    return ScreeningView("p", date(2025, 9, 1), quantities={str(TGC[name]): quantity})


def _value(name: str, unit: str | None, **limit: float) -> Value:
    return Value(str(TGC[name]), name, Limit(**limit), unit=unit)


@pytest.mark.parametrize(
    ("name", "unit", "low", "canonical", "expected"),
    [
        ("Hemoglobin", "g/L", 90, 9.0, True),
        ("Hemoglobin", "g/L", 90, 8.99, False),
        ("Albumin", "g/L", 28, 2.8, True),
        ("AbsoluteNeutrophilCount", "/mm3", 1500, 1.5, True),
        ("TotalBilirubin", "umol/L", 34.2, 1.9, False),
        ("TotalBilirubin", "umol/L", 34.2, 2.1, True),
    ],
)
def test_a_limit_is_compared_in_the_canonical_unit(
    name: str, unit: str, low: float, canonical: float, expected: bool
) -> None:
    """90 g/L is 9 g/dL; mass and molar units of one analyte are the same limit."""
    assert evaluate(in_canonical_units(_value(name, unit, low=low)), _view(name, canonical)) is expected


@pytest.mark.parametrize("unit", ["mmol/mol", "furlong", None])
def test_a_limit_in_a_unit_of_something_else_is_narrative(unit: str | None) -> None:
    """What can't be converted is unknown, never compared."""
    converted = in_canonical_units(Not(_value("Hemoglobin", unit, low=90)))
    assert isinstance(converted, Not)
    assert isinstance(converted.operand, Narrative)


@pytest.mark.parametrize(
    ("limit", "years", "expected"),
    [
        ({"high": 15}, 0, True),
        ({"high": 15}, 1, None),
        ({"high": 15}, 2, False),
        ({"high": 23}, 1, True),
        ({"high": 24}, 2, None),
        ({"low": 18}, 0, False),
        ({"low": 18}, 1, None),
        ({"low": 18}, 2, True),
        ({"low": 24}, 2, True),
        ({"low": 24}, 1, False),
        ({"low": 6, "high": 216}, 18, None),
        ({"low": 6, "high": 216}, 17, True),
    ],
)
def test_an_age_limit_in_months_is_open_within_the_year(
    limit: dict[str, float], years: int, expected: bool | None
) -> None:
    """Completed years settle a limit in months except in the year in which it falls."""
    assert evaluate(in_canonical_units(_value("Age", "mo", **limit)), _view("Age", years)) is expected


def test_a_concept_that_the_ontology_does_not_know_stays_as_it_is() -> None:
    """A stored reading may name a concept that is gone; it is open then, and no error."""
    value = Value("x:unheard-of", "something", Limit(low=1), unit="g/L")
    assert in_canonical_units(value) == value
