"""Expressions keep their meaning through the contract's JSON."""

import json

import pytest
from hypothesis import given

from tests.strategies import expressions
from trialgraph.errors import InputError
from trialgraph.expressions import Expression, Limit, Narrative, Value, Window, atoms, from_json, to_json

KEYS = {
    "value": {
        "concept", "concept_label", "low", "low_inclusive", "high", "high_inclusive", "unit", "relative_to",
        "within", "span",
    },
    "fact": {"concept", "concept_label", "category", "modifiers", "count", "size", "within", "span"},
    "narrative": {"text", "reason", "span"},
}  # fmt: skip


@given(expressions)
def test_json_round_trip(expression: Expression) -> None:
    """An expression is the same after a trip through JSON text."""
    assert from_json(json.loads(json.dumps(to_json(expression)))) == expression


@given(expressions)
def test_every_atom_carries_the_keys_of_the_contract(expression: Expression) -> None:
    """No atom's object lacks a key that the design lays down."""
    for atom in atoms(expression):
        document = to_json(atom)
        assert KEYS[document["type"]] <= document.keys()


def test_the_example_of_the_design() -> None:
    """A neutrophil limit within 14 days is written as the design shows it."""
    value = Value(
        "https://w3id.org/trialgraph/concept/AbsoluteNeutrophilCount",
        "absolute neutrophil count",
        Limit(low=1.5),
        unit="10*9/L",
        within=Window(14, "day", "within 14 days before enrolment"),
        span=(120, 134),
    )
    document = to_json(value)
    assert document["low"] == 1.5
    assert document["low_inclusive"] is True
    assert document["high"] is None
    assert document["high_inclusive"] is False
    assert document["within"]["max_days"] == 14
    assert document["span"] == [120, 134]


@pytest.mark.parametrize(("amount", "unit", "days"), [(2, "week", 14), (6, "month", 183), (1, "year", 365)])
def test_a_window_has_a_nominal_length_in_days(amount: float, unit: str, days: int) -> None:
    """Readers that don't do calendars get a rounded number of days."""
    assert Window(amount, unit, "as written").max_days == days  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"type": "all_of", "operands": [{"type": "never"}]}, "$.operands[0]"),
        ({"type": "not", "operand": {"type": "fact"}}, "$.operand"),
        ({"operands": []}, "$"),
    ],
)
def test_what_is_no_expression_is_named_by_its_json_path(document: dict[str, object], place: str) -> None:
    """The message says where in the document the expression is wrong."""
    with pytest.raises(InputError) as caught:
        from_json(document)
    assert caught.value.where == place


def test_narratives_are_atoms() -> None:
    """The leaves of a lone narrative are the narrative itself."""
    narrative = Narrative("Good compliance", "judgement")
    assert list(atoms(narrative)) == [narrative]
