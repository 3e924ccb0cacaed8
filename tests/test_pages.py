import gzip
import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialgraph.errors import InputError, RecordError
from trialgraph.sources.descriptions import load_layouts
from trialgraph.sources.layouts import Layout, Part, Reading
from trialgraph.sources.pages import PageReport, read_page, report_page
from trialgraph.sources.rows import opening_pattern

from .shared_files import ROOT, shared_file

PAGES = ROOT / "data" / "trials"
CASES = ROOT / "tests" / "cases" / "pages"
NAMES = sorted(case.stem for case in CASES.glob("NCT*.toml"))
SIXTH = CASES / "sixth"


def page_text(name: str) -> str:
    """Return a packaged page as its file decodes, line ends and all."""
    return (PAGES / f"{name}.txt").read_bytes().decode("utf-8")


def report(text: str, layouts: tuple[Layout, ...] | None = None) -> PageReport:
    """Read a page that was put together in a test."""
    return report_page(text, name="page.txt", sha256=sha256(text.encode()).hexdigest(), layouts=layouts)


def written(value: object, lines: list[str]) -> object:
    """Replace the page references of an expected study by the text of those lines."""
    if isinstance(value, dict):
        if value.keys() == {"page"}:
            return "\n".join(lines[value["page"][0] - 1 : value["page"][1]]).strip()
        if value.keys() == {"words"}:
            return " ".join(lines[value["words"][0] - 1 : value["words"][1]])
        return {key: written(inner, lines) for key, inner in value.items()}
    return [written(inner, lines) for inner in value] if isinstance(value, list) else value


def test_every_packaged_page_has_a_case() -> None:
    """Each of the five pages is held to what a reader of the page wrote down."""
    assert sorted(page.stem for page in PAGES.glob("*.txt")) == NAMES
    assert len(NAMES) == 5


@pytest.mark.parametrize("name", NAMES)
def test_page_reads_as_a_reader_wrote_it_down(name: str) -> None:
    """The study has every field that the page labels, with its value, and no other."""
    case = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    text = page_text(name)
    read = report(text)
    assert read.record.study == written(case["study"], text.split("\n"))
    assert read.record.nct == name
    assert read.record.source.layout == case["layout"]
    assert read.record.source.updated == case.get("updated")
    assert read.record.source.sha256 == sha256(text.encode()).hexdigest()
    assert read.unread == ()


@pytest.mark.parametrize("name", NAMES)
def test_eligibility_is_the_page_between_its_first_heading_and_its_last_criterion(name: str) -> None:
    """The eligibility text is a slice of the page, and the case says which lines."""
    case = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    text = page_text(name)
    eligibility = report(text).record.eligibility
    assert eligibility is not None
    first, last = case["eligibility"]
    assert eligibility.text == "\n".join(text.split("\n")[first - 1 : last])
    assert text[eligibility.offset : eligibility.offset + len(eligibility.text)] == eligibility.text
    assert eligibility.list_style == case["list_style"]
    assert eligibility.lost_line_breaks == case.get("lost_line_breaks", False)


@settings(max_examples=60)
@given(st.sampled_from(NAMES), st.data())
def test_no_line_of_a_page_is_lost(name: str, data: st.DataObject) -> None:
    """A line that no layout knows is in some text of the record, or named as unread."""
    lines = page_text(name).split("\n")
    place = data.draw(st.integers(1, len(lines)))
    lines.insert(place, "Quorn zebra 4711")
    try:
        read = report("\n".join(lines))
    except RecordError as error:
        pytest.fail(f"line {place}: {error}")
    assert "Quorn zebra 4711" in json.dumps(read.record.study)


@settings(max_examples=40)
@given(st.sampled_from(NAMES), st.data())
def test_a_page_with_a_line_missing_still_reads_or_is_refused(name: str, data: st.DataObject) -> None:
    """Whatever line a page lacks, it gives a record of that trial or a RecordError."""
    lines = page_text(name).split("\n")
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    try:
        read = report("\n".join(lines))
    except RecordError as error:
        assert error.where == "page.txt"
    else:
        assert read.record.nct == name


