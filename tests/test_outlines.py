"""What an exception from a treatment may be about at most."""

import pytest

from trialgraph.outlines import most_excepted


def _names(said: str) -> set[str]:
    return {iri.rpartition("/")[2] for iri in most_excepted(said)}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("low-dose steroids", {"Corticosteroid"}),
        ("systemic corticosteroids ≤10 mg/day of prednisone or equivalent", {"Corticosteroid"}),
        ("Intranasal steroids Receipt of live vaccines within 4 weeks", {"Corticosteroid", "LiveVaccine"}),
        ("aspirin for prevention and methotrexate", {"Aspirin", "Methotrexate"}),
    ],
    ids=["a head", "a dose", "a list that lost its lines", "another agent behind a purpose"],
)
def test_all_agents_that_are_named_may_be_excepted(said: str, wanted: set[str]) -> None:
    """What narrows a treatment is passed over; every treatment named is among what may be excepted."""
    assert _names(said) == wanted


@pytest.mark.parametrize(
    "said",
    ["if the dose is stable", "aspirin for prevention and foozumab", "odd things", "aspirin; odd things", ""],
    ids=["a condition", "an unknown agent", "no name", "a part without a name", "nothing"],
)
def test_what_may_be_about_more_stays_open(said: str) -> None:
    """A part that names no treatment, or one that isn't known, may be about any."""
    assert not _names(said)
