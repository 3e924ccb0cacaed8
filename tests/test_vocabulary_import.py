"""Importing vocabularies: what becomes of their concepts, which names are read, and what refuses."""

import gzip
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.commands import run
from tests.shared_files import shared_file
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria import read_text
from trialgraph.criteria.language.tokens import tokenize
from trialgraph.criteria.language.vocabulary import default_vocabulary
from trialgraph.derivation import screening_view
from trialgraph.errors import InputError, UsageError
from trialgraph.expressions import Fact, atoms
from trialgraph.loading import LoadReport, load_records
from trialgraph.namespaces import TGC
from trialgraph.patients.fhir import from_fhir
from trialgraph.queries import named_queries, run_query, to_table
from trialgraph.records import EligibilityText, Source, TrialRecord
from trialgraph.stores import open_store
from trialgraph.vocabularies import (
    ImportReport,
    import_vocabulary,
    imported_vocabularies,
    known_concepts,
    library,
    reading_vocabulary,
    remove_vocabulary,
)
from trialgraph.vocabularies.library import library_folder
from trialgraph.vocabularies.turtle import read_concepts

NCIT = "http://purl.obolibrary.org/obo/NCIT_"
NEOPLASM, DRUG, GENE = "Neoplastic Process", "Immunologic Factor|Pharmacologic Substance", "Gene or Genome"
WOBBLE = "Gastric Wobble Carcinoma|Wobbly Stomach Cancer|GWC|Mass|Shared Wobble|Wobble, Gastric"
MADE_UP = "A carcinoma made up for a test."
PROCEDURE = "Therapeutic or Preventive Procedure"
FLAT = [
    # code, IRI, parents, synonyms, definition, display name, status, semantic type, subsets
    ("C4911", "", "C3262", "Gastric Carcinoma|Stomachy Carcinoma", "", "", "", NEOPLASM, ""),
    ("C900001", "", "C4911", WOBBLE, MADE_UP, "", "", NEOPLASM, "A"),
    ("C900002", "", "C900001", "Stage IV Gastric Wobble Carcinoma", "", "", "", NEOPLASM, ""),
    ("C900003", "", "C900001", "Ancient Wobble Sarcoid", "", "", "Retired_Concept", NEOPLASM, ""),
    ("C900004", "", "", "Wobblimab|Shared Wobble|Water", "", "", "", DRUG, ""),
    ("C900005", "", "", "Wobble Gene", "", "", "", GENE, ""),
    ("C900006", "", "C900001", "Recurrent Gastric Wobble Carcinoma", "", "", "", NEOPLASM, ""),
    ("C900007", "", "", "Wobblectomy|WOBBLE RESECTION", "", "Wobble Resection", "", PROCEDURE, ""),
    ("C900008", "", "C900001", "Gastric Wobble Carcinoma Other Than Bent", "", "", "", NEOPLASM, ""),
]


def _quiet(_stage: str, _done: int, _total: int) -> None:
    pass


def _flat(rows: list[tuple[str, ...]] = FLAT, fields: int = 9) -> str:
    iri = "<http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#{}>"
    return "".join("\t".join((row[0], iri.format(row[0]), *row[2:fields])) + "\n" for row in rows)


def _graph(nodes: list[dict[str, Any]], edges: list[tuple[str, str]]) -> str:
    listed = [{"sub": NCIT + sub, "pred": "is_a", "obj": NCIT + obj} for sub, obj in edges]
    return json.dumps({"graphs": [{"id": "http://example.org/g.owl", "nodes": nodes, "edges": listed}]})


