import copy
import json
from collections import Counter

import pytest

from trialgraph.errors import RecordError
from trialgraph.records import Json
from trialgraph.sources.registry import read_study, unknown_fields

from .shared_files import ROOT

STUDY = json.loads((ROOT / "tests" / "cases" / "study.json").read_text(encoding="utf-8"))


def changed(path: str, value: Json) -> dict[str, Json]:
    """Return the example study with another value at a path."""
    study = copy.deepcopy(STUDY)
    *outer, last = path.split(".")
    place = study
    for name in outer:
        place = place[int(name)] if name.isdecimal() else place.setdefault(name, {})
    place[int(last) if last.isdecimal() else last] = value
    return study


def refused(study: Json) -> RecordError:
    """Return the error that a study is refused with."""
    with pytest.raises(RecordError) as caught:
        read_study(study, name="a.json", sha256="00")
    return caught.value


def test_a_study_becomes_a_record() -> None:
    """It keeps the registry's object and says where it came from and when it was updated."""
    record = read_study(STUDY, name="a.json", sha256="ab", retrieved="2025-09-01T00:00:00+00:00")
    assert (record.nct, record.study) == ("NCT00000001", STUDY)
    assert (record.source.name, record.source.sha256, record.source.layout) == ("a.json", "ab", "ctgov-v2")
    assert (record.source.updated, record.source.retrieved) == ("2025-06-03", "2025-09-01T00:00:00+00:00")
    assert record.eligibility is not None
    assert record.eligibility.text == STUDY["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    assert record.eligibility.offset == 0


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_a_study_without_criteria_has_no_eligibility_section(text: str | None) -> None:
    """An empty section is none."""
    study = changed("protocolSection.eligibilityModule.eligibilityCriteria", text)
    assert read_study(study, name="a.json", sha256="00").eligibility is None


def test_the_least_study_has_a_number() -> None:
    """Every other field may be absent; the record then doesn't say when it was updated."""
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}, "statusModule": None}}
    record = read_study(study, name="a.json", sha256="00")
    assert (record.source.updated, record.eligibility) == (None, None)


@pytest.mark.parametrize(
    "study", [{}, [], "NCT00000001", {"resourceType": "Bundle"}, {"protocolSection": None}]
)
def test_other_json_is_refused(study: Json) -> None:
    """JSON without a protocolSection is no study."""
    assert "not a study" in refused(study).what


@pytest.mark.parametrize("nct", [None, "NCT123", "nct00000001", "NCT00000001 ", "NCT٠٠٠٠٠٠٠١"])
def test_a_study_needs_an_nct_number(nct: str | None) -> None:
    """The place is the JSON path of the number."""
    error = refused(changed("protocolSection.identificationModule.nctId", nct))
    assert error.where == "a.json $.protocolSection.identificationModule.nctId"


@pytest.mark.parametrize(
    ("path", "value", "place", "said"),
    [
        ("protocolSection", [], "$.protocolSection", "an object expected, not a list"),
        (
            "protocolSection.statusModule",
            "x",
            "$.protocolSection.statusModule",
            "an object expected, not a string",
        ),
        (
            "protocolSection.conditionsModule.conditions",
            "Cancer",
            "$.protocolSection.conditionsModule.conditions",
            "a list expected, not a string",
        ),
        (
            "protocolSection.conditionsModule.keywords.0",
            7,
            "$.protocolSection.conditionsModule.keywords[0]",
            "a string expected, not an integer",
        ),
        (
            "protocolSection.designModule.enrollmentInfo.count",
            "80",
            "$.protocolSection.designModule.enrollmentInfo.count",
            "an integer expected, not a string",
        ),
        (
            "protocolSection.designModule.enrollmentInfo.count",
            True,
            "$.protocolSection.designModule.enrollmentInfo.count",
            "an integer expected, not a boolean",
        ),
        ("hasResults", "no", "$.hasResults", "a boolean expected, not a string"),
        (
            "protocolSection.contactsLocationsModule.locations.1.contacts",
            [{"name": ["A"]}],
            "$.protocolSection.contactsLocationsModule.locations[1].contacts[0].name",
            "a string expected, not a list",
        ),
    ],
)
def test_a_field_of_another_type_is_refused_at_its_place(
    path: str, value: Json, place: str, said: str
) -> None:
    """The message has the JSON path, what the schema wants and what there is."""
    error = refused(changed(path, value))
    assert (error.where, error.what) == (f"a.json {place}", said)


def test_null_counts_as_absent() -> None:
    """No known field is refused for being null, and none reads otherwise than if it were missing."""
    for place in ("designModule.phases", "outcomesModule", "eligibilityModule", "statusModule"):
        null = read_study(changed(f"protocolSection.{place}", None), name="a.json", sha256="00")
        missing = copy.deepcopy(STUDY)
        *outer, last = place.split(".")
        module = missing["protocolSection"][outer[0]] if outer else missing["protocolSection"]
        del module[last]
        assert null == read_study(missing, name="a.json", sha256="00")
    study = changed("protocolSection.conditionsModule.conditions", [None, "Cancer"])
    read = read_study(study, name="a.json", sha256="00").study
    assert read["protocolSection"]["conditionsModule"]["conditions"] == ["Cancer"]


def test_unknown_fields_are_kept_and_counted() -> None:
    """A field outside the schema stops nothing, and only the uppermost unknown name is counted."""
    study = changed(
        "protocolSection.contactsLocationsModule.locations_nested", [{"city": "Lyon"}, {"city": "Nice"}]
    )
    study["protocolSection"]["armsInterventionsModule"]["interventions"][0]["mapped"] = []
    study["protocolSection"]["armsInterventionsModule"]["interventions"][1]["mapped"] = []
    record = read_study(study, name="a.json", sha256="00")
    assert record.study["protocolSection"]["contactsLocationsModule"]["locations_nested"][1]["city"] == "Nice"
    assert unknown_fields(study) == Counter(
        {
            "protocolSection.contactsLocationsModule.locations_nested": 1,
            "protocolSection.armsInterventionsModule.interventions[].mapped": 2,
        }
    )


def test_a_study_of_the_schema_has_no_unknown_fields() -> None:
    """Fields that are omitted from the graph with a reason are known."""
    results = {"adverseEventsModule": {"seriousEvents": [{"term": "x", "stats": [{"numEvents": 1}]}]}}
    assert not unknown_fields({**STUDY, "resultsSection": results})
