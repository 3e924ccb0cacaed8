"""Patients one fact away from each other get the verdicts that a careful clinician expects."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.compact_patients import bundle_of
from tests.packaged_trials import packaged_trials
from trialgraph.derivation import screening_view
from trialgraph.patients.fhir import from_fhir
from trialgraph.screening import Engine, Screening, screen
from trialgraph.views import Completeness, ScreeningView

Case = dict[str, Any]


def _read(path: Path) -> list[Case]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    shared = {key: document[key] for key in ("trial", "as_of", "base")}
    return [shared | case for case in document["case"]]


CASES = [case for path in sorted(Path(__file__).parent.glob("cases/patients/*.toml")) for case in _read(path)]


def view_of(case: Case) -> ScreeningView:
    """Return the view of a case's patient on its day."""
    record = from_fhir(bundle_of(case["base"], case.get("with", ()), case.get("without", ())))
    every: tuple[Completeness, ...] = get_args(Completeness)
    assumed = case.get("complete", every)
    return screening_view(record, date.fromisoformat(case["as_of"]), assume_complete=assumed)


def _screened(case: Case, engine: Engine = "index") -> Screening:
    return screen(view_of(case), [packaged_trials()[case["trial"]]], engine=engine)


def test_there_are_cases_of_every_trial() -> None:
    """At least sixty changes are described, some of each of the five trials."""
    assert len(CASES) >= 60
    assert len({case["trial"] for case in CASES}) == 5


def _param(case: Case) -> Any:
    marks = [pytest.mark.xfail(strict=True, reason=case["awaits"])] if "awaits" in case else []
    return pytest.param(case, id=f"{case['trial']} {case['name']}", marks=marks)


@pytest.mark.parametrize("case", [_param(case) for case in CASES])
def test_one_fact_away(case: Case) -> None:
    """Each criterion that a change is about has one of the verdicts expected."""
    verdicts = {each.criterion.id: each for each in _screened(case).trials[0].criteria}
    wrong = [
        f"{name}: {verdicts[name].verdict} ({verdicts[name].explanation}), wanted {wanted}"
        for name, wanted in case["expect"].items()
        if verdicts[name].verdict not in wanted.split(" or ")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("engine", "every"), [("pyshacl", 8), ("rudof", 3)])
def test_the_engines_agree_on_the_cases(engine: Engine, every: int) -> None:
    """Both SHACL engines, rudof and pySHACL, give the verdicts of the reference evaluator.

    They take their time, so rudof is asked about each third patient, some of every trial, and pySHACL, which
    takes three times as long, about each eighth.
    """
    for number, case in list(enumerate(CASES))[::every]:
        view, trial = _known_view(number), packaged_trials()[case["trial"]]
        rails, reference = (
            screen(view, [trial], engine=each).trials[0].criteria for each in (engine, "index")
        )
        assert [each.verdict for each in rails] == [each.verdict for each in reference], case["name"]


@cache
def _known_view(number: int) -> ScreeningView:
    return view_of(CASES[number])
