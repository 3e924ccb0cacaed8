"""The screening view never states what the record doesn't show, and follows its laws."""

import math
from collections.abc import Collection
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patient_resources import (
    bundle,
    coded,
    condition,
    lesion,
    medication,
    observation,
    patient,
    procedure,
    record,
    tumor_size,
)
from trialgraph.concepts import packaged_concepts
from trialgraph.derivation import screening_view
from trialgraph.derivation.times import ago
from trialgraph.namespaces import TGC
from trialgraph.patients.dates import DateRange, parse_date
from trialgraph.patients.fhir import from_fhir
from trialgraph.views import Completeness, Interval, ScreeningView, TimeAgo, canonical_number

AS_OF = date(2025, 9, 1)
ALL: tuple[Completeness, ...] = get_args(Completeness)
CONCEPTS = packaged_concepts()
BILIRUBIN = CONCEPTS[str(TGC.TotalBilirubin)].molar_mass or 0.0


def view(
    *resources: dict[str, Any], complete: Collection[Completeness] = (), as_of: date = AS_OF
) -> ScreeningView:
    """Return the view of patient p1 with some resources."""
    return screening_view(record(*resources), as_of, assume_complete=complete)


def state(shown: ScreeningView, name: str) -> str:
    """Return what a view says of a concept: present, absent, conflict or unknown."""
    iri = str(TGC[name])
    found = [
        word
        for word, keys in (
            ("present", shown.present),
            ("absent", shown.absent),
            ("conflict", shown.conflicts),
        )
        if iri in keys
    ]
    assert len(found) < 2, f"{name} is {found}"
    return found[0] if found else "unknown"


def value(shown: ScreeningView, name: str) -> Interval | None:
    """Return the interval of a quantity, or of one of its numbers (``LiverMetastasis-count``)."""
    quantity = shown.quantities.get(f"{TGC}{name}")
    return quantity.value if quantity else None


# Closed world and open world


def test_an_empty_record_shows_nothing_but_who_the_patient_is():
    """Without facts and completeness, only sex, age and what follows from them is known."""
    shown = view()
    assert set(shown.quantities) == {str(TGC.Age)}
    assert {iri.removeprefix(str(TGC)) for iri in shown.present} == {
        iri.removeprefix(str(TGC)) for iri in CONCEPTS.ancestors(str(TGC.FemaleSex))
    }
    men_only = {iri for iri in CONCEPTS if CONCEPTS.only_in(iri) == str(TGC.MaleSex)}
    assert shown.absent.keys() == men_only | CONCEPTS.descendants(str(TGC.MaleSex))
    assert not shown.complete.keys() - shown.absent.keys()


def test_completeness_makes_the_unrecorded_absent():
    """With conditions complete, an unrecorded condition is absent, and the reason says so."""
    shown = view(complete=["conditions"])
    assert state(shown, "BrainMetastasis") == "absent"
    assert "assumed" in shown.absent[str(TGC.BrainMetastasis)].shown
    assert state(shown, "Nivolumab") == "unknown"


@pytest.mark.parametrize(
    "name",
    ["Pregnancy", "HBsAg", "MicrosatelliteInstabilityHigh", "TrialParticipation", "OligometastaticDisease"],
)
def test_completeness_never_covers_tests_consent_or_reproduction(name: str):
    """Biomarkers, pregnancy, trial participation and judgements stay unknown in a complete record."""
    shown = view(condition("liver metastasis"), complete=ALL)
    assert state(shown, name) == "unknown"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Thrombocytopenia", "unknown"),
        ("Neutropenia", "unknown"),
        ("HeparinInducedThrombocytopenia", "absent"),
    ],
)
def test_a_laboratory_finding_need_not_be_among_all_conditions(name: str, expected: str):
    """A list of diagnoses may leave out what a blood count shows; a diagnosis it doesn't."""
    assert state(view(condition("liver metastasis"), complete=["conditions"]), name) == expected


def test_hypophysitis_tells_nothing_sure_of_the_hormones():
    """An inflamed pituitary gland may still make enough; its name alone doesn't rule insufficiency out."""
    shown = view(condition("hypophysitis"), condition("liver metastasis"), complete=["conditions"])
    assert state(shown, "PituitaryInsufficiency") == "unknown"


def test_a_measurement_is_never_assumed():
    """Completeness gives no quantity but numbers of lesions."""
    quantities = view(complete=ALL).quantities
    assert str(TGC.Hemoglobin) not in quantities
    assert str(TGC.ChildPughScore) not in quantities


