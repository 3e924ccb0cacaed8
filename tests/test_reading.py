import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compact import compact, told
from tests.shared_files import ROOT
from trialgraph.criteria import read_criteria, read_structured, read_text
from trialgraph.criteria.plain import plain
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.statements.reproduction import explains_reproduction
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Fact,
    Limit,
    Narrative,
    Not,
    Value,
    Window,
    atoms,
    from_json,
    is_judged,
    to_json,
)
from trialgraph.records import EligibilityText, Source, TrialRecord
from trialgraph.sources.files import read_records

FOLDER = Path(__file__).parent / "cases" / "readings"
SEEDS = sorted(FOLDER.glob("NCT*.txt"))


def _lines(path: Path) -> list[str]:
    return [
        line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]


def _general() -> list[tuple[str, str, str]]:
    cases = []
    for line in _lines(FOLDER / "general.txt"):
        head, _, expected = line.rpartition(" ; ")
        kind, _, text = head.partition(" | ")
        cases.append(("inclusion" if kind == "I" else "exclusion", text, expected))
    assert len(cases) >= 80
    return cases


@pytest.mark.parametrize(("kind", "text", "expected"), _general())
def test_general_readings(kind, text, expected):
    """A criterion says what its words say: no more, and with what isn't understood kept in its place."""
    (criterion,) = read_text(text, kind=kind)
    assert told(criterion) == expected


def test_a_sentence_above_notes_is_kept():
    """A sentence that no colon ends announces no list: it stays, in words where it isn't understood."""
    text = "1. Asthma\n2. Influenza either suspected or confirmed.\n\n    1. Stroke\n    2. Epilepsy"
    _, barred = read_text(text, kind="exclusion")
    assert told(barred) == "ANY(«Influenza either suspected or confirmed», Stroke, Epilepsy)"


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("Participation in another clinical study with an investigational product", True),
        ("Has participated in a study of an investigational agent within 4 weeks", True),
        ("Participation in another clinical trial", False),
        ("Participation in another clinical trial, previous chemotherapy", False),
    ],
)
def test_the_drug_of_a_study_is_spoken_of(text, drug):
    """Whoever takes part in a study of a drug may have been given it: it is told apart, never judged."""
    (criterion,) = read_text(text, kind="exclusion")
    told = [atom for atom in atoms(criterion.expression) if isinstance(atom, Fact) and atom.is_mention]
    assert [fact.concept_label for fact in told] == ["investigational drug"] * drug
    assert any(is_judged(atom) for atom in atoms(criterion.expression))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_packaged_readings(path):
    """Every computable statement of the five packaged records is read as a careful reader reads it."""
    assert len(SEEDS) == 5
    (record,) = read_records([ROOT / "data" / "trials" / f"{path.stem}.txt"])
    criteria = {criterion.id: criterion for criterion in read_criteria(record)}
    expected = dict(line.split(" ; ", 1) for line in _lines(path))
    formal = {
        name: compact(criterion.expression)
        for name, criterion in criteria.items()
        if any(map(is_judged, atoms(criterion.expression)))
    }
    assert formal == expected


def test_atoms_point_at_their_words():
    """An atom's span lies within its criterion, and a value's words hold its number."""
    for record in read_records([ROOT / "data" / "trials"]):
        for criterion in read_criteria(record):
            for atom in atoms(criterion.expression):
                start, end = atom.span
                assert 0 <= start < end <= len(criterion.text)
                if isinstance(atom, Value):
                    assert any(letter.isdigit() or letter in "IVABC" for letter in criterion.text[start:end])


