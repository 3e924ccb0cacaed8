"""The example patients beside the checkout get the verdicts that a careful reader accepts."""

import json
from datetime import date
from typing import Any, get_args

import pytest

from tests.packaged_trials import packaged_trials
from tests.shared_files import SHARED, shared_file
from trialgraph.derivation import screening_view
from trialgraph.patients import read_patients
from trialgraph.screening import screen, to_json
from trialgraph.views import Completeness

_CASES = SHARED / "patients" / "cases.json"
CASES: list[dict[str, Any]] = json.loads(_CASES.read_text(encoding="utf-8")) if _CASES.exists() else []


def _screened(case: dict[str, Any]) -> dict[str, Any]:
    [record] = read_patients(shared_file(f"patients/{case['bundle']}"))
    every: tuple[Completeness, ...] = get_args(Completeness)
    assumed = every if "all" in case["assume_complete"] else tuple(case["assume_complete"])
    view = screening_view(record, date.fromisoformat(case["as_of"]), assume_complete=assumed)
    return to_json(screen(view, [packaged_trials()[case["trial"]]]))["trials"][0]


def test_the_cases_are_there() -> None:
    """Ten patients are beside the checkout, or the reason to skip is named."""
    shared_file("patients/cases.json")
    assert len(CASES) >= 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_example_patient(case: dict[str, Any]) -> None:
    """The overall verdict and each expected criterion's verdict are among those accepted."""
    result = _screened(case)
    wrong = []
    for expected in case["expected"]:
        snippet = " ".join(expected["snippet"].split())
        found = [
            criterion
            for criterion in result["criteria"]
            if criterion["kind"] == expected["kind"] and snippet in " ".join(criterion["text"].split())
        ]
        assert found, f"no {expected['kind']} criterion has the words {snippet!r}"
        for criterion in found:
            if criterion["verdict"] not in expected["verdict"]:
                wrong.append(
                    f"{criterion['id']} {snippet!r}: {criterion['verdict']} ({criterion['explanation']}), "
                    f"wanted {expected['verdict']}: {expected['why']}"
                )
    assert not wrong, "\n".join(wrong)
    assert result["verdict"] in case["expected_overall"]
