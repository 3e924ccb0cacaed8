"""Permissions that stand as criteria of their own, and what they lift of what other criteria bar."""

import pytest

from tests.compact import compact
from trialgraph.criteria import read_text


def _read(*criteria: str) -> list[str]:
    text = "Exclusion Criteria:\n\n" + "\n".join(f"* {each}" for each in criteria)
    return [compact(each.expression) for each in read_text(text)]


@pytest.mark.parametrize(
    ("bar", "permission", "expected"),
    [
        (
            "Active autoimmune disease",
            "Patients with type 1 diabetes are eligible",
            "AutoimmuneDisease{status=active; exception=Patients with type 1 diabetes are eligible}",
        ),
        (
            "HIV infection",
            "HIV-infected patients are eligible if CD4 count is above 200 cells/uL",
            "HIVInfection{exception=HIV-infected patients are eligible if CD4 count is above 200 cells/uL}",
        ),
        ("Stroke", "Patients with type 1 diabetes are eligible", "Stroke"),
        ("Symptomatic brain metastases", "Patients with treated brain metastases are eligible", None),
        ("Chemotherapy within 3 weeks", "Prior chemotherapy is allowed", "Chemotherapy @3w"),
        (
            "Systemic anticancer therapy",
            "GnRH agonists are permitted",
            "SystemicAnticancerTherapy{exception=GnRH agonists are permitted}",
        ),
        ("Other malignancy", "Patients with lung cancer are eligible", "MalignantNeoplasm{relation=other}"),
    ],
)
def test_a_permission_lifts_what_bars_its_own_disease_or_a_wider_one(bar, permission, expected):
    """What is barred on its own terms, or is something else, stays barred."""
    alone, _ = _read(bar, "Fever")
    lifted, _ = _read(bar, permission)
    assert lifted == (alone if expected is None else expected)


def test_what_refuses_lifts_nothing() -> None:
    """A criterion that keeps some out is no permission."""
    first, _ = _read("Autoimmune disease", "Patients with type 1 diabetes are not eligible")
    assert first == "AutoimmuneDisease"


def test_the_concept_of_a_permission_is_known() -> None:
    """Type 1 diabetes is let in, so rheumatoid arthritis still shows an autoimmune disease."""
    read = read_text(
        "Exclusion Criteria:\n\n* Autoimmune disease\n* Patients with type 1 diabetes are eligible"
    )
    assert [each.rpartition("/")[2] for each in read[0].expression.exceptions] == ["Type1DiabetesMellitus"]


def test_what_those_let_in_may_not_need_bars_nobody() -> None:
    """Who takes no steroids isn't barred for that; who never had chemotherapy is, where that is asked."""
    let_in = (
        "Known brain metastases; unless these were treated and the subject has been off steroids for 14 days"
    )
    bars, lacks = _read(let_in, "Brain metastases or no prior chemotherapy")
    assert "off steroids for 14 days" in bars and "Corticosteroid" not in bars
    assert "Chemotherapy" in lacks
