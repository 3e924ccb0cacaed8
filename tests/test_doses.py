import tomllib
from decimal import Decimal

import pytest

from trialgraph.graph.doses import find_doses

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
