import json

import pytest
from typer.testing import CliRunner

from tests.shared_files import ROOT
from trialgraph.cli import app
from trialgraph.criteria import read_text
from trialgraph.criteria.diagnosis import Diagnosis, diagnose, outcome_of


@pytest.mark.parametrize(
    ("text", "outcome", "cause", "phrase"),
    [
        ("History of zorblax syndrome", "not understood", "unknown concept", "zorblax syndrome"),
        ("Serum creatinine ≤ 2 quux/dL", "not understood", "unknown unit", "quux/dL"),
        ("Hemoglobin ≥ 9 mL/min", "not understood", "unit doesn't fit", "hemoglobin: mL/min"),
        ("Adequate hemoglobin", "not understood", "no limit", "hemoglobin"),
        ("Any condition that in the opinion of the investigator is unsafe", "judgement", "judgement",
         "in the opinion of"),
        ("Signed informed consent", "judgement", "consent", "signed informed consent"),
    ],
)  # fmt: skip
def test_each_cause_is_told_with_the_words_in_the_way(text, outcome, cause, phrase):
    """What kept words from being read is named: the phrase, the unit, the quantity without a number."""
    (criterion,) = read_text(text)
    assert outcome_of(criterion) == outcome
    assert [(each.cause, each.phrase) for each in diagnose(criterion)] == [(cause, phrase)]


def test_what_is_read_has_nothing_to_diagnose():
    """A criterion that is formal as a whole gives no entry."""
    (criterion,) = read_text("Hemoglobin ≥ 9 g/dL")
    assert outcome_of(criterion) == "formal"
    assert list(diagnose(criterion)) == []


def test_known_words_of_an_unread_form_are_shown_as_a_construction():
    """Where every word is known the form is given, with concepts by their categories."""
    (criterion,) = read_text("Known positive testing for hepatitis B", kind="exclusion")
    for each in diagnose(criterion):
        assert each.cause == "unparsed remainder"
        assert "<condition>" in each.phrase


def test_phrases_that_are_alone_in_the_way_come_first():
    """A phrase that alone kept a part from being read outranks one that is met more often beside others."""
    text = "\n".join(
        ["- Zorblax syndrome", "- Zorblax syndrome", *["- Glumphic frobnia with xyzzy of the plugh"] * 3]
    )
    diagnosis = Diagnosis()
    diagnosis.add("NCT00000000", read_text(text))
    first = diagnosis.most_frequent(1)[0]
    assert first.phrase == "zorblax syndrome"
    key = (first.cause, first.phrase)
    assert (diagnosis.alone[key], diagnosis.phrases[key]) == (2, 2)
    assert diagnosis.criteria == 5
    assert diagnosis.outcomes["not understood"] == 5


def test_the_report_is_a_table_for_people_and_json_for_programs():
    """`parse --report` sums up outcomes, causes and phrases; with --json the same as one object."""
    text = "Inclusion Criteria:\n- Zorblax syndrome\n- Hemoglobin ≥ 9 g/dL\n"
    shown = CliRunner().invoke(app, ["parse", "--report"], input=text)
    assert shown.exit_code == 0
    assert "2 criteria of 1 trials" in shown.stdout
    assert "zorblax syndrome" in shown.stdout
    told = json.loads(CliRunner().invoke(app, ["parse", "--report", "--json"], input=text).stdout)
    assert told["outcomes"] == {"not understood": 1, "formal": 1}
    assert told["phrases"][0]["example"] == {"trial": "stdin", "criterion": "I1", "text": "Zorblax syndrome"}


def test_the_report_takes_several_paths_and_a_number_of_phrases():
    """Records of several paths are summed up together; --top bounds the list."""
    folder = ROOT / "data" / "trials"
    paths = [str(path) for path in sorted(folder.glob("*.txt"))[:2]]
    result = CliRunner().invoke(app, ["parse", *paths, "--report", "--json", "--top", "3"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["trials"] == 2
    assert len(told["phrases"]) == 3
    assert sum(told["outcomes"].values()) == told["criteria"]