@pytest.mark.parametrize("name", ["BrainMetastasis", "LungMetastasis", "LiverMetastasis"])
def test_a_general_fact_may_be_any_of_its_kinds(name: str):
    """A metastasis of unknown site keeps every site from being absent."""
    shown = view(condition("metastatic malignant neoplasm"), complete=ALL)
    assert state(shown, name) == "unknown"
    assert state(shown, "HepatitisB") == "absent"


def test_an_unclassified_fact_may_be_anything_of_its_category():
    """A condition without a concept keeps every condition from being absent, and no treatment."""
    shown = view(condition("Some rare thing"), complete=ALL)
    assert state(shown, "HepatitisB") == "unknown"
    assert state(shown, "Nivolumab") == "absent"


def test_a_suspected_condition_is_neither_present_nor_absent():
    """A provisional diagnosis leaves it and what it is a kind of unknown."""
    shown = view(condition("brain metastasis", verified="provisional"), complete=ALL)
    assert state(shown, "BrainMetastasis") == "unknown"
    assert state(shown, "MalignantNeoplasm") == "unknown"
    assert state(shown, "HepatitisB") == "absent"


def test_metastatic_colorectal_cancer_is_not_absent_in_one_who_has_it():
    """Who has colon cancer and a liver metastasis isn't said to lack what is at their crossing."""
    shown = view(condition("colon adenocarcinoma"), condition("liver metastasis"), complete=ALL)
    assert state(shown, "MetastaticColorectalCarcinoma") == "unknown"


@pytest.mark.parametrize(
    ("recorded", "open_", "absent"),
    [
        ("stroke", "ArterialThromboembolism", "DeepVeinThrombosis"),
        ("HIV infection", "Immunodeficiency", "AutoimmuneDisease"),
        ("pneumonia", "SevereInfection", "HepatitisB"),
        ("hypothyroidism", "AutoimmuneDisease", "HepatitisB"),
    ],
)
def test_what_a_fact_may_also_be_is_not_absent(recorded: str, open_: str, absent: str):
    """A stroke may be ischaemic, so an arterial thromboembolism isn't absent; what it can't be is."""
    shown = view(condition(recorded), complete=ALL)
    assert state(shown, absent) == "absent"
    assert state(shown, open_) == "unknown"


@pytest.mark.parametrize(
    ("recorded", "open_", "absent"),
    [
        ("platinum-resistant ovarian cancer", "EpithelialOvarianCancer", "EndometrialCancer"),
        ("metastatic colorectal cancer", "RectalAdenocarcinoma", "AnalCancer"),
        ("triple-negative breast cancer", "InvasiveDuctalBreastCarcinoma", "MaleBreastCancer"),
        ("invasive ductal carcinoma", "TripleNegativeBreastCancer", "InvasiveLobularBreastCarcinoma"),
        ("muscle-invasive bladder cancer", "UrothelialCarcinomaOfBladder", "NonMuscleInvasiveBladderCancer"),
        ("sigmoid colon cancer", "ColonAdenocarcinoma", "RectalCancer"),
    ],
)
def test_a_cancer_named_by_how_it_behaves_or_where_it_is_leaves_its_cells_open(
    recorded: str, open_: str, absent: str
):
    """Who has platinum-resistant ovarian cancer isn't said to lack an epithelial one."""
    shown = view(condition(recorded), complete=ALL)
    assert state(shown, absent) == "absent"
    assert state(shown, open_) == "unknown"


def test_an_invasive_ductal_carcinoma_is_an_invasive_breast_cancer():
    """Its name says that it has left the ducts."""
    assert state(view(condition("invasive ductal carcinoma")), "InvasiveBreastCancer") == "present"


def test_a_drug_does_not_open_what_it_is_combined_with():
    """Who had capecitabine and no recorded oxaliplatin had neither that nor CAPEOX."""
    shown = view(medication("capecitabine"), complete=ALL)
    assert state(shown, "Oxaliplatin") == "absent"
    assert state(shown, "CAPEOX") == "absent"


# Subsumption and exclusion


def test_presence_holds_for_all_superclasses():
    """Sintilimab is a PD-1 inhibitor, a checkpoint inhibitor, an immunotherapy."""
    shown = view(medication("sintilimab", effectiveDateTime="2024-08-01"))
    for name in ("Sintilimab", "PD1Inhibitor", "ImmuneCheckpointInhibitor", "Immunotherapy"):
        assert state(shown, name) == "present"
    assert state(shown, "Nivolumab") == "unknown"


