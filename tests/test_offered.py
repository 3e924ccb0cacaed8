"""Cancers that a section lists as criteria of their own are asked of some patients only."""

import pytest

from trialgraph.criteria import read_text


def _scoped(*criteria: str) -> list[bool]:
    return [each.scope is not None for each in read_text("\n".join(f"* {each}" for each in criteria))]


def test_nobody_is_asked_for_three_cancers() -> None:
    """What is listed besides, before and behind them, is asked of all."""
    told = _scoped(
        "Solid tumor", "Ovarian cancer", "Melanoma, stage IV", "Small cell lung cancer", "Age ≥ 18 years"
    )
    assert told == [False, True, True, True, False]


def test_words_among_them_do_not_part_them() -> None:
    """What isn't read may be one of them, and is asked of all."""
    told = _scoped("Ovarian cancer", "Written informed consent", "Melanoma", "Small cell lung cancer")
    assert told == [True, False, True, True]


def test_nobody_is_asked_for_cancers_of_two_organs() -> None:
    """Also not where other demands part them, or where one criterion asks for more besides."""
    told = _scoped("Osteosarcoma", "Age ≥ 18 years", "ECOG 0-1", "HER2-positive breast cancer", "Solid tumor")
    assert told == [True, False, False, True, False]


def test_those_of_a_part_stay_those_of_the_part() -> None:
    """A heading has told for whom they are."""
    text = "* Age ≥ 18 years\n\nPart B:\n\n* Ovarian cancer\n* Melanoma\n* Small cell lung cancer\n"
    assert {each.scope for each in read_text(text)} == {None, "Part B"}


@pytest.mark.parametrize(
    "criteria",
    [
        ("Breast cancer", "HER2-positive breast cancer", "Metastatic breast cancer"),
        ("Melanoma", "Brain metastases", "Liver metastases"),
        ("Prostate cancer", "Adenocarcinoma"),
        ("No melanoma", "No ovarian cancer", "No lung cancer"),
        ("Prostate adenocarcinoma", "Metastatic castration-resistant prostate cancer"),
        ("Ovarian cancer", "Clear cell carcinoma"),
        ("Ovarian or breast cancer", "Breast cancer"),
    ],
)
def test_what_one_patient_may_have_is_asked_of_all(criteria: tuple[str, ...]) -> None:
    """A cancer and its kind, where it has spread to, what two criteria tell of it, and what is denied."""
    assert not any(_scoped(*criteria))