def _node(
    code: str, label: str, *synonyms: str, kind: str = "hasExactSynonym", **meta: Any
) -> dict[str, Any]:
    listed = [{"pred": kind, "val": name} for name in synonyms]
    return {"id": NCIT + code, "lbl": label, "type": "CLASS", "meta": {"synonyms": listed, **meta}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty folder of vocabularies."""
    monkeypatch.setenv("TRIALGRAPH_VOCABULARIES", str(tmp_path / "vocabularies"))
    return tmp_path / "vocabularies"


@pytest.fixture
def flat(tmp_path: Path) -> ImportReport:
    """Import the small flat file."""
    path = tmp_path / "Thesaurus_24.05d.txt"
    path.write_text(_flat(), encoding="utf-8")
    return import_vocabulary(path, _quiet)


def _facts(text: str) -> list[Fact]:
    criteria = read_text(text, vocabulary=reading_vocabulary())
    return [
        atom
        for each in criteria
        for atom in atoms(each.expression)
        if isinstance(atom, Fact) and "context" not in atom.modifiers
    ]


def _concepts(text: str) -> list[str]:
    return [fact.concept.removeprefix(NCIT).removeprefix(TGC) for fact in _facts(text)]


def test_an_imported_concept_is_read_by_its_names(flat: ImportReport) -> None:
    """A new concept keeps its own IRI and label, and has the category of its ancestors."""
    (fact,) = _facts("Gastric wobble carcinoma")
    assert (fact.concept, fact.concept_label) == (f"{NCIT}C900001", "Gastric Wobble Carcinoma")
    assert fact.category == "condition"
    assert _concepts("Wobbly stomach cancers") == ["C900001"]
    assert [(f.concept, f.category) for f in _facts("Prior wobblimab")] == [(f"{NCIT}C900004", "treatment")]
    assert [(f.concept, f.category) for f in _facts("Prior wobble resection")] == [
        (f"{NCIT}C900007", "procedure")
    ]


def test_the_packaged_vocabulary_alone_reads_none_of_them() -> None:
    """Without an import nothing changes."""
    assert reading_vocabulary() is default_vocabulary()
    assert known_concepts() is packaged_concepts()
    assert "C900001" not in _concepts("Gastric wobble carcinoma")


def test_a_mapped_concept_is_the_packaged_one(flat: ImportReport) -> None:
    """What a code or a preferred name maps stays the packaged concept and lends it its synonyms."""
    assert flat.counts.same == 1
    assert _concepts("Stomachy carcinoma") == ["GastricCancer"]
    assert library().concept(f"{NCIT}C4911") is None


def test_an_imported_concept_is_a_kind_of_its_packaged_ancestors(flat: ImportReport) -> None:
    """Superclasses lead from imported concepts to packaged ones."""
    above = known_concepts().ancestors(f"{NCIT}C900002")
    assert {f"{NCIT}C900001", f"{TGC}GastricCancer", f"{TGC}MalignantNeoplasm"} <= above
    assert known_concepts().category(f"{NCIT}C900002") == "condition"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("GWC", id="an abbreviation"),
        pytest.param("Mass", id="a common word"),
        pytest.param("Water", id="an everyday substance"),
        pytest.param("Shared wobble", id="a name of two concepts"),
        pytest.param("Wobble gene", id="no matter of a patient's record"),
        pytest.param("Ancient wobble sarcoid", id="a retired concept"),
    ],
)
def test_doubtful_names_are_not_read(flat: ImportReport, text: str) -> None:
    """A phrase that stays words is better than a wrong fact."""
    assert _facts(text) == []


def test_a_stage_or_course_stays_a_modifier(flat: ImportReport) -> None:
    """Names such as "stage IV X" and "recurrent X" are read as X with a modifier, as packaged ones are."""
    (staged,) = _facts("Stage IV gastric wobble carcinoma")
    assert (staged.concept, staged.modifiers) == (f"{NCIT}C900001", {"qualifier": "Stage IV"})
    (recurrent,) = _facts("Recurrent gastric wobble carcinoma")
    assert (recurrent.concept, recurrent.modifiers) == (f"{NCIT}C900001", {"qualifier": "Recurrent"})


def test_a_longer_name_that_is_not_read_hides_the_shorter(flat: ImportReport) -> None:
    """Half of a longer name isn't read in its place."""
    vocabulary = reading_vocabulary()
    assert vocabulary.mention_at(tokenize("gastric wobble carcinoma other than bent"), 0) is None
    assert vocabulary.mention_at(tokenize("gastric wobble carcinoma other"), 0) is not None


def test_packaged_names_keep_their_meaning(tmp_path: Path) -> None:
    """An imported synonym that is a packaged concept's name changes nothing."""
    nodes = [
        _node("C4911", "Gastric Carcinoma"),
        _node("C1", "Odd Wobble", "glioblastoma", "melanoma"),
    ]
    path = tmp_path / "g.json"
    path.write_text(_graph(nodes, [("C1", "C4911")]), encoding="utf-8")
    import_vocabulary(path, _quiet)
    assert _concepts("Glioblastoma or melanoma") == ["Glioblastoma", "Melanoma"]


def test_an_obo_graph_is_read_with_its_exact_synonyms_only(tmp_path: Path) -> None:
    """Related and broad synonyms, properties and deprecated classes are left out."""
    nodes = [
        _node("C4911", "Gastric Carcinoma"),
        _node("C1", "Wobble Tumour", "wobbling growth"),
        _node("C2", "Wibble Tumour", "wibbling growth", kind="hasRelatedSynonym"),
        _node("C3", "Dead Wobble", deprecated=True),
        {"id": "http://example.org/p", "lbl": "has wobble", "type": "PROPERTY"},
        {"id": f"{TGC}Melanoma", "lbl": "hijacked", "type": "CLASS"},
        {"id": "not an iri", "lbl": "x", "type": "CLASS"},
    ]
    path = tmp_path / "g.json.gz"
    path.write_bytes(gzip.compress(_graph(nodes, [("C1", "C4911"), ("C2", "C4911")]).encode()))
    report = import_vocabulary(path, _quiet, name="wobbles")
    assert (report.provenance.concepts, report.provenance.retired) == (3, 1)
    assert _concepts("wobbling growth") == ["C1"]
    assert _concepts("wibble tumour") == ["C2"]
    assert _facts("wibbling growth") == []


def test_a_name_shared_with_a_narrower_concept_means_the_wider(tmp_path: Path) -> None:
    """A preferred name wins when every other concept of that name is a kind of its owner."""
    nodes = [
        _node("C4911", "Gastric Carcinoma"),
        _node("C1", "Wobble Tumour"),
        _node("C2", "Childhood Wobble Tumour", "Wobble Tumour"),
    ]
    path = tmp_path / "g.json"
    path.write_text(_graph(nodes, [("C1", "C4911"), ("C2", "C1")]), encoding="utf-8")
    import_vocabulary(path, _quiet)
    assert _concepts("Wobble tumour") == ["C1"]
    assert _concepts("Childhood wobble tumour") == ["C2"]


def test_cycles_and_missing_parents_do_no_harm(tmp_path: Path) -> None:
    """Superclasses that run in a circle, or lead nowhere, are followed no further."""
    nodes = [_node("C1", "Wobble Tumour"), _node("C2", "Wibble Tumour")]
    path = tmp_path / "g.json"
    path.write_text(_graph(nodes, [("C1", "C2"), ("C2", "C1"), ("C1", "C99")]), encoding="utf-8")
    import_vocabulary(path, _quiet)
    assert known_concepts().ancestors(f"{NCIT}C1") == {f"{NCIT}C1", f"{NCIT}C2"}


@pytest.mark.parametrize("fields", [5, 8, 9])
def test_every_edition_of_the_flat_file_is_read(tmp_path: Path, fields: int) -> None:
    """Editions have five, eight or nine fields; the packed form has the same content."""
    packed = tmp_path / "Thesaurus_19.08d.FLAT.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Thesaurus.txt", _flat(fields=fields))
    report = import_vocabulary(packed, _quiet)
    assert (report.provenance.name, report.provenance.version) == ("thesaurus-19-08d", "19.08d")
    assert report.provenance.concepts == len(FLAT) - (fields > 5)
    assert _concepts("Wobbly stomach cancer") == ["C900001"]


