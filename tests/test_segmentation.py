import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_files import ROOT, shared_file
from trialgraph.criteria import read_criteria
from trialgraph.criteria.sections.headings import parse_heading
from trialgraph.criteria.sections.items import Segmentation
from trialgraph.criteria.sections.segmentation import segment
from trialgraph.records import EligibilityText
from trialgraph.sources.files import Refusal, read_records

CASES = sorted((Path(__file__).parent / "cases" / "segmentation").glob("NCT*.json"))
COUNTS = {
    "NCT06120127": (11, 8),
    "NCT06592612": (8, 15),
    "NCT06778382": (8, 14),
    "NCT06794086": (12, 21),
    "NCT06850103": (8, 36),
}


def _records():
    return {
        each.nct: each for each in read_records([ROOT / "data" / "trials"]) if not isinstance(each, Refusal)
    }


def _texts():
    with gzip.open(shared_file("corpus/ctgov_v2.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            module = json.loads(line)["protocolSection"].get("eligibilityModule", {})
            yield module.get("eligibilityCriteria", "")
    with gzip.open(shared_file("corpus/criteria_text.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            trial = json.loads(line)
            yield trial["inclusion_criteria"] or ""
            yield trial["exclusion_criteria"] or ""


def _assert_lossless(text: str, segmentation: Segmentation) -> None:
    position = 0
    for piece in segmentation.pieces:
        start, end = piece.span
        assert start == position < end
        position = end
    assert position == len(text)
    criteria = [piece.span for piece in segmentation.pieces if piece.kind == "criterion"]
    assert criteria == [item.span for item in segmentation.items]
    for item in segmentation.items:
        assert item.text == text[slice(*item.span)]
        assert item.text.strip()
        for part in item.parts:
            assert part.text == item.text[slice(*part.span)]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_packaged_records_are_parted_as_a_reader_parts_them(case):
    """Each criterion of the five pages starts and ends where it does on the page, with its nested items."""
    assert len(CASES) == 5
    record = _records()[case.stem]
    criteria = read_criteria(record)
    expected = json.loads(case.read_text(encoding="utf-8"))
    assert [criterion.id for criterion in criteria] == [each["id"] for each in expected]
    kinds = [criterion.kind for criterion in criteria]
    assert (kinds.count("inclusion"), kinds.count("exclusion")) == COUNTS[case.stem]
    for criterion, each in zip(criteria, expected, strict=True):
        assert criterion.text.startswith(each["starts"])
        assert criterion.text.endswith(each["ends"])
        assert [part.text[:40] for part in criterion.parts] == each.get("parts", [])


def test_spans_point_into_the_page():
    """A criterion's span finds its words in the whole page, not only in the section."""
    for nct, record in _records().items():
        page = (ROOT / "data" / "trials" / f"{nct}.txt").read_text(encoding="utf-8")
        for criterion in read_criteria(record):
            assert page[slice(*criterion.span)] == criterion.text


def test_no_character_of_the_corpus_is_lost():
    """Every character of every section belongs to exactly one criterion, heading or separator."""
    seen = 0
    for text in _texts():
        _assert_lossless(text, segment(EligibilityText(text)))
        seen += 1
    assert seen > 10_000


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["", "* ", "- ", "1. ", "2) ", "(3) ", "a) ", "① ", "  * ", "   1. ", "\t• ", "1.2 "]
            ),
            st.sampled_from(
                [
                    "Age ≥ 18",
                    "Inclusion Criteria:",
                    "EXCLUSION",
                    "any of the following:",
                    "",
                    "x\\<5",
                    "for part B:",
                ]
            ),
        )
    ),
    st.sampled_from(["marked", "lines"]),
)
def test_no_character_of_any_text_is_lost(lines, style):
    """The law holds for any mixture of markers, headings and lead-ins, in both list styles."""
    text = "\n".join(marker + words for marker, words in lines)
    _assert_lossless(text, segment(EligibilityText(text, list_style=style)))


@given(st.text())
def test_no_character_of_any_string_is_lost(text):
    """The law holds for text that is no criteria at all."""
    _assert_lossless(text, segment(EligibilityText(text)))


