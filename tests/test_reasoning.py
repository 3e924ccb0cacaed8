import os
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from tests.shared_files import ROOT
from trialgraph.authoring import (
    classify_trials,
    closure_is_current,
    whole_trials,
    write_closure,
    write_trials,
)
from trialgraph.authoring.closure import module_triples
from trialgraph.authoring.reasoning import Inferences, infer, write_axioms
from trialgraph.cli import app
from trialgraph.concepts import load_concepts, packaged_concepts
from trialgraph.errors import TrialgraphError
from trialgraph.ontology import CLOSURE, ontology_modules
from trialgraph.stores import Store

ONTOLOGY = ROOT / "ontology"
BASE = "https://w3id.org/trialgraph/"
TG = f"{BASE}ontology#"
TGC = f"{BASE}concept/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXPECTED = tomllib.loads((ROOT / "tests/cases/reasoning/trials.toml").read_text(encoding="utf-8"))
TRIALS = sorted(name for name in EXPECTED if name.startswith("NCT"))
OWL_API = Path("/usr/share/java/owlapi-distribution.jar")

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="a reasoner needs Java")
needs_owl_api = pytest.mark.skipif(
    shutil.which("java") is None or not OWL_API.is_file(), reason="needs Java and Debian's libowlapi-java"
)


@pytest.fixture(scope="module")
def types(store: Store) -> Mapping[str, frozenset[str]]:
    """Return the classes that HermiT infers of the packaged trials and their parts."""
    return classify_trials(store, ONTOLOGY)


@pytest.fixture(scope="module")
def everything() -> list[ox.Triple]:
    """Return what all modules state, the contestable axioms that are off by default among them."""
    paths = ontology_modules(ONTOLOGY)
    return [quad.triple for path in paths for quad in ox.parse(path=str(path), rename_blank_nodes=True)]


def _ask_pellet(path: Path) -> str:
    """Return what Pellet says of the classes that can't have a member."""
    return _run_reasoner("pellet", "pellet.Pellet", "unsat", "--ignore-imports", path.as_uri())


def _ask_hermit(path: Path) -> str:
    """Return what HermiT says of consistency, and of the classes that can't have a member."""
    return _run_reasoner("hermit", "org.semanticweb.HermiT.cli.CommandLine", "-k", "-U", f"file://{path}")


def _run_reasoner(name: str, *command: str) -> str:
    import owlready2

    folder = Path(owlready2.__file__).parent / name
    path = os.pathsep.join(str(each) for each in [folder, *folder.glob("*.jar")])
    run = subprocess.run(["java", "-cp", path, *command], capture_output=True, text=True, check=False)
    told = (line for line in run.stderr.splitlines() if not line.startswith("Picked up "))
    return run.stdout + "\n".join(told)


def _profile(*files: Path) -> subprocess.CompletedProcess[str]:
    source = ROOT / "tests" / "java" / "OwlProfile.java"
    command = ["java", "-Djava.net.useSystemProxies=false", "-cp", "/usr/share/java/*", str(source)]
    return subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)


def test_there_are_trials_to_classify() -> None:
    """The expectations are about all packaged trials."""
    assert len(TRIALS) == 5


@needs_java
@pytest.mark.parametrize("nct", TRIALS)
def test_a_trial_falls_where_an_oncologist_would_put_it(
    nct: str, types: Mapping[str, frozenset[str]]
) -> None:
    """A trial, its arms, interventions and criteria are of the classes that a reader expects."""
    for part, classes in EXPECTED[nct].items():
        found = types[f"{BASE}trial/{nct}" + (f"/{part}" if part not in ("", "not") else "")]
        if part == "not":
            assert not {f"{TG}{name}" for name in classes} & found
        else:
            assert {f"{TG}{name}" for name in classes} <= found


@needs_java
def test_a_control_arm_is_not_what_the_other_arm_is(types: Mapping[str, frozenset[str]]) -> None:
    """An arm is classified by what its own participants receive."""
    for part, classes in EXPECTED["without"].items():
        assert not {f"{TG}{name}" for name in classes} & types[f"{BASE}trial/{part}"]


@needs_java
@pytest.mark.usefixtures("long_java")
def test_all_modules_together_are_coherent(everything: list[ox.Triple]) -> None:
    """HermiT finds a model of all modules, contestable axioms too, and no class that must be empty."""
    found = infer(everything)
    assert found.unsatisfiable == frozenset()
    assert f"{TGC}MismatchRepairProficient" in found.equivalents[f"{TGC}MicrosatelliteStable"]


