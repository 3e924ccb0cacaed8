"""Where a cancer has spread to, by stages, names and the cancers that metastases arose from."""

from datetime import date
from typing import Any, get_args

import pytest

from tests.patient_resources import coded, condition, lesion, observation, record
from trialgraph.derivation import screening_view
from trialgraph.namespaces import TGC
from trialgraph.views import Completeness, ScreeningView

RELATED = "http://hl7.org/fhir/StructureDefinition/condition-related"
RECTAL = condition("Rectal adenocarcinoma", id="primary")


def view(*resources: dict[str, Any]) -> ScreeningView:
    """Return the view of a record of which everything is complete."""
    return screening_view(record(*resources), date(2025, 9, 1), assume_complete=get_args(Completeness))


def iri(name: str) -> str:
    """Return the IRI of a concept."""
    return str(TGC[name])


def metastasis(text: str, of: str = "primary") -> dict[str, Any]:
    """Return a metastasis that arose from a cancer."""
    reference = {"reference": f"Condition/{of}"}
    return condition(text, extension=[{"url": RELATED, "valueReference": reference}])


def test_a_metastasis_is_one_of_the_cancer_it_arose_from() -> None:
    """Liver metastases of a rectal cancer are colorectal liver metastases; of another they aren't."""
    assert iri("ColorectalLiverMetastasis") in view(RECTAL, metastasis("liver metastases")).present
    assert iri("ColorectalLiverMetastasis") not in view(RECTAL, condition("liver metastases")).present
    other = [condition("breast cancer", id="primary"), metastasis("liver metastases")]
    assert iri("ColorectalLiverMetastasis") not in view(*other).present


def test_what_was_judged_of_a_cancer_is_not_said_of_its_metastasis() -> None:
    """The lung metastasis of an unresectable cancer may be resectable."""
    shown = view(condition("Unresectable malignant neoplasm", id="primary"), metastasis("lung metastasis"))
    assert iri("LungMetastasis") in shown.present
    assert iri("UnresectableLungMetastasis") not in shown.present


def test_the_origin_of_a_metastasis_changes_no_number() -> None:
    """Lesions of a metastasis whose cancer is known are as many as before."""
    lesions = [lesion(name, "Liver", "liver-metastases") for name in ("l1", "l2")]
    shown = view(RECTAL, metastasis("liver metastases"), *lesions)
    count = shown.quantities[f"{iri('LiverMetastasis')}-count"].value
    assert (count.low, count.high) == (2, 2)


@pytest.mark.parametrize(
    "stated",
    [
        observation("Clinical M category", "cM1"),
        observation("TNM", valueString="cT3 N1 M1a"),
        condition("Stage IV rectal adenocarcinoma"),
        condition("Rectal adenocarcinoma", id="staged", stage=[{"summary": coded("Stage IV")}]),
        condition("Metastatic rectal cancer"),
        condition("Metastatic colorectal cancer"),
    ],
)
def test_spread_to_an_unstated_organ_leaves_all_of_them_open(stated: dict[str, Any]) -> None:
    """No organ's metastasis is absent, until a metastasis is recorded with its organ."""
    alone = view(RECTAL, stated)
    assert iri("MetastaticMalignantNeoplasm") in alone.present
    assert (
        not {iri("BrainMetastasis"), iri("LiverMetastasis"), iri("ExtrahepaticMetastasis")}
        & alone.absent.keys()
    )
    beside = view(RECTAL, stated, metastasis("liver metastases"))
    assert iri("BrainMetastasis") in beside.absent
    assert iri("LiverMetastasis") in beside.present


@pytest.mark.parametrize("stated", ["cM0", "Stage III", "IIIB", "pT3 pN1b cM0"])
def test_a_lower_stage_says_nothing_of_spread(stated: str) -> None:
    """It was so at the diagnosis; what is complete shows today's."""
    shown = view(RECTAL, observation("Cancer stage", stated))
    assert iri("MetastaticMalignantNeoplasm") not in shown.present
    assert iri("BrainMetastasis") in shown.absent


def test_an_unverified_stage_leaves_spread_open() -> None:
    """A preliminary M1 shows no metastasis, and keeps every one from being absent."""
    shown = view(RECTAL, observation("Clinical M category", "M1", status="preliminary"))
    assert iri("MetastaticMalignantNeoplasm") not in shown.present
    assert iri("BrainMetastasis") not in shown.absent
