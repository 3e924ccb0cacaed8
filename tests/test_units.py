"""Units are converted by dimension and analyte, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialgraph.concepts import packaged_concepts
from trialgraph.units import conversion
from trialgraph.views import canonical_number

CONVERTIBLE = [
    ("g/L", "g/dL", None, 0.1),
    ("g/dl", "g/dL", None, 1.0),
    ("/mm3", "10*9/L", None, 0.001),
    ("K/uL", "10*9/L", None, 1.0),
    ("10*3/uL", "10*9/L", None, 1.0),
    ("x10^9/L", "10*9/L", None, 1.0),
    ("×10⁹/L", "10*9/L", None, 1.0),
    ("cells/mm³", "10*9/L", None, 0.001),
    ("umol/L", "mg/dL", 584.66, 0.058466),
    ("µmol/L", "mg/dL", 113.12, 0.011312),
    ("mg/dL", "mmol/L", 100.0, 0.1),
    ("IU/L", "U/L", None, 1.0),
    ("[IU]/L", "U/L", None, 1.0),
    ("ukat/L", "U/L", None, 60.0),
    ("IU/mL", "[IU]/mL", None, 1.0),
    ("", "{score}", None, 1.0),
    ("%", "{score}", None, 1.0),
    ("{score}", "{score}", None, 1.0),
    ("%", "%", None, 1.0),
    ("a", "mo", None, 12.0),
    ("lb", "kg", None, 0.45359237),
    ("cm", "mm", None, 10.0),
    ("g/24h", "mg/(24.h)", None, 1000.0),
]
NOT_CONVERTIBLE = [
    ("", "g/dL", None, "no unit stated"),
    ("umol/L", "mg/dL", None, "no molar mass known"),
    ("meq/L", "mmol/L", None, "the charge isn't known"),
    ("{copies}/mL", "[IU]/mL", None, "copies are not international units"),
    ("{Log_IU}/mL", "[IU]/mL", None, "a logarithm"),
    ("mL/min/{1.73_m2}", "mL/min", None, "per body surface"),
    ("%", "{INR}", None, "prothrombin activity is no INR"),
    ("{score}", "10*9/L", None, "a score is no count"),
    ("1", "10*9/L", None, "a bare number is no count"),
    ("mg/L", "mg/(24.h)", None, "a concentration is no excretion"),
    ("furlong", "mm", None, "not UCUM"),
    ("g/", "g/L", None, "broken"),
    ("", "%", None, "no unit stated"),
]


@pytest.mark.parametrize(("unit", "canonical", "mass", "factor"), CONVERTIBLE)
def test_units_that_measure_the_same_convert(unit: str, canonical: str, mass: float | None, factor: float):
    """A laboratory's spelling converts to the canonical unit by the right factor."""
    found = conversion(unit, canonical, mass)
    assert found is not None
    assert canonical_number(found) == factor


@pytest.mark.parametrize(("unit", "canonical", "mass", "why"), NOT_CONVERTIBLE)
def test_units_that_measure_something_else_do_not_convert(
    unit: str, canonical: str, mass: float | None, why: str
):
    """What can't be converted is None, never a guess."""
    assert conversion(unit, canonical, mass) is None, why


@given(st.floats(0.01, 10_000), st.sampled_from(["mg/dL", "umol/L", "mmol/L", "g/L", "ug/mL"]))
def test_conversion_there_and_back_keeps_the_number(number: float, unit: str):
    """Converting to the canonical unit and back gives the number again."""
    there, back = conversion(unit, "mg/dL", 113.12), conversion("mg/dL", unit, 113.12)
    assert there is not None
    assert back is not None
    assert canonical_number(number * there * back) == pytest.approx(number, rel=1e-11)


def test_every_canonical_unit_of_the_ontology_converts_to_itself():
    """Each quantity's own unit is understood, so a result in it is always usable."""
    units = {concept.unit for concept in packaged_concepts().values() if concept.unit}
    assert len(units) > 10
    assert {unit: conversion(unit, unit) for unit in units} == dict.fromkeys(units, 1.0)
