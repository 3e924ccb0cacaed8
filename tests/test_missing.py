"""What is missing is named as a coordinator would ask for it, and alike in all trials."""

from datetime import date
from typing import Any

import pytest

from trialgraph.evaluation import Finding, deciding_atoms
from trialgraph.expressions import AllOf, Expression, Fact, Limit, Value, Window
from trialgraph.missing import MissingFact, missing_facts
from trialgraph.namespaces import TGC
from trialgraph.screening import screen
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.views import Interval, Presence, Quantity, ScreeningView, TimeAgo

AGO = TimeAgo(40, 40, 2, 2)
OPEN = TimeAgo(0, 400, 0, 14)


def _quantity(low: float, high: float, **more: Any) -> Quantity:
    return Quantity(Interval(low, high), None, None, AGO, "a result", ("Observation/1",), **more)


VIEW = ScreeningView(
    "p",
    date(2025, 9, 1),
    quantities={
        "x:score": _quantity(5, 7),
        "x:parted": _quantity(5, 7, lacking=("INR", "ascites")),
        "x:bound": _quantity(0, float("inf")),
        "x:twice": _quantity(1, 9, conflict=True),
        "x:old": _quantity(2, 2),
        "x:met-count": _quantity(1, float("inf")),
        "x:met-size": _quantity(10, float("inf")),
    },
    present={
        key: Presence(OPEN, None, "recorded", ("Condition/1",)) for key in ("x:met", "x:drug", "x:pain")
    },
    conflicts={"x:torn": ("Condition/1", "Condition/2")},
    unscored={"x:clearance": ("body weight",)},
)
WINDOW = Window(14, "day", "within 14 days")


def _value(name: str, **more: Any) -> Value:
    return Value(f"x:{name}", name, Limit(low=6), **more)


def _fact(name: str, **more: Any) -> Fact:
    return Fact(f"x:{name}", name, more.pop("category", "condition"), **more)


def _missing(expression: Expression) -> list[MissingFact]:
    criterion = ScreenableCriterion("I1", "inclusion", "words", expression)
    findings: list[Finding] = list(deciding_atoms(criterion.admits, VIEW))
    return [fact for fact in missing_facts([(criterion, findings)], VIEW) if fact.kind != "list"]


@pytest.mark.parametrize(
    ("atom", "need", "kind"),
    [
        pytest.param(_value("albumin"), "albumin", "result", id="no result"),
        pytest.param(_value("score"), "score (5 to 7 so far)", "result", id="an interval"),
        pytest.param(
            _value("parted"),
            "parted (5 to 7 so far; not recorded: INR, ascites)",
            "result",
            id="a score that lacks parts",
        ),
        pytest.param(
            _value("clearance"),
            "clearance, or to work it out: body weight",
            "result",
            id="a score that isn't worked out",
        ),
        pytest.param(
            Fact(str(TGC.MicrosatelliteStable), "microsatellite stable", "biomarker"),
            "microsatellite stable / mismatch repair proficient",
            "result",
            id="one phenotype of two names",
        ),
        pytest.param(_value("bound"), "bound, more exactly", "result", id="a bound"),
        pytest.param(_value("twice"), "which result of twice is right", "result", id="a conflict of results"),
        pytest.param(_value("old", within=WINDOW), "a newer old", "result", id="an old result"),
        pytest.param(_value("old", relative_to="ULN"), "reference range of old", "result", id="no range"),
        pytest.param(_value("old", relative_to="baseline"), "baseline of old", "result", id="no baseline"),
        pytest.param(_fact("asthma"), "asthma", "fact", id="nothing recorded"),
        pytest.param(_fact("msi", category="biomarker"), "msi", "result", id="a test that wasn't made"),
        pytest.param(_fact("torn"), "which record of torn is right", "fact", id="a conflict of facts"),
        pytest.param(
            _fact("pain", modifiers={"severity": "severe"}), "pain: “severe”?", "fact", id="a quality"
        ),
        pytest.param(
            _fact("asthma", modifiers={"severity": "severe"}), "asthma", "fact", id="a quality of none"
        ),
        pytest.param(_fact("drug", within=WINDOW), "drug: when", "fact", id="an open date"),
        pytest.param(
            _fact("pain", modifiers={"status": "active"}),
            "pain: whether it is ongoing",
            "fact",
            id="a status",
        ),
        pytest.param(
            _fact("met", category="lesion", count=Limit(high=5)), "met: how many", "fact", id="a number"
        ),
        pytest.param(
            _fact("met", category="lesion", size=Limit(high=50)), "met: how large", "fact", id="a size"
        ),
    ],
)
def test_what_is_missing_is_named_by_what_is_open(atom: Value | Fact, need: str, kind: str) -> None:
    """What the record has is not asked for again; what it leaves open of it is."""
    assert [(fact.need, fact.kind) for fact in _missing(atom)] == [(need, kind)]


def test_one_need_counts_over_trials_and_criteria() -> None:
    """The worklist adds up what a need settles, and lists first what settles most trials."""
    both, one = _fact("asthma"), _value("albumin")
    trials = [
        ScreenableTrial("NCT00000001", "", _criteria(AllOf((both, one)), both)),
        ScreenableTrial("NCT00000002", "", _criteria(both)),
    ]
    worklist = [item for item in screen(VIEW, trials, engine="index").worklist if item.kind != "list"]
    assert [(item.need, item.trials, item.criteria) for item in worklist] == [
        ("asthma", 2, 3),
        ("albumin", 1, 1),
    ]


def _criteria(*expressions: Expression) -> tuple[ScreenableCriterion, ...]:
    return tuple(
        ScreenableCriterion(f"I{number}", "inclusion", "words", each)
        for number, each in enumerate(expressions, 1)
    )


def test_what_a_list_would_tell_is_covered_by_it() -> None:
    """A disease is on the problem list, a result on none."""
    asthma, albumin = _fact("asthma"), _value("albumin")
    trial = ScreenableTrial("NCT00000001", "", _criteria(asthma, albumin, _fact("msi", category="biomarker")))
    covered = {item.need: item.covered for item in screen(VIEW, [trial], engine="index").worklist}
    assert covered == {
        "asthma": True,
        "albumin": False,
        "msi": False,
        "whether all conditions are recorded": False,
    }
