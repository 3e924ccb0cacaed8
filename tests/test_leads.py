"""Lists that lost their indents are held to be asked of some patients only."""

import pytest

from trialgraph.criteria import read_text


def _scopes(text: str) -> list[str | None]:
    return [each.scope for each in read_text(text)]


@pytest.mark.parametrize(
    "lead",
    [
        "Must meet one of the following:",
        "Measurable disease, defined as at least one of:",
        "AST and ALT ≤ 3 x ULN with the following exceptions:",
        "Women of childbearing potential are defined as:",
        "Patients with treated brain metastases are eligible, provided that they meet all of the following:",
    ],
)
def test_items_below_a_choice_an_exception_or_a_definition(lead: str) -> None:
    """None of them is asked of everyone."""
    words = lead.rstrip(":")
    assert _scopes(f"* {lead}\n* Serum M-protein ≥ 0.5 g/dL\n* Stroke") == [None, words, words]


@pytest.mark.parametrize(
    "text",
    [
        "* Adequate organ function as follows:\n* Platelets ≥ 100 x 10^9/L\n* Hemoglobin ≥ 9 g/dL",
        "Exclusion criteria:\n* Any of the following:\n* Stroke\n* Myocardial infarction",
        "* One of the following:\n  * Stroke\n  * Myocardial infarction\n* Hemoglobin ≥ 9 g/dL",
    ],
)
def test_other_lists_are_asked_of_all(text: str) -> None:
    """Demands that are all to be met, any of what is barred, and a list that kept its indents."""
    assert set(_scopes(text)) == {None}


def test_what_lets_some_in_above_a_list_is_no_heading_of_the_other_kind() -> None:
    """What they have to meet isn't barred, nor asked of everyone."""
    lead = "Patients with eczema (not gout) are eligible for the study provided that all of these hold:"
    text = f"Exclusion criteria:\n* Stroke\n\n{lead}\n* Rash over < 10% of the body\n"
    assert [(each.kind, each.scope) for each in read_text(text)] == [
        ("exclusion", None),
        ("exclusion", None),
        ("exclusion", lead.rstrip(":")),
    ]


def test_a_heading_ends_the_list() -> None:
    """So does an item that has nested ones itself."""
    text = "* One of the following:\n* Stroke\nExclusion criteria:\n* Pregnancy"
    assert _scopes(text) == [None, "One of the following", None]
    text = "* One of the following:\n* Stroke\n* Organ function:\n  * Hemoglobin ≥ 9 g/dL\n* Age ≥ 18 years"
    assert _scopes(text) == [None, "One of the following", None, None]
