"""Three SHACL engines that know nothing of trialgraph agree on the shapes and the views alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias, get_args

import pyrudof
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Graph

from tests.jena import jena_report
from tests.packaged_trials import packaged_trials
from tests.shared_files import ROOT
from tests.strategies import atoms, expressions, views
from tests.test_one_fact_away import CASES, view_of
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Expression
from trialgraph.namespaces import BASE
from trialgraph.packaged import packaged_patients
from trialgraph.patients import read_patients
from trialgraph.shapes.eligibility import (
    ScreenableCriterion,
    ScreenableTrial,
    compile_shapes,
    read_of_views,
    view_for,
)
from trialgraph.shapes.engines import validation_report
from trialgraph.views import Completeness, ScreeningView, view_graph

Reported: TypeAlias = set[tuple[str, str, str]]
"""Shape, patient and severity of each result."""

SHAPES = sorted((ROOT / "shapes" / "eligibility").glob("*.ttl"))
EVERYTHING: tuple[Completeness, ...] = get_args(Completeness)
EVERY = 30
"""Of the invented patients each thirtieth, which is some of every trial."""


@cache
def _patients() -> tuple[ScreeningView, ...]:
    records = [record for path in packaged_patients() for record in read_patients(path)]
    shown = [
        screening_view(record, date(2025, 9, 1), assume_complete=assumed)
        for record in records
        for assumed in ((), EVERYTHING)
    ]
    return _numbered([*shown, *map(view_of, CASES[::EVERY])])


def _numbered(views: Iterable[ScreeningView]) -> tuple[ScreeningView, ...]:
    """Give each view a patient of its own, so that all can stand in one graph."""
    return tuple(replace(view, patient=f"p{number}") for number, view in enumerate(views))


def _together(views: Iterable[ScreeningView], whole: int = 4) -> Graph:
    """Return views in one graph: some of them whole, of the rest what the packaged trials read."""
    graph, read = Graph(), frozenset().union(*map(read_of_views, packaged_trials().values()))
    for number, view in enumerate(views):
        for trial in packaged_trials().values():
            view = view_for(view, trial)
        graph += view_graph(view, read if number >= whole else None)
    return graph


def _results(report: Graph) -> Reported:
    found = report.objects(next(report.subjects(RDF.type, SH.ValidationReport)), SH.result)
    names = (SH.sourceShape, SH.focusNode, SH.resultSeverity)
    return {tuple(str(report.value(result, name)) for name in names) for result in found}  # type: ignore[misc]


def _of_rudof(shapes: str, data: Graph) -> Reported:
    validator = pyrudof.Rudof(pyrudof.RudofConfig())
    validator.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
    validator.read_data(data.serialize(format="turtle"), pyrudof.RDFFormat.Turtle)
    return {
        (str(entry.source_shape).strip("<>"), str(entry.focus_node).strip("<>"), f"{SH}{entry.severity}")
        for entry in validator.validate_shacl()
    }


def _expected(trials: Iterable[ScreenableTrial], views: Iterable[ScreeningView]) -> Reported:
    """Return what the reference evaluator says that an engine has to report."""
    found = set()
    for view in views:
        node = f"{BASE}view/{view.patient}"
        for trial in trials:
            for criterion in trial.criteria:
                truth = evaluate(criterion.admits, view)
                shape = f"{BASE}trial/{trial.nct}/criterion/{criterion.id}"
                found |= {(f"{shape}/proved", node, str(SH.Warning))} if truth is not True else set()
                found |= {(f"{shape}/disproved", node, str(SH.Violation))} if truth is False else set()
    return found


@cache
def _packaged() -> tuple[str, Graph, Reported]:
    """Return the packaged shapes, all patients' views in one graph, and what is to be reported."""
    assert len(SHAPES) == 5
    shapes = "\n".join(path.read_text(encoding="utf-8") for path in SHAPES)
    return shapes, _together(_patients()), _expected(tuple(packaged_trials().values()), _patients())


def test_rudof_agrees_on_the_packaged_shapes() -> None:
    """Over all patients at once, from the files as they lie in `shapes/`, with the evaluator."""
    shapes, data, expected = _packaged()
    assert len(expected) > 1000
    assert _of_rudof(shapes, data) == expected


def test_pyshacl_agrees_on_the_packaged_shapes() -> None:
    """Over each third patient, since pySHACL takes far longer than the others."""
    some = _patients()[::3]
    expected = _expected(tuple(packaged_trials().values()), some)
    assert len(expected) > 500
    assert _results(validation_report(_together(some), _packaged()[0])) == expected


def test_jena_agrees_on_the_packaged_shapes(tmp_path: Path) -> None:
    """Apache Jena reports the same shapes of the same patients, with the same severities."""
    shapes, data, expected = _packaged()
    assert _results(jena_report(shapes, data, tmp_path)) == expected


def test_jena_is_the_reference_evaluator_over_generated_criteria(tmp_path: Path) -> None:
    """Criteria and patients of all kinds, gathered so that Jena starts once for all of them."""
    trees, shown = _generated()
    criteria = (ScreenableCriterion(f"I{number}", "inclusion", "words", tree) for number, tree in trees)
    trial = ScreenableTrial("NCT00000000", "Generated", tuple(criteria))
    reported = _results(jena_report(compile_shapes(trial), _together(shown, len(shown)), tmp_path))
    assert len(trees) > 60
    assert reported == _expected([trial], shown)


def _generated() -> tuple[list[tuple[int, Expression]], tuple[ScreeningView, ...]]:
    trees: list[Expression] = []
    shown: list[ScreeningView] = []

    @settings(max_examples=80, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(atoms | expressions, min_size=2, max_size=6), views())
    def gather(some: list[Expression], view: ScreeningView) -> None:
        trees.extend(some)
        shown.append(view)

    gather()
    return list(enumerate(dict.fromkeys(trees))), _numbered(shown)


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_each_file_of_shapes_stands_alone(path: Path) -> None:
    """Turtle and view are all it takes: one file reports on one patient by itself."""
    patient = _patients()[:1]
    alone = _results(validation_report(_together(patient), path.read_text(encoding="utf-8")))
    everything = _expected(tuple(packaged_trials().values()), patient)
    assert alone == {result for result in everything if f"/{path.stem}/" in result[0]}
