"""Cohorts as tables: columns as concepts, cells as facts, and what is wrong by row and column."""

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.shared_files import ROOT
from trialgraph.cli import app, main
from trialgraph.derivation import screening_view
from trialgraph.errors import PatientError
from trialgraph.namespaces import TGC
from trialgraph.patients import PatientRecord, read_patients
from trialgraph.patients.dates import parse_date
from trialgraph.patients.facts import (
    CompletenessStatement,
    ConditionFact,
    ExposureFact,
    Measurement,
    ProcedureFact,
    ResultFact,
)
from trialgraph.views import ScreeningView

TODAY = date(2025, 9, 1)
HEADER = (
    "patient,sex,born,hemoglobin [g/L],hemoglobin date,hemoglobin high,ECOG performance status,"
    "brain metastasis,nivolumab,nivolumab date,nivolumab ended,KRAS mutation,colectomy,colectomy date,"
    "conditions complete,ward"
)
ROW = "p1,F,1960-06,128,2025-08-26,160,1,no,yes,2024-01,2024-06,yes,no,2025-09-01,2025-09-01,4B"


def _read(folder: Path, *rows: str, header: str = HEADER, mapping: str | None = None) -> list[PatientRecord]:
    table, columns = folder / "cohort.csv", folder / "cohort.toml"
    table.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    if mapping is not None:
        columns.write_text(mapping, encoding="utf-8")
    return list(read_patients(table, columns=None if mapping is None else columns))


def _view(record: PatientRecord, as_of: date = TODAY) -> ScreeningView:
    return screening_view(record, as_of)


def _documented() -> tuple[str, list[str]]:
    """Return the mapping and the rows of docs/patients.md."""
    text = (ROOT / "docs" / "patients.md").read_text(encoding="utf-8")
    (mapping,), (table,) = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("toml", "csv"))
    return mapping, table.splitlines()


def test_names_of_columns_say_what_they_mean(tmp_path: Path) -> None:
    """Each cell becomes a fact with the row and column that states it; the rest is in the report."""
    (record,) = _read(tmp_path, ROW)
    assert (record.id, record.demographics.sex) == ("p1", "female")
    assert record.demographics.born == parse_date("1960-06")
    facts = {type(fact): fact for fact in record.facts if not isinstance(fact, ResultFact | Measurement)}
    assert facts.keys() == {ExposureFact, CompletenessStatement}
    measured = {fact.what.concepts[0]: fact for fact in record.facts if isinstance(fact, Measurement)}
    hemoglobin = measured[str(TGC.Hemoglobin)]
    assert (hemoglobin.source, hemoglobin.value.low, hemoglobin.value.unit) == (
        "row 2/hemoglobin [g/L]",
        128,
        "g/L",
    )
    assert (hemoglobin.normal_high, hemoglobin.when) == (160, parse_date("2025-08-26"))
    results = {fact.what.concepts[0]: fact.positive for fact in record.facts if isinstance(fact, ResultFact)}
    assert results == {
        str(TGC.BrainMetastasis): False,
        str(TGC.KRASGeneMutation): True,
        str(TGC.Colectomy): False,
    }
    assert [str(note) for note in record.report] == ["column ward not read: nothing says what it means"]


