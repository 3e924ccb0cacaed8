"""What shows measurable disease and metastases, and what tells nothing of them."""

from typing import Any, get_args

import pytest

from tests.patient_resources import condition, lesion, medication, procedure, record, tumor_size
from trialgraph.derivation import screening_view
from trialgraph.namespaces import BASE, TGC
from trialgraph.patients.dates import parse_date
from trialgraph.views import Completeness, ScreeningView

ALL: tuple[Completeness, ...] = get_args(Completeness)
MEASURABLE = str(TGC.MeasurableDisease)
AXIOM = f"{BASE}axiom/TenMillimetersAreMeasurable"
CANCER = condition("Rectal adenocarcinoma", id="primary", onsetDateTime="2025-07-10")


def _view(organ: str, centimetres: float, *more: dict[str, Any], **options: Any) -> ScreeningView:
    as_of = parse_date("2025-09-01").low
    assert as_of is not None
    found = record(CANCER, lesion("l1", organ, "primary"), tumor_size("l1", centimetres), *more)
    return screening_view(found, as_of, **options)


def test_a_lesion_of_ten_millimetres_is_measurable() -> None:
    """At the limit it is shown, and the axiom is named; below it nothing is known, and nothing without it."""
    shown = _view("liver", 1.0).present[MEASURABLE]
    assert shown.axioms == (AXIOM,)
    assert "BodyStructure/l1" in shown.evidence
    for unsure in (_view("liver", 0.99), _view("liver", 1.0, axioms=())):
        assert MEASURABLE not in unsure.present
        assert MEASURABLE not in unsure.absent


@pytest.mark.parametrize("organ", ["lymph node", "bone", "rectum", "some place"])
def test_elsewhere_a_diameter_does_not_tell(organ: str) -> None:
    """A node is measured by its short axis, bone and bowel hardly, and what lies nowhere known may be one."""
    assert MEASURABLE not in _view(organ, 3.0).present


def test_what_may_have_been_treated_stays_open() -> None:
    """Once a local treatment is recorded, a lesion counts only if it grew, which isn't told."""
    treated = procedure("Stereotactic body radiotherapy of liver", performedDateTime="2025-06-01")
    assert MEASURABLE not in _view("liver", 3.0, treated).present


@pytest.mark.parametrize("asked", ["MeasurableDisease", "EvaluableDisease"])
def test_a_complete_list_of_lesions_tells_nothing_of_myeloma(asked: str) -> None:
    """Its measurable disease is a protein in the blood; of a solid tumour without lesions there is none."""
    as_of = parse_date("2025-09-01").low
    assert as_of is not None
    iri = str(TGC[asked])
    assert iri not in screening_view(record(condition("Multiple myeloma")), as_of, assume_complete=ALL).absent
    assert MEASURABLE in screening_view(record(CANCER), as_of, assume_complete=ALL).absent


@pytest.mark.parametrize("asked", ["MetastaticSite", "MetastaticLesion"])
def test_a_metastasis_without_a_recorded_lesion_is_one(asked: str) -> None:
    """Who has bone metastases has a metastatic site, also where the list of lesions doesn't hold one."""
    as_of = parse_date("2025-09-01").low
    assert as_of is not None
    found = record(CANCER, condition("Bone metastases", id="bone"))
    assert str(TGC[asked]) in screening_view(found, as_of, assume_complete=ALL).present
    assert str(TGC[asked]) not in screening_view(found, as_of, assume_complete=ALL, axioms=()).absent


def test_a_gnrh_agonist_is_androgen_deprivation() -> None:
    """Unless that reading is switched off, which leaves it open."""
    as_of = parse_date("2025-09-01").low
    assert as_of is not None
    found, therapy = record(medication("Leuprolide")), str(TGC.AndrogenDeprivationTherapy)
    assert therapy in screening_view(found, as_of, assume_complete=ALL).present
    assert therapy not in screening_view(found, as_of, assume_complete=ALL, axioms=()).absent
