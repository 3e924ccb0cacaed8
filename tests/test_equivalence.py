"""Normal forms say what the expression says, in one way."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import QUANTITIES, _branches, facts, intervals, limits, narratives, views
from tests.strategies import expressions as varied
from trialgraph.equivalence import conjuncts, normal_form, same_meaning
from trialgraph.evaluation import evaluate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value, Window, atoms
from trialgraph.namespaces import TGC
from trialgraph.views import Interval, Quantity, ScreeningView, TimeAgo

# Few quantities and facts, so that laws about two operands with one subject apply often.
limited = st.builds(Value, st.just(QUANTITIES[0]), st.just("a quantity"), limits(), unit=st.just("10*9/L"))
some_facts = facts.map(lambda fact: replace(fact, modifiers={}, within=None))
excepting = facts.map(lambda fact: replace(fact, exceptions=(str(TGC.BrainMetastasis),)))
dense: st.SearchStrategy[Expression] = st.recursive(
    limited | some_facts | excepting | narratives, _branches, max_leaves=12
)
expressions = varied | dense


def value(low: float | None = None, high: float | None = None, **more: object) -> Value:
    """Return a limit of the first quantity."""
    return Value(QUANTITIES[0], "a quantity", Limit(low, True, high, True), "10*9/L", **more)  # type: ignore[arg-type]


A, B, C = (Fact(f"https://example.org/{name}", name, "condition") for name in "ABC")
J = Narrative("good mood", "judgement")


@settings(max_examples=1000)
@given(expressions, views())
def test_a_normal_form_has_the_verdict_of_the_expression(expression: Expression, view: ScreeningView) -> None:
    """True, false and unknown stay what they are, for every view."""
    assert evaluate(normal_form(expression), view) is evaluate(expression, view)


@settings(max_examples=500)
@given(st.lists(limited, min_size=2, max_size=3).map(tuple), st.sampled_from([AllOf, AnyOf]), intervals())
def test_limits_that_are_joined_hold_where_each_did(
    values: tuple[Value, ...], kind: type[AllOf] | type[AnyOf], interval: Interval
) -> None:
    """Whatever is known of a quantity, one range says what its limits said, bounds included or not."""
    quantity = Quantity(interval, None, None, TimeAgo(0, 0, 0, 0), "a result", ("Observation/1",))
    view = ScreeningView("p", date(2025, 9, 1), quantities={QUANTITIES[0]: quantity})
    for expression in (kind(values), Not(kind(values)), kind((kind(values[1:]), Not(values[0])))):
        assert evaluate(normal_form(expression), view) is evaluate(expression, view)


@settings(max_examples=300)
@given(expressions)
def test_a_normal_form_is_normal(expression: Expression) -> None:
    """Normalising twice changes nothing."""
    normal = normal_form(expression)
    assert normal_form(normal) == normal


@given(expressions)
def test_a_normal_form_nests_nothing_without_need(expression: Expression) -> None:
    """No operator is within one of its kind, has one operand, or is negated; nor is a limited value."""

    def check(node: Expression) -> None:
        if isinstance(node, AllOf | AnyOf):
            assert len(node.operands) != 1
            assert all(
                type(each) is not type(node) and each not in (AllOf(()), AnyOf(())) for each in node.operands
            )
            for each in node.operands:
                check(each)
        if isinstance(node, Not):
            assert isinstance(node.operand, Fact | Narrative)

    check(normal_form(expression))


@given(expressions)
def test_a_normal_form_has_no_new_subjects(expression: Expression) -> None:
    """It speaks of nothing that the expression does not speak of."""
    before, after = (
        {getattr(atom, "concept", "words") for atom in atoms(each)}
        for each in (expression, normal_form(expression))
    )
    assert after <= before


@given(st.permutations([A, B, Not(C), value(1), J]), st.sampled_from([AllOf, AnyOf]))
def test_the_order_of_operands_does_not_matter_to_the_meaning(
    operands: list[Expression], kind: type[AllOf] | type[AnyOf]
) -> None:
    """The normal form keeps the order; comparing doesn't mind it."""
    first = kind((A, B, Not(C), value(1), J))
    assert same_meaning(kind(tuple(operands)), first)
    normal = normal_form(kind(tuple(operands)))
    assert isinstance(normal, AllOf | AnyOf)
    assert [each for each in normal.operands if each in (A, B)] == [
        each for each in operands if each in (A, B)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (AllOf((A, AllOf((B, AllOf((A, C)))))), AllOf((A, B, C))),
        (AllOf((A,)), A),
        (Not(Not(A)), A),
        (Not(AllOf((A, Not(B)))), AnyOf((Not(A), B))),
        (AllOf((value(1), value(None, 3))), value(1, 3)),
        (AllOf((value(1, 5), value(3, 9))), value(3, 5)),
        (AnyOf((value(1), value(3))), value(1)),
        (AnyOf((value(1, 2), value(0, 5))), value(0, 5)),
        (AnyOf((value(1, 3), value(2, 5))), AnyOf((value(1, 3), value(2, 5)))),
        (AllOf((value(3), Not(value(None, 3)))), Not(value(None, 3))),
        (AnyOf((value(3), Not(value(None, 3)))), value(3)),
        (Not(value(3)), replace(value(), limit=Limit(high=3, high_inclusive=False))),
        (AllOf((A, AnyOf((B, A)))), A),
        (AnyOf((A, AllOf((B, A)))), A),
        (AllOf((value(3), AnyOf((B, value(1))))), value(3)),
        (AllOf((value(1), AnyOf((B, value(3))))), AllOf((value(1), AnyOf((B, value(3)))))),
        (AllOf((A, AnyOf(()))), AnyOf(())),
        (AnyOf((A, AnyOf(()))), A),
        (AllOf((J, Narrative("Good  mood", "judgement", (3, 9)))), J),
    ],
)
def test_the_laws(expression: Expression, expected: Expression) -> None:
    """Each law, with what it makes of an expression."""
    assert same_meaning(expression, expected)
    assert normal_form(expression) == normal_form(expected)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (AnyOf((A, Not(A))), AllOf(())),
        (AllOf((A, Not(A))), AnyOf(())),
        (AnyOf((value(3), Not(value(3)))), AllOf(())),
        (value(1), replace(value(1), relative_to="ULN")),
        (value(1), value(1, within=Window(14, "day", "within 14 days"))),
        (A, replace(A, modifiers={"status": "active"})),
        (A, replace(A, count=Limit(1))),
    ],
)
def test_what_is_no_law_of_three_values(one: Expression, other: Expression) -> None:
    """The excluded middle doesn't hold, and demands of different kinds are different."""
    assert not same_meaning(one, other)


def test_windows_are_compared_by_their_length() -> None:
    """Two weeks are fourteen days and a year is twelve months; a month is no number of days."""
    weeks, days = (value(1, within=Window(*each)) for each in ((2, "week", "x"), (14, "day", "y")))
    assert same_meaning(weeks, days)
    year, months, about = (
        replace(A, within=Window(*each)) for each in ((1, "year", "x"), (12, "month", "y"), (365, "day", "z"))
    )
    assert same_meaning(year, months)
    assert not same_meaning(year, about)


def test_conjuncts_are_what_has_to_hold() -> None:
    """One demand is its own conjunct; alternatives are one."""
    assert conjuncts(normal_form(AllOf((A, AnyOf((B, C)))))) == (A, AnyOf((B, C)))
    assert conjuncts(A) == (A,)


def test_long_criteria_are_normalised_in_time() -> None:
    """Thousands of alternatives, nested or not, take a moment."""
    many = tuple(Fact(f"https://example.org/{number}", "x", "condition") for number in range(5000))
    assert normal_form(AnyOf(many + many)) == AnyOf(many)
