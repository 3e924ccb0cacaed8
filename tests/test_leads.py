"""Lists that lost their indents are held to be asked of some patients only."""

import pytest

from tests.compact import compact
from trialgraph.criteria import read_text
from trialgraph.criteria.criterion import Kind


def _scopes(text: str) -> list[str | None]:
    return [each.scope for each in read_text(text)]


@pytest.mark.parametrize(
    "lead",
    [
        "Must meet one of the following:",
        "Measurable disease, defined as at least one of:",
        "AST and ALT ≤ 3 x ULN with the following exceptions:",
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


def test_what_leads_in_may_be_nested_itself() -> None:
    """A list below the last nested item of another is asked of some too, however far it is indented."""
    text = "* Disease\n  * Lesions, or\n  * At least one of the following:\n* M-protein ≥ 0.5 g/dL"
    assert _scopes(text) == [None, "At least one of the following"]
    text = "* ECOG 0-1\n  * No heart disease including the following\n* Unstable angina"
    assert _scopes(text) == [None, "No heart disease including the following"]


def test_an_exception_is_one() -> None:
    """Behind the one item below "the following exception:" everything is asked of all again."""
    lead = "Bilirubin ≤ 1.5 x ULN with the following exception"
    text = f"* {lead}:\n* Gilbert syndrome: bilirubin ≤ 3 x ULN\n* Albumin ≥ 3 g/dL"
    assert _scopes(text) == [None, lead, None]


def test_methods_of_contraception_are_no_demands() -> None:
    """One of them is used; the list is over where something else, or something of people, is asked."""
    lead = "Acceptable methods of contraception include:"
    listed = "* Tubal ligation\n* Male condom"
    for after in ("Hemoglobin ≥ 9 g/dL", "Male participants must agree to use a barrier method"):
        text = f"* Age ≥ 18 years\n\n{lead}\n\n{listed}\n* {after}"
        assert _scopes(text) == [None, None, lead.rstrip(":"), lead.rstrip(":"), None]


@pytest.mark.parametrize(
    "lead",
    [
        "Hepatitis B screening tests are not required unless:",
        "Post-menopausal is defined as:",
        "Childbearing potential excludes:",
        "The following prior therapies are permitted:",
    ],
)
def test_what_tells_or_allows_above_a_list_is_no_heading(lead: str) -> None:
    """At the margin, too, nothing below it is asked of everyone."""
    assert _scopes(f"* ECOG 0-1\n\n{lead}\n\n* Hepatitis B\n") == [None, None, lead.rstrip(":")]


def test_a_heading_ends_the_list() -> None:
    """So does an item that has nested ones itself."""
    text = "* One of the following:\n* Stroke\nExclusion criteria:\n* Pregnancy"
    assert _scopes(text) == [None, "One of the following", None]
    text = "* One of the following:\n* Stroke\n* Organ function:\n  * Hemoglobin ≥ 9 g/dL\n* Age ≥ 18 years"
    assert _scopes(text) == [None, "One of the following", None, None]


@pytest.mark.parametrize(
    "asked",
    [
        "ECOG performance status 0-1",
        "Age ≥ 18 years",
        "Signed informed consent",
        "Participants must have recovered from surgery",
        "Women of childbearing potential must have a negative pregnancy test",
        "Adequate organ function",
        "Patients must have a Lansky performance score ≥ 50",
        "Subjects with adequate renal function",
    ],
)
def test_what_every_section_asks_ends_the_list(asked: str) -> None:
    """What stands behind it is asked of everyone again."""
    lead = "Must have one of the following risk factors:"
    text = f"* {lead}\n* Gleason score ≥ 8\n* ECOG performance status 2\n* {asked}\n* No stroke"
    words = lead.rstrip(":")
    assert _scopes(text) == [None, words, words, None, None]


@pytest.mark.parametrize(
    "barred",
    [
        "Pregnant or breastfeeding",
        "Major surgery within 28 days",
        "Known hypersensitivity to the study drug",
        "Treatment with a live vaccine within 4 weeks (inactivated ones are permitted)",
        "Prior allogeneic stem cell transplantation",
        "History of solid organ transplantation",
        "Any grade 3 hemorrhage",
        "Current severe systemic disease",
        "Uncontrolled intercurrent illness",
        "Currently receiving systemic antibiotics",
        "Any surgery. Minor procedures are allowed",
        "History of stroke, who may not enter",
    ],
)
def test_what_every_section_bars_ends_a_list_of_exceptions(barred: str) -> None:
    """Not where the list is about that itself, nor where it is let in."""
    lead = "Other malignancy with the following exceptions:"
    text = f"Exclusion criteria:\n* {lead}\n* Carcinoma in situ\n* {barred}\n* Stroke"
    assert _scopes(text) == [None, lead.rstrip(":"), None, None]
    lead = "Any infection or vaccine with the following exceptions:"
    text = f"Exclusion criteria:\n* {lead}\n* Common cold\n* Chronic HIV infection\n* Live vaccine\n* Gout"
    assert set(_scopes(text)[1:]) == {lead.rstrip(":")}
    text = f"Exclusion criteria:\n* {lead}\n* Common cold\n* Major surgery that is allowed\n* Gout"
    assert set(_scopes(text)[1:]) == {lead.rstrip(":")}


def test_a_list_is_as_long_as_its_lead_counts() -> None:
    """A joint in a line of its own is no item."""
    lead = "Meets at least 1 of the following 2 criteria:"
    text = f"* {lead}\n* BMI ≥ 25 kg/m2\n* or\n* Stroke\n* Hemoglobin ≥ 9 g/dL"
    assert [each.scope for each in read_text(text)] == [None, lead.rstrip(":"), None]


def test_a_definition_ends_where_it_speaks_of_something_else() -> None:
    """What tells who is past menopause doesn't tell who can have surgery."""
    lead = "Postmenopausal status is defined as:"
    listed = "* Bilateral oophorectomy\n* or\n* Age > 60 years\n* No menses for a year"
    text = f"* {lead}\n{listed}\n* Eligible for surgery\n* Stroke"
    words = lead.rstrip(":")
    assert [scope for scope in _scopes(text) if scope != words] == [None, None, None]
    assert _scopes(text)[-2:] == [None, None]


def test_a_list_of_demands_goes_on() -> None:
    """What lists such demands itself isn't ended by one more of them."""
    lead = "For cohort two, at least one of the following:"
    text = f"* {lead}\n* ECOG performance status 0-1\n* Karnofsky ≥ 70%\n* Age ≥ 18 years"
    assert _scopes(text) == [None, *(3 * [lead.rstrip(":")])]


@pytest.mark.parametrize(
    "lead",
    [
        "Acceptable hematologic and renal function, defined as:",
        "Participants must meet the following criteria to be eligible to participate:",
        "Participants are eligible to be included only if all of the following criteria apply:",
    ],
)
def test_a_demand_that_speaks_of_what_is_acceptable_is_everyones(lead: str) -> None:
    """Its list allows nothing."""
    assert _scopes(f"* {lead}\n* Hemoglobin ≥ 9 g/dL") == [None, None]
    bracketed = "Diabetes (that may be acceptable when stable):"
    assert _scopes(f"Exclusion criteria:\n* {bracketed}\n* Stroke") == [None, None]
    out = "Participants with any of these will not be eligible for the study:"
    assert _scopes(f"Exclusion criteria:\n1. {out}\n2. Stroke")[-1:] == [None]


@pytest.mark.parametrize(
    ("kind", "lead"),
    [
        ("inclusion", "Participants must have adequate organ and marrow function as defined below:"),
        ("inclusion", "Renal function:"),
        ("inclusion", "Participants must meet all of the following criteria to be eligible to participate."),
        ("exclusion", "Participants who fulfill any of the following criteria will be excluded."),
    ],
)
def test_what_only_introduces_a_list_asks_nothing(kind: Kind, lead: str) -> None:
    """On the level of the criteria that it introduces it says no more than they do."""
    first, _ = read_text(f"* {lead}\n* Platelets ≥ 100 x 10^9/L", kind=kind)
    assert compact(first.expression).endswith("»n")


@pytest.mark.parametrize(
    "lead",
    [
        "Adequate organ function",
        "Renal function:\nExclusion criteria:",
        "Adequate marrow function without transfusions within 7 days, defined as:",
        "Adequate organ function, as told by one of:",
        "Presence of a tumor, as defined below:",
    ],
)
def test_what_tells_more_is_asked_beside_its_list(lead: str) -> None:
    """So is a demand that introduces nothing."""
    first, _ = read_text(f"* {lead}\n* Platelets ≥ 100 x 10^9/L")
    assert not compact(first.expression).endswith("»n")