def test_a_regimen_shows_its_drugs():
    """Who had FOLFOX had oxaliplatin."""
    assert state(view(medication("FOLFOX")), "Oxaliplatin") == "present"


def test_mss_and_pmmr_are_one_and_exclude_msi_high():
    """MSS shows pMMR, and shows that the tumour is not MSI-H."""
    shown = view(observation("Microsatellite instability status", "MSS"))
    assert state(shown, "MismatchRepairProficient") == "present"
    assert state(shown, "MicrosatelliteInstabilityHigh") == "absent"


def test_msi_low_counts_as_mss_by_an_axiom_that_can_be_switched_off():
    """The contestable axiom is named where it is used, and gone when it is off."""
    one = record(observation("Microsatellite instability status", "MSI-L"))
    by_default = screening_view(one, AS_OF).present[str(TGC.MicrosatelliteStable)]
    assert by_default.axioms
    assert str(TGC.MicrosatelliteStable) not in screening_view(one, AS_OF, axioms=()).present


def test_what_is_there_by_a_reading_switched_off_is_not_absent():
    """With an axiom off, careful people may still differ: unknown, not absent."""
    shown = view(medication("methotrexate"), complete=ALL)
    assert state(shown, "Chemotherapy") == "unknown"


def test_a_man_is_not_pregnant():
    """What is only in women is absent in a man."""
    one = from_fhir(bundle(patient(gender="male")))
    assert str(TGC.Pregnancy) in screening_view(one, AS_OF).absent
    assert state(view(), "Pregnancy") == "unknown"


def test_contradicting_results_of_one_day_are_a_conflict():
    """Positive and negative on one day are in neither list, and the conflict names both."""
    shown = view(observation("HBsAg", "Positive", id="a"), observation("HBsAg", "Negative", id="b"))
    assert state(shown, "HBsAg") == "conflict"
    assert shown.conflicts[str(TGC.HBsAg)] == ("Observation/a", "Observation/b")


def test_the_latest_of_several_results_stands():
    """A later negative result takes the place of a positive one."""
    shown = view(
        observation("HBsAg", "Positive", id="a", day="2024-01-01"), observation("HBsAg", "Negative", id="b")
    )
    assert state(shown, "HBsAg") == "absent"


def test_mss_and_dmmr_contradict_each_other():
    """Tests that disagree on one tumour are a conflict, whichever came first."""
    shown = view(
        observation("Microsatellite instability status", "MSS", id="a", day="2025-01-28"),
        observation("MMR status", "dMMR", id="b", day="2025-01-30"),
    )
    assert state(shown, "MicrosatelliteStable") == "conflict"
    assert state(shown, "MicrosatelliteInstabilityHigh") == "conflict"


def test_an_allergy_to_a_drug_is_no_exposure_to_it():
    """An allergy shows the hypersensitivity, not the drug."""
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "ox",
        "code": coded("oxaliplatin"),
        "patient": {"reference": "Patient/p1"},
    }
    shown = view(allergy, complete=ALL)
    assert state(shown, "OxaliplatinHypersensitivity") == "present"
    assert state(shown, "Hypersensitivity") == "present"
    assert state(shown, "Oxaliplatin") == "absent"


# Time and status


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2025-08-02", TimeAgo(30, 30, 1, 1)),
        ("2025-08-01", TimeAgo(31, 31, 1, 1)),
        ("2025-07-31", TimeAgo(32, 32, 2, 2)),
        ("2025-03-01", TimeAgo(184, 184, 6, 6)),
        ("2025-02-28", TimeAgo(185, 185, 7, 7)),
        ("2025-05", TimeAgo(93, 123, 4, 4)),
        ("2024", TimeAgo(244, 609, 9, 20)),
        ("2025-09-01", TimeAgo(0, 0, 0, 0)),
    ],
)
def test_months_are_calendar_months(when: str, expected: TimeAgo):
    """A window of six months reaches back to the same day six months earlier, not 180 days."""
    assert ago(parse_date(when), AS_OF) == expected


def test_an_undated_fact_was_some_time():
    """Without a date it may have been today or long ago."""
    assert ago(DateRange(), AS_OF) == TimeAgo(0, math.inf, 0, math.inf)


def test_an_event_is_dated_by_its_onset():
    """A myocardial infarction of 14 months ago is 14 months ago, though its status is active."""
    shown = view(condition("myocardial infarction", onsetDateTime="2024-07-01"))
    assert shown.present[str(TGC.MyocardialInfarction)].ago == TimeAgo(427, 427, 14, 14)