@needs_java
@pytest.mark.parametrize(("added", "said"), [("", "no unsatisfiable"), ("tgc:Acne", "1 unsatisfiable")])
def test_pellet_agrees(added: str, said: str, everything: list[ox.Triple], tmp_path: Path) -> None:
    """A second reasoner finds no empty class either, and finds the one that is put there."""
    odd = ox.NamedNode(f"{TGC}Acne")
    above = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    more = [ox.Triple(odd, above, ox.NamedNode(f"{TGC}Sintilimab"))] if added else []
    path = tmp_path / "all.nt"
    write_axioms(path, [*everything, *more])
    assert said in _ask_pellet(path)


def _as_arm(nct: str) -> ox.Triple:
    """Return the false statement that a trial is an arm."""
    return ox.Triple(
        ox.NamedNode(f"{BASE}trial/{nct}"), ox.NamedNode(f"{_RDF}type"), ox.NamedNode(f"{TG}Arm")
    )


@needs_java
@pytest.mark.parametrize("agrees", [True, False])
def test_whole_trials_agree_with_the_ontology(agrees: bool, store: Store, tmp_path: Path) -> None:
    """All that the graphs of the five trials state has a model, in which every class can have members.

    A trial that were an arm as well is a contradiction.
    """
    path = tmp_path / "trials.nt"
    more = [] if agrees else [_as_arm(TRIALS[0])]
    write_axioms(path, [*whole_trials(store, ONTOLOGY), *more])
    assert ("no unsatisfiable" in _ask_pellet(path)) is agrees


@needs_java
@pytest.mark.parametrize("nct", TRIALS)
def test_a_second_reasoner_finds_each_whole_trial_in_agreement(
    nct: str, store: Store, tmp_path: Path
) -> None:
    """HermiT, which is slower with many atoms at once, is asked about one trial at a time."""
    path = tmp_path / "trial.nt"
    triples = whole_trials(store, ONTOLOGY, [nct])
    write_axioms(path, triples)
    said = _ask_hermit(path)
    assert "owl#Thing is satisfiable" in said
    assert said.partition("equivalent to 'owl:Nothing':")[2].split() == ["owl:Nothing"]


@needs_java
def test_a_second_reasoner_finds_a_contradiction(store: Store, tmp_path: Path) -> None:
    """A clean answer of HermiT means something."""
    path = tmp_path / "trial.nt"
    write_axioms(path, [*whole_trials(store, ONTOLOGY, TRIALS[:1]), _as_arm(TRIALS[0])])
    assert "owl#Thing is satisfiable" not in _ask_hermit(path)


def _with(folder: Path, text: str) -> Path:
    copy = folder / "ontology"
    shutil.copytree(ONTOLOGY, copy)
    with (copy / "concepts.ttl").open("a", encoding="utf-8") as file:
        file.write(text)
    return copy


def test_the_closure_is_current() -> None:
    """The kept closure was made of the modules as they are; otherwise run: trialgraph ontology reason."""
    assert closure_is_current(ONTOLOGY)


@pytest.mark.parametrize(
    ("added", "current"),
    [
        ('tgc:Acne skos:scopeNote "Words."@en .', True),
        ("tgc:Acne rdfs:subClassOf tgc:AutoimmuneDisease .", False),
        ("tgc:Acne owl:disjointWith tgc:Vitiligo .", False),
    ],
)
def test_only_what_a_reasoner_sees_makes_the_closure_stale(added: str, current: bool, tmp_path: Path) -> None:
    """Words may be improved without Java; a superclass or a disjointness may not be changed without."""
    assert closure_is_current(_with(tmp_path, added)) is current


def test_screening_reads_the_closure() -> None:
    """A superclass that only a definition gives is one for loading and screening, which need no Java."""
    concepts = packaged_concepts()
    assert concepts.is_a(f"{TGC}ImmuneRelatedMyocarditis", f"{TGC}Cardiotoxicity")
    assert concepts.is_a(f"{TGC}TripleNegative", f"{TGC}HormoneReceptorNegative")


def test_the_store_holds_the_closure(store: Store) -> None:
    """A query sees inferred superclasses beside the stated ones."""
    assert store.ask(
        f"ASK {{ <{TG}PD1InhibitorArm> <http://www.w3.org/2000/01/rdf-schema#subClassOf>+ <{TG}Arm> }}"
    )


@needs_java
def test_a_class_that_nothing_can_be_of_is_told(tmp_path: Path) -> None:
    """The command names the class instead of writing a closure from which anything follows."""
    shutil.copy(ONTOLOGY / "trialgraph.ttl", tmp_path)
    (tmp_path / "concepts.ttl").write_text(
        "@prefix tgc: <https://w3id.org/trialgraph/concept/> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "tgc:Acne a owl:Class ; owl:disjointWith tgc:Sintilimab . tgc:Sintilimab a owl:Class .\n"
        "tgc:Oddity a owl:Class ; rdfs:subClassOf tgc:Acne , tgc:Sintilimab .\n",
        encoding="utf-8",
    )
    with pytest.raises(TrialgraphError, match="nothing can be of tgc:Oddity;"):
        write_closure(tmp_path)
    assert not (tmp_path / CLOSURE).exists()


