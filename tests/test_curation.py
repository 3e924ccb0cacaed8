"""Readings corrected by hand are checked, preferred, told apart, and never applied to other words."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pyoxigraph as ox
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.serving import serving
from tests.shared_files import ROOT
from tests.strategies import expressions
from trialgraph.catalogue import screenable_trial, stale_curations
from trialgraph.cli import app
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria import read_criteria, read_structured
from trialgraph.curation import (
    correct,
    curation_folders,
    curation_template,
    read_correction_file,
    read_corrections,
)
from trialgraph.errors import InputError, UsageError
from trialgraph.expressions import AllOf, AnyOf, Category, Expression, Fact, Not, Value, to_json
from trialgraph.loading import LoadReport, load_records
from trialgraph.records import TrialRecord
from trialgraph.resources import product_folder
from trialgraph.shapes.eligibility import compile_shapes
from trialgraph.shapes.quality import check_trial
from trialgraph.sources.files import Refusal, read_records
from trialgraph.stores import Store, open_store

NCT = "NCT00000002"
ALT_CONCEPT = "AlanineAminotransferase"
ECOG = {"type": "value", "concept": "tgc:ECOGPerformanceStatus", "low": 0, "high": 2}
PROVENANCE = {"who": "A. Curator", "when": "2025-09-01", "why": "2 is admitted, too"}


def study(*criteria: str) -> dict[str, object]:
    """Return an invented study with these inclusion criteria."""
    text = "Inclusion Criteria:\n\n" + "\n".join(f"* {each}" for each in criteria)
    return {
        "protocolSection": {
            "identificationModule": {"nctId": NCT, "briefTitle": "A study"},
            "statusModule": {"overallStatus": "RECRUITING"},
            "eligibilityModule": {"eligibilityCriteria": text, "minimumAge": "18 Years"},
        }
    }


def curated(folder: Path, **criteria: dict[str, object]) -> Path:
    """Write a curation file; each criterion gets what it lacks of who, when and why."""
    entries = {name: {**PROVENANCE, **entry} for name, entry in criteria.items()}
    path = folder / f"{NCT}.yaml"
    path.write_text(yaml.safe_dump({"trial": NCT, "criteria": entries}), encoding="utf-8")
    return path


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Return the file of an invented study."""
    path = tmp_path / "study.json"
    path.write_text(json.dumps(study("ECOG 0-1", "Hemoglobin ≥ 9 g/dL", "Good mood")), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder for curations."""
    path = tmp_path / "curation"
    path.mkdir()
    return path


def _records(path: Path) -> list[TrialRecord | Refusal]:
    return list(read_records([path]))


def _loaded(path: Path, folder: Path) -> tuple[Store, LoadReport]:
    store, report = open_store(), LoadReport()
    corrections = read_corrections([folder])
    assert list(load_records(_records(path), store, report, corrections=corrections))
    return store, report


def test_the_product_ships_no_curation_of_its_packaged_trials() -> None:
    """Their machine readings stand as they are."""
    assert (product_folder("data") / "curation").is_dir()
    assert read_corrections([product_folder("data") / "curation"]) == {}


def test_a_curated_reading_takes_precedence_everywhere(record: Path, folder: Path) -> None:
    """The graph, screening and the shapes have it; the reading it replaced is kept beside it."""
    curated(folder, I1={"text": "ECOG 0-1", "expression": ECOG})
    store, report = _loaded(record, folder)
    assert (report.curated, report.stale) == (1, [])
    trial = screenable_trial(store, NCT)
    by_id = {each.id: each for each in trial.criteria}
    expression = by_id["I1"].expression
    assert isinstance(expression, Value)
    assert (expression.limit.high, expression.span) == (2, (0, 8))
    assert by_id["I1"].curation is not None
    assert by_id["I2"].curation is None
    assert "sh:maxInclusive 2" in compile_shapes(trial)
    node = ox.NamedNode(f"https://w3id.org/trialgraph/trial/{NCT}/curation/I1")
    query = "SELECT ?who ?when ?why ?old { ?c tg:curation ?n . ?n prov:wasAttributedTo/tg:name ?who ; "
    query += "prov:generatedAtTime ?when ; tg:rationale ?why ; tg:replacedReading ?old ; a prov:Entity }"
    prefixes = {"tg": "https://w3id.org/trialgraph/ontology#", "prov": "http://www.w3.org/ns/prov#"}
    [row] = list(store.select(query, prefixes=prefixes))
    assert [row[name].value for name in ("who", "when", "why")] == list(PROVENANCE.values())
    assert row["when"].datatype.value.endswith("#date")
    assert json.loads(row["old"].value)["high"] == 1
    assert any(quad.subject == node for quad in store.graph(f"https://w3id.org/trialgraph/graph/{NCT}"))


def test_the_same_curation_gives_the_same_triples(record: Path, folder: Path) -> None:
    """Nothing random gets into the graph."""
    curated(folder, I1={"text": "ECOG 0-1", "expression": ECOG})
    graph = f"https://w3id.org/trialgraph/graph/{NCT}"
    first, second = (sorted(map(str, _loaded(record, folder)[0].graph(graph))) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("ECOG 0-2", "Hemoglobin ≥ 9 g/dL"), "the registry's text has changed"),
        (("Age of 18 or more", "ECOG 0-1"), "its words are now those of I2"),
        ((), "the trial no longer has this criterion"),
    ],
)
def test_a_curation_of_other_words_is_stale(
    words: tuple[str, ...], problem: str, tmp_path: Path, folder: Path
) -> None:
    """It isn't applied; the load, the graph and the check say so."""
    curated(folder, I1={"text": "ECOG 0-1", "expression": ECOG})
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(study(*words)), encoding="utf-8")
    store, report = _loaded(path, folder)
    assert [each.problem for each in report.stale] == [problem]
    assert report.curated == 0
    assert all(each.curation is None for each in screenable_trial(store, NCT).criteria)
    assert [(each.criterion, each.problem) for each in stale_curations(store, NCT)] == [("I1", problem)]
    messages = [each.message for each in check_trial(store, NCT) if each.check == "stale-curation"]
    assert messages == [f"The curation of I1 in {NCT}.yaml isn't applied: {problem}"]