def test_the_documented_mapping_reads_the_documented_table(tmp_path: Path) -> None:
    """Labels and IRIs are concepts, limits of normal are the result's, and ``<70`` is an interval."""
    mapping, (header, *rows) = _documented()
    first, second = _read(tmp_path, *rows, header=header, mapping=mapping)
    view = _view(first)
    assert view.quantities[str(TGC.ECOGPerformanceStatus)].value.high == 1
    assert view.quantities[str(TGC.Hemoglobin)].times_uln is not None
    assert str(TGC.PD1Inhibitor) in view.present
    assert str(TGC.BrainMetastasis) in view.absent
    assert str(TGC.HeartFailure) in view.absent
    assert _view(second).quantities[str(TGC.Hemoglobin)].value.high_open
    assert not {str(TGC.BrainMetastasis), str(TGC.PD1Inhibitor)} & {
        *_view(second).absent,
        *_view(second).present,
    }
    assert [str(note) for note in first.report] == ["column ward not read: nothing says what it means"]
    assert not second.report.notes


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blank=st.sets(st.sampled_from(HEADER.split(",")[1:])))
def test_an_empty_cell_is_missing_never_false(tmp_path: Path, blank: set[str]) -> None:
    """A row with fewer cells states less: what isn't stated is neither present nor absent by it."""
    cells = [
        "" if name in blank else cell for name, cell in zip(HEADER.split(","), ROW.split(","), strict=True)
    ]
    (whole,), (less,) = _read(tmp_path, ROW), _read(tmp_path, ",".join(cells))
    sources = {fact.source for fact in whole.facts}
    assert {fact.source for fact in less.facts} == sources - {f"row 2/{name}" for name in blank}
    if "conditions complete" in blank or not blank:
        assert _view(less).absent.keys() <= _view(whole).absent.keys() | _of_other_sex(less)


def _of_other_sex(record: PatientRecord) -> set[str]:
    return set() if record.demographics.sex else set(_view(record).absent)


@pytest.mark.parametrize(("answer", "present", "absent"), [("yes", True, False), ("no", False, True),
    ("unknown", False, False), ("", False, False), ("N/A", False, False), ("Y", True, False)])  # fmt: skip
@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("heart failure", "HeartFailure"),
        ("nivolumab", "Nivolumab"),
        ("colectomy", "Colectomy"),
        ("KRAS mutation", "KRASGeneMutation"),
        ("pregnancy", "Pregnancy"),
    ],
)
def test_answers(tmp_path: Path, name: str, concept: str, answer: str, present: bool, absent: bool) -> None:
    """Yes is there, no is not there; unknown and nothing are neither."""
    (record,) = _read(tmp_path, f"p1,{answer}", header=f"patient,{name}")
    view, iri = _view(record), str(TGC[concept])
    assert (iri in view.present, iri in view.absent) == (present, absent)


def test_unknown_keeps_a_complete_list_from_saying_no(tmp_path: Path) -> None:
    """With all conditions recorded, what is said to be unknown is still not absent."""
    header, row = "patient,conditions complete,heart failure", "p1,2025-09-01"
    for cell, absent in (("unknown", False), ("", True)):
        (record,) = _read(tmp_path, f"{row},{cell}", header=header)
        assert (str(TGC.HeartFailure) in _view(record).absent) is absent


def test_a_treatment_that_was_not_given_by_a_day_may_have_been_since(tmp_path: Path) -> None:
    """A dated "no" of a treatment says nothing of later days; completeness neither."""
    (record,) = _read(tmp_path, "p1,no,2025-09-01", header="patient,nivolumab,nivolumab date")
    assert str(TGC.Nivolumab) in _view(record).absent
    assert str(TGC.Nivolumab) not in _view(record, date(2025, 9, 2)).absent


def test_columns_of_a_course_date_it(tmp_path: Path) -> None:
    """When it began and ended, and whether it goes on."""
    header = "patient,heart failure,heart failure date,heart failure ended,heart failure ongoing,colectomy"
    (record,) = _read(tmp_path, "p1,yes,2019,2021-03,no,yes", header=header)
    condition = next(fact for fact in record.facts if isinstance(fact, ConditionFact))
    assert (condition.began, condition.ended, condition.active) == (
        parse_date("2019"), parse_date("2021-03"), False
    )  # fmt: skip
    assert any(isinstance(fact, ProcedureFact) for fact in record.facts)