@pytest.mark.parametrize(
    ("line", "kind", "scope"),
    [
        ("Inclusion Criteria:", "inclusion", None),
        ("Inclusion Criteria", "inclusion", None),
        ("INCLUSION CRITERIA", "inclusion", None),
        ("**Exclusion criteria:**", "exclusion", None),
        ("Exclusion", "exclusion", None),
        ("Key inclusion criteria", "inclusion", None),
        ("Non-inclusion criteria:", "exclusion", None),
        ("Inclusion criteria for part B:", "inclusion", "part B"),
        ("Exclusion Criteria (Cohort 2):", "exclusion", "Cohort 2"),
        ("Inclusion and Exclusion Criteria:", None, None),
        ("Patients with any of the following will be excluded:", "exclusion", None),
        ("Subjects must meet all of the following inclusion criteria to participate:", "inclusion", None),
        ("To be considered eligible, participants must meet all of the following:", "inclusion", None),
        ("The main inclusion and exclusion criteria include the following:", None, None),
        ("EXCLUSION CRITERIA SUMMARY:", "exclusion", None),
        ("4.2 Exclusion Criteria", "exclusion", None),
        ("Stage 1: Exclusion Criteria", "exclusion", "Stage 1"),
        ("Phase 1 Key Exclusion Criteria:", "exclusion", "Phase 1"),
        ("Exclusion Criteria Cohort A:", "exclusion", "Cohort A"),
        ("Exclusion Criteria;", "exclusion", None),
        ("Exclusion Criteria Phase II", "exclusion", "Phase II"),
        ("Module 1 specific inclusion criteria:", "inclusion", "Module 1 specific"),
        ("* Additional Exclusion Criteria Specific for Arm B:", "exclusion", "Specific for Arm B"),
        ("Inclusion Criteria Specific for Rectal Tumors", "inclusion", "Specific for Rectal Tumors"),
        ("Expansion Cohort 1:", None, "Expansion Cohort 1"),
        ("Dose Expansion (Part 2):", None, "Dose Expansion (Part 2)"),
        ("Safety lead-in:", None, "Safety lead-in"),
        ("Both phases:", None, ""),
        ("All Cohorts", None, ""),
        ("Part B and Part C:", None, "Part B and Part C"),
        ("Module 3 only:", None, "Module 3"),
        ("Adjuvant Cohort:", None, "Adjuvant Cohort"),
        ("For Both Dose Escalation and Expansion", None, ""),
        ("Inclusion criteria (Phase 1 and Phase 2):", "inclusion", None),
        (
            "Participants in the study who meet all of the following are eligible for Arm A:",
            "inclusion",
            "Arm A",
        ),
        ("Exclusion criteria will be assessed within 28 days of treatment:", "exclusion", None),
        ("EXCLUSION CRITIERIA:", "exclusion", None),
        ("Exclusions:", "exclusion", None),
        ("Part B (Dose Expansion) Inclusion Criteria:", "inclusion", "Part B (Dose Expansion)"),
        ("* RE-REGISTRATION - INCLUSION CRITERIA", "inclusion", "RE-REGISTRATION"),
        ("Inclusion Criteria (Multiple Myeloma)", "inclusion", "Multiple Myeloma"),
        ("Therapist Exclusion criteria:", "exclusion", "Therapist"),
        ("Disease-Specific Exclusion Criteria:", "exclusion", None),
        ("General Exclusion Criteria (GEC):", "exclusion", None),
        (
            "Patients in Cohort A are to be excluded from the study if they meet any of these criteria:",
            "exclusion",
            "Cohort A",
        ),
        ("Key exclusion criteria are as follows:", "exclusion", None),
        ("Exclusion Criteria Patients meeting any of the following will be excluded.", "exclusion", None),
        ("Exclusion criteria only for patients with brain MRI", "exclusion", "patients with brain MRI"),
        ("Inclusion criteria applicable to all study modules (Groups A & B)", "inclusion", None),
        ("Clinicians will be excluded from participation if they:", "exclusion", "Clinicians"),
        (
            "Step 0 Exclusion Criteria (patients enter the first step only if all of the following apply:)",
            "exclusion",
            None,
        ),
    ],
)
def test_headings_come_in_many_forms(line, kind, scope):
    """A heading gives kind and scope however it is written."""
    heading = parse_heading(line)
    assert heading is not None
    assert (heading.kind, heading.scope) == (kind, scope)