def test_line_breaks_of_the_text_do_not_make_a_curation_stale(record: Path, folder: Path) -> None:
    """YAML may fold a text; its words count."""
    curated(folder, I2={"text": "Hemoglobin\n  ≥ 9 g/dL\n", "expression": {**ECOG, "high": 3}})
    assert _loaded(record, folder)[1].curated == 1


def test_the_hash_of_the_text_stands_for_it(record: Path, folder: Path) -> None:
    """A curation may give the SHA-256 of the criterion's words instead of the words."""
    good = hashlib.sha256(b"ECOG 0-1").hexdigest()
    curated(folder, I1={"sha256": good, "expression": ECOG})
    assert _loaded(record, folder)[1].curated == 1
    curated(folder, I1={"sha256": hashlib.sha256(b"ECOG 0-2").hexdigest(), "expression": ECOG})
    assert len(_loaded(record, folder)[1].stale) == 1


def test_structured_criteria_can_be_curated(record: Path, folder: Path) -> None:
    """AGE and SEX are criteria as well."""
    age = {"type": "value", "concept": "tgc:Age", "low": 16, "unit": "a"}
    curated(folder, AGE={"text": "Minimum age 18 Years", "expression": age})
    assert _loaded(record, folder)[1].curated == 1


def test_the_later_folder_counts(record: Path, folder: Path, tmp_path: Path) -> None:
    """A user's own curation stands before the packaged one, criterion by criterion."""
    own = tmp_path / "own"
    own.mkdir()
    curated(folder, I1={"text": "ECOG 0-1", "expression": ECOG}, I3={"text": "Good mood", "expression": ECOG})
    curated(own, I1={"text": "ECOG 0-1", "expression": {**ECOG, "high": 3}})
    found = read_corrections([folder, own])[NCT]
    highs = {name: each.expression.limit.high for name, each in found.items()}  # type: ignore[union-attr]
    assert highs == {"I1": 3, "I3": 2}


def _fact(concept: str, **more: object) -> dict[str, object]:
    return {"type": "fact", "concept": f"tgc:{concept}", "category": "condition", **more}


def _value(concept: str, **more: object) -> dict[str, object]:
    return {"type": "value", "concept": f"tgc:{concept}", **more}


