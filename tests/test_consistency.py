"""What a record's criteria say to each other, and to its structured fields, by their formal readings."""

import json
from pathlib import Path
from time import process_time

import pytest

from trialgraph.curation import read_corrections
from trialgraph.loading import LoadReport, load_records
from trialgraph.shapes.consistency import CHECKS, clashes
from trialgraph.shapes.quality import Finding, check_trial
from trialgraph.sources.files import read_records
from trialgraph.stores import Store, open_store

NCT = "NCT00000002"
OTHERS = ("age-minimum-text", "age-maximum-text")


@pytest.fixture(scope="module")
def store() -> Store:
    """Return a store for one trial at a time."""
    return open_store()


def found(
    store: Store,
    folder: Path,
    inclusion: str,
    exclusion: str = "",
    *,
    curation: Path | None = None,
    **fields: object,
) -> list[Finding]:
    """Return what is said of an invented study; criteria are divided by semicolons."""
    load(store, folder, inclusion, exclusion, curation=curation, **fields)
    return [each for each in check_trial(store, NCT) if each.check in (*CHECKS, *OTHERS)]


def load(
    store: Store,
    folder: Path,
    inclusion: str,
    exclusion: str = "",
    *,
    curation: Path | None = None,
    **fields: object,
) -> None:
    """Put an invented study into a store; its condition is prostate cancer if not otherwise stated."""
    sections = (("Inclusion Criteria", inclusion), ("Exclusion Criteria", exclusion))
    text = "\n\n".join(
        f"{heading}:\n\n" + "\n".join(f"* {each.strip()}" for each in criteria.split(";"))
        for heading, criteria in sections
        if criteria
    )
    conditions = fields.pop("conditions", ["Prostate Cancer"])
    module = {"eligibilityCriteria": text, **fields}
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": NCT, "briefTitle": "A study"},
            "statusModule": {"overallStatus": "RECRUITING"},
            "conditionsModule": {"conditions": conditions},
            "eligibilityModule": module,
        }
    }
    path = folder / "study.json"
    path.write_text(json.dumps(study), encoding="utf-8")
    corrections = read_corrections([curation] if curation else [])
    assert list(load_records(read_records([path]), store, LoadReport(), corrections=corrections))


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "message"),
    [
        ("Age ≥ 18 years", "Age < 18 years", "I1 and E1 demand the same: age at least 18 years"),
        ("ECOG 0-1; ECOG performance status of 0 or 1", "", "I1 and I2 demand the same: ECOG"),
        ("Not pregnant", "Pregnancy", "I1 and E1 demand the same: no pregnancy"),
        ("Hemoglobin ≥ 90 g/L; Hb ≥ 9 g/dL", "", "I1 and I2 demand the same: hemoglobin at least 9 g/dL"),
    ],
)
def test_criteria_that_demand_the_same_are_told(
    store: Store, tmp_path: Path, inclusion: str, exclusion: str, message: str
) -> None:
    """Other words, the other kind of criterion or other units make no difference."""
    [finding] = found(store, tmp_path, inclusion, exclusion)
    assert (finding.check, finding.severity) == ("criterion-same", "info")
    assert finding.message.startswith(message)


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "fields", "message"),
    [
        ("Hemoglobin ≥ 9 g/dL", "Hemoglobin ≥ 80 g/L", {}, "I1 and E1: hemoglobin at least 9 g/dL, but"),
        ("ECOG 1-2", "ECOG 1-2", {}, "I1 and E1: ECOG performance status from 1 to 2"),
        ("Liver metastasis", "Distant metastasis", {}, "I1 and E1: liver metastasis, but no distant"),
        ("Microsatellite stable; MSI-H", "", {}, "I1 and I2: microsatellite stable, but"),
        ("Age 60 to 70 years", "", {"maximumAge": "50 Years"}, "AGE and I1: age at most 50 years, but"),
    ],
)
def test_criteria_that_nobody_can_meet_together_are_told(
    store: Store, tmp_path: Path, inclusion: str, exclusion: str, fields: dict[str, object], message: str
) -> None:
    """Ranges without a common number, a fact that is barred as well, and facts that exclude each other."""
    findings = found(store, tmp_path, inclusion, exclusion, **fields)
    [finding] = [each for each in findings if each.check == "criteria-contradict"]
    assert finding.severity == "warning"
    assert message in finding.message


@pytest.mark.parametrize(
    ("inclusion", "exclusion"),
    [
        ("Hemoglobin ≥ 9 g/dL", "Hemoglobin < 9 g/dL or platelets < 100 x 10^9/L"),
        ("Colorectal cancer", "Other malignancy within 5 years"),
        ("Liver metastasis", "More than 5 liver metastases"),
        ("Hypertension", "Uncontrolled hypertension"),
        ("History of stroke", "Stroke within 6 months"),
        ("Age ≥ 18 years or liver metastasis", "Age ≥ 60 years and stroke"),
        ("Male or female; Prostate cancer or breast cancer", ""),
    ],
)
def test_what_a_patient_can_meet_together_is_no_contradiction(
    store: Store, tmp_path: Path, inclusion: str, exclusion: str
) -> None:
    """Alternatives, other diseases of a kind, numbers, qualities and times leave room."""
    assert [each.check for each in found(store, tmp_path, inclusion, exclusion)] == []