def test_a_heading_below_that_of_a_part_is_of_the_part():
    """Up to the next one that stands below criteria, or that is for all parts again."""
    items = segment(
        EligibilityText(
            "Part B:\n\nInclusion criteria:\n\n* Stroke\n\nBoth parts:\n\n* Fever\n\n"
            "Part C:\n\n* Cough\n\nExclusion criteria:\n\n* Gout\n"
        )
    ).items
    assert [(each.text, each.scope) for each in items] == [
        ("Stroke", "Part B"),
        ("Fever", None),
        ("Cough", "Part C"),
        ("Gout", None),
    ]


@pytest.mark.parametrize(
    "lead", ["Sarcoma of the following subtypes:", "ALP ≤ 2.5 × ULN, with the following exceptions:"]
)
def test_a_list_belongs_to_what_says_something_above_it(lead):
    """Kinds of which one is asked for, and what some may go beyond, aren't demands of their own."""
    (item,) = segment(EligibilityText(f"{lead}\n\n* Osteosarcoma\n* Liver metastases\n")).items
    assert len(item.parts) == 2


def test_a_part_that_everything_is_for_is_the_whole():
    """Nobody is let off what stands below the only part that a section names."""
    text = "Inclusion criteria for part A:\n\n* Stroke\n\nExclusion criteria for part A:\n\n* Gout\n"
    assert {each.scope for each in segment(EligibilityText(text)).items} == {None}


def test_a_heading_of_a_part_without_criteria_is_not_of_the_other_kind():
    """What bars stands below a heading of its own, which names no part."""
    (item,) = segment(
        EligibilityText("Inclusion criteria for part A:\n\nExclusion criteria:\n\n* Gout\n")
    ).items
    assert (item.kind, item.scope) == ("exclusion", None)


@pytest.mark.parametrize(
    "line",
    [
        "Meets all inclusion criteria of the parent study",
        "Other protocol-defined inclusion/exclusion criteria may apply.",
        "Exclusion of pregnancy by a serum test within 7 days before the first dose of the study drug",
        "Additional inclusion criteria may apply:",
        "Inclusion criteria & exclusion criteria across three specialties:",
        "ECOG 0-1",
        "* Inclusion in another therapeutic protocol within 30 days",
        "* The reverse of the inclusion criteria",
        "Another trial within 28 days prior to enrollment; the following exceptions are allowed:",
        "Patients with eczema (not gout) are eligible for the study provided that all of these hold:",
        "Capable of informed consent and understanding of Exclusion Criteria that may apply",
        "Examples of live vaccines include, but are not limited to, the following:",
        "Patients with treated CNS metastases are eligible, provided that they meet all of the following:",
        "Women will be eligible if they meet the following criteria:",
        "Patients who are not eligible for surgery, with at least one of the following features:",
        "Exclusion criteria apply to all cohorts of the study and are checked again at registration",
    ],
)
def test_statements_that_mention_criteria_are_no_headings(line):
    """A criterion that speaks of inclusion or exclusion stays a criterion."""
    assert parse_heading(line) is None


@pytest.mark.parametrize(
    ("above", "kind", "scope"),
    [
        (
            "Patients who meet any of the following criteria will be excluded from the study.",
            "exclusion",
            None,
        ),
        (
            "Participants are ineligible if they meet any of the exclusion criteria below.",
            "exclusion",
            None,
        ),
        ("Subjects must not meet any of the following criteria.", "exclusion", None),
        ("The presence of any of the following will exclude a subject from enrollment.", "exclusion", None),
        ("A subject must meet all of the eligibility criteria outlined below.", "inclusion", None),
        (
            "Inclusion criteria for caregivers To be eligible a subject must meet all criteria below.",
            "inclusion",
            "caregivers",
        ),
        ("Inclusion criteria: Part B", "inclusion", "Part B"),
        ("Exclusion criteria: Clinicians", "exclusion", "Clinicians"),
        ("Inclusion criteria: Patients", "inclusion", None),
    ],
)
def test_sentences_and_names_above_a_list_are_its_heading(above, kind, scope):
    """They tell what the list means, and whom it is for, without being a criterion."""
    other = "inclusion" if kind == "exclusion" else "exclusion"
    text = f"{other} criteria:\n\n* Stroke\n\n{above}\n\n* Gout\n"
    assert [(each.text, each.kind, each.scope) for each in segment(EligibilityText(text)).items] == [
        ("Stroke", other, None),
        ("Gout", kind, scope),
    ]


