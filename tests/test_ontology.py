import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import NamedNode, QuerySolutions, Store, parse

from tests.shared_files import ROOT
from trialgraph.authoring.checkdigits import has_right_check_digit
from trialgraph.concepts import load_concepts
from trialgraph.ontology import ontology_modules

ONTOLOGY = ROOT / "ontology"
MODULES = ontology_modules(ONTOLOGY)
CHECKS = sorted((ROOT / "queries" / "qc").glob("*.rq"))
MISTAKES = ROOT / "tests" / "cases" / "ontology"
OWL = "http://www.w3.org/2002/07/owl#"
TGC = "https://w3id.org/trialgraph/concept/"


def _rows(store: Store, check: Path) -> list[dict[str, str]]:
    solutions = store.query(check.read_text(encoding="utf-8"))
    assert isinstance(solutions, QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [{name: str(row[name]) for name in names} for row in solutions]


@pytest.fixture(scope="module")
def store() -> Store:
    """Return a store that holds every module of the ontology."""
    store = Store()
    for module in MODULES:
        store.bulk_load(path=str(module))
    return store


def _mappings() -> list[dict[str, str]]:
    lines = (ONTOLOGY / "mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def _prefixes() -> dict[str, str]:
    text = (ONTOLOGY / "mappings.sssom.tsv").read_text(encoding="utf-8")
    return dict(re.findall(r"^#  (\w+): (\S+)$", text, flags=re.MULTILINE))


def test_there_are_checks_and_modules() -> None:
    """The collectors below find what they are meant to find."""
    assert len(CHECKS) >= 20
    assert len(MODULES) >= 20


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_the_ontology_passes_its_checks(check: Path, store: Store) -> None:
    """A row of a query in queries/qc/ is a mistake in the ontology."""
    assert _rows(store, check) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_each_check_finds_its_mistake(check: Path) -> None:
    """Every check reports the small wrong ontology that is kept for it."""
    store = Store()
    store.bulk_load(path=str(MISTAKES / f"{check.stem}.ttl"))
    assert _rows(store, check)


_TOP = "https://w3id.org/trialgraph/ontology"


def _name(module: Path) -> str:
    path = module.relative_to(ONTOLOGY).with_suffix("").as_posix()
    return _TOP if path == "trialgraph" else f"{_TOP}/{path}"


def test_one_file_imports_every_module_and_the_catalogue_finds_them() -> None:
    """Opened from a checkout without a network, trialgraph.ttl brings in every other module."""
    names = {_name(module): module.relative_to(ONTOLOGY).as_posix() for module in MODULES}
    level, found = {_TOP}, {_TOP}
    while level:
        paths = [ONTOLOGY / names[name] for name in level]
        stated = [quad for path in paths for quad in parse(path=str(path))]
        level = {quad.object.value for quad in stated if quad.predicate.value == f"{OWL}imports"} - found
        found |= level
    assert {name for name in names if "/axioms/" not in name} <= found
    catalogue = ElementTree.parse(ONTOLOGY / "catalog-v001.xml").getroot()
    entries = {entry.get("name"): entry.get("uri") for entry in catalogue}
    assert names.items() <= entries.items()
    versions = {name.replace(_TOP, f"{_TOP}/0.1.0"): path for name, path in names.items()}
    assert versions.items() <= entries.items()
    assert all((ONTOLOGY / str(uri)).is_file() for uri in entries.values())


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_each_module_says_what_it_is(module: Path) -> None:
    """A module has its own IRI, a version IRI, a title, a description and a licence."""
    stated: dict[str, set[str]] = {}
    for triple in parse(path=str(module)):
        if isinstance(triple.subject, NamedNode):
            stated.setdefault(triple.subject.value, set()).add(triple.predicate.value)
    terms = "http://purl.org/dc/terms/"
    expected = {f"{OWL}versionIRI", *(f"{terms}{name}" for name in ("title", "description", "license"))}
    assert expected <= stated[_name(module)]


def test_every_code_is_shown_to_be_right() -> None:
    """The mapping table has a row, with its source, for every code of concepts.ttl, and no other."""
    prefixes = _prefixes()

    def expand(curie: str) -> str:
        prefix, _, local = curie.partition(":")
        return prefixes[prefix] + local

    table = {
        (expand(row["subject_id"]), expand(row["predicate_id"]), expand(row["object_id"]))
        for row in _mappings()
    }
    predicates = {predicate for _, predicate, _ in table}
    stated = {
        (triple.subject.value, triple.predicate.value, triple.object.value)
        for triple in parse(path=str(ONTOLOGY / "concepts.ttl"))
        if triple.predicate.value in predicates
    }
    assert len(table) > 1000
    assert table == stated
    assert all(row["comment"] and 0 < float(row["confidence"]) <= 1 for row in _mappings())


def test_every_code_has_a_named_source() -> None:
    """Each row names a repository with a path, a package or an address, and how the match was made."""
    named = re.compile(r"^(?:(?:PyPI|npm) [\w.-]+ |https://|[\w.-]+/[\w.-]+ [\w./-]|CDC/NCHS .*\(PyPI )")
    unnamed = [(row["object_id"], row["comment"]) for row in _mappings() if not named.match(row["comment"])]
    assert unnamed == []
    made = {row["mapping_justification"] for row in _mappings()}
    assert made == {"semapv:ManualMappingCuration", "semapv:LexicalMatching"}


def test_the_mapping_table_calls_concepts_by_their_labels() -> None:
    """The table's subject labels are those of concepts.ttl."""
    concepts = load_concepts(ONTOLOGY)
    wrong = [
        row["subject_id"]
        for row in _mappings()
        if concepts.label(TGC + row["subject_id"].removeprefix("tgc:")) != row["subject_label"]
    ]
    assert wrong == []


def test_check_digits_of_codes_are_right() -> None:
    """A SNOMED CT code or LOINC number with a slip of the pen would not end in its check digit."""
    codes = [row["object_id"].partition(":")[::2] for row in _mappings()]
    snomed = [code for system, code in codes if system == "sct"]
    loinc = [code for system, code in codes if system == "loinc" and not code.startswith("LA")]
    assert len(snomed) > 200
    assert len(loinc) > 80
    assert [code for code in snomed if not has_right_check_digit("SNOMEDCT", code)] == []
    assert [code for code in loinc if not has_right_check_digit("LOINC", code)] == []


def test_the_schema_is_aligned_with_other_vocabularies() -> None:
    """Each mapping of a class or property has its row, with justification, confidence and source."""
    text = (ONTOLOGY / "alignment.sssom.tsv").read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^#  (\w+): (\S+)$", text, flags=re.MULTILINE))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t"))
    names = ("subject_id", "predicate_id", "object_id")
    split = [[row[name].partition(":") for name in names] for row in rows]
    table = {tuple(prefixes[prefix] + local for prefix, _, local in row) for row in split}
    stated = {
        (triple.subject.value, triple.predicate.value, triple.object.value)
        for module in MODULES
        for triple in parse(path=str(module))
        if triple.predicate.value.startswith(prefixes["skos"]) and triple.predicate.value.endswith("Match")
        if triple.subject.value.startswith(prefixes["tg"])
    }
    assert table == stated
    assert {row["object_id"].partition(":")[0] for row in rows} >= {
        "obo",
        "NCIT",
        "schema",
        "fhir",
        "prov",
        "earl",
    }
    assert all(
        row["comment"] and row["mapping_justification"] and 0 < float(row["confidence"]) <= 1 for row in rows
    )