@needs_java
def test_child_pugh_records_fall_into_their_class_by_points() -> None:
    """A patient's result of 6 points is of class A, one of 7 of class B."""
    node, concept = f"{BASE}patient/1/fact", ox.NamedNode(f"{TGC}ChildPughScore")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    decimal = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    facts = [ox.Triple(ox.NamedNode(f"{BASE}case/score"), kind, concept)]
    for points in (6, 7):
        fact = ox.NamedNode(f"{node}/{points}")
        facts += [
            ox.Triple(fact, kind, ox.NamedNode("http://www.w3.org/2002/07/owl#NamedIndividual")),
            ox.Triple(fact, kind, ox.NamedNode(f"{TG}MeasurementRecord")),
            ox.Triple(fact, ox.NamedNode(f"{TG}instanceOfConcept"), facts[0].subject),
            ox.Triple(fact, ox.NamedNode(f"{TG}resultValue"), ox.Literal(str(points), datatype=decimal)),
        ]
    wanted = {f"{TGC}ChildPughScore", f"{TGC}Measurement", f"{TGC}ClinicalConcept"}
    schema = [
        each
        for each in module_triples(ONTOLOGY)
        if TGC not in str(each.subject) or each.subject.value in wanted
    ]
    found: Inferences = infer([*schema, *facts])
    assert f"{TG}ChildPughClassARecord" in found.types[f"{node}/6"]
    assert f"{TG}ChildPughClassBRecord" in found.types[f"{node}/7"]
    assert f"{TG}ChildPughClassARecord" not in found.types[f"{node}/7"]


@needs_owl_api
def test_the_owl_api_opens_it_offline_and_finds_owl_2_dl(store: Store, tmp_path: Path) -> None:
    """Protégé's library finds every import by the catalogue, and no axiom breaks the profile."""
    copy = _with(tmp_path, "")
    write_trials(copy / "trials-at-hand.ttl", store, ONTOLOGY)
    others = (copy / "axioms").glob("*.ttl")
    run = _profile(copy / "trialgraph.ttl", copy / "trials-at-hand.ttl", copy / CLOSURE, *others)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "ontology/definitions" in run.stdout
    assert "violation" not in run.stdout


@needs_owl_api
def test_the_profile_check_finds_a_violation(tmp_path: Path) -> None:
    """An undeclared property is told, so a clean answer means something."""
    shutil.copy(ONTOLOGY / "catalog-v001.xml", tmp_path)
    path = tmp_path / "small.ttl"
    path.write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<http://example.org/> a owl:Ontology .\n"
        "<http://example.org/One> a owl:Class .\n"
        "<http://example.org/a> a <http://example.org/One> ; "
        "<http://example.org/undeclared> <http://example.org/b> .\n",
        encoding="utf-8",
    )
    run = _profile(path)
    assert run.returncode == 1
    assert "undeclared" in run.stdout


def test_contestable_axioms_are_imported_exactly_when_they_are_on() -> None:
    """Each is a module below axioms/ with its own name; axioms.ttl brings in those on by default."""
    concepts = load_concepts(ONTOLOGY)
    named = {path.stem for path in (ONTOLOGY / "axioms").glob("*.ttl")}
    assert {iri.rpartition("/")[2] for iri in concepts.axioms} == named
    imported = {
        quad.object.value.rpartition("/")[2]
        for quad in ox.parse(path=str(ONTOLOGY / "axioms.ttl"))
        if quad.predicate.value.endswith("#imports")
    }
    assert imported == {iri.rpartition("/")[2] for iri in concepts.default_axioms}


def test_the_command_says_when_to_reason_again(tmp_path: Path) -> None:
    """`trialgraph ontology reason --check` exits with 1 when the closure is out of date."""
    assert CliRunner().invoke(app, ["ontology", "reason", "--check"]).exit_code == 0
    copy = _with(tmp_path, "\ntgc:Acne rdfs:subClassOf tgc:Vitiligo .\n")
    result = CliRunner().invoke(app, ["ontology", "reason", "--check", str(copy)])
    assert result.exit_code == 1
    assert "out of date" in result.stdout


def test_without_java_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear line, and nothing is written."""
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    result = CliRunner().invoke(app, ["ontology", "reason", str(_with(tmp_path, ""))])
    assert result.exit_code != 0
    assert "Java" in str(result.exception)