@pytest.mark.parametrize(
    "above",
    [
        "Patients who do not meet the following criteria will be excluded.",
        "Patients must meet the inclusion criteria and none of the exclusion criteria.",
        "Patients with gout who meet any of the following criteria will be excluded.",
    ],
)
def test_sentences_that_say_more_are_criteria(above):
    """Not meeting something, both lists at once, and whoever has a disease are no list's meaning."""
    assert [each.text for each in segment(EligibilityText(f"{above}\n\n* Gout\n")).items] == [above, "Gout"]


@pytest.mark.parametrize(
    "tail",
    [
        "Exclusion Criteria Participants should not enter if any of the following criteria are met.",
        "Exclusion criteria: atopic patients",
    ],
)
def test_a_heading_may_end_the_line_of_another_criterion(tail):
    """With the sentence, or the few words, that go with it."""
    items = segment(EligibilityText(f"* Able to comply with the protocol. {tail}\n* Gout\n")).items
    assert items[0].text == "Able to comply with the protocol."
    assert [each.kind for each in items if each.text == "Gout"] == ["exclusion"]


@pytest.mark.parametrize(
    ("lead", "parts"),
    [
        ("Any of the following in the 4 weeks prior to randomization:", 2),
        ("Ongoing therapy with corticosteroids except:", 2),
        ("LVEF of less than 45%; testing is required in patients with:", 2),
        ("Any of the following conditions:", 0),
    ],
)
def test_what_bars_at_some_time_or_with_exceptions_keeps_its_list(lead, parts):
    """Where the words above a list of exclusions say no more than that they are some, each bars by itself."""
    items = segment(EligibilityText(f"Exclusion criteria:\n\n{lead}\n\n* Stroke\n* Gout\n")).items
    assert len(items[0].parts) == parts


def test_a_list_without_indents_is_over_where_everyone_is_asked():
    """No performance status is one of the diseases of which one is enough."""
    text = "One of the following:\n\n* Gout\n* Stroke\n* ECOG 0-1\n* Cough\n"
    assert [len(each.parts) for each in segment(EligibilityText(text)).items] == [2, 0, 0]


def test_a_list_of_exclusions_is_over_where_another_within_it_was_led_in():
    """What stands at the margin again isn't of the time that led in the first."""
    text = "Exclusion criteria:\n\nAny in the last 4 weeks:\n\n* Gout\n\n  * A history of:\n* Stroke\n"
    assert [each.text for each in segment(EligibilityText(text)).items][1:] == ["Stroke"]


def test_numbers_inside_a_wrapped_line_start_no_item():
    """A wrapped line that happens to start with a number goes on with its item."""
    text = "Inclusion Criteria:\n1. Patients who have reached the age of at least\n18. In some sites 20"
    text += "\n2. ECOG 0-1"
    assert [item.text for item in segment(EligibilityText(text)).items] == [
        "Patients who have reached the age of at least\n18. In some sites 20",
        "ECOG 0-1",
    ]


def test_nested_items_stay_inside_their_criterion():
    """Numbers below a bullet that leads them in are its parts; the next bullet is a criterion of its own."""
    text = "* One of the following:\n\n1. liver\n2. lung\n* ECOG 0-1"
    first, second = segment(EligibilityText(text)).items
    assert [part.text for part in first.parts] == ["liver", "lung"]
    assert second.text == "ECOG 0-1"


@pytest.mark.parametrize(
    "text",
    [
        "* a\n" * 10_000,
        "".join(f"{' ' * depth}* a\n" for depth in range(3_000)),
        "* " + "x y " * 250_000,
        "Inclusion " * 100_000,
    ],
    ids=["many", "deep", "long", "headings"],
)
def test_no_section_is_slow(text):
    """Ten thousand bullets, deep nesting and a criterion of a megabyte take a fraction of a second."""
    start = time.process_time()
    segment(EligibilityText(text))
    assert time.process_time() - start < 5


RUN_ON = """Exclusion Criteria:

* 1\\. Active infection. Simple cystitis is permitted. 2\\. Systemic steroids above grade 2.

  3\\. Any of the following:

  • Stroke within 6 months;
  * History of severe cardiomyopathy. 4. Autoimmune disease

    5\\. Known HIV infection with CTCAE version 5. Stable disease, see section 6. Otherwise none.
"""


