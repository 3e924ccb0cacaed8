"""Titles of lists tell whom they are for; items that "or" joins are one criterion."""

import pytest

from tests.compact import compact
from trialgraph.criteria import read_text
from trialgraph.criteria.sections.segmentation import segment
from trialgraph.records import EligibilityText


def _scopes(text: str) -> list[tuple[str, str | None]]:
    return [(each.text, each.scope) for each in segment(EligibilityText(text)).items]


@pytest.mark.parametrize(
    "title",
    [
        "Caregivers:",
        "For Caregivers",
        "Donor eligibility",
        "Genetic Counselors:",
        "Cohort 1a",
        "Panel 2",
        "Cohort 1 (Ovarian Cancer)",
        "Dose expansion (Part 2A)",
        "Cohort 4: Relapsed/Refractory Ovarian Cancer (OC)",
        "Combination Therapy - Dose Expansion Part",
        "Cohort E (NSCLC (Non-Small Cell Lung Cancer)):",
        "For Cohort M1, the following criteria should be considered:",
        "PERIPHERAL T-CELL LYMPHOMA (PTCL) ONLY",
        "For patients with multiple myeloma (MM):",
        "For all participants in combination therapy administration:",
        "Myeloma patients:",
        "* ARM B (AZACITIDINE + NIVOLUMAB)",
        "* PRIOR TO STEP 2 REGISTRATION",
        "* Participants for Cohorts B and C:",
        "Eligibility Criteria Prior to Lymphodepletion",
        "Women",
    ],
)
def test_a_title_tells_whom_the_list_below_is_for(title: str) -> None:
    """Up to the next one, or one that is for everyone again."""
    text = f"* Stroke\n\n{title}\n\n* Gout\n\nPrior therapy\n\n* Cough\n\nAll patients:\n\n* Fever\n"
    named = title.strip("*: ")
    assert _scopes(text) == [("Stroke", None), ("Gout", named), ("Cough", named), ("Fever", None)]


@pytest.mark.parametrize(
    "title",
    [
        "Prior/Concomitant Therapy",
        "Type of Participant and Disease Characteristics",
        "Hepatic",
        "Medical conditions",
        "Patients:",
        "General (all phases)",
        "Both Cohorts 1 & 2",
        "For whole study:",
        "Screening Phase",
        "Eligibility criteria for prescreening",
        "Disease-specific criteria:",
        "Dose escalation and expansion cohorts:",
    ],
)
def test_a_title_of_what_a_list_is_about_says_nothing(title: str) -> None:
    """It is no criterion, also where the list goes on in its numbering below it."""
    text = f"1. Stroke\n2. Cough\n\n    {title}\n3. Gout"
    assert _scopes(text) == [("Stroke", None), ("Cough", None), ("Gout", None)]


@pytest.mark.parametrize(
    "line",
    [
        "Prior chemotherapy",
        "Measurable disease",
        "Pregnancy",
        "Patients must have recovered",
        "Able to swallow tablets",
        "Body weight > 40 kg",
        "Myeloma patients",
        "ECOG performance status 0-1 within 28 days prior to registration",
        "Prior allogeneic transplant (cohort 1 only)",
        "Nursing mothers",
        "Gleason 4+3 (grade group 3)",
        "Adequate bone marrow function",
    ],
)
def test_a_line_that_asks_for_something_is_no_title(line: str) -> None:
    """It stays a criterion of everyone."""
    assert _scopes(f"* Stroke\n\n{line}\n\n* Gout\n") == [("Stroke", None), (line, None), ("Gout", None)]


def test_lists_below_the_names_of_several_diseases_are_of_their_patients() -> None:
    """Nobody has both; one disease alone is everyone's."""
    text = "Patients with CLL (or SLL):\n\n* Gout\n\nII. Burkitt's lymphoma:\n\n* Cough\n"
    assert _scopes(text) == [("Gout", "Patients with CLL (or SLL)"), ("Cough", "II. Burkitt's lymphoma")]
    assert _scopes("* Stroke\n\nPatients with CLL:\n\n* Gout\n") == [("Stroke", None), ("Gout", None)]


def test_an_item_that_names_some_patients_only_leads_in_what_is_asked_of_them() -> None:
    """As where a list lost its indents; it ends where everyone is asked."""
    text = "* Myeloma patients:\n* Gout\n* Lymphoma patients:\n* Cough\n* ECOG 0-1\n"
    assert [(each.text, each.scope) for each in read_text(text)] == [
        ("Gout", "Myeloma patients"),
        ("Cough", "Lymphoma patients"),
        ("ECOG 0-1", None),
    ]


def test_everyone_has_to_pass_the_first_step() -> None:
    """What is asked before a later one is of those who get there."""
    text = (
        "Inclusion Criteria:\n* PRIOR TO STEP 1 REGISTRATION\n* Stroke\n"
        "* PRIOR TO STEP 2 REGISTRATION\n* Gout\n"
        "Exclusion Criteria:\n* PRE-REGISTRATION EXCLUSION CRITERIA\n* Cough"
    )
    assert _scopes(text) == [("Stroke", None), ("Gout", "PRIOR TO STEP 2 REGISTRATION"), ("Cough", None)]