@pytest.mark.parametrize(
    ("expression", "path", "words"),
    [
        (_fact("NoSuchConcept"), ".concept", "there is no concept"),
        ({**ECOG, "concept": "https://example.org/x"}, ".concept", "there is no concept"),
        (_fact("Nivolumab"), ".category", "of category treatment, not condition; write treatment"),
        (_fact("Pregnancy", category="state"), ".category", "unknown category 'state'"),
        (_fact("Hemoglobin"), ".concept", "is a quantity; write it as a value"),
        (_value("BrainMetastasis", low=1), ".concept", "is not a quantity; write it as a fact"),
        (_value("Hemoglobin", low=9, unit="mm"), ".unit", "can't be in mm"),
        (_value("Hemoglobin", low=9, unit="furlong"), ".unit", "can't be in furlong"),
        (_value("Hemoglobin", low=9), "", "needs a unit"),
        (
            _value(ALT_CONCEPT, high=3, unit="U/L", relative_to="ULN"),
            ".unit",
            "of ULN has no unit",
        ),
        (
            _value(ALT_CONCEPT, high=3, relative_to="normal"),
            ".relative_to",
            "relative_to 'normal'",
        ),
        (_value("ECOGPerformanceStatus"), "", "needs a low or a high end"),
        (_value("ECOGPerformanceStatus", low=2, high=0), "", "at least 2 and at most 0"),
        (_value("ECOGPerformanceStatus", low="zero"), ".low", "has to be a number, not 'zero'"),
        (_value("ECOGPerformanceStatus", low=True), ".low", "has to be a number, not true"),
        (_value("ECOGPerformanceStatus", lwo=0, high=1), ".lwo", "unknown key 'lwo'"),
        (_value("ECOGPerformanceStatus", low=0, concept_label="Karnofsky"), ".concept_label", "no name of"),
        (_value("ECOGPerformanceStatus", low=0, span=[0, 99]), ".span", "only 8 characters"),
        (_value("ECOGPerformanceStatus", low=0, span=[0]), ".span", "a start and an end"),
        (_fact("Stroke", modifiers={"status": True}), ".modifiers.status", "has to be text, not true"),
        (_fact("Stroke", within={"amount": 6, "unit": "moon", "text": "x"}), ".within.unit", "unknown unit"),
        (_fact("Stroke", within={"amount": 6, "text": "x"}), ".within", "'unit' is missing"),
        (
            _fact("Stroke", within={"amount": 6, "unit": "month", "max_days": 90, "text": "x"}),
            ".within.max_days",
            "90 days are not 6 months",
        ),
        ({"type": "all_of", "operands": []}, ".operands", "a list of at least one"),
        ({"type": "not", "operand": {"type": "fact"}}, ".operand", "'concept' is missing"),
        ({"type": "none_of", "operands": [ECOG]}, ".type", "unknown type 'none_of'"),
        ({"type": "narrative", "text": "x", "reason": "dunno"}, ".reason", "unknown reason 'dunno'"),
        ("ECOG 0-2", "", "has to be a mapping"),
    ],
)
def test_what_is_wrong_with_an_expression_is_said_with_its_place(
    expression: object, path: str, words: str, folder: Path
) -> None:
    """Concepts, categories, units and keys are checked; the message has file, line and path."""
    file = curated(folder, I1={"text": "ECOG 0-1", "expression": expression})
    with pytest.raises(InputError) as caught:
        read_correction_file(file)
    where = caught.value.where or ""
    assert where.startswith(f"{file}:")
    assert where.endswith(f"($.criteria.I1.expression{path})")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "the file is empty"),
        ("trial: NCT00000002\ncriteria: {", 2, "not valid YAML"),
        ("trial: NCT00000002\ntrial: NCT00000002\n", 2, "'trial' stands here twice"),
        ("trial: &x [*x]\n", 1, "repeats by aliases"),
        (
            "\n".join(
                ["a0: &a0 [1]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))]
            ),
            1,
            "repeats",
        ),
        ("[" * 5000, 1, "nested more than"),
        ("trial: NCT1\ncriteria: {}\n", 1, "no registry number"),
        ("trial: NCT00000003\ncriteria: {}\n", 1, "is called NCT00000003.yaml"),
        ("trial: NCT00000002\ncriteria: {X1: {}}\n", 2, "no id of a criterion"),
        ("trial: NCT00000002\ncriteria:\n  I1:\n    who: A\n", 4, "'when' is missing"),
        ("trial: NCT00000002\ncriteria:\n  I1: {who: '', when: x, why: b, text: c, expression: {}}", 3, "'"),
        ("trial: NCT00000002\nwhen: 99999999999999999999999999999999\n", 2, "a number that no criterion"),
        ("trial: !!python/object:os.system x\n", 1, "'criteria' is missing"),
        ("\x00", None, "not valid YAML"),
        ("- a\n- b\n", 1, "has to be a mapping"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(
    text: str, line: int | None, words: str, folder: Path
) -> None:
    """A file that isn't a curation is refused in one line that says where."""
    file = folder / f"{NCT}.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_correction_file(file)
    assert words in str(caught.value)
    assert (caught.value.where or "").startswith(f"{file}:{line}" if line else str(file))


@pytest.mark.parametrize("when", ["2025-09-01", "2025-09-01T14:30:00Z", "2025-09-01 14:30:00+02:00"])
def test_a_day_or_a_moment_is_a_date(when: str, folder: Path) -> None:
    """Both are taken as precisely as they are stated."""
    file = curated(folder, I1={"when": when, "text": "ECOG 0-1", "expression": ECOG})
    [found] = read_correction_file(file)
    assert found.curation.when == when.replace(" ", "T")


@pytest.mark.parametrize("when", ["2025-02-30", "yesterday", "2025-09", "2025-09-01T25:00:00"])
def test_what_is_no_date_is_refused(when: str, folder: Path) -> None:
    """A curation without a day has no provenance."""
    file = curated(folder, I1={"when": when, "text": "ECOG 0-1", "expression": ECOG})
    with pytest.raises(InputError, match=r"is no date.*"):
        read_correction_file(file)


def _as_the_ontology_has_it(expression: Expression) -> Expression:
    """Return a generated expression with the labels, categories and units of its concepts."""
    concepts = packaged_concepts()
    match expression:
        case AllOf(operands):
            return AllOf(tuple(map(_as_the_ontology_has_it, operands)))
        case AnyOf(operands):
            return AnyOf(tuple(map(_as_the_ontology_has_it, operands)))
        case Not(operand):
            return Not(_as_the_ontology_has_it(operand))
        case Value(iri, relative_to=relative):
            unit = None if relative else concepts[iri].unit
            return replace(expression, concept_label=concepts.label(iri), unit=unit)
        case Fact(iri):
            category = cast(Category, concepts.category(iri))
            return replace(expression, concept_label=concepts.label(iri), category=category)
        case _:
            return expression


@given(
    expressions.map(_as_the_ontology_has_it),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=15),
)
def test_a_template_reads_as_the_reading_it_was_made_of(expression: Expression, text: str) -> None:
    """Saving the template with who and why filled in changes nothing."""
    template = curation_template(NCT, "I1", f"x{text}", expression, day=date(2025, 9, 1), folder="f")
    with TemporaryDirectory() as place:
        file = Path(place) / f"{NCT}.yaml"
        file.write_text(_filled(template), encoding="utf-8")
        [found] = read_correction_file(file)
    assert found.is_of(f"x{text}")
    assert found.expression == expression


def _filled(template: str) -> str:
    """Return a template with who and why."""
    return template.replace("who: ''", "who: A. Curator", 1).replace("why: ''", "why: 2 too", 1)


@pytest.mark.parametrize("number", ["NCT06794086", "NCT06592612"])
def test_every_reading_of_a_packaged_trial_makes_a_valid_template(number: str, tmp_path: Path) -> None:
    """What the machine read passes the checks of what a person writes, and comes back the same."""
    [record] = [
        each
        for each in read_records([ROOT / "data" / "trials" / f"{number}.txt"])
        if isinstance(each, TrialRecord)
    ]
    criteria = (*read_structured(record), *read_criteria(record))
    assert len(criteria) > 10
    for criterion in criteria:
        template = curation_template(
            number, criterion.id, criterion.text, criterion.expression, day=date(2025, 9, 1), folder="f"
        )
        file = tmp_path / f"{number}.yaml"
        file.write_text(_filled(template), encoding="utf-8")
        corrections = read_corrections([tmp_path])
        again, stale = correct(number, [criterion], corrections)
        assert stale == ()
        assert to_json(again[0].expression) == to_json(criterion.expression)


def test_a_named_folder_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's default folder may be missing, one that was asked for may not."""
    with pytest.raises(UsageError, match="no such folder of curations"):
        curation_folders(tmp_path / "nowhere")
    monkeypatch.setenv("TRIALGRAPH_CURATION", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="no such folder of curations"):
        curation_folders()
    monkeypatch.setenv("TRIALGRAPH_CURATION", str(tmp_path))
    assert curation_folders()[-1] == tmp_path


def _run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    error = "" if isinstance(result.exception, SystemExit | None) else str(result.exception)
    return result.exit_code, result.stdout, result.stderr + error


def test_the_commands_curate_from_template_to_store(record: Path, folder: Path, tmp_path: Path) -> None:
    """A template is printed, saved, checked, loaded and shown; a new text of the registry makes it stale."""
    store = tmp_path / "store"
    assert _run("load", record, "--store", store, "--curation", folder)[0] == 0
    code, template, _ = _run("curation", "new", NCT, "i1", "--store", store)
    assert code == 0
    (folder / f"{NCT}.yaml").write_text(_filled(template).replace("high: 1", "high: 2"), encoding="utf-8")
    code, out, _ = _run("curation", "check", folder, "--store", store)
    assert (code, out.splitlines()[0]) == (0, f"{NCT} I1: not yet in the store; load the trial again")
    code, out, _ = _run("load", record, "--store", store, "--curation", folder)
    assert "1 readings set by hand" in " ".join(out.split())
    assert _run("curation", "check", folder, "--store", store)[1].startswith(f"{NCT} I1: applied\n")
    shown = " ".join(_run("show", NCT, "--store", store)[1].split())
    assert "set by hand by A. Curator on" in shown
    assert "from 0 to 2" in shown
    record.write_text(json.dumps(study("ECOG 0-1 or 2")), encoding="utf-8")
    code, out, error = _run("load", record, "--store", store, "--curation", folder)
    assert code == 0
    assert f"stale curation of {NCT} I1 in {NCT}.yaml, not applied: the registry's text has changed" in error
    assert "Stale curation of I1" in _run("show", NCT, "--store", store)[1]
    assert _run("curation", "check", folder, "--store", store)[0] == 1


def test_the_trial_page_and_the_api_name_the_curator(record: Path, folder: Path) -> None:
    """People and programs see who set a reading, and which curation no longer fits."""
    entry = {"text": "ECOG 0-1", "expression": ECOG}
    curated(folder, I1=entry, I2={**entry, "text": "Hemoglobin ≥ 8 g/dL"})
    store, _ = _loaded(record, folder)
    with serving(store) as client:
        page = client.get(f"/trial/{NCT}", headers={"Accept": "text/html"}).text
        told = client.get(f"/api/trials/{NCT}").json()
    assert "Set by hand by A. Curator on 2025-09-01: 2 is admitted, too" in page
    assert "Correction of I2 not applied:" in page
    assert "It was made by A. Curator on 2025-09-01." in page
    assert {each["id"]: each["curation"] is not None for each in told["criteria"]}["I1"]
    assert [each["criterion"] for each in told["stale_curations"]] == ["I2"]


def test_parse_applies_curations(record: Path, folder: Path) -> None:
    """The readings that parse prints are those that load would store."""
    curated(folder, I1={"text": "ECOG 0-1", "expression": ECOG})
    _, out, _ = _run("parse", record, "--json", "--curation", folder)
    first, second, *_ = json.loads(out)["criteria"]
    assert first["expression"]["high"] == 2
    assert first["curation"] == {**PROVENANCE, "file": f"{NCT}.yaml"}
    assert second["curation"] is None


def test_a_bad_curation_stops_a_load_before_it_starts(record: Path, folder: Path, tmp_path: Path) -> None:
    """One wrong file is one clear line; nothing is loaded."""
    curated(folder, I1={"text": "ECOG 0-1", "expression": {**ECOG, "concept": "tgc:Nothing"}})
    code, out, error = _run("load", record, "--store", tmp_path / "store", "--curation", folder)
    assert code != 0
    assert out == ""
    assert f"{NCT}.yaml:" in error
    assert not (tmp_path / "store").exists()


def test_a_criterion_that_is_not_there_has_no_template(record: Path, folder: Path, tmp_path: Path) -> None:
    """The message names those that are."""
    assert _run("load", record, "--store", tmp_path / "store", "--curation", folder)[0] == 0
    _, _, error = _run("curation", "new", NCT, "I9", "--store", tmp_path / "store")
    assert f"{NCT} has no criterion I9; it has AGE, I1, I2, I3" in error
