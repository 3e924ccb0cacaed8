"""Treatment for the study disease is shown by what only cancer is treated with."""

from datetime import date
from typing import Any, get_args

import pytest

from tests.packaged_trials import packaged_trials
from tests.patient_resources import bundle, condition, medication, procedure
from trialgraph.derivation import screening_view
from trialgraph.patients.fhir import from_fhir
from trialgraph.screening import Engine, screen
from trialgraph.views import Completeness

Json = dict[str, Any]
MAN = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1960"}
CANCER = condition("Rectal adenocarcinoma", onsetDateTime="2025-07-10")
CAPEOX = medication("CAPEOX", effectiveDateTime="2025-08-01")


def _verdict(*resources: Json, engine: Engine = "index") -> str:
    """Return the verdict on "prior anti-tumor therapy for the study disease", all recorded."""
    every: tuple[Completeness, ...] = get_args(Completeness)
    view = screening_view(from_fhir(bundle(MAN, *resources)), date(2025, 9, 1), assume_complete=every)
    screened = screen(view, [packaged_trials()["NCT06850103"]], engine=engine)
    return {each.criterion.id: each.verdict for each in screened.trials[0].criteria}["E1"]


@pytest.mark.parametrize("engine", ["index", "pyshacl", "rudof"])
@pytest.mark.parametrize(
    ("resources", "wanted"),
    [
        ([CANCER], "pass"),
        ([CANCER, CAPEOX], "fail"),
        ([CANCER, procedure("Low anterior resection", performedDateTime="2025-07-25")], "fail"),
        ([CANCER, CAPEOX, condition("Breast cancer", onsetDateTime="2025-01-10")], "unknown"),
        ([CANCER, medication("CAPEOX", effectiveDateTime="2019-02-01")], "unknown"),
        ([CANCER, medication("Rituximab", effectiveDateTime="2025-08-01")], "unknown"),
        ([CANCER, procedure("Cholecystectomy", performedDateTime="2025-08-01")], "pass"),
        ([CANCER, procedure("Splenectomy", performedDateTime="2025-08-01")], "unknown"),
        ([CAPEOX], "unknown"),
    ],
    ids=[
        "nothing", "chemotherapy", "resection", "another cancer", "before the cancer",
        "not only for cancer", "never for it", "perhaps for it", "no cancer recorded",
    ],
)  # fmt: skip
def test_what_was_given_for_the_study_disease(resources: list[Json], wanted: str, engine: Engine) -> None:
    """Only what can't have been for anything else is shown to be for it, in every engine."""
    assert _verdict(*resources, engine=engine) == wanted
