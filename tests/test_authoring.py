import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.shared_files import ROOT
from trialgraph.authoring import Finding, check_ontology
from trialgraph.authoring.blocks import read_blocks
from trialgraph.authoring.checkdigits import has_right_check_digit
from trialgraph.cli import app
from trialgraph.concepts import load_concepts
from trialgraph.errors import InputError
from trialgraph.ontology import CLOSURE

ONTOLOGY = ROOT / "ontology"
MISTAKES = sorted((ROOT / "tests" / "cases" / "ontology").glob("*.ttl"))
GUIDE = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
TGC = "https://w3id.org/trialgraph/concept/"
HEAD = """@prefix tg: <https://w3id.org/trialgraph/ontology#> .
@prefix tgc: <https://w3id.org/trialgraph/concept/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sct: <http://snomed.info/id/> .

"""
"""Eight lines, so that what follows begins on line 9."""

RIGHT = """tgc:Alkaptonuria a owl:Class ;
    rdfs:subClassOf tgc:Condition ;
    rdfs:label "alkaptonuria"@en ;
    skos:definition "Condition in which homogentisic acid is not broken down."@en ;
    dcterms:source <https://w3id.org/trialgraph/ontology> .
"""


def _found(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    """Return line, term and check of what is found in a file beside the packaged ontology."""
    path = tmp_path / "mine.ttl"
    path.write_text(HEAD + text, encoding="utf-8")
    return [(finding.line, finding.term, finding.check) for finding in check_ontology([path])]


def test_there_are_mistakes_to_find() -> None:
    """The collector found the small wrong ontologies."""
    assert len(MISTAKES) >= 20


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_each_mistake_is_told_at_its_line(path: Path, tmp_path: Path) -> None:
    """A check names the file and the line of a term that the mistake is about, in an ontology of its own."""
    copied = Path(shutil.copy(path, tmp_path))
    found = [finding for finding in check_ontology([tmp_path]) if finding.check == path.stem]
    assert found
    lines = path.read_text(encoding="utf-8").splitlines()
    for finding in found:
        assert finding.path == copied
        assert finding.term in lines[finding.line - 1]
        assert "{" not in finding.message


SLIPS = [
    ('    skos:definition "', '    rdfs:comment "', 9, "undescribed-terms"),
    ("rdfs:label", "rdfs:comment", 9, "undescribed-terms"),
    ("dcterms:source", "rdfs:seeAlso", 12, "unsourced-definitions"),
    ("Condition in which", "Trouble in which", 12, "definitions-without-genus"),
    (
        "Condition in which homogentisic acid is not broken down.",
        "Alkaptonuria.",
        12,
        "empty-definitions",
    ),
    ("skos:definition", "skos:altLable 'AKU'@en ;\n    skos:definition", 12, "undeclared-properties"),
    ("tgc:Condition", "tgc:Conditoin", 10, "undefined-terms"),
    ("rdfs:label", "rdfs:label 'black urine'@en ; rdfs:label", 11, "repeated-descriptions"),
    ('"alkaptonuria"', '"Pregnancy"', 11, "shared-labels"),
    ("skos:definition", "skos:altLabel 'HBsAg'@en ;\n    skos:definition", 12, "shared-synonyms"),
    ("skos:definition", "skos:exactMatch sct:360381004 ;\n    skos:definition", 12, "unproven-codes"),
    ("skos:definition", "skos:exactMatch sct:360381005 ;\n    skos:definition", 12, "check-digits"),
    ("skos:definition", "skos:exactMatch sct:A3603 ;\n    skos:definition", 12, "malformed-codes"),
    ("skos:definition", 'tg:canonicalUnit "mgs per dl" ;\n    skos:definition', 12, "units"),
    ("skos:definition", "tg:catgory 'condition' ;\n    skos:definition", 12, "undefined-terms"),
    ("rdfs:subClassOf", "rdfs:subClassOf tgc:ClinicalConcept ,", 10, "redundant-superclasses"),
    (
        "homogentisic",
        'acid"@en .\n\ntgc:Alkaptonuria a owl:Class ; rdfs:comment "',
        14,
        "repeated-blocks",
    ),
]
"""What is mistyped of a right concept, what stands there instead, and the line and the check that tell it."""


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """Return what is found of concepts of which each has one slip and a file and a name of its own."""
    folder = tmp_path_factory.mktemp("slips")
    paths = [folder / f"{number}.ttl" for number in range(len(SLIPS))]
    for path, (wrong, right, _, _) in zip(paths, SLIPS, strict=True):
        text = RIGHT.replace(wrong, right, 1).replace("lkaptonuria", f"lkaptonuria{path.stem}")
        path.write_text(HEAD + text, encoding="utf-8")
    right = RIGHT.replace("lkaptonuria", "lkaptonuriaToo")
    other = RIGHT.replace("alkaptonuria", "black urine").replace("Alkaptonuria", "BlackUrine")
    told = {
        "right": right,
        "cycle": RIGHT.replace("tgc:Condition", "tgc:BlackUrine")
        + other.replace("tgc:Condition", "tgc:Alkaptonuria"),
        "named": RIGHT.replace("tgc:Alk", "tgc:SameAlk").replace('"alkaptonuria"', '"mania"'),
    }
    for name, text in told.items():
        paths.append(folder / f"{name}.ttl")
        paths[-1].write_text(HEAD + text, encoding="utf-8")
    return check_ontology(paths)


def test_a_right_concept_passes(slips: list[Finding]) -> None:
    """A block with superclass, label and definition is all that a concept needs."""
    assert [each for each in slips if each.path.stem == "right"] == []


@pytest.mark.parametrize("number", range(len(SLIPS)), ids=lambda number: f"{number}-{SLIPS[number][3]}")
def test_a_slip_is_told_by_its_line(number: int, slips: list[Finding]) -> None:
    """Every slip of an editor is found, at the very line where it can be told."""
    *_, line, check = SLIPS[number]
    found = [(each.line, each.term, each.check) for each in slips if each.path.stem == str(number)]
    assert (line, f"tgc:Alkaptonuria{number}", check) in found


def test_a_file_that_is_no_turtle_is_told_alone(tmp_path: Path) -> None:
    """A syntax error has its line, and hides what would only follow from it."""
    assert _found(tmp_path, RIGHT.replace("owl:Class ;", "owl:Class")) == [(10, "", "syntax")]


def test_a_prefix_that_is_not_declared_is_told_by_its_line(tmp_path: Path) -> None:
    """An unknown prefix is an error of the syntax, and the message names it."""
    path = tmp_path / "mine.ttl"
    path.write_text(HEAD + RIGHT.replace("rdfs:subClassOf tgc:", "rdfs:subClassOf tcg:"), encoding="utf-8")
    (finding,) = check_ontology([path])
    assert (finding.line, finding.check) == (10, "syntax")
    assert "tcg:" in finding.message


def test_a_cycle_of_superclasses_is_told_at_both_its_classes(slips: list[Finding]) -> None:
    """Two classes that are each above the other are both named."""
    found = {each.term for each in slips if each.path.stem == "cycle" and each.check == "cycles"}
    assert found == {"tgc:Alkaptonuria", "tgc:BlackUrine"}


def test_a_finding_about_two_files_is_told_in_the_one_that_is_asked_about(slips: list[Finding]) -> None:
    """Who checks a file is told of its own line, and of the place that it collides with."""
    (finding,) = [each for each in slips if each.path.stem == "named" and each.check == "shared-labels"]
    assert re.search(r"tgc:Mania \(concepts\.ttl:\d+\)", finding.message)


def test_a_file_takes_the_place_of_the_module_with_its_name(tmp_path: Path) -> None:
    """An edited copy of a module isn't compared with the packaged one."""
    path = tmp_path / "edited.ttl"
    shutil.copy(ONTOLOGY / "axioms.ttl", path)
    assert check_ontology([path]) == []


def test_a_mapping_without_its_concept_is_told(tmp_path: Path) -> None:
    """A row of the mapping table that no concept states is found in the table."""
    table = tmp_path / "mappings.sssom.tsv"
    lines = (ONTOLOGY / "mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    extra = lines[-1].replace(lines[-1].split("\t")[0], "tgc:Pregnancy", 1)
    table.write_text("\n".join([*lines, extra]) + "\n", encoding="utf-8")
    (finding,) = check_ontology([table])
    assert (finding.path, finding.line, finding.check) == (table, len(lines) + 1, "unused-mappings")


@pytest.mark.parametrize(
    ("name", "content"),
    [("none.ttl", None), ("bytes.ttl", b"\xff\xfe"), ("page.html", b"<p>"), ("empty", None)],
)
def test_what_cannot_be_read_is_refused(name: str, content: bytes | None, tmp_path: Path) -> None:
    """A missing file, bytes that aren't text and other files are wrong input, not findings."""
    path = tmp_path / name
    if name == "empty":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=name):
        check_ontology([path])


def test_the_command_finds_no_mistakes_in_the_packaged_ontology() -> None:
    """The modules that come with the product, and their mapping table, pass: no line, and exit code 0."""
    result = CliRunner().invoke(app, ["ontology", "check"])
    assert (result.exit_code, result.stdout) == (0, "")


def test_the_command_exits_with_one_when_something_is_wrong(tmp_path: Path) -> None:
    """Findings go to standard output, one a line, and the exit code says that there are some."""
    path = tmp_path / "mine.ttl"
    path.write_text(HEAD + RIGHT.replace("tgc:Condition", "tgc:Conditoin"), encoding="utf-8")
    result = CliRunner().invoke(app, ["ontology", "check", str(path)])
    assert result.exit_code == 1
    assert all(line.startswith(f"{path}:") for line in result.stdout.splitlines())


def test_blocks_are_found_whatever_their_strings_hold() -> None:
    """Full stops, signs and prefixes within strings, comments and numbers end no block."""
    block = 'a:b a:c "one. a:d # ;", 0.5 , """two\n." ; a:e .""" .'
    text = f"@prefix a: <x:> .\n# a:no .\n{block}\n\na:f a:g a:C78.7 .\n"
    blocks, prefixes = read_blocks(Path("x.ttl"), text)
    assert prefixes == {"a": "x:"}
    assert [(block.subject, block.line) for block in blocks] == [("x:b", 3), ("x:f", 6)]
    assert blocks[1].mentions["x:C78.7"] == 6


@pytest.mark.parametrize(
    ("system", "code", "right"),
    [
        ("SNOMEDCT", "363406005", True),
        ("SNOMEDCT", "363406006", False),
        ("LOINC", "2160-0", True),
        ("LOINC", "2160-1", False),
        ("NCIT", "C2955", True),
        ("LOINC", "LA6751-7", True),
    ],
)
def test_check_digits(system: str, code: str, right: bool) -> None:
    """A wrong last digit shows; codes without a check digit are let be."""
    assert has_right_check_digit(system, code) is right


def test_a_retired_concept_is_not_read_and_stands_for_its_successor(tmp_path: Path) -> None:
    """Its names are no names any more, and what was stored under it counts as its successor."""
    folder = tmp_path / "ontology"
    shutil.copytree(ONTOLOGY, folder)
    with (folder / "concepts.ttl").open("a", encoding="utf-8") as file:
        file.write(next(block for block in _guide_blocks("turtle") if "owl:deprecated" in block))
    assert check_ontology([folder]) == []
    concepts = load_concepts(folder)
    lump = f"{TGC}FunnyLump"
    assert concepts[lump].retired
    assert concepts[lump].replaced_by == f"{TGC}Neoplasm"
    assert lump not in {form.iri for form in concepts.surface_forms()}
    assert concepts.is_a(lump, f"{TGC}Neoplasm")
    assert concepts.category(lump) == "condition"


def _guide_blocks(language: str) -> list[str]:
    return [
        re.sub(r"^  (?=\S|  )", "", block, flags=re.MULTILINE) if block.startswith("  ") else block
        for block in re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    ]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout, to which the guide's concept has been added."""
    folder = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("loader", "ontology"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("data", "queries", "shapes", "tests"):
        (folder / name).symlink_to(ROOT / name)
    with (folder / "ontology" / "concepts.ttl").open("a", encoding="utf-8") as file:
        file.write("\n" + _guide_blocks("turtle")[0])
    return folder


@pytest.mark.usefixtures("long_java")
def test_the_guide_adds_a_concept_that_is_read_queried_and_screened(checkout: Path) -> None:
    """Every command of the guide's example prints what the guide shows, right after the block is added.

    Reasoning again also gives the very closure that is kept, but for what the block brings.
    """
    environment = {**os.environ, "COLUMNS": "160", "PYTHONPATH": str(checkout / "loader")}
    environment["TRIALGRAPH_VOCABULARIES"] = str(checkout / "none")
    sessions = re.split(r"^\$ ", _guide_blocks("console")[0], flags=re.MULTILINE)[1:]
    commands = [part.partition("\n")[::2] for part in sessions if part.startswith("trialgraph")]
    assert len(commands) == 6
    for command, shown in commands:
        if "reason" in command and shutil.which("java") is None:
            continue  # all the others work without
        arguments = [sys.executable, "-m", "trialgraph", *shlex.split(command)[1:]]
        run = subprocess.run(
            arguments, cwd=checkout, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
        printed = re.sub(r"\s+", " ", run.stdout)
        for line in shown.splitlines():
            assert re.sub(r"\s+", " ", line).strip() in printed, f"{command} did not print {line}"
    assert _inferred(checkout / "ontology") == _inferred(ONTOLOGY)


def _inferred(folder: Path) -> list[str]:
    """Return what an ontology's closure says of its classes, the guide's concept aside."""
    lines = (folder / CLOSURE).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("    dcterms:identifier", "tgc:Alkaptonuria "))]
    assert len(kept) > 40
    return kept
