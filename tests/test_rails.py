"""The two SHACL rails are the reference evaluator, in every engine."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.strategies import atoms, expressions, views
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Expression, Narrative
from trialgraph.shapes.eligibility import Kind, ScreenableCriterion, ScreenableTrial, compile_shapes
from trialgraph.shapes.engines import ShaclEngine, reported_rails
from trialgraph.views import ScreeningView, view_graph

EXPECTED_RAILS = {True: set(), None: {"proved"}, False: {"proved", "disproved"}}


def _trial(*expressions: Expression, kind: Kind = "inclusion") -> ScreenableTrial:
    criteria = (
        ScreenableCriterion(f"I{number}", kind, 'Words with "quotes" \\ and\nlines', expression)
        for number, expression in enumerate(expressions, 1)
    )
    return ScreenableTrial("NCT00000000", "A trial", tuple(criteria))


@pytest.mark.parametrize("engine", ["pyshacl", "rudof"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    trees=st.lists(atoms | expressions, min_size=6, max_size=20),
    view=views(),
    kind=st.sampled_from(["inclusion", "exclusion"]),
)
def test_rails_are_the_reference_evaluator(
    engine: ShaclEngine, trees: list[Expression], view: ScreeningView, kind: Kind
) -> None:
    """An engine reports no rail, one or both where the evaluator says pass, unknown or fail."""
    trial = _trial(*trees, kind=kind)
    rails = reported_rails(view_graph(view), compile_shapes(trial), engine=engine)
    for criterion in trial.criteria:
        truth = evaluate(criterion.admits, view)
        assert rails.get(criterion.id, set()) == EXPECTED_RAILS[truth], criterion.expression


def test_a_narrative_criterion_is_never_settled() -> None:
    """Words that take a person conform to the disproved rail and not to the proved one."""
    shapes = compile_shapes(_trial(Narrative("Good compliance", "judgement")))
    view = ScreeningView("nobody", date(2025, 1, 1))
    assert reported_rails(view_graph(view), shapes) == {"I1": {"proved"}}
