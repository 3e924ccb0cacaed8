"""Quality of trial graphs: a sound graph passes, each broken one is reported by the shape made for it."""

import json
import re
import tomllib
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef
from typer.testing import CliRunner

from trialgraph.cli import app
from trialgraph.errors import StoreError
from trialgraph.loading import LoadReport, load_records
from trialgraph.queries import PREFIXES
from trialgraph.resources import product_folder
from trialgraph.shapes.quality import Finding, check_trial, check_trials, findings_to_graph
from trialgraph.sources.files import Refusal, read_records
from trialgraph.stores import Store, open_store

CASES = Path(__file__).parent / "cases" / "quality"
MUTATIONS = tomllib.loads((CASES / "mutations.toml").read_text(encoding="utf-8"))["mutation"]
NUMBER = "NCT00000001"
GRAPH = f"https://w3id.org/trialgraph/graph/{NUMBER}"
SHAPE = "https://w3id.org/trialgraph/shape/"
VALID = [quad.triple for quad in ox.parse(path=str(CASES / "valid.ttl"))]


def _shapes(name: str) -> Graph:
    return Graph().parse(product_folder("shapes") / name)


CONTRADICTIONS = sorted(
    str(shape).removeprefix(SHAPE) for shape in _shapes("contradictions.ttl").subjects(SH.sparql)
)
CORE = sorted(
    str(shape).removeprefix(SHAPE)
    for shape in set(_shapes("trial-quality.ttl").subjects(SH.message))
    if isinstance(shape, URIRef)
)


@pytest.fixture(scope="module")
def store() -> Store:
    """Return a store for one graph at a time."""
    return open_store()


@pytest.fixture(scope="module")
def five() -> Store:
    """Return a store with the packaged records."""
    opened = open_store()
    for record in load_records(read_records([product_folder("data") / "trials"]), opened, LoadReport()):
        assert not isinstance(record, Refusal), record
    return opened


def _mutated(mutation: dict[str, str]) -> list[ox.Triple]:
    """Return the valid graph with one thing broken."""
    scratch = ox.Store()
    scratch.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in VALID)
    clauses = [
        f"{verb} {{ {mutation.get(key, '')} }}" for verb, key in (("DELETE", "delete"), ("INSERT", "insert"))
    ]
    scratch.update(f"{' '.join(clauses)} WHERE {{ {mutation.get('where', '')} }}", prefixes=dict(PREFIXES))
    triples = [quad.triple for quad in scratch]
    assert set(triples) != set(VALID), "the mutation changes nothing"
    return triples


def _found(store: Store, triples: list[ox.Triple]) -> list[Finding]:
    store.replace_graph(GRAPH, triples)
    return check_trial(store, NUMBER)


def test_a_sound_graph_has_no_finding(store: Store) -> None:
    """The invented trial passes every shape, also where its text speaks of another study."""
    assert _found(store, VALID) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: str(mutation["check"]))
def test_each_broken_graph_is_reported_by_its_shape(store: Store, mutation: dict[str, str]) -> None:
    """A graph with one thing broken is reported by the shape for that thing, in a curator's words."""
    messages = [
        finding.message for finding in _found(store, _mutated(mutation)) if finding.check == mutation["check"]
    ]
    assert messages
    assert any(re.search(mutation.get("words", "."), message) for message in messages), messages


def test_every_shape_has_a_mutation_that_fires_it() -> None:
    """No shape is there that no test has seen at work."""
    assert len(CORE) > 35
    assert len(CONTRADICTIONS) > 15
    assert {mutation["check"] for mutation in MUTATIONS} == {*CORE, *CONTRADICTIONS}


@pytest.mark.parametrize(
    "mutation",
    [mutation for mutation in MUTATIONS if mutation["check"] in CONTRADICTIONS],
    ids=lambda mutation: str(mutation["check"]),
)
def test_a_shacl_engine_finds_the_same_contradiction(store: Store, mutation: dict[str, str]) -> None:
    """Asking the store and running the shape with pySHACL report the same contradiction."""
    triples, check = _mutated(mutation), mutation["check"]
    data = Graph().parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    shapes = _shapes("contradictions.ttl")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True, use_shapes=[SHAPE + check])
    assert isinstance(report, Graph)
    by_engine = {str(value) for value in report.objects(None, SH.value)}
    assert by_engine == {str(one.value) for one in _found(store, triples) if one.check == check}
    assert by_engine


@pytest.mark.parametrize(
    "said",
    [
        "This study follows a single-arm phase I study of Drug A.",
        "This is an extension of a phase I single-arm study.",
        "Single-arm phase I studies have shown that Drug A is safe.",
        "This study is a phase II/III trial, based on results of a single-arm phase I trial.",
        "The recommended phase I dose is given.",
        "This trial is open to patients who were in a single-arm trial before; a phase IV study will follow.",
    ],
)
def test_what_a_text_says_of_another_study_is_no_contradiction(store: Store, said: str) -> None:
    """Phases and designs of other studies, earlier or later, aren't taken for this one's."""
    mutation = {
        "delete": "?trial tg:detailedDescription ?old",
        "insert": f'?trial tg:detailedDescription "{said}"',
        "where": "?trial tg:detailedDescription ?old",
    }
    assert _found(store, _mutated(mutation)) == []