def test_old_editions_name_parents_by_name(tmp_path: Path) -> None:
    """Before 2017 the second field is the concept's name, and parents are names."""
    path = tmp_path / "Thesaurus.txt"
    path.write_text("C4911\tGastric_Neoplasm\troot_node\tGastric Carcinoma\t\n"
                    "C1\tWobble\tGastric_Neoplasm\tWobble Tumour\t\n")  # fmt: skip
    import_vocabulary(path, _quiet)
    assert f"{TGC}GastricCancer" in known_concepts().ancestors(f"{NCIT}C1")


def test_the_rdf_states_what_was_published_and_where_it_came_from(flat: ImportReport) -> None:
    """The file in the user's folder is Turtle that any RDF tool reads, with its provenance."""
    triples = set(ox.parse(path=str(flat.path)))
    assert (flat.provenance.version, flat.provenance.retired) == ("24.05d", 1)
    assert imported_vocabularies() == [flat.provenance]
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    assert ox.Quad(ox.NamedNode(f"{NCIT}C900001"), label, ox.Literal("Gastric Wobble Carcinoma")) in triples
    assert not any(TGC in str(quad) for quad in triples)
    wobble = next(each for each in read_concepts(flat.path) if each.iri == f"{NCIT}C900001")
    assert wobble.definition == "A carcinoma made up for a test."
    assert wobble.parents == (f"{NCIT}C4911",)


