"""What one demand implies of another: whatever is said to follow does."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import _branches, facts, lesions, limits, narratives, views
from trialgraph.equivalence import normal_form
from trialgraph.evaluation import evaluate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value, Window
from trialgraph.implication import implies
from trialgraph.namespaces import TGC
from trialgraph.views import ScreeningView

# One quantity and one fact, so that two expressions are often about the same.
QUANTITY, FACT = str(TGC.TotalBilirubin), str(TGC.Nivolumab)
histories = st.sampled_from(
    [{}, {"status": "active"}, {"status": "history"}, {"status": "planned"}, {"severity": "severe"}]
)
one_fact = st.builds(
    lambda fact, modifiers: replace(fact, concept=FACT, modifiers=modifiers), facts, histories
)
one_quantity = st.builds(Value, st.just(QUANTITY), st.just("bilirubin"), limits(), unit=st.just("10*9/L"))
leaves: st.SearchStrategy[Expression] = one_quantity | one_fact | lesions | narratives
small = (leaves | leaves.map(Not) | st.recursive(leaves, _branches, max_leaves=4)).map(normal_form)


@settings(max_examples=1500)
@given(small, small, views())
def test_what_follows_holds_wherever_the_other_does(
    one: Expression, other: Expression, view: ScreeningView
) -> None:
    """Whoever is shown to meet the one is never shown not to meet the other."""
    if implies(one, other):
        assert not (evaluate(one, view) is True and evaluate(other, view) is False)


@settings(max_examples=300)
@given(small)
def test_each_expression_implies_itself(expression: Expression) -> None:
    """And what it is a part of, and each of its parts that has to hold."""
    assert implies(expression, expression)
    extra = Fact(str(TGC.Nausea), "nausea", "condition")
    assert implies(expression, normal_form(AnyOf((expression, extra))))
    assert implies(normal_form(AllOf((expression, extra))), expression)


def fact(name: str, **more: object) -> Fact:
    """Return a fact about a packaged concept."""
    return Fact(str(TGC[name]), name, "condition", **more)  # type: ignore[arg-type]


def value(low: float | None = None, high: float | None = None, **more: object) -> Value:
    """Return a limit of bilirubin."""
    return Value(QUANTITY, "bilirubin", Limit(low, True, high, True), **more)  # type: ignore[arg-type]


HALF_YEAR, YEAR = Window(6, "month", "within 6 months"), Window(1, "year", "within a year")
DAYS = Window(100, "day", "within 100 days")


@pytest.mark.parametrize(
    ("one", "other", "follows"),
    [
        (value(high=1), value(high=2), True),
        (value(high=2), value(high=1), False),
        (value(high=1), value(high=1.0, relative_to="ULN"), False),
        (value(high=1, within=HALF_YEAR), value(high=2), False),
        (fact("Nivolumab"), fact("PD1Inhibitor"), True),
        (fact("PD1Inhibitor"), fact("Nivolumab"), False),
        (Not(fact("PD1Inhibitor")), Not(fact("Nivolumab")), True),
        (Not(fact("Nivolumab")), Not(fact("PD1Inhibitor")), False),
        (fact("Nivolumab", within=HALF_YEAR), fact("Nivolumab", within=YEAR), True),
        (fact("Nivolumab", within=YEAR), fact("Nivolumab", within=HALF_YEAR), False),
        (fact("Nivolumab", within=DAYS), fact("Nivolumab", within=YEAR), False),
        (fact("Asthma", within=HALF_YEAR), fact("Asthma"), False),
        (fact("Asthma"), fact("Asthma", modifiers={"status": "history"}), True),
        (fact("Asthma", modifiers={"status": "history"}), fact("Asthma"), False),
        (fact("Asthma", modifiers={"severity": "severe"}), fact("Asthma"), True),
        (fact("Asthma"), fact("Asthma", modifiers={"severity": "severe"}), False),
        (Not(fact("Asthma")), Not(fact("Asthma", modifiers={"severity": "severe"})), True),
        (fact("Asthma"), AnyOf((fact("Asthma"), value(high=1))), True),
        (AnyOf((fact("Asthma"), value(high=1))), fact("Asthma"), False),
        (AllOf((fact("Asthma"), value(high=1))), value(high=2), True),
        (Narrative("Fit", "judgement"), Narrative("fit", "judgement"), True),
        (fact("Asthma", modifiers={"context": "speaks of it"}), fact("Asthma"), False),
    ],
)
def test_what_follows(one: Expression, other: Expression, follows: bool) -> None:
    """Intervals, windows, qualities, the tree of concepts and the operators, each both ways."""
    assert implies(normal_form(one), normal_form(other)) is follows