@pytest.mark.parametrize(
    ("phases", "title", "contradicts"),
    [
        (["PHASE2"], "A Phase IIa Study of A", False),
        (["PHASE1", "PHASE2"], "A Phase Ib/II Study of A", False),
        (["PHASE2"], "A Phase 1/2 Study of A", False),
        (["EARLY_PHASE1"], "A Phase I Study of A", False),
        (["PHASE3"], "A Phase II Study of A", True),
        (["PHASE3"], "A Phase 2b Trial of A", True),
        (["NA"], "Phase II Clinical Trial of A", True),
        (["PHASE1"], "A Phase IV Study of A", True),
        (["PHASE3"], "A Two-phase Study of A", False),
    ],
)
def test_phases_are_compared_however_they_are_written(
    store: Store, phases: list[str], title: str, contradicts: bool
) -> None:
    """Roman and Arabic numbers, letters and double phases are understood; an overlap is no contradiction."""
    codes = ", ".join(f'"{phase}"' for phase in phases)
    mutation = {
        "delete": "?trial tg:phase ?phase ; tg:officialTitle ?title ; tg:briefSummary ?summary",
        "insert": f'?trial tg:phase {codes} ; tg:officialTitle "{title}"',
        "where": "?trial tg:phase ?phase ; tg:officialTitle ?title ; tg:briefSummary ?summary",
    }
    checks = {finding.check for finding in _found(store, _mutated(mutation))}
    assert ("phase-text" in checks) is contradicts


def test_the_record_that_contradicts_itself_is_reported(five: Store) -> None:
    """NCT06794086 is Phase 3 with three groups in its fields, and single-arm Phase II in its text."""
    messages = {
        finding.check: finding.message
        for finding in check_trial(five, "NCT06794086")
        if finding.severity == "violation"
    }
    words = "This is a prospective, open-label, multicenter, single-arm, Phase II study"
    said = f"the detailed description says: “{words}”"
    assert messages["phase-text"] == f"The phase field says PHASE3, but {said}"
    assert messages["single-arm-groups"] == f"The record counts 3 treatment groups, but {said}"


@pytest.mark.parametrize("trial", ["NCT06120127", "NCT06592612", "NCT06778382", "NCT06850103"])
def test_the_other_records_do_not_contradict_themselves(five: Store, trial: str) -> None:
    """A careful reader finds no contradiction of design or dates in the other four records."""
    assert {finding.check for finding in check_trial(five, trial)} & set(CONTRADICTIONS) == set()


def test_findings_come_gravest_first_and_in_order(store: Store) -> None:
    """Violations stand before warnings, and those before hints; parts follow their numbers."""
    taken = "?arm tg:label ?label . ?trial tg:condition ?condition . ?fact tg:concept ?concept"
    broken = _mutated({"delete": taken, "where": f"?arm a tg:Arm . ?fact a tg:FactAtom . {taken}"})
    found = _found(store, broken)
    assert [finding.severity for finding in found] == ["violation"] * 2 + ["warning"] * 2 + ["info"]
    assert [finding.part for finding in found][2:4] == ["arm/1", "arm/2"]


def test_a_trial_that_is_not_there_is_an_error(store: Store) -> None:
    """Asking for a trial that the store doesn't have says so."""
    with pytest.raises(StoreError, match="no trial NCT99999999"):
        list(check_trials(store, ["NCT99999999"]))


def test_a_report_is_a_shacl_validation_report(five: Store) -> None:
    """Findings as Turtle have the shape that any SHACL tool reads."""
    report = Graph().parse(data=findings_to_graph(check_trial(five, "NCT06794086")), format="turtle")
    [node] = report.subjects(RDF.type, SH.ValidationReport)
    results = list(report.objects(node, SH.result))
    assert URIRef(f"{SHAPE}phase-text") in {report.value(result, SH.sourceShape) for result in results}
    assert all(report.value(result, SH.resultMessage) for result in results)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a store's folder with the packaged records and the sound graph."""
    place = str(tmp_path_factory.mktemp("check") / "store")
    with open_store(place) as opened:
        assert list(load_records(read_records([product_folder("data") / "trials"]), opened, LoadReport()))
        opened.replace_graph(GRAPH, VALID)
    return place


def test_the_command_prints_findings_by_trial(folder: str) -> None:
    """A violation gives exit code 1; the report names the trial and both places."""
    result = CliRunner().invoke(app, ["check", "NCT06794086", "--store", folder])
    assert result.exit_code == 1
    flat = " ".join(result.stdout.split())
    assert "NCT06794086" in flat
    assert "The phase field says PHASE3, but the detailed description says" in flat
    assert "1 checked, 0 without a finding" in flat


def test_the_command_is_content_with_a_sound_trial(folder: str) -> None:
    """Without a violation the exit code is 0."""
    result = CliRunner().invoke(app, ["check", NUMBER, "--store", folder])
    assert result.exit_code == 0
    assert result.stdout.strip() == "1 checked, 1 without a finding; nothing found"


def test_the_command_checks_all_as_json(folder: str) -> None:
    """--all lists every trial, also those without a finding."""
    result = CliRunner().invoke(app, ["check", "--all", "--format", "json", "--store", folder])
    checked = {one["trial"]: one["findings"] for one in json.loads(result.stdout)}
    assert len(checked) == 6
    assert checked[NUMBER] == []
    assert {"check", "message", "severity", "focus", "path", "value", "trial"} == set(
        checked["NCT06794086"][0]
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name trials, or give --all"),
        (["NCT06794086", "--all"], "name trials, or give --all"),
        (["NCT99999999"], "no trial NCT99999999"),
        (["NCT06794086", "--format", "csv"], "unknown format 'csv'"),
    ],
)
def test_the_command_refuses_wrong_usage(folder: str, arguments: list[str], message: str) -> None:
    """Wrong arguments are an error that says what to do."""
    result = CliRunner().invoke(app, ["check", *arguments, "--store", folder])
    assert message in str(result.exception)