def test_an_index_is_made_anew_when_it_is_gone_or_broken(flat: ImportReport) -> None:
    """Nothing is lost with the index: the RDF file is what counts."""
    index = flat.path.with_suffix(".sqlite")
    index.write_bytes(b"this is no database at all")
    os.utime(flat.path)
    assert _concepts("Wobbly stomach cancer") == ["C900001"]
    index.unlink()
    os.utime(flat.path, ns=(1, 1))
    assert _concepts("Wobbly stomach cancer") == ["C900001"]


def test_removing_ends_its_use(flat: ImportReport, folder: Path) -> None:
    """A removed vocabulary leaves nothing behind, and one that isn't there is named."""
    remove_vocabulary(flat.provenance.name)
    assert list(folder.iterdir()) == []
    assert "C900001" not in _concepts("Wobbly stomach cancer")
    with pytest.raises(UsageError, match="none is imported"):
        remove_vocabulary(flat.provenance.name)


def _patient(code: str, text: str = "") -> dict[str, Any]:
    coding = {"system": "http://ncithesaurus.nci.nih.gov", "code": code}
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": text} if text else {"coding": [coding]},
        "onsetDateTime": "2025-01-01",
    }
    resources = [{"resourceType": "Patient", "id": "p"}, condition]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in resources],
    }


def test_a_patient_with_an_imported_code_has_its_packaged_ancestors(flat: ImportReport) -> None:
    """Screening follows an imported code of a record to the packaged concepts above it."""
    view = screening_view(from_fhir(_patient("C900002")), date(2025, 9, 1))
    assert {f"{NCIT}C900002", f"{NCIT}C900001", f"{TGC}GastricCancer"} <= view.present.keys()


@pytest.mark.parametrize("text", ["Gastric wobble carcinoma", "Wobbly stomach cancers"])
def test_a_patient_s_words_are_read_by_imported_names(flat: ImportReport, text: str) -> None:
    """What no packaged concept is called is looked up among imported names, as codes are."""
    (fact,) = from_fhir(_patient("", text)).facts
    assert (fact.what.concepts, fact.what.by_text) == ((f"{NCIT}C900001",), True)


def test_a_patient_s_words_keep_their_packaged_meaning(flat: ImportReport) -> None:
    """A name of the packaged ontology is read as there, whatever is imported."""
    (fact,) = from_fhir(_patient("", "Gastric cancer")).facts
    assert fact.what.concepts == (f"{TGC}GastricCancer",)


def test_the_absence_of_an_imported_concept_is_shown_when_it_is_asked_about(flat: ImportReport) -> None:
    """A complete record without a disease shows that an imported kind of it is absent."""
    concepts = known_concepts().including([f"{NCIT}C900004"])
    record = from_fhir(_patient("C900002"))
    view = screening_view(record, date(2025, 9, 1), assume_complete=["treatments"], concepts=concepts)
    assert f"{NCIT}C900004" in view.absent


