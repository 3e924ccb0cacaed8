"""Screening: Kleene's logic, verdicts, reasons, explanations and the worklist."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import expressions, views
from trialgraph.evaluation import deciding_atoms, evaluate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value, Window
from trialgraph.namespaces import TGC
from trialgraph.screening import screen, to_json
from trialgraph.shapes.eligibility import Kind, ScreenableCriterion, ScreenableTrial
from trialgraph.views import Absence, Interval, Presence, Quantity, ScreeningView, TimeAgo

TODAY = TimeAgo(0, 0, 0, 0)
ANC = str(TGC.AbsoluteNeutrophilCount)
BRAIN = str(TGC.BrainMetastasis)
HAS, LACKS, OPEN = (
    Fact(BRAIN, "present", "condition"),
    Fact(ANC, "absent", "condition"),
    Fact("x:u", "open", "condition"),
)
TRUTHS = {True: HAS, False: LACKS, None: OPEN}
KLEENE_AND = {
    (True, True): True, (True, False): False, (True, None): None,
    (False, True): False, (False, False): False, (False, None): False,
    (None, True): None, (None, False): False, (None, None): None,
}  # fmt: skip
VIEW = ScreeningView(
    "p",
    date(2025, 9, 1),
    present={BRAIN: Presence(TODAY, True, "brain metastasis, active", ("Condition/1",))},
    absent={ANC: Absence("none")},
)


@pytest.mark.parametrize(("pair", "expected"), KLEENE_AND.items())
def test_and_is_kleenes(pair: tuple[bool | None, bool | None], expected: bool | None) -> None:
    """AND has Kleene's truth table."""
    assert evaluate(AllOf((TRUTHS[pair[0]], TRUTHS[pair[1]])), VIEW) is expected


@pytest.mark.parametrize(("pair", "expected"), KLEENE_AND.items())
def test_or_is_kleenes(pair: tuple[bool | None, bool | None], expected: bool | None) -> None:
    """OR has Kleene's truth table, which is that of AND with true and false exchanged."""
    turned = {True: False, False: True, None: None}
    operands = (TRUTHS[turned[pair[0]]], TRUTHS[turned[pair[1]]])
    assert evaluate(AnyOf(operands), VIEW) is turned[expected]


@pytest.mark.parametrize(("truth", "expected"), [(True, False), (False, True), (None, None)])
def test_not_is_kleenes(truth: bool | None, expected: bool | None) -> None:
    """NOT exchanges true and false, and leaves unknown unknown."""
    assert evaluate(Not(TRUTHS[truth]), VIEW) is expected


@given(st.lists(expressions, min_size=1, max_size=4), views())
def test_de_morgan(operands: list[Expression], view: ScreeningView) -> None:
    """NOT of an OR is the AND of the NOTs, and the other way round."""
    negated = tuple(Not(operand) for operand in operands)
    assert evaluate(Not(AnyOf(tuple(operands))), view) is evaluate(AllOf(negated), view)
    assert evaluate(Not(AllOf(tuple(operands))), view) is evaluate(AnyOf(negated), view)


@given(expressions, views())
def test_double_negation(expression: Expression, view: ScreeningView) -> None:
    """Two NOTs cancel."""
    assert evaluate(Not(Not(expression)), view) is evaluate(expression, view)


@given(expressions)
def test_an_empty_record_settles_nothing(expression: Expression) -> None:
    """Without facts and completeness no expression is true or false."""
    assert evaluate(expression, ScreeningView("p", date(2025, 9, 1))) is None


@given(expressions, views())
def test_an_unknown_expression_names_unknown_atoms_and_a_known_one_known_atoms(
    expression: Expression, view: ScreeningView
) -> None:
    """What explains a verdict is of the verdict's own kind."""
    truth = evaluate(expression, view)
    findings = list(deciding_atoms(expression, view))
    assert findings
    assert all((finding.truth is None) == (truth is None) for finding in findings)
    assert all((finding.reason is None) == (finding.truth is not None) for finding in findings)


def _anc(low: float, high: float, *, low_open: bool = False, high_open: bool = False) -> ScreeningView:
    interval = Interval(low, high, low_open, high_open)
    shown = Quantity(interval, None, None, TODAY, "ANC", ("Observation/1",))
    return ScreeningView("p", date(2025, 9, 1), quantities={ANC: shown})


@pytest.mark.parametrize(
    ("inclusive", "view", "expected"),
    [
        (True, _anc(1.5, 1.5), True),
        (True, _anc(1.4999, 1.4999), False),
        (True, _anc(1.5001, 1.5001), True),
        (False, _anc(1.5, 1.5), False),
        (False, _anc(1.5001, 1.5001), True),
        (True, _anc(0, 1.5, high_open=True), False),
        (True, _anc(0, 1.5), None),
        (False, _anc(1.5, 9, low_open=True), True),
        (False, _anc(1.5, 9), None),
        (True, _anc(1.0, 2.0), None),
    ],
)
def test_a_limit_below_at_and_above(inclusive: bool, view: ScreeningView, expected: bool | None) -> None:
    """At least 1.5 and more than 1.5 differ exactly at 1.5; an interval across it is unknown."""
    limit = Limit(low=1.5, low_inclusive=inclusive)
    assert evaluate(Value(ANC, "ANC", limit, unit="10*9/L"), view) is expected


def _trial(*criteria: tuple[str, Kind, Expression], scope: str | None = None) -> ScreenableTrial:
    made = (ScreenableCriterion(name, kind, name, reading, scope) for name, kind, reading in criteria)
    return ScreenableTrial("NCT00000000", "A trial", tuple(made))