@pytest.mark.parametrize(
    ("inclusion", "fields", "message"),
    [
        ("Prostate cancer", {"sex": "FEMALE"}, "The sex field says FEMALE, but I1 demands: prostate cancer"),
        ("Prostate cancer", {"sex": "ALL"}, "The sex field says ALL, but I1 demands: prostate cancer"),
        ("Prostate cancer", {"sex": "ALL", "conditions": ["Prostate Cancer", "Lung Cancer"]}, None),
        ("Prostate cancer", {"sex": "ALL", "conditions": ["Solid Tumor"]}, None),
        ("Prostate cancer", {"sex": "MALE"}, None),
        ("Breast cancer", {"sex": "MALE"}, None),
        ("Prostate cancer", {}, None),
        ("Prostate cancer or colon cancer", {"sex": "ALL"}, None),
    ],
)
def test_the_sex_field_is_held_against_the_prose(
    store: Store, tmp_path: Path, inclusion: str, fields: dict[str, object], message: str | None
) -> None:
    """A demanded sex, or a disease that by the ontology only one sex has, has to fit the field."""
    findings = found(store, tmp_path, inclusion, **fields)
    assert [(each.check, each.message) for each in findings] == ([("sex-text", message)] if message else [])


@pytest.mark.parametrize(
    ("inclusion", "healthy", "told"),
    [
        ("Colorectal cancer", True, True),
        ("Colorectal cancer", False, False),
        ("Colorectal cancer or hypertension", True, False),
        ("Hypertension", True, False),
        ("Colorectal cancer; Healthy individuals", True, False),
    ],
)
def test_the_field_for_healthy_volunteers_is_held_against_the_prose(
    store: Store, tmp_path: Path, inclusion: str, healthy: bool, told: bool
) -> None:
    """Who has to have a cancer isn't healthy, and a demanded healthy volunteer has to be admitted."""
    findings = found(store, tmp_path, inclusion, healthyVolunteers=healthy)
    assert [each.check for each in findings] == (["healthy-volunteers-text"] if told else [])


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "fields", "checks"),
    [
        ("Age ≥ 20 years", "", {"minimumAge": "18 Years"}, ["age-minimum-text"]),
        ("Age ≥ 19 years", "", {"minimumAge": "18 Years"}, ["age-minimum-text"]),
        ("Age > 17 years", "", {"minimumAge": "18 Years"}, []),
        ("Age > 18 years", "", {"minimumAge": "18 Years"}, []),
        ("Age > 19 years", "", {"minimumAge": "18 Years"}, ["age-minimum-text"]),
        ("ECOG 0-1", "Age < 20 years", {"minimumAge": "18 Years"}, ["age-minimum-text"]),
        ("ECOG 0-1", "Age < 18 years", {"minimumAge": "18 Years"}, []),
        ("ECOG 0-1", "Age ≤ 17 years", {"minimumAge": "18 Years"}, []),
        ("Age ≤ 80 years", "", {"maximumAge": "75 Years"}, ["age-maximum-text"]),
        ("Age < 76 years", "", {"maximumAge": "75 Years"}, []),
        ("ECOG 0-1", "Age > 80 years", {"maximumAge": "75 Years"}, ["age-maximum-text"]),
        ("ECOG 0-1", "Age > 80 years with heart failure", {"maximumAge": "75 Years"}, []),
        ("Age ≥ 20 years or liver metastasis", "", {"minimumAge": "18 Years"}, []),
        ("Age ≥ 18 years", "", {"minimumAge": "6 Months"}, []),
    ],
)
def test_the_age_fields_are_held_against_the_prose(
    store: Store, tmp_path: Path, inclusion: str, exclusion: str, fields: dict[str, object], checks: list[str]
) -> None:
    """Ages of the prose, included or excluded, are completed years; an alternative contradicts nothing."""
    assert [each.check for each in found(store, tmp_path, inclusion, exclusion, **fields)] == checks


def test_a_criterion_for_one_part_contradicts_nothing(store: Store, tmp_path: Path) -> None:
    """An age, a sex or a limit of one cohort is not the trial's."""
    text = "Inclusion Criteria for part A:\n\n* Age ≥ 20 years\n* Male sex\n* Hemoglobin ≥ 9 g/dL\n\n"
    text += "Inclusion Criteria for part B:\n\n* Age ≥ 60 years\n* Hemoglobin < 9 g/dL\n* Hb below 9 g/dL"
    fields = {"eligibilityCriteria": text, "minimumAge": "18 Years", "sex": "ALL"}
    assert found(store, tmp_path, "", **fields) == []


def test_a_reading_set_by_hand_is_held_against_the_fields(store: Store, tmp_path: Path) -> None:
    """Sexes and healthy volunteers that only a person formalised count like any other demand."""
    words = {"I1": ("Men", "MaleSex"), "I2": ("Healthy volunteers", "HealthyVolunteer")}
    entries = {
        name: {
            "who": "A",
            "when": "2025-09-01",
            "why": "b",
            "text": text,
            "expression": {"type": "fact", "concept": f"tgc:{concept}", "category": "demographic"},
        }
        for name, (text, concept) in words.items()
    }
    (tmp_path / f"{NCT}.yaml").write_text(json.dumps({"trial": NCT, "criteria": entries}), encoding="utf-8")
    fields = {"sex": "FEMALE", "healthyVolunteers": False}
    messages = {
        each.message
        for each in found(store, tmp_path, "Men; Healthy volunteers", curation=tmp_path, **fields)
    }
    assert messages == {
        "The sex field says FEMALE, but I1 demands: male sex",
        "The field admits no healthy volunteers, but I2 demands them",
    }


def test_long_lists_of_criteria_are_compared_in_time(store: Store, tmp_path: Path) -> None:
    """Thousands of criteria are put in order by what they are about, not each held against each."""
    drugs = ("nivolumab", "pembrolizumab", "cisplatin", "bevacizumab")
    many = "; ".join(f"Prior {drugs[number % 4]} within {number + 2} days" for number in range(1500))
    load(store, tmp_path, "ECOG 0-1", many)
    start = process_time()
    assert clashes(store, [NCT]) == {NCT: []}
    assert process_time() - start < 5
