"""The command line as a user meets it: exit codes, one clear line for bad input, data on stdout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph

from tests.commands import run, run_apart
from tests.shared_files import ROOT
from trialgraph.cli import COMMANDS
from trialgraph.packaged import packaged_store
from trialgraph.shapes.engines import validation_report

TRIALS = ROOT / "data" / "trials"
PATIENT = ROOT / "data" / "patients" / "example-crc-liver.json"
BARRED = ROOT / "data" / "patients" / "example-crc-prior-pd1.json"
STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A study"},
        "statusModule": {"overallStatus": "RECRUITING"},
        "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* ECOG 0-1\n* Good mood"},
    }
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the packaged records into a store on disk."""
    folder = tmp_path_factory.mktemp("loaded") / "store"
    loaded = run_apart("load", TRIALS, "--store", folder)
    assert loaded.returncode == 0, loaded.stderr
    assert "5 trials" in loaded.stdout
    return folder


def _refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """Hold a refusal to exit code 2, nothing on stdout, no traceback, and the words that help."""
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr, result.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.json", b"", ["empty.json", "empty"]),
        ("cut.json", b'{"protocolSection": {"ident', ["cut.json", "line 1"]),
        ("other.json", b'{"hello": "world"}', ["other.json"]),
        ("page.txt", b"A page of a site\nthat nobody described\n", ["page.txt", "layout"]),
        ("latin.json", b'{"protocolSection": "\xe9\xff"}', ["latin.json"]),
    ],
)
def test_a_file_that_holds_no_record_is_refused(
    name: str, content: bytes, words: list[str], tmp_path: Path
) -> None:
    """A file that is empty, cut short, no study or of an unknown layout is named with what is wrong."""
    path = tmp_path / name
    path.write_bytes(content)
    _refused(run("load", path, "--store", tmp_path / "store"), *words)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path that isn't there is a usage error."""
    _refused(run("load", tmp_path / "nothing.json", "--store", tmp_path / "store"), "nothing.json")


def test_a_broken_member_of_an_archive_is_named_and_the_rest_loads(tmp_path: Path) -> None:
    """One bad member costs that member only."""
    path = tmp_path / "records.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.json", json.dumps(STUDY))
        archive.writestr("bad.json", '{"protocolSection": ')
    loaded = run("load", path, "--store", tmp_path / "store")
    assert loaded.returncode == 0
    assert "1 trials" in loaded.stdout
    assert "bad.json" in loaded.stderr
    assert "Traceback" not in loaded.stderr


def test_a_folder_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    """Somebody's folder is neither read as a store nor written to."""
    (tmp_path / "letter.txt").write_text("Dear reader", encoding="utf-8")
    _refused(run("load", TRIALS, "--store", tmp_path), str(tmp_path))
    _refused(run("query", "trials-overview", "--store", tmp_path), str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_store_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Reading a store that was named and doesn't exist is an error, not an empty answer."""
    _refused(run("query", "trials-overview", "--store", tmp_path / "nowhere"), "nowhere", "load")


def test_loading_twice_gives_the_same_triples(store: Path) -> None:
    """A second load of the same records changes nothing."""
    count = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    before = run("query", "-", "--store", store, "--format", "csv", text=count).stdout
    assert run("load", TRIALS, "--store", store).returncode == 0
    assert run("query", "-", "--store", store, "--format", "csv", text=count).stdout == before


def test_a_syntax_error_has_a_line_and_a_column(store: Path) -> None:
    """A query that isn't SPARQL is refused with the place of the mistake."""
    _refused(run("query", "-", "--store", store, text="SELECT ?s WHERE {\n  ?s ?p \n}"), "3", "stdin")


def test_a_query_on_standard_input_is_taken_as_it_is(store: Path) -> None:
    """It needs no brace, is never a name, and has to be text."""
    iri = "https://w3id.org/trialgraph/trial/NCT06794086"
    described = run("query", "-", "--store", store, text=f"DESCRIBE <{iri}>")
    assert described.returncode == 0, described.stderr
    assert "NCT06794086" in described.stdout
    _refused(run("query", "-", "--store", store, text="doses"), "stdin", "not valid SPARQL")
    _refused(run("query", "-", "--store", store, text=""), "stdin", "empty")
    command = [sys.executable, "-m", "trialgraph", "query", "-", "--store", str(store)]
    binary = subprocess.run(command, input=b"ASK { '\xff' }", capture_output=True, check=False)
    assert (binary.returncode, binary.stdout) == (2, b"")
    assert binary.stderr.decode() == "trialgraph: stdin: not UTF-8 text; save the query as UTF-8\n"


def test_a_query_stays_in_the_store(store: Path) -> None:
    """An update or a clause that asks another server is refused in one line."""
    _refused(run("query", "-", "--store", store, text="DROP ALL"), "stdin", "unexpected 'DROP'")
    text = "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    _refused(run("query", "-", "--store", store, text=text), "line 1, column 18", "another server")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", [["queries"], ["load", TRIALS], ["parse", TRIALS, "--json"]])