def _trial(criteria, *names):
    interventions = [{"type": "DRUG", "name": name} for name in names]
    study = {"protocolSection": {"armsInterventionsModule": {"interventions": interventions}}}
    eligibility = EligibilityText(criteria)
    (criterion,) = read_criteria(
        TrialRecord("NCT00000000", study, Source("a.json", "0" * 64, "v2"), eligibility)
    )
    return compact(criterion.expression)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "Known allergy to the study drugs",
            "ANY(OxaliplatinHypersensitivity, PaclitaxelHypersensitivity)",
        ),
        (
            "Hypersensitivity to any component of the study treatment",
            "ANY(OxaliplatinHypersensitivity, PaclitaxelHypersensitivity, "
            "Hypersensitivity{agent=any component of the study treatment})",
        ),
        ("Known allergy to penicillin", "PenicillinHypersensitivity"),
        ("Allergy to deoxycholic acid", "Hypersensitivity{agent=deoxycholic acid}"),
    ],
)
def test_study_drugs_are_the_trials_own(words, expected):
    """An allergy to the study drugs is one to each drug among the trial's interventions."""
    assert (
        _trial(f"Exclusion Criteria:\n\n* {words}", "Oxaliplatin", "Paclitaxel 80 mg", "Systemic therapy")
        == expected
    )


def test_readings_survive_their_json():
    """What is read is what the contract's JSON gives back."""
    for record in read_records([ROOT / "data" / "trials"]):
        for criterion in read_criteria(record):
            assert from_json(to_json(criterion.expression)) == criterion.expression


SIGNS = {
    "≥": ("low", True), ">=": ("low", True), "at least": ("low", True), "no less than": ("low", True),
    ">": ("low", False), "greater than": ("low", False), "more than": ("low", False), "above": ("low", False),
    "≤": ("high", True), "<=": ("high", True), "at most": ("high", True), "no more than": ("high", True),
    "<": ("high", False), "less than": ("high", False), "below": ("high", False),
    "not exceeding": ("high", True),
}  # fmt: skip
COUNT_UNITS = {
    "×10^9/L": 1,
    " x 109/L": 1,
    " × 10⁹/L": 1,
    " K/µL": 1,
    "000/mm3": 1,
    ",000/µL": 1,
    ",000 cells/mm3": 1,
}


@given(st.sampled_from(sorted(SIGNS)), st.integers(1, 900), st.sampled_from(sorted(COUNT_UNITS)))
def test_a_written_bound_is_read_back(sign, number, unit):
    """Comparator, number and unit, in any wording, give the bound they mean."""
    (criterion,) = read_text(f"Platelet count {sign} {number}{unit}")
    side, inside = SIGNS[sign]
    limit = (
        Limit(low=number, low_inclusive=inside)
        if side == "low"
        else Limit(high=number, high_inclusive=inside)
    )
    assert isinstance(criterion.expression, Value)
    assert criterion.expression.limit == limit
    assert criterion.expression.unit == "10*9/L"


@given(
    st.integers(0, 60),
    st.integers(1, 40),
    st.sampled_from(
        [
            "{}-{} years",
            "between {} and {} years",
            "{} to {} years of age",
            "≥{} and ≤{} years",
            "≥ {} years and ≤ {} years",
        ]
    ),
)
def test_a_written_range_is_read_back(low, width, wording):
    """A range keeps both ends, both included."""
    (criterion,) = read_text("Age " + wording.format(low, low + width))
    assert isinstance(criterion.expression, Value)
    assert criterion.expression.limit == Limit(low=low, high=low + width)
    assert criterion.expression.unit == "a"


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("> 3 times the upper limit of normal", "ULN"),
        ("≤ ULN", "ULN"),
        ("≥ 0.5 × LLN", "LLN"),
        ("≤2.5×Upper Limit of Normal (ULN)", "ULN"),
    ],
)
def test_multiples_of_reference_limits(text, bounds):
    """Multiples of a result's own limits come in many spellings."""
    found = parse_limit(text.replace("x", "×"), 0)
    assert found is not None
    assert found.relative_to == bounds
    assert found.end == len(text)


def test_units_are_checked_against_the_quantity():
    """A limit whose unit can't be one of the quantity's stays words."""
    (criterion,) = read_text("Hemoglobin ≥ 9 mL/min")
    assert isinstance(criterion.expression, Narrative)


