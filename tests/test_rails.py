"""The two SHACL rails are the reference evaluator, in every engine."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Graph

from tests.strategies import atoms, expressions, measured, views
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Expression, Narrative
from trialgraph.shapes.eligibility import (
    Kind,
    ScreenableCriterion,
    ScreenableTrial,
    compile_shapes,
    read_of_views,
)
from trialgraph.shapes.engines import Rails, ShaclEngine, reported_rails, validation_report
from trialgraph.views import ScreeningView, view_graph

EXPECTED_RAILS = {True: set(), None: {"proved"}, False: {"proved", "disproved"}}


def _trial(*expressions: Expression, kind: Kind = "inclusion") -> ScreenableTrial:
    criteria = (
        ScreenableCriterion(f"I{number}", kind, 'Words with "quotes" \\ and\nlines', expression)
        for number, expression in enumerate(expressions, 1)
    )
    return ScreenableTrial("NCT00000000", "A trial", tuple(criteria))


@pytest.mark.parametrize("engine", ["pyshacl", "rudof"])
@settings(max_examples=60)
@given(
    trees=st.lists(atoms | measured | expressions, min_size=6, max_size=20),
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


@pytest.mark.parametrize("engine", ["pyshacl", "rudof"])
@settings(max_examples=30)
@given(trees=st.lists(atoms | measured | expressions, min_size=2, max_size=8), view=views())
def test_what_shapes_read_of_a_view_is_enough_for_them(
    engine: ShaclEngine, trees: list[Expression], view: ScreeningView
) -> None:
    """A view cut down to what the shapes read of it is reported like the whole one."""
    trial = _trial(*trees)
    shapes, part = compile_shapes(trial), view_graph(view, read_of_views(trial))
    assert set(part) <= set(view_graph(view))
    assert reported_rails(part, shapes, engine=engine) == reported_rails(
        view_graph(view), shapes, engine=engine
    )


@pytest.mark.parametrize("engine", ["pyshacl", "rudof"])
@settings(max_examples=20)
@given(
    trees=st.lists(atoms | measured | expressions, min_size=2, max_size=8),
    patients=st.lists(views(), min_size=2, max_size=4),
)
def test_shapes_that_are_kept_report_each_view_for_itself(
    engine: ShaclEngine, trees: list[Expression], patients: list[ScreeningView]
) -> None:
    """What was validated before doesn't matter: the report is that of pySHACL over this view alone."""
    shapes = compile_shapes(_trial(*trees))
    for view in patients:
        graph = view_graph(view)
        assert reported_rails(graph, shapes, engine=engine) == _plainly_reported(graph, shapes)


def _plainly_reported(view: Graph, shapes: str) -> Rails:
    report = validation_report(view, shapes)
    rails: Rails = {}
    for result in report.objects(next(report.subjects(RDF.type, SH.ValidationReport)), SH.result):
        criterion, rail = str(report.value(result, SH.sourceShape)).rsplit("/", 2)[1:]
        rails.setdefault(criterion, set()).add(rail)
    return rails


def test_a_narrative_criterion_is_never_settled() -> None:
    """Words that take a person conform to the disproved rail and not to the proved one."""
    shapes = compile_shapes(_trial(Narrative("Good compliance", "judgement")))
    view = ScreeningView("nobody", date(2025, 1, 1))
    assert reported_rails(view_graph(view), shapes) == {"I1": {"proved"}}