def test_a_class_is_as_recent_as_its_most_recent_member():
    """Of two checkpoint inhibitors the later one dates the class."""
    shown = view(
        medication("nivolumab", effectiveDateTime="2023-01-01"),
        medication("pembrolizumab", effectiveDateTime="2025-08-02"),
    )
    assert shown.present[str(TGC.PD1Inhibitor)].ago.days_max == 30
    assert shown.present[str(TGC.Nivolumab)].ago.days_min > 900


def test_a_resolved_condition_is_history_not_ongoing():
    """It is present as history, not active, and lacks activity only where the record is complete."""
    pneumonitis = condition(
        "pneumonitis", clinical="resolved", onsetDateTime="2023", abatementDateTime="2024-02"
    )
    iri = str(TGC.Pneumonitis)
    shown, complete = view(pneumonitis), view(pneumonitis, complete=ALL)
    assert shown.present[iri].active is False
    assert iri not in shown.inactive
    assert iri in complete.inactive
    assert complete.present[iri].ago.months_min == 19


def test_a_condition_without_status_may_be_ongoing_or_not():
    """Without a clinical status nothing is said of activity."""
    shown = view(condition("hypertension", clinical="", onsetDateTime="2020-01-01"))
    presence = shown.present[str(TGC.Hypertension)]
    assert presence.active is None
    assert (presence.ago.days_min, presence.ago.months_max) == (0, 68)


def test_what_began_after_the_day_does_not_exist():
    """A condition of tomorrow is absent today, and one of this very month may be either."""
    assert state(view(condition("stroke", onsetDateTime="2025-09-02"), complete=ALL), "Stroke") == "absent"
    assert state(view(condition("stroke", onsetDateTime="2025-09"), complete=ALL), "Stroke") == "unknown"


def test_stated_completeness_reaches_to_its_day_only():
    """A snapshot of before the screening date says nothing about the days since."""
    empty = {
        "resourceType": "List",
        "id": "problems",
        "status": "current",
        "mode": "snapshot",
        "code": coded("Problem list", ("http://loinc.org", "11450-4")),
        "emptyReason": {"coding": [{"code": "nilknown"}]},
        "subject": {"reference": "Patient/p1"},
        "date": "2025-08-01",
    }
    assert state(view(empty), "Stroke") == "unknown"
    assert state(view(empty, as_of=date(2025, 8, 1)), "Stroke") == "absent"
    assert state(view(empty | {"mode": "working"}), "Stroke") == "absent"


# Quantities


def test_the_latest_result_counts():
    """An older result is out of date."""
    shown = view(
        observation("hemoglobin", (8, "g/dL"), id="a", day="2025-01-01"),
        observation("hemoglobin", (12, "g/dL"), id="b"),
    )
    assert value(shown, "Hemoglobin") == Interval(12, 12)
    assert shown.quantities[str(TGC.Hemoglobin)].evidence == ("Observation/b",)


def test_disagreeing_results_of_one_day_are_a_conflict():
    """The interval spans both, and says that they conflict."""
    shown = view(
        observation("hemoglobin", (8, "g/dL"), id="a"), observation("hemoglobin", (12, "g/dL"), id="b")
    )
    assert value(shown, "Hemoglobin") == Interval(8, 12)
    assert shown.quantities[str(TGC.Hemoglobin)].conflict


def test_results_whose_order_is_open_span_both():
    """A result of August and one of the 20th: either may be the latest."""
    shown = view(
        observation("hemoglobin", (8, "g/dL"), id="a", day="2025-08"),
        observation("hemoglobin", (12, "g/dL"), id="b"),
    )
    assert value(shown, "Hemoglobin") == Interval(8, 12)
    assert not shown.quantities[str(TGC.Hemoglobin)].conflict


def test_a_result_that_may_not_exist_yet():
    """Alone it isn't used; beside an older one, either may be the latest."""
    of_september = observation("hemoglobin", (8, "g/dL"), id="a", day="2025-09")
    assert value(view(of_september), "Hemoglobin") is None
    both = view(of_september, observation("hemoglobin", (12, "g/dL"), id="b"))
    assert value(both, "Hemoglobin") == Interval(8, 12)


def test_a_bound_is_a_half_open_interval():
    """``<0.5`` is below 0.5, and not below zero."""
    below = observation("total bilirubin") | {
        "valueQuantity": {"value": 0.5, "comparator": "<", "unit": "mg/dL"}
    }
    assert value(view(below), "TotalBilirubin") == Interval(0, 0.5, high_open=True)


