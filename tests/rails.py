"""The law that an engine's rails are what the reference evaluator says, for one fact."""

from trialgraph.evaluation import evaluate
from trialgraph.expressions import Fact
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial, compile_shapes, view_for
from trialgraph.shapes.engines import ShaclEngine, reported_rails
from trialgraph.views import ScreeningView, view_graph

__all__ = ["assert_rails_tell_the_truth"]


def assert_rails_tell_the_truth(fact: Fact, view: ScreeningView, engine: ShaclEngine) -> None:
    """Compile an exclusion of a fact, validate a view, and compare what is reported with its truth."""
    criterion = ScreenableCriterion("E1", "exclusion", "…", fact, study=fact.study)
    trial = ScreenableTrial("NCT00000000", "", (criterion,))
    graph = view_graph(view_for(view, trial))
    rails = reported_rails(graph, compile_shapes(trial), engine=engine).get("E1", set())
    truth = evaluate(criterion.admits, view)
    assert rails == {True: set(), None: {"proved"}, False: {"proved", "disproved"}}[truth], fact
