"""Which failures may end: by a new test, on a date, or never."""

from datetime import date, timedelta
from io import StringIO
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.compact_patients import bundle_of
from tests.strategies import expressions, views
from trialgraph.changes import CANNOT_CHANGE, RETESTED
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Not, Value, Window
from trialgraph.namespaces import TGC
from trialgraph.patients.fhir import from_fhir
from trialgraph.reports.page import screening_page
from trialgraph.reports.terminal import print_screening
from trialgraph.screening import CriterionVerdict, screen
from trialgraph.shapes.eligibility import Kind, ScreenableCriterion, ScreenableTrial
from trialgraph.views import Completeness, ScreeningView

TODAY = date(2025, 9, 1)
BASE = [
    {"patient": "male", "born": "1947-03-14"},
    {"lab": "Hemoglobin", "value": 71, "unit": "g/L"},
    {"procedure": "Sigmoid colectomy", "on": "2025-08-02"},
    {"id": "now", "drug": "Prednisone", "on": "2025-08-10", "status": "in-progress"},
    {"id": "done", "drug": "Nivolumab", "on": "2024-04-10", "to": "2024-09-20"},
    {"id": "month", "drug": "Oxaliplatin", "on": "2025-02", "to": "2025-05"},
    {"condition": "Pneumonia", "clinical": "active", "began": "2025-08-20"},
    {"condition": "Myocardial infarction", "began": "2019-02-10"},
    {"condition": "Chronic kidney disease", "clinical": "active", "began": "2019-02-10"},
]


def _fact(name: str, category: str, within: tuple[float, str] | None = None, **qualities: str) -> Fact:
    window = Window(within[0], within[1], "as stated") if within else None  # type: ignore[arg-type]
    return Fact(str(TGC[name]), name, category, qualities, within=window)  # type: ignore[arg-type]


def _value(name: str, **limit: float) -> Value:
    return Value(str(TGC[name]), name, Limit(**limit), unit="g/L" if name == "Hemoglobin" else "a")


OLD, ANEMIC = _value("Age", high=75), _value("Hemoglobin", low=90)
IMMUNE = _fact("Nivolumab", "treatment")
SURGERY = _fact("Surgery", "procedure", (4, "week"))
PNEUMONIA = _fact("Pneumonia", "condition", status="active")
KIDNEYS = _fact("ChronicKidneyDisease", "condition", status="active")
SURGERIES = [_fact("Surgery", "procedure", (months, "month")) for months in (1, 2)]
OPEN_SURGERY = Fact(
    SURGERY.concept, "surgery", "procedure", within=Window(1, "year", "whichever is longer", open=True)
)


def _view(as_of: date, *facts: dict[str, Any]) -> ScreeningView:
    every: tuple[Completeness, ...] = get_args(Completeness)
    return screening_view(from_fhir(bundle_of(facts or BASE, ())), as_of, assume_complete=every)


def _verdict(expression: Expression, view: ScreeningView, kind: Kind = "inclusion") -> CriterionVerdict:
    criterion = ScreenableCriterion("C1", kind, "its words", expression)
    return (
        screen(view, [ScreenableTrial("NCT00000000", "", (criterion,))], engine="index").trials[0].criteria[0]
    )


@pytest.mark.parametrize(
    ("demanded", "expected"),
    [
        pytest.param(OLD, CANNOT_CHANGE, id="an upper age limit"),
        pytest.param(Not(_value("Age", low=65)), CANNOT_CHANGE, id="an age that is excluded from below"),
        pytest.param(_value("Age", low=80), None, id="a lower age limit, which is reached some day"),
        pytest.param(_fact("FemaleSex", "demographic"), CANNOT_CHANGE, id="the other sex"),
        pytest.param(ANEMIC, RETESTED, id="a laboratory value"),
        pytest.param(Not(PNEUMONIA), RETESTED, id="an active infection"),
        pytest.param(Not(KIDNEYS), None, id="a disease that may pass"),
        pytest.param(Not(_fact("MyocardialInfarction", "condition")), CANNOT_CHANGE, id="an acute event"),
        pytest.param(
            Not(_fact("ChronicKidneyDisease", "condition", status="history")), CANNOT_CHANGE, id="a history"
        ),
        pytest.param(Not(IMMUNE), CANNOT_CHANGE, id="a prior therapy"),
        pytest.param(Not(_fact("Prednisone", "treatment")), None, id="a treatment that goes on"),
        pytest.param(_fact("Sorafenib", "treatment"), None, id="a treatment that may yet be given"),
        pytest.param(Not(SURGERY), "from 2025-08-31", id="a window in weeks"),
        pytest.param(Not(SURGERIES[0]), "from 2025-09-03", id="a window in months"),
        pytest.param(Not(OPEN_SURGERY), None, id="a window that may reach further back"),
        pytest.param(
            Not(_fact("Oxaliplatin", "treatment", (6, "month"))), "from 2025-12-01", id="a date in some month"
        ),
        pytest.param(
            Not(_fact("Prednisone", "treatment", (4, "week"))), None, id="a window with what goes on"
        ),
        pytest.param(AllOf((ANEMIC, OLD)), CANNOT_CHANGE, id="two bars, one of which stays"),
        pytest.param(AnyOf((ANEMIC, OLD)), RETESTED, id="two ways in, one of which is closed"),
        pytest.param(AllOf((Not(SURGERIES[0]), Not(SURGERIES[1]))), "from 2025-10-03", id="two windows"),
        pytest.param(AllOf((ANEMIC, Not(SURGERIES[1]))), None, id="a test and a window"),
    ],
)
def test_what_may_change_of_a_failure(demanded: Expression, expected: str | None) -> None:
    """A failure says that it can be re-tested, from when it is over, or that it stays; or nothing."""
    as_of = date(2025, 8, 25) if demanded == Not(SURGERY) else TODAY
    verdict = _verdict(demanded, _view(as_of))
    assert (verdict.verdict, verdict.changes) == ("fail", expected)