def test_multiples_of_normal_use_the_results_own_range():
    """Three times the upper limit is three times that of the very result."""
    normal = [{"high": {"value": 40, "unit": "U/L"}}]
    shown = view(observation("alanine aminotransferase", (100, "U/L"), referenceRange=normal))
    assert shown.quantities[str(TGC.AlanineAminotransferase)].times_uln == Interval(2.5, 2.5)
    assert shown.quantities[str(TGC.AlanineAminotransferase)].times_lln is None


@pytest.mark.parametrize(
    ("birth", "low", "high"),
    [("1950-09-01", 75, 75), ("1950-09-02", 74, 74), ("1950-09", 74, 75), ("1950", 74, 75)],
)
def test_age_is_in_completed_years(birth: str, low: int, high: int):
    """A birthday counts on its day, and a partial birth date leaves two ages open."""
    shown = screening_view(from_fhir(bundle(patient(birthDate=birth))), AS_OF)
    assert value(shown, "Age") == Interval(low, high)


def test_child_pugh_is_an_interval_when_parts_are_missing():
    """Each part that isn't recorded may give one to three points."""
    albumin, bilirubin = observation("albumin", (4, "g/dL")), observation("total bilirubin", (36, "umol/L"))
    inr = observation("INR", (1.0, "{INR}"))
    assert value(view(albumin), "ChildPughScore") == Interval(5, 13)
    assert value(view(albumin, bilirubin, inr), "ChildPughScore") == Interval(6, 10)
    assert value(view(albumin, bilirubin, inr, complete=ALL), "ChildPughScore") == Interval(6, 6)
    with_ascites = view(albumin, bilirubin, inr, condition("ascites"), complete=ALL)
    assert value(with_ascites, "ChildPughScore") == Interval(7, 8)


@pytest.mark.parametrize(("bilirubin", "points"), [(1.9, 5), (2.0, 6), (3.0, 6), (3.1, 7)])
def test_child_pugh_at_its_bounds(bilirubin: float, points: int):
    """Two and three mg/dL give two points."""
    shown = view(
        observation("total bilirubin", (bilirubin, "mg/dL")),
        observation("albumin", (4, "g/dL")),
        observation("INR", (1.0, "{INR}")),
        complete=ALL,
    )
    assert value(shown, "ChildPughScore") == Interval(points, points)


def test_a_recorded_score_counts_unless_its_parts_contradict_it():
    """A recorded score is used; one that its parts rule out is a conflict."""
    good = [
        observation("albumin", (4, "g/dL")),
        observation("total bilirubin", (1, "mg/dL")),
        observation("INR", (1, "1")),
    ]
    recorded = view(observation("Child-Pugh score", 6), *good)
    assert value(recorded, "ChildPughScore") == Interval(6, 6)
    contradicted = view(observation("Child-Pugh score", 12), *good, complete=ALL)
    assert contradicted.quantities[str(TGC.ChildPughScore)].conflict
    assert value(contradicted, "ChildPughScore") == Interval(5, 12)


def test_creatinine_clearance_is_computed_from_its_parts():
    """(140 - 65) x 70 / (72 x 1.0), and 0.85 of it in a woman; a measured one comes first."""
    parts = [observation("serum creatinine", (1.0, "mg/dL")), observation("body weight", (70, "kg"))]
    computed = value(view(*parts), "CreatinineClearance")
    assert computed is not None
    assert computed.low == canonical_number(75 * 70 / 72 * 0.85)
    measured = view(*parts, observation("creatinine clearance", (50, "mL/min")))
    assert value(measured, "CreatinineClearance") == Interval(50, 50)


def test_performance_scores_are_converted_only_by_an_axiom():
    """Karnofsky isn't read as ECOG unless a named axiom is switched on."""
    one = record(observation("Karnofsky performance status", 80))
    assert str(TGC.ECOGPerformanceStatus) not in screening_view(one, AS_OF).quantities
    axiom = next(iri for iri in CONCEPTS.axioms if iri.endswith("KarnofskyAsECOG"))
    converted = screening_view(one, AS_OF, axioms=[axiom]).quantities[str(TGC.ECOGPerformanceStatus)]
    assert converted.value == Interval(1, 1)
    assert converted.axioms == (axiom,)


# Lesions


