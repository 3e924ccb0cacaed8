import re
import tomllib
from decimal import Decimal

import pytest

from trialgraph.graph.doses import Mention, dosed_concept, find_doses

from .shared_files import ROOT

CASES = tomllib.loads((ROOT / "tests" / "cases" / "doses.toml").read_text(encoding="utf-8"))["case"]


def test_there_are_cases() -> None:
    """The collector found them."""
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_doses_are_read_as_stated(case: dict[str, object]) -> None:
    """Each phrase is verbatim with its amounts, unit and fractions; what is no dose gives none."""
    text = str(case["text"])
    found = []
    for dose in find_doses(text):
        assert text[slice(*dose.span)] == dose.text
        amounts = {"low": dose.low, "high": dose.high, "per_fraction": dose.per_fraction}
        stated = {name: amount for name, amount in amounts.items() if amount is not None}
        fractions = {} if dose.fractions is None else {"fractions": dose.fractions}
        found.append({"text": dose.text, "unit": dose.unit, **stated, **fractions})
    numbers = ("low", "high", "per_fraction")
    wanted = [
        {name: Decimal(str(value)) if name in numbers else value for name, value in dose.items()}
        for dose in case["doses"]  # type: ignore[attr-defined]
    ]
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Alpha: 1000 mg/m2 BID, D1-14, Q3W × 4 cycles Beta: 130 mg/m2 IV", ["Alpha", "Beta"]),
        ("Alpha 5 mg Beta 10 mg", ["Alpha", "Beta"]),
        ("1 mg of Alpha and 2 mg Beta", ["Alpha", "Beta"]),
        ("Alpha will be administered orally at a dose of 5 mg", ["Alpha"]),
        ("Alpha (5 mg) plus Beta intravenously 10 mg", ["Alpha", "Beta"]),
        ("Alpha (Beta) at a total dose of 5 mg", ["Beta"]),
        ("Alpha plus XY-1 600 mg", [None]),
        ("Alpha (not with XY-1) 5 mg", [None]),
        ("Alpha 5 mg, then 10 mg", ["Alpha", None]),
        ("Alpha. Then 5 mg daily", [None]),
        ("5 mg daily until Alpha is given", [None]),
        ("300 mg or 600 mg Alpha", [None, "Alpha"]),
        ("5 mg Alpha 10 mg", ["Alpha", None]),
        ("5 mg", [None]),
    ],
)
def test_a_dose_belongs_to_the_name_beside_it(text: str, expected: list[str | None]) -> None:
    """The name right before it, else right after it; across other words nothing is stated."""
    mentions = [Mention(name[0], *name.span()) for name in re.finditer("Alpha|Beta", text)]
    found, since = [], 0
    for dose in find_doses(text):
        mention = dosed_concept(text, dose, mentions, since)
        found.append(mention.concept if mention else None)
        since = max(dose.span[1], mention.end if mention else 0)
    assert found == expected