def test_an_impossible_value_is_in_the_report(tmp_path: Path) -> None:
    """ECOG 7 is not used, and the row is read all the same; a cell's own unit counts."""
    header = "patient,ECOG performance status,hemoglobin [g/L]"
    (record,) = _read(tmp_path, "p1,7,12.8 g/dL", header=header)
    assert [note.kind for note in record.report] == ["not used"]
    assert _view(record).quantities[str(TGC.Hemoglobin)].value.low == 12.8


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("patient,hemoglobin [g/L]", "p1,high", "row 2, column 'hemoglobin [g/L]': 'high' is not a number"),
        ("patient,hemoglobin [g/L],hemoglobin date", "p1,1,31.12.2024", "row 2, column 'hemoglobin date': "),
        ("patient,hemoglobin", "p1,128", "column 'hemoglobin': no unit"),
        ("patient,nivolumab", "p1,maybe", "row 2, column 'nivolumab': 'maybe' is not an answer"),
        ("patient,conditions complete", "p1,yes", "complete through which day?"),
        ("patient,born", "p1,1960-13", "row 2, column 'born'"),
        ("patient,sex", "p1,other", "row 2, column 'sex': 'other' is neither female nor male"),
        ("patient,sex", ",female", "row 2, column 'patient': no patient"),
        ("patient,sex", "p1,male\np1,male", "row 3, column 'patient': 'p1' is the patient of row 2 too"),
        ("patient,sex", "p1", "row 2: 1 cells where the header has 2 columns"),
        ("patient,patient", "p1,p1", "two columns 'patient'"),
        ("id,sex", "p1,male", "no column 'patient'"),
    ],
)
def test_what_is_wrong_is_told_with_its_row_and_column(
    tmp_path: Path, header: str, row: str, said: str
) -> None:
    """An error names the file, the row and the column."""
    with pytest.raises(PatientError, match=re.escape(said)) as told:
        _read(tmp_path, row, header=header)
    assert "cohort.csv" in (told.value.where or "")


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("patient = ", "not a mapping of columns"),
        ('patient = "mrn"', "the table has no column 'mrn'"),
        ('sex = "sex"', "no column identifies the patient"),
        ('patient = "patient"\nhospital = "x"', "no key 'hospital'"),
        ("patient = 3", "patient = 3 is not text"),
        (
            'patient = "patient"\n[[column]]\nname = "sex"\nconcept = "gizmo"',
            "'gizmo' is not the name of one",
        ),
        ('patient = "patient"\n[[column]]\nname = "sex"\ncomplete = "labs"', "'labs' is no category"),
        ('patient = "patient"\n[[column]]\nname = "sex"', "needs a name, and either"),
        ('patient = "patient"\ncolumn = 1', "column is not a list of tables"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused(tmp_path: Path, mapping: str, said: str) -> None:
    """What it names has to be there, and to be one concept."""
    with pytest.raises(PatientError, match=re.escape(said)) as told:
        _read(tmp_path, "p1,male", header="patient,sex", mapping=mapping)
    assert "cohort.toml" in (told.value.where or "")


def test_a_cohort_is_screened(tmp_path: Path) -> None:
    """The command gives an object per row, with rows and columns as evidence."""
    mapping, lines = _documented()
    table, columns = tmp_path / "cohort.csv", tmp_path / "cohort.toml"
    table.write_text("\n".join(lines), encoding="utf-8")
    columns.write_text(mapping, encoding="utf-8")
    options = ["--columns", str(columns), "--as-of", "2025-09-01", "--engine", "index", "--format", "ndjson"]
    result = CliRunner().invoke(app, ["screen", str(table), *options])
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["patient"] for each in told] == [row[0] for row in csv.reader(lines[1:])]
    evidence = {
        item for trial in told[0]["trials"] for each in trial["criteria"] for item in each["evidence"]
    }
    assert {"row 2/ps", "row 2/pd1"} <= evidence
    assert "column ward not read" in result.stderr


def test_a_wrong_cell_ends_with_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One clear line on stderr, no traceback."""
    table = tmp_path / "cohort.csv"
    table.write_text("patient,nivolumab\np1,maybe\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["trialgraph", "screen", str(table)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "row 2, column 'nivolumab'" in " ".join(capsys.readouterr().err.split())


def test_a_mapping_that_is_not_there_is_an_error_whatever_is_read(tmp_path: Path) -> None:
    """A wrong name of the mapping isn't ignored because the patient is a bundle: one line, exit code 2."""
    patient = ROOT / "data" / "patients"
    file = next(iter(sorted(patient.glob("*.json"))))
    with pytest.raises(PatientError, match="no such file"):
        list(read_patients(file, columns=tmp_path / "nowhere.toml"))