def liver_and_lung() -> list[dict[str, Any]]:
    """Return two liver metastases and one lung metastasis with their conditions."""
    return [
        condition("liver metastasis"),
        condition("lung metastasis"),
        lesion("a", "Liver", "liver-metastasis"),
        lesion("b", "Liver", "liver-metastasis"),
        lesion("c", "Lung", "lung-metastasis"),
        tumor_size("a", 2.0, "2025-05-01"),
        tumor_size("a", 3.1, "2025-08-01"),
        tumor_size("b", 1.5),
        tumor_size("c", 0.8),
    ]


def test_lesions_are_counted_by_kind_and_organ():
    """Numbers are exact where the lesions are complete, and lower bounds where they are not."""
    closed, opened = view(*liver_and_lung(), complete=["lesions"]), view(*liver_and_lung())
    assert value(closed, "LiverMetastasis-count") == Interval(2, 2)
    assert value(closed, "ExtrahepaticMetastasis-count") == Interval(1, 1)
    assert value(closed, "MetastaticMalignantNeoplasm-count") == Interval(3, 3)
    assert value(closed, "MetastaticMalignantNeoplasm-organs") == Interval(2, 2)
    assert value(closed, "LiverMetastasis-size") == Interval(31, 31)
    assert value(closed, "BoneMetastasis-count") == Interval(0, 0)
    assert value(opened, "LiverMetastasis-count") == Interval(2, math.inf)
    assert value(opened, "LiverMetastasis-size") == Interval(31, math.inf)
    assert value(opened, "BoneMetastasis-count") is None


def test_lesions_are_of_their_day():
    """A lesion first measured after the day may not have been known, and later sizes don't exist."""
    shown = view(*liver_and_lung(), complete=["lesions"], as_of=date(2025, 6, 1))
    assert value(shown, "LiverMetastasis-count") == Interval(1, 2)
    assert value(shown, "ExtrahepaticMetastasis-count") == Interval(1, 1)
    size = value(shown, "LiverMetastasis-size")
    assert size is not None
    assert size.low == 20


def test_a_metastasis_without_lesion_keeps_the_number_open():
    """A lung metastasis of which no lesion is recorded shows that the lesions aren't all there."""
    shown = view(*liver_and_lung()[:4], complete=["lesions"])
    assert value(shown, "LiverMetastasis-count") == Interval(2, 2)
    counted = value(shown, "MetastaticMalignantNeoplasm-count")
    assert counted is not None
    assert math.isinf(counted.high)


def test_a_primary_tumour_is_no_metastasis():
    """A lesion where its primary lies isn't counted among metastases; one elsewhere may be one."""
    primary = condition("rectal adenocarcinoma", id="primary", bodySite=[coded("Rectum")])
    there = view(primary, lesion("t", "Rectum", "primary"), complete=ALL)
    elsewhere = view(primary, lesion("t", "Lung", "primary"), complete=ALL)
    assert value(there, "MetastaticMalignantNeoplasm-count") == Interval(0, 0)
    assert state(there, "LungMetastasis") == "absent"
    assert value(elsewhere, "LungMetastasis-count") == Interval(0, 1)
    assert state(elsewhere, "LungMetastasis") == "unknown"
    assert state(elsewhere, "LiverMetastasis") == "absent"


def test_a_lesion_shows_its_metastasis():
    """A lesion of a metastasis in the lung shows an extrahepatic metastasis."""
    shown = view(condition("metastatic malignant neoplasm", id="m"), lesion("t", "Lung", "m"))
    assert state(shown, "LungMetastasis") == "present"
    assert state(shown, "ExtrahepaticMetastasis") == "present"


def test_an_inactive_lesion_is_not_counted():
    """A body structure that is no longer active isn't current."""
    shown = view(condition("liver metastasis", id="m"), lesion("t", "Liver", "m", active=False), complete=ALL)
    assert value(shown, "LungMetastasis-count") == Interval(0, 0)
    counted = value(shown, "LiverMetastasis-count")
    assert counted is not None
    assert math.isinf(counted.high)


# Other malignancies


def other(shown: ScreeningView) -> str:
    """Return what a view says of malignancies besides the study disease."""
    return state(shown, "MalignantNeoplasm-other")


def test_one_cancer_with_its_metastasis_is_no_other():
    """One primary and its metastases, in a complete record, leave no other malignancy."""
    resources = [condition("rectal adenocarcinoma"), condition("liver metastasis")]
    assert other(view(*resources, complete=ALL)) == "absent"
    assert other(view(*resources)) == "unknown"