def test_ages_and_sex_of_the_structured_fields():
    """Structured fields give AGE and SEX; all sexes and missing ages give nothing."""

    def read(**module):
        study = {"protocolSection": {"eligibilityModule": module}}
        record = TrialRecord("NCT00000000", study, Source("a.json", "0" * 64, "ctgov-v2"), None)
        return [(each.id, compact(each.expression)) for each in read_structured(record)]

    assert read(minimumAge="18 Years", maximumAge="75 Years", sex="ALL") == [("AGE", "Age≥18≤75 a")]
    assert read(minimumAge="6 Months", sex="FEMALE") == [("AGE", "Age≥6 mo"), ("SEX", "FemaleSex")]
    assert read(minimumAge="6 Months", maximumAge="2 Years") == [("AGE", "Age≥6≤24 mo")]
    assert read(minimumAge="N/A") == []


def test_plain_english():
    """A reading in words names the quantity, its limit in words and its time."""
    window = Window(15, "day", "within 15 days before treatment")
    value = Value("x", "absolute neutrophil count", Limit(low=1.5), "10*9/L", within=window)
    fact = Fact(
        "y", "stroke", "condition", {"status": "active"}, within=Window(6, "month", "within 6 months")
    )
    assert plain(value) == "absolute neutrophil count at least 1.5 ×10⁹/L, within 15 days before treatment"
    assert plain(AnyOf((AllOf((value, Not(fact))), fact))).endswith("; or active stroke [within 6 months]")


@pytest.mark.parametrize(
    "text",
    [
        "ALT and " * 5_000,
        "(" * 5_000,
        "no " * 5_000 + "stroke",
        "stroke, " * 2_000,
        "x" * 1_000_000,
        "≤5 or " * 3_000,
        "1) a; " * 3_000,
    ],
    ids=["quantities", "brackets", "denials", "list", "megabyte", "limits", "numbers"],
)
def test_no_criterion_is_slow(text):
    """Whatever a criterion repeats, reading it takes no more than moments."""
    start = time.process_time()
    read_text(text)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("words", ["years - : stroke" * 1200, "hemoglobin ≥ " + "9" * 400 + " g/dL"])
def test_no_text_breaks_the_reading(words):
    """Thousands of colons and numbers beyond any magnitude are read without an error, and keep words."""
    (criterion,) = read_text(f"- {words}")
    assert any(isinstance(atom, Narrative) for atom in atoms(criterion.expression))


def test_rows_of_a_table_in_bullets_belong_to_the_value_that_leads_them_in():
    """A table of creatinine whose rows are nested items is one alternative, not a demand for each row."""
    text = (
        "* Creatinine clearance ≥ 70 mL/min or a serum creatinine based on age/gender as follows:\n\n"
        "  * Age: Maximum serum creatinine (mg/dL)\n"
        "  * 6 to < 10 years: 1 (male and female)\n"
        "  * 10 to < 13 years: 1.2 (male and female)\n"
        "  * >= 13 years: 1.5 (male), 1.4 (female)\n"
        "* Bilirubin ≤ 1.5 x ULN"
    )
    first, second = read_text(text)
    assert compact(first.expression) == (
        "ANY(CreatinineClearance≥70 mL/min, ALL(ANY(NOT Age≥6<10 a, SerumCreatinine≤1 mg/dL),"
        " ANY(NOT Age≥10<13 a, SerumCreatinine≤1.2 mg/dL),"
        " ANY(NOT ALL(Age≥13 a, MaleSex), SerumCreatinine≤1.5 mg/dL),"
        " ANY(NOT ALL(Age≥13 a, FemaleSex), SerumCreatinine≤1.4 mg/dL)))"
    )
    assert compact(second.expression) == "TotalBilirubin≤1.5×ULN"


def test_a_list_below_an_if_is_asked_in_that_case_only():
    """What "if older than 75, the following must be met:" leads in is no demand on the younger."""
    text = (
        "* If ≥ 75 years of age, the following must be met:\n"
        "  * Creatinine clearance ≥ 30 ml/min\n"
        "  * Total bilirubin ≤ 1.5 x ULN"
    )
    (criterion,) = read_text(text)
    assert compact(criterion.expression) == (
        "ANY(NOT «If ≥ 75 years of age», ALL(CreatinineClearance≥30 mL/min, TotalBilirubin≤1.5×ULN))"
    )