@pytest.mark.parametrize(
    "step",
    [
        "Procurement Inclusion Criteria",
        "Inclusion Criteria for Vaccine Generation:",
        "Step 1: Pre-Chemoradiation Inclusion Criteria",
        "Eligibility Criteria to be Met Prior to Procurement",
    ],
)
def test_what_somebody_is_treated_with_has_to_be_made_first(step: str) -> None:
    """What comes before the first treatment is asked of everyone."""
    text = f"{step}\n\n* Stroke\n\nTreatment Inclusion Criteria\n\n* Gout"
    assert _scopes(text) == [("Stroke", None), ("Gout", "Treatment")]


def test_formulas_for_each_sex_are_no_lists() -> None:
    """What stands behind a formula for women is asked of everyone again."""
    text = "* Cough\n\nFemales:\n\nCreatinine CL (mL/min) = 0.85 × weight\n\n* Stroke"
    assert [scope for _, scope in _scopes(text)] == [None, None, None]


def test_a_list_of_both_groups_is_of_patients() -> None:
    """Its name may go on as a sentence does."""
    text = "Exclusion criteria for both patients and caregivers are:\n\n* Stroke"
    assert _scopes(text) == [("Stroke", None)]


def test_a_number_that_goes_on_ends_the_list_of_a_part() -> None:
    """What was numbered before the part is for everyone, and so is what goes on with it behind the part."""
    text = "1. Stroke\n\nPart A:\n\n* Gout\n\nPart B:\n\n* Cough\n\n2. Fever\n3. Ascites"
    assert [scope for _, scope in _scopes(text)] == [None, "Part A", "Part B", None, None]
    text = "1. Stroke\n\nPart A:\n\n2. Gout\n3. Cough"
    assert [scope for _, scope in _scopes(text)] == [None, "Part A", "Part A"]


def test_exclusions_of_some_patients_bar_everyone_unless_a_part_is_named() -> None:
    """What is said of people with a disease above what bars may be one of the things that bar."""
    text = "Exclusion criteria:\n\n* Stroke\n\nImmunocompromised patients:\n\n* Gout\n"
    assert [scope for _, scope in _scopes(text)] == [None, None]


@pytest.mark.parametrize(
    "title",
    [
        "Donor eligibility:",
        "Eligibility criteria to begin consolidation therapy",
        "Criteria for continuation into part B:",
        "Healthy volunteers must:",
    ],
)
def test_titles_of_eligibility_are_of_demands_also_below_exclusions(title: str) -> None:
    """Up to the next part, whose list bars again."""
    text = f"Exclusion criteria:\n\n* Stroke\n\n{title}\n\n* Gout\n\nPart B:\n\n* Cough\n"
    items = segment(EligibilityText(text)).items
    assert [each.kind for each in items] == ["exclusion", "inclusion", "exclusion"]
    assert items[1].scope == title.strip(":")


@pytest.mark.parametrize("title", ["Recurrent participants:", "Pemetrexed-specific criteria:"])
def test_exclusions_of_patients_at_a_stage_or_with_a_drug_bar_nobody_else(title: str) -> None:
    """Patients who never had the disease before aren't barred for what bars those who did."""
    text = f"Exclusion criteria:\n\n* Stroke\n\n{title}\n\n* Gout\n"
    assert [scope for _, scope in _scopes(text)] == [None, title.strip(":")]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("* Gout, or\n* Stroke\n* Cough", ["ANY(Gout, Stroke)", "Cough"]),
        ("* Gout\n\nOR\n\n* Stroke\n* Cough", ["ANY(Gout, Stroke)", "Cough"]),
        ("* Gout; or\n* Stroke; or\n* Cough", ["ANY(Gout, Stroke, Cough)"]),
        ("* Gout\n\nAND\n\n* Stroke", ["Gout", "Stroke"]),
        (
            "* Organ function:\n  * Hemoglobin ≥ 9 g/dL\n  * INR ≤ 1.5 or\n* Creatinine ≤ 2 mg/dL\n* Cough",
            ["ALL(Hemoglobin≥9 g/dL, ANY(INR≤1.5, SerumCreatinine≤2 mg/dL))", "Cough"],
        ),
        ("* Gout or\n* Stroke\n  * Cough\n  * Fever", ["Gout", "ALL(Stroke, Cough, Fever)"]),
        ("* Gout or\n\nCohort B:\n\n* Stroke", ["Gout", "Stroke"]),
        ("* Gout\n\nOR\n\n* Stroke\n  * Cough\n    * Fever\n", ["ANY(Gout, Stroke)", "ALL(Cough, Fever)"]),
        ("Exclusion criteria:\n* Gout or\n* Stroke", ["Gout", "Stroke"]),
    ],
)
def test_items_that_or_joins_are_one_criterion(text: str, readings: list[str]) -> None:
    """Either is enough among demands; each bars among exclusions; a heading parts them."""
    assert [compact(each.expression) for each in read_text(text)] == readings