@settings(max_examples=40)
@given(
    st.sampled_from(NAMES),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.text(" \t\n", max_size=5),
)
def test_offset_is_exact_whatever_the_line_ends(name: str, end: str, mark: str, blank: str) -> None:
    """Eligibility text is found at its offset in the page as it came; values don't change."""
    text = mark + blank + page_text(name).replace("\n", end)
    read = report(text)
    eligibility = read.record.eligibility
    assert eligibility is not None
    assert text[eligibility.offset : eligibility.offset + len(eligibility.text)] == eligibility.text
    study = json.loads(json.dumps(read.record.study).replace("\\r", ""))
    assert study == report(page_text(name)).record.study


@pytest.mark.parametrize(
    ("text", "what"), [("", "empty"), ("\ufeff \r\n\n", "empty"), ("Hello\nWorld", "unknown")]
)
def test_text_that_is_no_known_page_is_refused(text: str, what: str) -> None:
    """The message names the file, what is wrong, and what to do."""
    with pytest.raises(RecordError, match=what) as caught:
        read_page(text, name="notes.txt", sha256="0")
    assert caught.value.where == "notes.txt"
    assert caught.value.advice


def test_refusal_of_an_unknown_layout_says_which_are_known() -> None:
    """Someone with a page of another site learns which layouts there are and where to describe one."""
    with pytest.raises(RecordError) as caught:
        read_page("Hello", name="notes.txt", sha256="0")
    for layout in load_layouts():
        assert layout.name in str(caught.value)
    assert "docs/layouts.md" in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_page_without_its_number_is_refused(name: str) -> None:
    """A page whose registry number is damaged is no record."""
    with pytest.raises(RecordError, match="NCT number"):
        read_page(page_text(name).replace(name, "NCT0000"), name="page.txt", sha256="0")


def test_value_that_is_not_of_its_kind_is_left_unread() -> None:
    """An unknown status, a date that is none and a number in words are reported, not stored."""
    text = page_text("NCT06778382")
    for known, unknown in [
        ("RECRUITING", "THINKING"),
        ("2024-06-24", "last summer"),
        ("22 part", "some part"),
    ]:
        text = text.replace(known, unknown)
    read = report(text)
    assert [line.text for line in read.unread] == [
        "THINKING",
        "some participants",
        "last summer",
        "Site Status THINKING",
    ]
    assert read.record.study["pageSection"]["unreadLines"] == [line.text for line in read.unread]
    assert "overallStatus" not in read.record.study["protocolSection"]["statusModule"]


def test_contradicting_values_are_both_kept() -> None:
    """The first value a page states holds its place; another one is listed beside it."""
    read = report(page_text("NCT06794086").replace("Phase: 3", "Phase: 2"))
    assert read.record.study["protocolSection"]["designModule"]["phases"] == ["PHASE3"]
    assert read.record.study["pageSection"]["otherValues"] == [
        {"field": "protocolSection.designModule.phases", "value": "PHASE2"}
    ]


UNLABELLED = [
    # lines to drop, lines that stay unread, what is still read
    (["2032-12-31"], ["2025-04-22"], {"overallStatus": "RECRUITING"}),
    (
        ["RECRUITING"],
        [],
        {"startDateStruct": {"date": "2025-04-22"}, "completionDateStruct": {"date": "2032-12-31"}},
    ),
    (["18 Years"], ["75 Years"], {"overallStatus": "RECRUITING"}),
]


@pytest.mark.parametrize(("dropped", "unread", "read_status"), UNLABELLED)
def test_place_without_label_is_read_only_where_there_is_one_way(
    dropped: list[str], unread: list[str], read_status: dict[str, object]
) -> None:
    """One date of two, or one age of two, could be either, so neither is claimed."""
    text = "\n".join(line for line in page_text("NCT06850103").split("\n") if line not in dropped)
    read = report(text)
    assert [line.text for line in read.unread] == unread
    status = read.record.study["protocolSection"]["statusModule"]
    assert {key: status.get(key) for key in read_status} == read_status
    if unread:
        assert unread[0] not in json.dumps(read.record.study["protocolSection"])
    assert read.record.eligibility is not None
    assert read.record.eligibility.text.endswith("Pregnancy or breastfeeding.")