@pytest.mark.parametrize(
    ("lead", "read"),
    [
        (
            "For patients with solid tumors",
            "ANY(NOT SolidTumor, ALL(Hemoglobin≥9 g/dL, PlateletCount≥50 10*9/L))",
        ),
        (
            "Adequate hematologic function (unless due to bone marrow involvement)",
            "ANY(ALL(Hemoglobin≥9 g/dL, PlateletCount≥50 10*9/L), «due to bone marrow involvement»)",
        ),
        ("Adequate hematologic function", "ALL(Hemoglobin≥9 g/dL, PlateletCount≥50 10*9/L)"),
    ],
)
def test_a_lead_in_tells_of_whom_its_list_is_asked(lead, read):
    """Limits below "for patients with X:" or "unless due to Y:" are no demand on the others."""
    (criterion,) = read_text(f"* {lead}:\n  * Hemoglobin ≥ 9 g/dL\n  * Platelets ≥ 50 x 10^9/L")
    assert compact(criterion.expression) == read


@pytest.mark.parametrize(
    "lead",
    [
        "None of the following",
        "Patients must not have any of the following",
        "Patients may not have",
        "Absence of",
        "Patients with any of the following are excluded",
        "Patients are not eligible if",
        "The following are not allowed",
    ],
)
def test_a_list_that_is_denied_bars(lead):
    """What a lead-in among demands denies bars, item by item."""
    (criterion,) = read_text(f"* {lead}:\n  * Stroke\n  * Diabetes mellitus")
    assert compact(criterion.expression) == "NOT ANY(Stroke, DiabetesMellitus)"


def test_limits_below_what_they_are_reached_without_are_kept():
    """A lead-in that denies transfusions and goes on "defined as:" asks for the limits below it."""
    lead = "* Adequate marrow function without transfusions, defined as:"
    [criterion] = read_text(f"{lead}\n  * ANC > 1000/mm3\n  * Platelets ≥ 50000/mm3")
    assert compact(criterion.expression) == (
        "ALL(NOT BloodTransfusion{qualifier=to reach the value}, "
        "AbsoluteNeutrophilCount>1 10*9/L, PlateletCount≥50 10*9/L)"
    )
    lead = "* No significant liver disease, defined as:"
    [denied] = read_text(f"{lead}\n  * AST > 3 x ULN\n  * Bilirubin > 2 mg/dL")
    assert compact(denied.expression).startswith("NOT ANY(LiverDisease")


def test_a_myeloma_is_measured_in_one_way():
    """Of serum and urine M-protein one is enough; what else a list asks for is asked for with them."""
    listed = "  * Serum M-protein ≥ 0.5 g/dL\n  * Urine M-protein ≥ 200 mg/24 h"
    (criterion,) = read_text(f"* Measurable disease, defined as:\n{listed}")
    assert "ANY(SerumMProtein≥0.5 g/dL, UrineMProtein≥200 mg/(24.h))" in compact(criterion.expression)
    (criterion,) = read_text(f"* All of these have to be met:\n{listed}")
    assert "ANY(" not in compact(criterion.expression)


def test_methods_of_contraception_are_no_demand():
    """Operations below "approved methods of birth control are:" are ways out of one, not asked for."""
    (criterion,) = read_text("* Approved methods of birth control are:\n  * Tubal ligation\n  * Vasectomy")
    assert not any(isinstance(atom, Fact) and is_judged(atom) for atom in atoms(criterion.expression))


@pytest.mark.parametrize(
    ("lead", "read"),
    [
        (
            "Patients must not have heart disease including any of the following",
            "ANY(HeartDisease, Stroke, DiabetesMellitus)",
        ),
        ("Patients who do not have the following", "NOT ALL(Stroke, DiabetesMellitus)"),
    ],
)
def test_an_exclusion_worded_as_a_demand_bars(lead, read):
    """Among exclusions "must not have" bars; "who do not have the following" bars those who lack any."""
    (criterion,) = read_text(f"Exclusion Criteria:\n\n* {lead}:\n  * Stroke\n  * Diabetes mellitus")
    assert compact(criterion.expression) == read


