"""Which recorded lesions show measurable disease."""

from typing import Any

import pytest

from tests.patient_resources import condition, lesion, procedure, record, tumor_size
from trialgraph.derivation import screening_view
from trialgraph.namespaces import BASE, TGC
from trialgraph.patients.dates import parse_date
from trialgraph.views import ScreeningView

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