def test_headings_that_run_on_part_sections():
    """A heading at the end of an item's line is that of the items below it; one that is spoken of is none."""
    text = (
        "* Willing and able to give consent before any procedure Exclusion Criteria\n"
        "* Stroke\n* Meets all other Inclusion Criteria\n* Seizure"
    )
    items = segment(EligibilityText(text)).items
    assert [(item.kind, item.text) for item in items] == [
        ("inclusion", "Willing and able to give consent before any procedure"),
        ("exclusion", "Stroke"),
        ("exclusion", "Meets all other Inclusion Criteria"),
        ("exclusion", "Seizure"),
    ]


def test_numbers_that_run_on_part_items():
    """A number that counts on starts an item, in a paragraph of another and inside its line too."""
    items = segment(EligibilityText(RUN_ON)).items
    assert [" ".join(item.text.split()) for item in items] == [
        "Active infection. Simple cystitis is permitted.",
        "Systemic steroids above grade 2.",
        "Any of the following: • Stroke within 6 months; * History of severe cardiomyopathy.",
        "Autoimmune disease",
        "Known HIV infection with CTCAE version 5. Stable disease, see section 6. Otherwise none.",
    ]
    assert [part.text for part in items[2].parts] == [
        "Stroke within 6 months;",
        "History of severe cardiomyopathy.",
    ]


def test_numbers_between_tell_what_a_list_lacks():
    """Where the next line's number tells that some are missing, they are sought anywhere in the line."""
    text = (
        "Inclusion:\n1. Adults 2. Stage II or III 3. Two CT scans\n\n  4. Age above 18\n  5. Grade 1. Nothing"
    )
    items = segment(EligibilityText(text)).items
    assert [item.text for item in items] == [
        "Adults", "Stage II or III", "Two CT scans", "Age above 18", "Grade 1. Nothing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1. Has no HIV 2. Subjects with asthma 3. Women", ["Has no HIV", "Subjects with asthma", "Women"]),
        ("1. ECOG performance status of 0 or 2. Patients with asthma", None),
        ("1. ECOG 2. Patients with asthma", None),
        ("1. Platelets ≥ 2. Patients with asthma", None),
        ("1. Treated for at least 2. Patients with asthma", None),
    ],
)
def test_a_number_without_a_full_stop_before_it_parts_items_too(text: str, items: list[str] | None):
    """It doesn't where the words before it go on with a number."""
    assert [item.text for item in segment(EligibilityText(text)).items] == (items or [text[3:]])


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("* Any stroke • Seizure • Note: others are allowed\n* Gout", ["Any stroke", "Seizure", "Gout"]),
        ("* Function: • ANC ≥ 1500/mm3, • Hemoglobin ≥ 9 g/dL\n* Asthma", ["Function:", "Asthma"]),
        ("* Clearance (140 - age) • Mass / 72\n* Asthma", ["Clearance (140 - age) • Mass / 72", "Asthma"]),
        ("* • Female\n\n  * 40 to 69 years\n  * Asthma", ["Female", "40 to 69 years", "Asthma"]),
        ("* • Any of the following\n\n  * Asthma", ["Any of the following"]),
        ("* Asthma\n* • Stroke\n* Gout", ["Asthma", "Stroke", "Gout"]),
        ("* 1 Adults\n* 2 ≥ 45 kg\n  * 7 Days\n* 3 Gout", ["Adults", "≥ 45 kg", "Gout"]),
        ("* 1 Lesion\n* 2 Nodes\n* Gout", ["1 Lesion", "2 Nodes", "Gout"]),
    ],
)
def test_bullets_inside_a_line_and_behind_a_bullet(text: str, items: list[str]):
    """They part items of one list, below a lead-in nested ones, as notes are; a product stays one."""
    found = segment(EligibilityText(text)).items
    leads = (item.text[: item.parts[0].span[0] if item.parts else None] for item in found)
    assert [lead.strip(" •*\n") for lead in leads] == items


def test_a_list_inside_an_item_stays_there():
    """Numbers that a list has in lines of their own below, or that refer to something, part no line."""
    text = "1. Function: 1. Platelets above 50. 2. Hemoglobin above 8.\n2. Age above 18, see table 3. Adults"
    assert len(segment(EligibilityText(text)).items) == 2