@pytest.mark.parametrize(
    ("lead", "read"),
    [
        (
            "HIV-positive patients may be included but must have",
            "ALL(HIVInfection, NOT CD4Count>0.25 10*9/L)",
        ),
        (
            "Infection. Patients with HIV must have",
            "ANY(InfectiousDisease, ALL(HIVInfection, NOT CD4Count>0.25 10*9/L))",
        ),
        ("Participants must have normal organ function as defined below", "NOT CD4Count>0.25 10*9/L"),
    ],
)
def test_a_list_of_demands_among_exclusions_bars_those_who_lack_some(lead, read):
    """It bars whoever it is asked of and doesn't have it, and nobody who has."""
    (criterion,) = read_text(f"Exclusion Criteria:\n\n* {lead}:\n  * CD4 count above 250 cells/mcL")
    assert compact(criterion.expression) == read


def test_limits_to_keep_are_demands_among_exclusions_too():
    """A list under the wrong heading bars those who miss a limit; one that bars as it says stays as it is."""
    limits = "* ANC ≥ 1500/mm3\n* Platelets ≥ 100,000/mm3\n* Bilirubin ≤ 1.5 x ULN"
    kept = f"Exclusion Criteria:\n\n{limits}\n* Stroke"
    assert [compact(each.expression) for each in read_text(kept)] == [
        "NOT AbsoluteNeutrophilCount≥1.5 10*9/L",
        "NOT PlateletCount≥100 10*9/L",
        "NOT TotalBilirubin≤1.5×ULN",
        "Stroke",
    ]
    mixed = kept.replace("Bilirubin ≤", "Bilirubin >")
    assert compact(read_text(mixed)[0].expression) == "AbsoluteNeutrophilCount≥1.5 10*9/L"


def test_what_does_not_count_is_not_asked_for():
    """Lesions below "the following are not considered measurable" aren't demanded."""
    words = "* Measurable disease. The following do not qualify as measurable:\n  * Ascites\n  * Stroke"
    (criterion,) = read_text(words)
    assert [
        atom.concept_label
        for atom in atoms(criterion.expression)
        if is_judged(atom) and isinstance(atom, Fact)
    ] == ["measurable disease"]


def test_a_denied_list_has_the_time_and_the_demand_of_its_lead_in():
    """The time before a denied list dates it, and what is asked before the denial stays asked."""
    text = "* Patients with diabetes who have not received any of the following within 7 days:\n  * Rifampin"
    (criterion,) = read_text(text)
    assert compact(criterion.expression) == "ALL(DiabetesMellitus, NOT Rifampicin @7d)"


@pytest.mark.parametrize(
    ("lead", "read"),
    [
        ("HIV-positive patients are eligible if", "ANY(NOT HIVInfection, CD4Count≥0.2 10*9/L)"),
        ("Patients with melanoma are eligible if", "CD4Count≥0.2 10*9/L"),
    ],
)
def test_what_is_asked_of_those_allowed_is_asked_of_no_others(lead, read):
    """A list below "patients with HIV are eligible if:" is for them; the cancer asked for is no such case."""
    (criterion,) = read_text(f"* {lead}:\n  * CD4 count ≥ 200/mm3")
    assert compact(criterion.expression) == read


def test_words_that_go_on_in_their_list_are_read_with_it():
    """Drugs below "unwilling to use contraception during treatment with:" bar nobody."""
    text = "Exclusion Criteria:\n\n* Unwilling to use contraception during treatment with:\n  * Cisplatin"
    (criterion,) = read_text(text)
    assert not any(isinstance(atom, Fact) and is_judged(atom) for atom in atoms(criterion.expression))


def test_a_list_below_may_enter_unless_bars():
    """The items below "may enter the study unless any of the following …" are what nobody may have."""
    text = (
        "* Patients with diabetes may enter the study unless any of the following are fulfilled:\n"
        "  * HbA1c ≥ 7.5%\n"
        "  * Fasting glucose > 160 mg/dL"
    )
    (criterion,) = read_text(text)
    assert compact(criterion.expression) == "NOT ANY(HemoglobinA1c≥7.5 %, FastingBloodGlucose>160 mg/dL)"


def test_examples_below_those_let_in_bar_nobody():
    """What "… are eligible. Examples include:" leads in among exclusions is allowed, item by item."""
    text = (
        "Exclusion Criteria:\n\n"
        "* Prior malignancy whose history is unlikely to interfere is allowed. Examples include:\n"
        "  1. Carcinoma in situ\n"
        "  2. Cutaneous skin cancers requiring only local excision\n"
    )
    (criterion,) = read_text(text)
    assert not any(isinstance(atom, Fact) and is_judged(atom) for atom in atoms(criterion.expression))