def test_dates_in_the_wrong_order_are_not_read_by_place() -> None:
    """A start after the completion shows that the places are not what they seem."""
    read = report(page_text("NCT06850103").replace("2025-04-22", "2035-04-22"))
    assert [line.text for line in read.unread] == ["2035-04-22", "2032-12-31"]
    assert read.record.study["protocolSection"]["statusModule"] == {"overallStatus": "RECRUITING"}


def test_contacts_of_several_sites_are_not_given_to_one() -> None:
    """Facility contacts go to a location only when the page has exactly one."""
    place = "Jinan, Shandong, China\n\nSite Status RECRUITING\n"
    text = page_text("NCT06778382").replace(place, f"{place}\nOther Hospital\n\nSeoul, Korea, Republic of\n")
    study = report(text).record.study
    locations = study["protocolSection"]["contactsLocationsModule"]["locations"]
    assert locations[1] == {"facility": "Other Hospital", "city": "Seoul", "country": "Korea, Republic of"}
    assert all("contacts" not in location for location in locations)
    assert study["pageSection"]["facilityContacts"] == [
        {"name": "Jinbo Yue, doctor", "role": "CONTACT", "phone": "0531-67626442"}
    ]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("Overall survivalUp to 2 years", ("Overall survival", "Up to 2 years")),
        (
            "Objective response rate (ORR)From enrollment to 12 months",
            ("Objective response rate (ORR)", "From enrollment to 12 months"),
        ),
        ("PFSBaseline, week 8", ("PFS", "Baseline, week 8")),
        ("Adverse events by CTCAE v5.03 years", None),
        ("Time to progression2 years", ("Time to progression", "2 years")),
        ("Change From Baseline in Weight", None),
        ("Overall survivalup to 24 months", ("Overall survival", "up to 24 months")),
    ],
)
def test_time_frame_parts_from_the_measure_where_it_begins(row: str, columns: tuple[str, str] | None) -> None:
    """A joint shows where a time frame's opening words touch the measure; without one the row stays whole."""
    text = page_text("NCT06120127")
    line = next(line for line in text.split("\n") if line.startswith("Progression free survivalFrom"))
    outcomes = report(text.replace(line, row)).record.study["protocolSection"]["outcomesModule"]
    (outcome,) = outcomes["primaryOutcomes"]
    assert (outcome["measure"], outcome.get("timeFrame")) == (columns or (row, None))


def test_time_frames_of_the_registry_part_from_their_measures() -> None:
    """Run together, the registry's measures and time frames part where they should, or stay whole."""
    openings = load_layouts()[0].openings["timeFrame"]
    opening = opening_pattern(openings)
    found, wrong, total = 0, 0, 0
    with gzip.open(shared_file("corpus/ctgov_v2.jsonl.gz"), "rt", encoding="utf-8") as studies:
        for line in studies:
            outcomes = json.loads(line)["protocolSection"].get("outcomesModule", {})
            for outcome in [*outcomes.get("primaryOutcomes", ()), *outcomes.get("secondaryOutcomes", ())]:
                if outcome.get("timeFrame"):
                    match = opening.search(outcome["measure"] + outcome["timeFrame"])
                    found += match is not None
                    wrong += match is not None and match.start() != len(outcome["measure"])
                    total += 1
    assert total > 5000
    assert found / total > 0.7
    assert wrong / total < 0.002


def test_line_that_is_no_record_is_left_unread() -> None:
    """Among identifiers only what has its source is one; the lines around them are reported."""
    text = page_text("NCT06778382").replace(
        "Source: org_study_id", "Source: secondary_id\n\nSee also our shop"
    )
    read = report(text)
    identification = read.record.study["protocolSection"]["identificationModule"]
    assert identification["secondaryIdInfos"] == [{"id": "SDZLEC2024-415-01"}]
    assert "orgStudyIdInfo" not in identification
    assert [line.text for line in read.unread] == ["See also our shop"]


