"""Numbers of records: how they are written, and what is normal."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patient_resources import observation, record
from trialgraph.derivation import screening_view
from trialgraph.namespaces import TGC
from trialgraph.patients.amounts import amount_of, normal_of
from trialgraph.patients.dates import moment
from trialgraph.patients.facts import Amount, Measurement


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("12.8 g/dL", Amount(12.8, 12.8, unit="g/dL")),
        ("8,9 g/dL", Amount(8.9, 8.9, unit="g/dL")),
        ("1,500", None),
        ("60-70", Amount(60, 70)),
        ("0.7 – 1.2 mg/dL", Amount(0.7, 1.2, unit="mg/dL")),
        ("70-60", None),
        ("< 0.5", Amount(None, 0.5, high_open=True)),
        ("≥ 90", Amount(90, None)),
        ("2025-05-01", None),
        ("about 5", None),
        (True, None),
        ({"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "mg"}}, None),
    ],
)
def test_numbers_are_read_as_written(written: Any, wanted: Amount | None) -> None:
    """A number, a range, a comparator, a decimal comma; what leaves room for another reading is none."""
    assert amount_of(written) == wanted


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ({"referenceRange": [{"text": "0.7 - 1.2 mg/dL"}]}, (0.7, 1.2, "")),
        ({"referenceRange": [{"text": "<40"}]}, (None, 40.0, "")),
        ({"referenceRange": [{"text": "see comment"}]}, (None, None, "")),
        ({"interpretation": [{"coding": [{"code": "H"}]}]}, (None, None, "above")),
        ({"interpretation": [{"coding": [{"code": "N"}]}, {"coding": [{"code": "H"}]}]}, (None, None, "")),
        (
            {
                "referenceRange": [
                    {"high": {"value": 1.2}, "appliesTo": [{"text": "Male"}]},
                    {"high": {"value": 1.0}, "appliesTo": [{"text": "Female"}]},
                ]
            },
            (None, 1.0, ""),
        ),
        ({"referenceRange": [{"high": {"value": 1.2}}, {"high": {"value": 1.0}}]}, (None, None, "")),
    ],
)
def test_what_is_normal_is_read_where_it_is_plain(part: Any, wanted: tuple[float, float, str]) -> None:
    """Limits in words, those of the patient's sex, or else on which side of them the result is said to be."""
    assert tuple(normal_of(part, "mg/dL", "female")) == wanted


def test_without_a_sex_ranges_for_each_leave_it_open() -> None:
    """Of two ranges for the two sexes none is taken when the sex isn't known."""
    ranges = [
        {"high": {"value": high}, "appliesTo": [{"text": sex}]}
        for high, sex in ((1.2, "male"), (1.0, "female"))
    ]
    assert tuple(normal_of({"referenceRange": ranges}, "mg/dL", None)) == (None, None, "")


def test_a_moment_needs_its_time_zone() -> None:
    """Times of one day order results only where their zone is stated."""
    assert moment("2025-08-26T08:00:00+02:00") == datetime(2025, 8, 26, 6, tzinfo=UTC)
    assert moment("2025-08-26T08:00:00") is None
    assert moment("2025-08-26") is None


@settings(max_examples=25)
@given(st.integers(1, 400), st.integers(1, 400))
def test_an_interpretation_says_no_more_than_the_limits(value: int, limit: int) -> None:
    """Above or within its limit, a result lies where its interpretation alone leaves it."""
    code = "H" if value > limit else "N"
    limits = {"referenceRange": [{"high": {"value": limit, "unit": "U/L"}}]}
    told = {"interpretation": [{"coding": [{"code": code}]}]}
    exact, rough = (
        screening_view(
            record(observation("alanine aminotransferase", (value, "U/L"), **more)), date(2025, 9, 1)
        )
        .quantities[str(TGC.AlanineAminotransferase)]
        .times_uln
        for more in (limits, told)
    )
    assert exact is not None
    assert rough is not None
    assert rough.low <= exact.low
    assert exact.high <= rough.high


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("ECOG 2", (2, 2)),
        ("Grade 1", (1, 1)),
        ("1-2", (1, 2)),
        ("not assessed", None),
        ("2 of 5 drugs", None),
    ],
)
def test_a_score_in_words_is_read_beside_its_own_name(answer: str, wanted: tuple[int, int] | None) -> None:
    """Words that are in a name of the score may stand beside its number, and no others."""
    facts = record(observation("ECOG performance status", answer)).facts
    found = [(fact.value.low, fact.value.high) for fact in facts if isinstance(fact, Measurement)]
    assert found == ([wanted] if wanted else [])