def test_a_trial_is_ineligible_possible_or_eligible() -> None:
    """One failed criterion bars; without one, an unknown criterion leaves the trial possible."""
    passed, failed, unknown = ("I1", "inclusion", HAS), ("E1", "exclusion", HAS), ("I2", "inclusion", OPEN)
    verdicts = [
        screen(VIEW, [_trial(*criteria)]).trials[0].verdict
        for criteria in [(passed,), (passed, unknown), (passed, unknown, failed)]
    ]
    assert verdicts == ["eligible", "possible", "ineligible"]


def test_a_criterion_of_one_cohort_never_bars_the_trial() -> None:
    """Failing a criterion that a heading limits to a part leaves it unknown; meeting it passes."""
    barred = screen(VIEW, [_trial(("E1", "exclusion", HAS), scope="part B")]).trials[0]
    met = screen(VIEW, [_trial(("I1", "inclusion", HAS), scope="part B")]).trials[0]
    assert (barred.verdict, met.verdict) == ("possible", "eligible")


def test_missing_facts_are_those_that_could_settle_a_criterion() -> None:
    """A fact beside an open narrative is missing only where knowing it would decide."""
    narrative = Narrative("in the investigator's opinion", "judgement")
    either = ("I1", "inclusion", AnyOf((OPEN, narrative)))
    useless = ("I2", "inclusion", AllOf((AnyOf((OPEN, HAS)), narrative)))
    result = screen(VIEW, [_trial(either, useless)]).trials[0]
    assert [(fact.need, fact.settles) for fact in result.missing] == [("open", ("I1",))]


def test_a_complete_list_is_missing_where_its_silence_would_settle_a_criterion() -> None:
    """Several absences of one kind are settled by knowing that the list is complete, unless it is."""
    other = Fact("x:v", "another", "condition")
    trial = _trial(("E1", "exclusion", AnyOf((OPEN, other))), ("E2", "exclusion", OPEN))
    needs = {fact.need: fact.settles for fact in screen(VIEW, [trial]).trials[0].missing}
    assert needs["whether all conditions are recorded"] == ("E1", "E2")
    assumed = replace(VIEW, assumed=("conditions",))
    assert "whether all conditions are recorded" not in {
        fact.need for fact in screen(assumed, [trial]).trials[0].missing
    }


def test_an_ineligible_trial_asks_for_nothing() -> None:
    """What can't change a trial's verdict is not on the worklist."""
    screening = screen(VIEW, [_trial(("E1", "exclusion", HAS), ("I1", "inclusion", OPEN))])
    assert screening.worklist == ()
    assert screening.trials[0].missing == ()


def test_the_json_of_the_contract() -> None:
    """A screening has the keys that the design lays down, with evidence and explanation."""
    document = to_json(screen(VIEW, [_trial(("E1", "exclusion", HAS), ("I1", "inclusion", OPEN))]))
    assert document.keys() >= {"patient", "as_of", "assumed_complete", "trials", "worklist"}
    trial = document["trials"][0]
    assert trial.keys() >= {"trial", "title", "verdict", "criteria", "missing"}
    assert (
        trial["criteria"][0].items()
        >= {
            "id": "E1",
            "kind": "exclusion",
            "text": "E1",
            "verdict": "fail",
            "reason": None,
            "explanation": "brain metastasis, active",
            "evidence": ["Condition/1"],
            "axioms": [],
            "changes": None,
        }.items()
    )
    assert trial["criteria"][1]["reason"] == "missing"


@pytest.mark.parametrize("engine", ["index", "pyshacl", "rudof"])
def test_what_takes_a_person_is_open_in_every_engine(engine: str) -> None:
    """A criterion of words alone is unknown, beside others and by itself."""
    words = ("I1", "inclusion", Narrative("Good mood", "judgement"))
    for trial in (_trial(words), _trial(words, ("I2", "inclusion", HAS))):
        verdicts = screen(VIEW, [trial], engine=engine).trials[0].criteria  # type: ignore[arg-type]
        assert (verdicts[0].verdict, verdicts[0].reason) == ("unknown", "narrative")


@pytest.mark.parametrize("engine", ["index", "pyshacl", "rudof"])
def test_what_demands_nothing_passes_in_every_engine(engine: str) -> None:
    """A remark holds up no verdict, whatever it speaks of: as a criterion, or beside what is judged."""
    remark = Narrative("Prior surgery is allowed", "remark")
    spoken_of = replace(OPEN, modifiers={"context": "surgery"})
    for told in (remark, AllOf((remark, spoken_of)), AllOf((remark, HAS)), Not(AnyOf((remark, LACKS)))):
        trial = _trial(("I1", "inclusion", told))
        assert screen(VIEW, [trial], engine=engine).trials[0].verdict == "eligible"  # type: ignore[arg-type]
    for told, verdict in ((remark, "eligible"), (AllOf((remark, HAS)), "ineligible")):
        trial = _trial(("E1", "exclusion", told))
        assert screen(VIEW, [trial], engine=engine).trials[0].verdict == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["index", "pyshacl", "rudof"])
def test_all_engines_give_the_same(engine: str) -> None:
    """Every engine gives the JSON that the reference evaluator gives."""
    window = Fact(BRAIN, "brain metastasis", "condition", within=Window(6, "month", "within 6 months"))
    trial = _trial(("I1", "inclusion", window), ("E1", "exclusion", OPEN), ("E2", "exclusion", LACKS))
    assert to_json(screen(VIEW, [trial], engine=engine)) == to_json(screen(VIEW, [trial], engine="index"))  # type: ignore[arg-type]