def test_output_that_cannot_be_written_is_one_line(command: list[str | Path], tmp_path: Path) -> None:
    """A full disk under standard output is said in a line, with exit code 2."""
    whole = [sys.executable, "-m", "trialgraph", *map(str, command)]
    settings = {**os.environ, "TRIALGRAPH_STORE": str(tmp_path / "store")}
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            whole, stdout=full, stderr=subprocess.PIPE, env=settings, text=True, check=False
        )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "No space left on device" in result.stderr


def test_a_missing_parameter_is_named(store: Path) -> None:
    """A query asked without what it needs, or with what it doesn't know, says what that is."""
    _refused(run("query", "criterion-provenance", "--store", store), "trial", "-p")
    _refused(run("query", "trials-overview", "-p", "colour=red", "--store", store), "colour")


def test_an_unknown_query_trial_and_category_are_refused(store: Path) -> None:
    """A name that doesn't exist is said to be unknown, with where to find the known ones."""
    _refused(run("query", "no-such-query", "--store", store), "no-such-query")
    _refused(run("show", "NCT99999999", "--store", store), "NCT99999999", "load")
    _refused(run("screen", PATIENT, "--assume-complete", "luck", "--store", store), "luck", "conditions")
    _refused(run("screen", PATIENT, "--as-of", "yesterday", "--store", store), "yesterday", "YYYY-MM-DD")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["patient.json"]),
        ('{"resourceType": "Bundle", "entry": [', ["patient.json:1"]),
        ('{"resourceType": "Bundle", "type": "collection", "entry": []}', ["patient.json"]),
        ('{"hello": "world"}', ["patient.json"]),
        ("[1, 2]", ["patient.json"]),
        ("[" * 100_000 + "]" * 100_000, ["nested too deeply"]),
    ],
)
def test_a_file_that_holds_no_patient_is_refused(
    content: str, words: list[str], store: Path, tmp_path: Path
) -> None:
    """A patient file that is empty, cut short, without a patient or no FHIR is named."""
    path = tmp_path / "patient.json"
    path.write_text(content, encoding="utf-8")
    _refused(run("screen", path, "--store", store), *words)


def test_an_export_without_patients_is_not_passed_over(store: Path, tmp_path: Path) -> None:
    """An empty NDJSON file screens nobody, which is said."""
    path = tmp_path / "cohort.ndjson"
    path.write_text("\n\n", encoding="utf-8")
    _refused(run("screen", path, "--format", "ndjson", "--store", store), "cohort.ndjson", "no patient")


def test_a_trial_named_twice_is_screened_once(store: Path) -> None:
    """Repeating --trial, also in small letters, doubles neither criteria nor what is missing."""
    common = ("--as-of", "2025-09-01", "--format", "json", "--store", store)
    once = run("screen", PATIENT, "--trial", "NCT06794086", *common)
    twice = run("screen", PATIENT, "--trial", "NCT06794086", "--trial", "nct06794086", *common)
    assert once.stdout == twice.stdout


def test_the_screening_json_is_the_contracts(store: Path) -> None:
    """Stdout is one JSON object for one patient, with a verdict for each trial."""
    screened = run("screen", PATIENT, "--as-of", "2025-09-01", "--format", "json", "--store", store)
    assert screened.returncode == 0, screened.stderr
    document = json.loads(screened.stdout)
    assert document["as_of"] == "2025-09-01"
    assert len(document["trials"]) == 5
    assert {trial["verdict"] for trial in document["trials"]} <= {"eligible", "ineligible", "possible"}
    several = run(
        "screen", PATIENT, BARRED, "--trial", "NCT06794086", "--as-of", "2025-09-01", "--format", "json",
        "--store", store,
    )  # fmt: skip
    verdicts = [patient["trials"][0]["verdict"] for patient in json.loads(several.stdout)]
    assert verdicts == ["possible", "ineligible"]


def test_validate_exits_with_one_when_a_criterion_bars(store: Path) -> None:
    """The plain SHACL report goes to stdout; its exit code says whether there is a violation."""
    common = ("--trial", "NCT06794086", "--as-of", "2025-09-01", "--store", store)
    possible, barred = run("validate", PATIENT, *common), run_apart("validate", BARRED, *common)
    assert (possible.returncode, barred.returncode) == (0, 1)
    for report in (possible.stdout, barred.stdout):
        assert "sh:ValidationReport" in report


