"""The packaged eligibility shapes are what the code compiles from the packaged records."""

from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph

from tests.packaged_trials import packaged_trials
from tests.shared_files import ROOT
from trialgraph.shapes.eligibility import compile_shapes

SHAPES = sorted((ROOT / "shapes" / "eligibility").glob("*.ttl"))


def test_every_packaged_trial_has_its_shapes() -> None:
    """Five trials, five files."""
    assert {path.stem for path in SHAPES} == set(packaged_trials())
    assert len(SHAPES) == 5


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_packaged_shapes_are_up_to_date(path: Path) -> None:
    """A file is what `trialgraph shapes` prints; CONTRIBUTING says how to write them anew."""
    assert path.read_text(encoding="utf-8") == compile_shapes(packaged_trials()[path.stem])


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_each_criterion_has_two_rails_in_shacl_core(path: Path) -> None:
    """Every criterion has a disproved and a proved shape, with message and severity, and no SPARQL."""
    graph = Graph().parse(path)
    rails = [str(shape) for shape in graph.subjects(RDF.type, SH.NodeShape)]
    criteria = packaged_trials()[path.stem].criteria
    wanted = [f"/criterion/{each.id}/{rail}" for each in criteria for rail in ("disproved", "proved")]
    assert sorted(rail[rail.index("/criterion/") :] for rail in rails) == sorted(wanted)
    assert len(set(graph.subjects(SH.message))) == len(set(graph.subjects(SH.severity))) == len(rails)
    assert not list(graph.triples((None, SH.sparql, None)))