def test_arm_row_that_comes_apart_in_no_single_way_is_left_unread() -> None:
    """An arm row is read by the interventions that the page lists, never by guessing at a name."""
    text = page_text("NCT06120127").replace("chemotherapyChemotherapypost", "chemotherapyVitamin Cpost")
    read = report(text)
    assert len(read.unread) == 1
    assert [
        arm["label"] for arm in read.record.study["protocolSection"]["armsInterventionsModule"]["armGroups"]
    ] == ["chemotherapy with radiotherapy and immunotherapy"]


def test_arm_rows_that_come_apart_in_several_ways_follow_each_other() -> None:
    """Where an arm's name holds an intervention's, rows of one arm agree on where it ends."""
    text = page_text("NCT06120127")
    row = next(line for line in text.split("\n") if line.startswith("chemotherapyChemo"))
    rows = "armSBRTonlySBRTradiotherapy first\narmSBRTonlyChemotherapyradiotherapy first"
    read = report(text.replace(row, rows))
    assert read.record.study["protocolSection"]["armsInterventionsModule"]["armGroups"][1] == {
        "label": "armSBRTonly",
        "description": "radiotherapy first",
        "interventionNames": ["Radiation: SBRT", "Drug: Chemotherapy"],
    }
    assert read.unread == ()


def test_longer_label_wins(tmp_path: Path) -> None:
    """A label that begins with another one is not a value of that one."""
    described = """
        title = "x"
        signature = ["Hospital notes"]
        furniture = ["Hospital notes"]
        [[part]]
        label = "Trial:"
        inline = true
        path = "protocolSection.identificationModule.nctId"
        kind = "nct"
        [[part]]
        label = "Trial: title:"
        inline = true
        path = "protocolSection.identificationModule.briefTitle"
    """
    (tmp_path / "notes.toml").write_text(dedent(described), encoding="utf-8")
    read = report("Hospital notes\nTrial: title: A\nTrial: NCT00000001\n", load_layouts(tmp_path))
    identification = {"briefTitle": "A", "nctId": "NCT00000001"}
    assert read.record.study == {"protocolSection": {"identificationModule": identification}}
    assert read.record.eligibility is None


def test_a_sixth_layout_is_a_new_description(tmp_path: Path) -> None:
    """A page of another site is read with one TOML file more and no code: the example of docs/layouts.md."""
    guide = (ROOT / "docs" / "layouts.md").read_text(encoding="utf-8")
    layout, page = re.findall(r"```(?:toml|text)\n(.*?)```", guide, re.DOTALL)[:2]
    (tmp_path / "trial-finder.toml").write_text(layout, encoding="utf-8")
    read = report(page, load_layouts(tmp_path))
    assert read.unread == ()
    assert read.record.source.layout == "trial-finder"
    assert read.record.study == tomllib.loads((SIXTH / "expected.toml").read_text(encoding="utf-8"))
    assert read.record.eligibility is not None
    assert read.record.eligibility.text.startswith("You can join if\n- you are 18")
    assert page[read.record.eligibility.offset :].startswith(read.record.eligibility.text)


BAD_LAYOUTS = [
    ("signature = [", "TOML"),
    ('title = "x"\nsignature = ["a"]\nsigns = 1', "unknown key signs"),
    ('title = "x"\nsignature = ["a"]\n[[part]]\nlabel = "A"\npath = "a"\nkind = "colour"', "unknown kind"),
    (
        'title = "x"\nsignature = ["a"]\n[[part]]\nlabel = "A"\npath = "a"\nkind = "code"\ntable = "no"',
        "no table",
    ),
    ('title = "x"\nsignature = ["a"]\n[[part]]\nlabel = "A"\npath = "a"\npatterns = ["("]', "unterminated"),
    ('title = "x"\nsignature = ["a"]\n[[part]]\nlabel = "A"\nrecords.path = "a[]"', "exactly one of"),
    ('title = "x"\nsignature = ["a"]\n[[part]]\nlabel = "A"\nkind = "date"', "without a path"),
    ('title = "x"\n[[part]]\nlabel = "A"\npath = "a"', "signature"),
    ('extends = "nobody"\nsignature = ["a"]', "nobody"),
    ('extends = "mine"\nsignature = ["a"]', "mine"),
    ('title = "x"\nsignature = ["a"]\n[[part]]\nlabel = "A"\nform = "spiral"', "spiral"),
]


