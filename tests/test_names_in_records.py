"""Names of conditions, drugs and scores, as records write them, mean what a careful reader takes them for."""

from pathlib import Path

import pytest

from tests.patient_resources import condition, medication, observation, record
from trialgraph.patients.facts import Fact, Measurement, ResultFact

_LINES = (Path(__file__).parent / "cases" / "names-in-records.txt").read_text(encoding="utf-8").splitlines()
CASES = [
    tuple(part.strip() for part in line.split("|")) for line in _LINES if line and not line.startswith("#")
]
_MAKERS = {"condition": condition, "drug": medication}


def _shown(fact: Fact) -> str:
    """Return a fact in a few signs: a question mark for unsure, a minus for denied, a dagger for over."""
    names = "+".join(sorted(iri.rpartition("/")[2] for iri in fact.what.concepts)) or "unclassified"
    sign = "" if fact.certain else "?"
    if isinstance(fact, ResultFact) and not fact.positive:
        sign += "-"
    return f"{sign}{names}"


def test_there_are_cases() -> None:
    """Each kind of record has some."""
    assert len(CASES) >= 80
    assert {case[0] for case in CASES} == {"condition", "drug", "score"}


@pytest.mark.parametrize(("kind", "text", "meant"), [case for case in CASES if case[0] != "score"])
def test_a_name_means_what_it_says(kind: str, text: str, meant: str) -> None:
    """The certain facts, and the unsure ones where the words leave something open, are those expected."""
    facts = record(_MAKERS[kind](text)).facts
    wanted = set() if meant == "nothing" else {each.strip() for each in meant.split(",")}
    shown = {_shown(fact) for fact in facts}
    assert wanted <= shown
    assert {each for each in shown if not each.startswith("?")} <= wanted


@pytest.mark.parametrize(("question", "answer", "meant"), [
    (*(part.strip() for part in case[1].split("=")), case[2]) for case in CASES if case[0] == "score"
])  # fmt: skip
def test_a_score_in_words_is_its_number(question: str, answer: str, meant: str) -> None:
    """The stretch of the scale that the words mean, and none where they leave it open."""
    measured = [fact for fact in record(observation(question, answer)).facts if isinstance(fact, Measurement)]
    assert [f"{fact.value.low:g} to {fact.value.high:g}" for fact in measured] == (
        [] if meant == "nothing" else [meant]
    )


def test_a_long_answer_in_words_is_read_in_no_time() -> None:
    """Words without a number are given up at once, however many they are."""
    answer = "restricted in physically strenuous activity but ambulatory and able to carry out work " * 20
    assert not [
        fact
        for fact in record(observation("ECOG performance status", answer)).facts
        if isinstance(fact, Measurement)
    ]