def test_the_view_and_the_shapes_are_all_that_another_engine_needs(store: Path) -> None:
    """What `validate --view` and `shapes` print gives pySHACL the results that `validate` prints."""
    trial, common = ("NCT06794086",), ("--as-of", "2025-09-01", "--store", store)
    shapes = run("shapes", *trial, "--store", store)
    view = run("validate", BARRED, "--trial", *trial, *common, "--view")
    assert (shapes.returncode, view.returncode) == (0, 0)
    assert "tg:ScreeningView" in view.stdout
    outside = validation_report(Graph().parse(data=view.stdout, format="turtle"), shapes.stdout)
    printed = Graph().parse(data=run("validate", BARRED, "--trial", *trial, *common).stdout, format="turtle")
    assert _reported(outside) == _reported(printed)
    assert any(severity == SH.Violation for _, severity in _reported(printed))


def _reported(report: Graph) -> set[tuple[object, object]]:
    results = report.objects(next(report.subjects(RDF.type, SH.ValidationReport)), SH.result)
    return {(report.value(each, SH.sourceShape), report.value(each, SH.resultSeverity)) for each in results}


def test_parse_reads_plain_text_from_standard_input() -> None:
    """Plain text is one trial with the id stdin; each criterion's text is what its span covers."""
    text = "Inclusion Criteria:\n* Age >= 18 years\n* Good mood\n\nExclusion Criteria:\n* Pregnancy\n"
    parsed = run_apart("parse", "-", "--json", text=text)
    assert parsed.returncode == 0, parsed.stderr
    [document] = [json.loads(line) for line in parsed.stdout.splitlines()]
    assert document["trial"] == "stdin"
    assert [criterion["id"] for criterion in document["criteria"]] == ["I1", "I2", "E1"]
    for criterion in document["criteria"]:
        start, end = criterion["span"]
        assert text[start:end] == criterion["text"]


def test_parse_reads_records_and_text_files_alike(tmp_path: Path) -> None:
    """A record on standard input and a text file of criteria are read as what they are."""
    record = run("parse", "-", "--json", text=json.dumps(STUDY))
    assert json.loads(record.stdout)["trial"] == "NCT00000001"
    plain = tmp_path / "part-b.txt"
    plain.write_text("Exclusion Criteria:\n* Pregnancy\n", encoding="utf-8")
    document = json.loads(run("parse", plain, "--json").stdout)
    assert (document["trial"], [each["id"] for each in document["criteria"]]) == ("part-b", ["E1"])
    page = tmp_path / "page.txt"
    page.write_text("A page of a site\nthat nobody described\n", encoding="utf-8")
    _refused(run("parse", page, "--json"), "page.txt", "layout")


@pytest.mark.parametrize("name", ["html", "turtle", "ndjson", "table"])
def test_every_format_of_a_screening(name: str, store: Path) -> None:
    """Each format names the trial on stdout."""
    screened = run(
        "screen",
        PATIENT,
        "--trial",
        "NCT06794086",
        "--as-of",
        "2025-09-01",
        "--format",
        name,
        "--store",
        store,
    )
    assert screened.returncode == 0, screened.stderr
    assert "NCT06794086" in screened.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["screen", "--trail", "NCT06794086", "patient.json"], ["--trail", "--trial", "screen --help"]),
        (["scren"], ["scren", "screen"]),
        (["screen"], ["PATIENT", "screen --help"]),
        (["screen", "patient.json", "--engine", "abacus"], ["abacus", "pyshacl", "screen --help"]),
        (["screen", "patient.json", "--as-of"], ["--as-of"]),
    ],
)
def test_a_wrong_option_is_one_clear_line(arguments: list[str], words: list[str]) -> None:
    """A wrong option, command or value is refused in one line that says what and where to look."""
    refused = run(*arguments)
    _refused(refused, *words)
    assert len(refused.stderr.splitlines()) == 1
    assert refused.stderr.startswith("trialgraph: ")


def test_nothing_asked_shows_the_help() -> None:
    """Without a command, the program says what it can do, and that nothing was done."""
    shown = run_apart()
    assert shown.returncode == 2
    assert "Usage:" in shown.stdout
    assert "screen" in shown.stdout
    assert shown.stderr == ""


def test_the_help_waits_for_no_command() -> None:
    """The list of the commands is told without importing what they need."""
    told = "import sys; from trialgraph.cli import app; app(['--help'], standalone_mode=False)"
    imported = f"{told}; print(*(name for name in sys.modules if name.startswith('trialgraph.')))"
    shown = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True)
    *lines, modules = shown.stdout.splitlines()
    for name, summary in COMMANDS.items():
        assert any(f" {name} " in line and summary[:20] in line for line in lines), name
    assert modules.split() == ["trialgraph.errors", "trialgraph.cli"]


def test_of_the_packaged_trials_only_those_asked_for_are_read() -> None:
    """Without a store, one trial doesn't wait for the others to be read."""
    assert packaged_store(["NCT06794086"]).trials() == ["NCT06794086"]
    assert len(packaged_store().trials()) == 5