@pytest.mark.parametrize(("described", "what"), BAD_LAYOUTS)
def test_bad_layout_description_is_named(tmp_path: Path, described: str, what: str) -> None:
    """Whoever writes a layout learns which file is wrong and how."""
    (tmp_path / "mine.toml").write_text(dedent(described), encoding="utf-8")
    with pytest.raises(InputError, match=what) as caught:
        load_layouts(tmp_path)
    assert str(caught.value.where).endswith("mine.toml")


def test_folder_of_layouts_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """A mistyped folder is an error, not an absence of layouts."""
    with pytest.raises(InputError, match="no such folder"):
        load_layouts(tmp_path / "layots")


def readings(part: Part, below: str = "") -> list[tuple[str, Reading]]:
    """Return a part's readings, each with the path it has from the study."""
    found = [(below, slot.reading) for slot in part.lines]
    for below_here, reading in list(found):
        found += [(below_here, inner) for inner in (*reading.groups.values(), *reading.also)]
    for inner in part.parts:
        found += readings(inner, below)
    if part.records and part.records.body:
        inside = readings(part.records.body, (part.records.path or part.records.first) + ".")
        # A routing key chooses the record's path and is then dropped.
        found += [pair for pair in inside if pair[1].path != part.records.route_key]
    return found


def schema_types() -> dict[str, dict[str, object]]:
    """Return the registry's schemas by name."""
    yaml = pytest.importorskip("yaml")
    described = yaml.safe_load(shared_file("corpus/ctg-oas-v2.yaml").read_text(encoding="utf-8"))
    schemas: dict[str, dict[str, object]] = described["components"]["schemas"]
    return schemas


def schema_at(schemas: dict[str, dict], path: str) -> dict | None:
    """Return the schema of a path such as ``a.b[].c``; None when the schema has no such path."""
    node: dict = schemas["Study"]
    for name in path.replace("[]", "").split("."):
        node = node.get("properties", {}).get(name)
        while node is not None and ("$ref" in node or "items" in node):
            node = schemas[node["$ref"].rpartition("/")[2]] if "$ref" in node else node["items"]
        if node is None:
            return None
    return node


@pytest.mark.parametrize("layout", load_layouts(), ids=lambda layout: layout.name)
def test_layouts_write_to_the_registry_s_own_fields(layout: Layout) -> None:
    """Every path outside pageSection is one of the registry's schema, and codes are its codes."""
    schemas = schema_types()
    checked = 0
    for below, reading in readings(layout.page):
        path = below + reading.path
        if not reading.path or path.startswith("pageSection"):
            continue
        schema = schema_at(schemas, path)
        assert schema is not None, path
        if reading.kind in ("code", "codes"):
            assert set(layout.tables[reading.table].values()) >= set(schema["enum"]) - {"NA"}, path
        checked += 1
    assert checked > 15


def test_shared_words_have_the_registry_s_codes() -> None:
    """Each table of words has the codes of the registry's enumeration, no more and no fewer."""
    schemas = schema_types()
    enumerations = {
        "status": "Status",
        "phase": "Phase",
        "studyType": "StudyType",
        "sex": "Sex",
        "allocation": "DesignAllocation",
        "interventionModel": "InterventionalAssignment",
        "primaryPurpose": "PrimaryPurpose",
        "masking": "DesignMasking",
        "whoMasked": "WhoMasked",
        "armType": "ArmGroupType",
        "interventionType": "InterventionType",
        "agencyClass": "AgencyClass",
        "responsiblePartyType": "ResponsiblePartyType",
        "contactRole": "ContactRole",
        "referenceType": "ReferenceType",
        "identifierType": "SecondaryIdType",
    }
    tables = load_layouts()[0].tables
    for table, enumeration in enumerations.items():
        assert set(tables[table].values()) == set(schemas[enumeration]["enum"]), table