def test_a_trial_read_with_a_vocabulary_says_so_and_is_found_by_wider_concepts(flat: ImportReport) -> None:
    """The trial's graph names the vocabularies and holds what queries need of the imported concepts."""
    text = "Inclusion Criteria:\n* Gastric wobble carcinoma"
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A wobbling study"},
            "conditionsModule": {"conditions": ["Gastric Wobble Carcinoma"]},
            "eligibilityModule": {"eligibilityCriteria": text},
        }
    }
    record = TrialRecord("NCT00000001", study, Source("a.json", "0" * 64, "v2"), EligibilityText(text))
    with open_store() as store:
        list(load_records([record], store, LoadReport()))
        assert store.ask(
            "ASK { ?graph <http://www.w3.org/ns/prov#wasInfluencedBy> "
            f"<{flat.provenance.iri}> . <{flat.provenance.iri}> <http://purl.org/dc/terms/source> ?file }}"
        )
        for name in ("gastric cancer", "Gastric Wobble Carcinoma"):
            results = run_query(named_queries()["trials-by-condition"], store, {"condition": name})
            assert isinstance(results, ox.QuerySolutions)
            assert to_table(results).row_count == 1, name


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"hello world\n", "a.txt:1"),
        ("b.txt", b"", "no concepts"),
        ("c.txt", _flat(FLAT[:1]).encode() + b"C1\tx\n", "c.txt:2"),
        ("d.json", b'{"graphs": [', "not JSON"),
        ("e.json", b'{"graphs": []}', "not an OBO graph"),
        ("f.json", b'{"graphs": [{"nodes": 1}]}', "nodes is not a list"),
        ("g.json", b'{"graphs": [{"nodes": []}]}', "no classes"),
        ("h.gz", b"\x1f\x8b broken", "can't be read"),
        ("i.zip", b"PK\x03\x04 broken", "can't be read"),
        ("j.json", b'{"graphs":' + b"[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_is_no_vocabulary_is_refused(
    tmp_path: Path, folder: Path, name: str, content: bytes, words: str
) -> None:
    """The refusal says what is wrong and where, and nothing is kept."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        import_vocabulary(path, _quiet)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not folder.exists()


def test_a_broken_vocabulary_is_named_with_the_way_out(folder: Path) -> None:
    """A file in the folder that is no imported vocabulary stops reading with one clear line."""
    folder.mkdir()
    (folder / "broken.ttl").write_text("this is not Turtle", encoding="utf-8")
    with pytest.raises(UsageError, match="vocabulary remove broken"):
        reading_vocabulary()
    remove_vocabulary("broken")
    assert reading_vocabulary() is default_vocabulary()


def test_the_commands(tmp_path: Path) -> None:
    """Import, list, read with provenance, remove: data on stdout, one line and exit 2 for what is wrong."""
    path = tmp_path / "Thesaurus.txt"
    path.write_text(_flat(), encoding="utf-8")
    assert "No vocabulary" in run("vocabulary").stderr
    done = run("vocabulary", "import", path, "--name", "small")
    assert (done.returncode, "8 concepts" in done.stdout) == (0, True), done.stdout + done.stderr
    assert json.loads(run("vocabulary", "--format", "json").stdout)[0]["name"] == "small"
    assert "small" in run("vocabulary").stdout
    read = run("parse", "--json", text="Wobbly stomach cancer")
    assert json.loads(read.stdout)["vocabularies"][0]["sha256"]
    assert "imported vocabulary small" in read.stderr
    refused = run("vocabulary", "import", tmp_path / "none.txt")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1)
    assert run("vocabulary", "remove", "small").returncode == 0
    assert run("vocabulary", "remove", "small").returncode == 2


NAMES = st.text(
    st.characters(exclude_characters="\t\n\r|", exclude_categories=["Cs"]), min_size=1, max_size=30
)


@pytest.fixture(scope="module")
def importer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], None]]:
    """Import into one folder, over and over."""
    home = tmp_path_factory.mktemp("law")

    def run(name: str, content: str) -> None:
        (home / name).write_text(content, encoding="utf-8", errors="surrogatepass", newline="")
        import_vocabulary(home / name, _quiet, name="law")

    yield run


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=1, max_size=4), parent=st.sampled_from(["C4911", "C2", "C1", ""]))
def test_any_names_are_kept_and_packaged_readings_stay(
    importer: Callable[[str, str], None], names: list[str], parent: str
) -> None:
    """Whatever names a vocabulary has, its file states them and packaged names mean what they meant."""
    written = [name.strip() for name in names if name.strip()] or ["x"]
    rows = [
        ("C4911", "", "", "Gastric Carcinoma", "", "", "", "Neoplastic Process", ""),
        ("C1", "", parent, "|".join(written), "", "", "", "Neoplastic Process", ""),
    ]
    importer("Thesaurus.txt", _flat(rows))
    kept = next(each for each in read_concepts(library_folder() / "law.ttl") if each.iri == f"{NCIT}C1")
    assert {kept.label, *kept.synonyms} == set(written)
    text = "Gastric cancer or melanoma, no brain metastases, ECOG 0-1"
    assert [each.expression for each in read_text(text, vocabulary=reading_vocabulary())] == [
        each.expression for each in read_text(text)
    ]


def test_the_disease_branch_of_the_thesaurus() -> None:
    """20,000 real nodes: mapped ones are packaged, the others are kinds of them, names are read with care."""
    report = import_vocabulary(shared_file("corpus/ncit_disease_2018.json.gz"), _quiet)
    assert report.provenance.concepts == 20_324
    assert report.counts.same > 300
    assert 20_000 < report.counts.names < 30_000
    (fact,) = _facts("History of pityriasis lichenoides")
    assert (fact.concept_label, fact.category) == ("Pityriasis Lichenoides", "condition")
    assert _concepts("Secondary malignancy") == ["MalignantNeoplasm"]
    assert f"{TGC}GastricCancer" in known_concepts().ancestors(f"{NCIT}C5250")
    assert _facts("Live vaccines include, but are not limited to: measles, mumps, rubella, rabies") == []
