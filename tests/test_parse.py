import json

from typer.testing import CliRunner

from tests.shared_files import ROOT
from trialgraph.cli import app


def test_plain_text_on_stdin_is_one_trial():
    """Criteria text on stdin gives one JSON line, with the contract's keys and spans into the text."""
    text = "Inclusion Criteria:\n* Age ≥ 18 years\n\nExclusion Criteria:\n* Pregnancy\n"
    result = CliRunner().invoke(app, ["parse", "-", "--json"], input=text)
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    trial = json.loads(line)
    assert trial["trial"] == "stdin"
    assert [each["id"] for each in trial["criteria"]] == ["I1", "E1"]
    for each in trial["criteria"]:
        assert text[slice(*each["span"])] == each["text"]
        assert {"id", "kind", "text", "span", "expression"} <= each.keys()
    assert trial["criteria"][0]["expression"]["low"] == 18


def test_records_give_a_line_each():
    """A folder of records gives one JSON line per trial; structured fields stand beside the criteria."""
    result = CliRunner().invoke(app, ["parse", str(ROOT / "data" / "trials"), "--json"])
    assert result.exit_code == 0
    trials = {each["trial"]: each for each in map(json.loads, result.stdout.splitlines())}
    assert len(trials) == 5
    assert [each["id"] for each in trials["NCT06778382"]["structured"]] == ["AGE"]


def test_a_table_shows_words_beside_readings():
    """Without --json a person reads each criterion beside what it says."""
    result = CliRunner().invoke(app, ["parse"], input="INR ≤ 1.5 [a]")
    assert result.exit_code == 0
    assert "[a]" in result.stdout
    assert "at most 1.5" in result.stdout