def test_of_two_cancers_one_is_another():
    """Two unrelated primaries are present as other, dated so that either may be the study disease."""
    shown = view(
        condition("rectal adenocarcinoma", onsetDateTime="2025-01-01"),
        condition(
            "prostate cancer", clinical="resolved", onsetDateTime="2012", abatementDateTime="2013-01-01"
        ),
    )
    assert other(shown) == "present"
    assert shown.present[f"{TGC.MalignantNeoplasm}-other"].ago == TimeAgo(0, 4626, 0, 152)


def test_two_records_of_one_kind_may_be_two_cancers():
    """A colon cancer of 2010 and one of 2025 may be one or two."""
    shown = view(
        condition("colon adenocarcinoma", id="a", onsetDateTime="2010", clinical="resolved"),
        condition("colon adenocarcinoma", id="b", onsetDateTime="2025"),
        complete=ALL,
    )
    assert other(shown) == "unknown"


# Laws

RESOURCES = [
    condition("hypertension", onsetDateTime="2015"),
    condition("liver metastasis", onsetDateTime="2025-01-10"),
    condition("rectal adenocarcinoma", onsetDateTime="2024-12-01", clinical="remission"),
    condition("pneumonitis", clinical="resolved", abatementDateTime="2024-02"),
    condition("Some rare thing"),
    condition("metastatic malignant neoplasm", id="mm", verified="provisional"),
    condition("myocardial infarction", onsetDateTime="2024-07", clinical=""),
    medication("nivolumab", effectiveDateTime="2024-03-01"),
    medication("prednisone", kind="MedicationStatement", status="active", effectivePeriod={"start": "2025"}),
    medication("Unobtainium", kind="MedicationStatement", status="unknown"),
    procedure("hepatectomy", performedDateTime="2025-07"),
    observation("HBsAg", "Positive", day="2025-06-01"),
    observation("HIV test", "Negative"),
    observation("Microsatellite instability status", "MSS"),
    observation("total bilirubin", (20, "umol/L")),
    observation("albumin", (40, "g/L")),
    observation("ECOG performance status", 1),
    lesion("l1", "Liver", "liver-metastasis"),
    lesion("l2", "Lung"),
]
MEASURED = [lesion("l3", "Liver"), tumor_size("l3", 2.4)]
DONT_COUNT = [
    condition("brain metastasis", verified="refuted"),
    condition("stroke", verified="entered-in-error"),
    medication("pembrolizumab", kind="MedicationRequest", status="active"),
    medication("ipilimumab", status="not-done"),
    medication("sorafenib", status="entered-in-error"),
    procedure("liver transplantation", status="not-done"),
    procedure("radiotherapy", status="draft"),
    medication("toripalimab", kind="MedicationStatement", status="cancelled"),
    observation("ECOG performance status", 4, id="e4", status="entered-in-error", day="2025-08-30"),
    observation("platelet count", (3, "10*9/L"), status="preliminary"),
    {
        "resourceType": "FamilyMemberHistory",
        "id": "f",
        "status": "completed",
        "patient": {"reference": "Patient/p1"},
        "condition": [{"code": coded("prostate cancer")}],
    },
]
LATER = [
    condition("brain metastasis", onsetDateTime="2025-09-02"),
    medication("pembrolizumab", effectiveDateTime="2025-10"),
    observation("ECOG performance status", 4, id="e5", day="2026"),
    procedure("liver transplantation", performedDateTime="2025-09-30"),
    tumor_size("l3", 9.0, "2025-09-15"),
]
some = st.lists(st.sampled_from(RESOURCES), unique_by=lambda each: (each["resourceType"], each["id"]))
completeness = st.lists(st.sampled_from(ALL), unique=True)


def shown_of(shown: ScreeningView) -> tuple[object, ...]:
    """Return everything that a view says, to compare two views."""
    return (
        dict(shown.quantities),
        dict(shown.present),
        dict(shown.absent),
        dict(shown.inactive),
        dict(shown.complete),
        dict(shown.conflicts),
    )


@settings(max_examples=40)
@given(some, completeness, st.lists(st.sampled_from(LATER), unique_by=lambda each: each["id"]))
def test_facts_after_the_day_change_nothing(
    resources: list[dict[str, Any]], complete: list[Completeness], later: list[dict[str, Any]]
):
    """What is dated after the screening date doesn't exist yet."""
    base = [*resources, *MEASURED]
    assert shown_of(view(*base, complete=complete)) == shown_of(view(*base, *later, complete=complete))


