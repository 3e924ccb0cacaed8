"""Notes and allowances that are listed below a statement."""

import pytest

from tests.compact import compact
from trialgraph.criteria import read_text

CASES = [
    (
        "exclusion",
        "* Known brain metastases\n  * Note: Patients with treated brain metastases are eligible",
        "BrainMetastasis{exception=Note: Patients with treated brain metastases are eligible}",
    ),
    (
        "exclusion",
        "* Active hepatitis C infection\n  * Note: no testing is required",
        "HepatitisC{status=active}",
    ),
    (
        "exclusion",
        "* Chemotherapy within 2 weeks\n"
        "  * Note: If patients received surgery, they must have recovered from toxicity",
        "ANY(Chemotherapy @2w, TreatmentToxicity{qualifier=unresolved})",
    ),
    (
        "inclusion",
        "* No other malignancy\n  * Patients with treated skin cancer are allowed",
        "NOT MalignantNeoplasm{relation=other; exception=Patients with treated skin cancer are allowed}",
    ),
    (
        "inclusion",
        "* Brain metastases\n  * Patients with treated brain metastases are eligible",
        "«Brain metastases * Patients with treated brain metastases are eligible»",
    ),
    (
        "inclusion",
        "* Females who:\n  * agree to contraception",
        "ANY(NOT FemaleSex, «Females who: * agree to contraception»j)",
    ),
]


@pytest.mark.parametrize(("kind", "text", "expected"), CASES)
def test_notes_below_a_statement(kind, text, expected):
    """What notes allow lifts what stands above them; what just stands above an allowance is no demand."""
    (criterion,) = read_text(text, kind=kind)
    assert compact(criterion.expression) == expected