def test_another_cancer_than_the_study_disease_may_bar_without_an_end() -> None:
    """A cancer that is no kind of the study disease bars as another one, and nothing is said of its end."""
    other = _fact("MalignantNeoplasm", "condition", (5, "year"), relation="other")
    criterion = ScreenableCriterion("E1", "exclusion", "its words", other, study=(str(TGC.LungCancer),))
    cancer = {"condition": "Adenocarcinoma of the rectum", "clinical": "active", "began": "2025-08-04"}
    view = _view(TODAY, BASE[0], cancer)
    result = screen(view, [ScreenableTrial("NCT00000000", "", (criterion,))], engine="index").trials[0]
    assert (result.criteria[0].verdict, result.criteria[0].changes) == ("fail", None)


@settings(max_examples=40)
@given(
    born=st.dates(date(1920, 1, 1), date(2005, 1, 1)),
    limit=st.integers(18, 80),
    inclusive=st.booleans(),
    later=st.integers(0, 20_000),
)
def test_a_failed_upper_age_limit_never_changes(born: date, limit: int, inclusive: bool, later: int) -> None:
    """Who is too old cannot change, and is too old on any later day."""
    demanded = Value(str(TGC.Age), "age", Limit(high=limit, high_inclusive=inclusive), unit="a")
    patient = {"patient": "male", "born": born.isoformat()}
    verdict = _verdict(demanded, _view(TODAY, patient))
    assert (verdict.verdict == "fail") == (verdict.changes == CANNOT_CHANGE)
    if verdict.verdict == "fail":
        assert _verdict(demanded, _view(TODAY + timedelta(days=later), patient)).verdict == "fail"


@settings(max_examples=60)
@given(
    on=st.dates(date(2023, 1, 1), TODAY - timedelta(days=1)),
    amount=st.integers(1, 14),
    unit=st.sampled_from(["day", "week", "month", "year"]),
    imprecise=st.booleans(),
)
def test_a_window_passes_on_the_day_that_is_told(on: date, amount: int, unit: str, imprecise: bool) -> None:
    """Screened as of that day the criterion is passed, and the day before it is failed or open."""
    day = on.isoformat()[:7] if imprecise else on.isoformat()
    demanded = _fact("Surgery", "procedure", (amount, unit))
    surgery = {"procedure": "Sigmoid colectomy", "on": day}
    patient = BASE[0]
    verdict = _verdict(demanded, _view(TODAY, patient, surgery), "exclusion")
    if verdict.verdict != "fail":
        assert verdict.changes is None
    else:
        assert verdict.changes is not None
        told = date.fromisoformat(verdict.changes.removeprefix("from "))
        assert told > TODAY
        assert _verdict(demanded, _view(told, patient, surgery), "exclusion").verdict == "pass"
        before = _verdict(demanded, _view(told - timedelta(days=1), patient, surgery), "exclusion").verdict
        assert before == "fail" if not imprecise else before != "pass"


@settings(max_examples=100)
@given(expressions, views(), views())
def test_only_failures_change_and_those_that_cannot_fail_whatever_is_shown(
    expression: Expression, view: ScreeningView, other: ScreeningView
) -> None:
    """What isn't failed says nothing; a failure that cannot change is none of a measured value alone."""
    verdict = _verdict(expression, view)
    if evaluate(verdict.criterion.admits, view) is not False:
        assert verdict.changes is None
    elif verdict.changes == CANNOT_CHANGE:
        kept = dict(view.present)
        new = ScreeningView("later", other.as_of, present=kept, over=view.over, quantities=other.quantities)
        assert _verdict(expression, new).verdict == "fail"


def test_table_and_page_say_what_may_change() -> None:
    """Beside the verdict, where an unknown one has its reason."""
    criterion = ScreenableCriterion("I1", "inclusion", "its words", OLD)
    screening = screen(_view(TODAY), [ScreenableTrial("NCT00000000", "", (criterion,))], engine="index")
    console = Console(width=120, record=True, file=StringIO())
    print_screening(screening, console)
    assert "fail (cannot change)" in console.export_text()
    assert "<small>cannot change</small>" in screening_page(screening)