@settings(max_examples=40)
@given(some, completeness, st.lists(st.sampled_from(DONT_COUNT), unique_by=lambda each: each["id"]))
def test_records_that_do_not_count_change_nothing(
    resources: list[dict[str, Any]], complete: list[Completeness], ignored: list[dict[str, Any]]
):
    """Refuted, mistaken, cancelled, prescribed and family records show nothing and hide nothing."""
    assert shown_of(view(*resources, complete=complete)) == shown_of(
        view(*resources, *ignored, complete=complete)
    )


@settings(max_examples=25)
@given(some, completeness, st.randoms(use_true_random=False))
def test_the_order_of_resources_changes_nothing(
    resources: list[dict[str, Any]], complete: list[Completeness], random: Any
):
    """A view doesn't depend on how the record is sorted."""
    shuffled = list(resources)
    random.shuffle(shuffled)
    assert shown_of(view(*resources, complete=complete)) == shown_of(view(*shuffled, complete=complete))


@settings(max_examples=60)
@given(some, completeness)
def test_closure(resources: list[dict[str, Any]], complete: list[Completeness]):
    """Presence holds upwards, absence downwards, and the two never meet."""
    shown = view(*resources, complete=complete)
    present, absent, conflicts = set(shown.present), set(shown.absent), set(shown.conflicts)
    may_be_present, may_be_absent = present | conflicts, absent | conflicts
    for iri in present & set(CONCEPTS):
        assert CONCEPTS.ancestors(iri) <= may_be_present
    for iri in absent & set(CONCEPTS):
        assert CONCEPTS.descendants(iri) <= may_be_absent
    assert len(present) + len(absent) + len(conflicts) == len(present | absent | conflicts)
    assert absent <= set(shown.complete) | set(shown.inactive)


def is_within(inner: Interval, outer: Interval) -> bool:
    """Whether an interval lies within another."""
    return outer.low <= inner.low and inner.high <= outer.high


@settings(max_examples=60)
@given(some, st.sampled_from(RESOURCES))
def test_in_the_open_world_more_facts_never_take_anything_back(
    resources: list[dict[str, Any]], more: dict[str, Any]
):
    """What is present stays present, what is absent stays absent, but for conflicts; bounds narrow."""
    kept = [each for each in resources if each["id"] != more["id"]]
    before, after = view(*kept), view(*kept, more)
    assert before.present.keys() <= after.present.keys() | after.conflicts.keys()
    assert before.absent.keys() <= after.absent.keys() | after.conflicts.keys()
    for iri, presence in before.present.items():
        if iri in after.present:
            assert after.present[iri].ago.days_max <= presence.ago.days_max
    for key, quantity in before.quantities.items():
        if key.endswith(("-count", "-organs")):
            assert is_within(after.quantities[key].value, quantity.value)


@settings(max_examples=30)
@given(
    st.floats(0.2, 20).map(canonical_number),
    st.sampled_from([("mg/dL", 1.0), ("mg/L", 10.0), ("g/L", 0.01), ("umol/L", 1e4 / BILIRUBIN)]),
)
def test_the_unit_of_a_result_changes_nothing(bilirubin: float, unit: tuple[str, float]):
    """A bilirubin says the same in mass and molar units."""
    name, factor = unit
    as_usual = value(view(observation("total bilirubin", (bilirubin, "mg/dL"))), "TotalBilirubin")
    otherwise = value(view(observation("total bilirubin", (bilirubin * factor, name))), "TotalBilirubin")
    assert as_usual is not None
    assert otherwise is not None
    assert otherwise.low == pytest.approx(as_usual.low, rel=1e-9)


@given(st.dates(date(1900, 1, 1), AS_OF), st.integers(0, 600))
def test_days_and_months_ago_agree(day: date, window: int):
    """Something is within a number of calendar months exactly when it is on or after that day."""
    from dateutil.relativedelta import relativedelta

    found = ago(DateRange(day, day), AS_OF)
    assert (found.months_max <= window) == (AS_OF - relativedelta(months=window) <= day)
    assert found.days_min == (AS_OF - day).days


@pytest.mark.parametrize(
    ("name", "concept"),
    [("chronic hepatitis B", "Hepatitis"), ("latent tuberculosis", "Tuberculosis")],
)
def test_a_disease_that_may_sleep_is_there_and_perhaps_not_active(name: str, concept: str) -> None:
    """That it is current in the record doesn't show that it is active: carriers have it all their lives."""
    found = view(condition(name, onsetDateTime="2005"), complete=ALL).present[str(TGC[concept])]
    assert found.active is None
    active = view(condition("active hepatitis B", onsetDateTime="2005")).present[str(TGC.Hepatitis)]
    assert active.active is True