def test_an_item_that_is_excluded_bars_by_itself():
    """Below the name of what it is about, an item that says "should be excluded" is one more exclusion."""
    text = (
        "Exclusion Criteria:\n\n"
        "* Central nervous system involvement\n"
        "  * Patients with known brain metastases should be excluded because of their poor prognosis\n"
    )
    (criterion,) = read_text(text)
    assert compact(criterion.expression) == "ANY(CNSInvolvement, BrainMetastasis)"


@pytest.mark.parametrize("lead", ["Adequate washout before enrolment, defined as", "Last dose of"])
def test_a_list_of_times_since_treatments_demands_none(lead):
    """What has to be over for some time is barred until then, and stays words where it isn't understood."""
    (criterion,) = read_text(f"* {lead}:\n  * Cisplatin > 3 weeks prior to enrolment\n  * Other cisplatin")
    assert compact(criterion.expression) == "ALL(NOT Cisplatin @3w, «Other cisplatin»)"


@pytest.mark.parametrize(
    ("item", "read"),
    [
        ("chemotherapy, 3 weeks", "Chemotherapy @3w"),
        ("Chemotherapy: >= 21 days", "Chemotherapy @21d"),
        ("Mitomycin or nitrosoureas; 6 weeks", "MitomycinC @6w, Nitrosourea @6w"),
        ("≤ 4 weeks for immunotherapy", "Immunotherapy @4w"),
    ],
)
@pytest.mark.parametrize("lead", ["No other therapy within the following periods", "Required washout"])
def test_a_list_of_periods_among_exclusions_bars_in_them(lead, item, read):
    """An item of a treatment and a bare length bars whoever had the one in the other."""
    (criterion,) = read_text(f"* {lead}:\n  * {item}\n  * Surgery: 2 weeks", kind="exclusion")
    assert compact(criterion.expression) == f"ANY({read}, Surgery @2w)"


def test_items_below_what_is_denied_as_follows_are_denied():
    """What a denial names is led in by "as follows" as it is by "such as"."""
    (criterion,) = read_text("* No serious illness as follows:\n  * Stroke\n  * Diabetes mellitus")
    assert (
        compact(criterion.expression)
        == "NOT ANY(MedicalIllness{qualifier=serious}, Stroke, DiabetesMellitus)"
    )


@pytest.mark.parametrize(
    ("lead", "read"),
    [
        ("Patients taking any of the following medications", "Warfarin{status=active}"),
        ("Must not be receiving any of the following", "Warfarin{status=active}"),
        ("Prior or concurrent use of", "Warfarin"),
        ("Use of the following for 7 days prior to study entry", "Warfarin @7d"),
        ("Concomitant medications", "Warfarin"),
    ],
)
def test_a_list_is_taken_when_its_lead_in_says(lead, read):
    """What is taken now bars those who take it, not those who once did."""
    (criterion,) = read_text(f"* {lead}:\n  * Warfarin\n  * Stroke", kind="exclusion")
    assert compact(criterion.expression).startswith(f"ANY({read}, ")


def test_a_history_of_what_is_listed_bars_what_is_over():
    """The lead-in of a list asks for histories of what it names."""
    (criterion,) = read_text(
        "* History of any of the following:\n  * Stroke\n  * Diabetes mellitus", kind="exclusion"
    )
    assert compact(criterion.expression) == "ANY(Stroke{status=history}, DiabetesMellitus{status=history})"


@pytest.mark.parametrize(
    ("words", "explains"),
    [
        ("Women of childbearing potential are defined as women who have menstruated", True),
        ("Women of childbearing potential are defined as:", False),
        ("Women are considered not of childbearing potential if:", False),
        ("Effective contraception includes:", False),
    ],
)
def test_a_lead_to_a_list_explains_nothing_by_itself(words, explains):
    """What only opens on what childbearing is stays with the list that says it."""
    assert explains_reproduction(words) is explains
