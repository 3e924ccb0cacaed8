"""Malignancies besides the disease that a trial is about."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patient_resources import condition, record
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import AllOf, AnyOf, Fact, Not, Window
from trialgraph.malignancies import UNTOLD, are_apart, besides, earlier, study_disease
from trialgraph.namespaces import TGC
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial, compile_shapes, view_for
from trialgraph.shapes.engines import reported_rails
from trialgraph.views import ScreeningView, view_graph
from trialgraph.vocabularies import known_concepts

COLORECTAL = (str(TGC.ColorectalCancer),)
OTHER = Fact(str(TGC.MalignantNeoplasm), "malignant neoplasm", "condition", {"relation": "other"})
AS_OF = date(2025, 9, 1)


def _view(*names: str | dict[str, Any]) -> ScreeningView:
    found = [condition(each, onsetDateTime="2024-01-10") if isinstance(each, str) else each for each in names]
    return screening_view(record(*found), AS_OF, assume_complete=("conditions", "lesions"))


def _judged(view: ScreeningView, study: tuple[str, ...], fact: Fact = OTHER) -> bool | None:
    return evaluate(besides(fact, study), view)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ((), False),
        (("colon cancer",), False),
        (("colon cancer", "liver metastasis"), False),
        (("hepatocellular carcinoma",), True),
        (("colon cancer", "breast cancer"), True),
        (("malignant neoplasm",), None),
        (("colon cancer", "squamous cell carcinoma"), None),
        (("colon cancer", "ductal carcinoma in situ"), None),
    ],
)
def test_another_malignancy_is_none_of_the_study_disease(names: tuple[str, ...], wanted: bool | None) -> None:
    """A patient's only cancer is no other in a trial of it, and is another in a trial of something else."""
    assert _judged(_view(*names), COLORECTAL) is wanted


@pytest.mark.parametrize("modifiers", [{}, {"status": "active"}])
def test_malignancy_as_such_bars_nobody_for_the_study_disease(modifiers: dict[str, str]) -> None:
    """Active malignancy within 3 years is another one, where the trial is about one."""
    barred = replace(OTHER, modifiers=modifiers)
    for name, wanted in (("colon cancer", False), ("breast cancer", True)):
        assert evaluate(besides(earlier(barred, COLORECTAL), COLORECTAL), _view(name)) is wanted
    assert earlier(barred, ()) == barred


@pytest.mark.parametrize(
    ("name", "barred", "study", "wanted"),
    [
        ("colon cancer", "ColorectalCancer", COLORECTAL, None),
        ("colon cancer", "ColonCancer", COLORECTAL, None),
        ("breast cancer", "ColorectalCancer", COLORECTAL, False),
        ("breast cancer", "BreastCancer", COLORECTAL, True),
        ("colon cancer", "ColorectalCancer", (), True),
    ],
)
def test_an_earlier_cancer_is_not_the_one_under_study(
    name: str, barred: str, study: tuple[str, ...], wanted: bool | None
) -> None:
    """In a trial of colorectal cancer "history of colorectal cancer" bars nobody for that alone."""
    fact = Fact(str(TGC[barred]), barred, "condition", {"status": "history"})
    criterion = ScreenableCriterion("E1", "exclusion", "Prior cancer", fact, study=study)
    assert evaluate(criterion.as_judged(fact), _view(name)) is wanted
    assert evaluate(earlier(AnyOf((fact,)), study), _view(name)) is wanted
    assert earlier(now := replace(fact, modifiers={}), study) == now


def test_a_trial_of_no_malignancy_bars_any() -> None:
    """Where a trial is about diabetes, one cancer is a malignancy; where nothing is told, it is open."""
    view = _view("breast cancer")
    assert _judged(view, ()) is True
    assert _judged(view, UNTOLD) is None
    assert _judged(_view(), UNTOLD) is False


def test_what_is_excepted_and_over_is_no_other() -> None:
    """A cured basal cell carcinoma is excepted, one that goes on isn't known to be; melanoma isn't."""
    excepted = (str(TGC.NonMelanomaSkinCancer),)
    modifiers = {"relation": "other", "exception": "cured non-melanoma skin cancer"}
    fact = Fact(OTHER.concept, OTHER.concept_label, "condition", modifiers, exceptions=excepted)
    over = condition(
        "basal cell carcinoma", clinical="resolved", onsetDateTime="2020", abatementDateTime="2020"
    )
    assert _judged(_view("colon cancer", over), COLORECTAL, fact) is False
    assert _judged(_view("colon cancer", "basal cell carcinoma"), COLORECTAL, fact) is None
    assert _judged(_view("colon cancer", "melanoma"), COLORECTAL, fact) is True


def test_the_study_disease_is_what_is_demanded_or_stated() -> None:
    """Malignancies that inclusion criteria demand come first; metastases alone don't tell the disease."""
    liver = Fact(str(TGC.LiverMetastasis), "", "condition")
    colon = Fact(str(TGC.ColonCancer), "", "condition")
    history = Fact(str(TGC.Melanoma), "", "condition", {"status": "history"})
    demanded = AllOf((liver, AnyOf((colon, Not(colon))), history))
    assert set(study_disease([demanded], [], all_known=False)) == {liver.concept, colon.concept}
    assert study_disease([], [str(TGC.BreastCancer)], all_known=False) == (str(TGC.BreastCancer),)
    assert study_disease([], [str(TGC.DiabetesMellitus)], all_known=True) == ()
    assert study_disease([], [str(TGC.DiabetesMellitus)], all_known=False) == UNTOLD
    assert study_disease([], [], all_known=True) == UNTOLD
    spread = Fact(str(TGC.MetastaticColorectalCarcinoma), "", "condition")
    assert study_disease([spread], [], all_known=False) == COLORECTAL


def test_what_a_cohorts_words_speak_of_is_no_other() -> None:
    """Beside lung cancer that is demanded, words that speak of oesophageal cancer may admit it."""
    lung = Fact(str(TGC.LungCancer), "", "condition")
    spoken = Fact(str(TGC.EsophagealSquamousCellCarcinoma), "", "condition", {"context": "demanded"})
    assert spoken.is_mention
    study = study_disease([lung, AnyOf((spoken, lung))], [], all_known=False)
    assert set(study) == {lung.concept, spoken.concept}
    assert study_disease([spoken], [str(TGC.LungCancer)], all_known=True) == (lung.concept,)


def test_of_two_study_diseases_each_is_another_than_the_other() -> None:
    """In a trial of lung or colorectal cancer, who has both isn't shown to have no other malignancy."""
    study = (str(TGC.ColorectalCancer), str(TGC.LungCancer))
    assert _judged(_view("colon cancer"), study) is False
    assert _judged(_view("lung cancer"), study) is False
    assert _judged(_view("colon cancer", "lung cancer"), study) is True


def test_histology_and_site_of_one_tumour_are_not_apart() -> None:
    """A squamous cell carcinoma may be the lung cancer; breast and prostate are two organs."""
    concepts = known_concepts()
    assert not are_apart(str(TGC.SquamousCellCarcinoma), str(TGC.LungCancer), concepts)
    assert not are_apart(str(TGC.BasalCellCarcinoma), str(TGC.NonMelanomaSkinCancer), concepts)
    assert are_apart(str(TGC.BreastCancer), str(TGC.ProstateCancer), concepts)


CANCERS = [
    "colon cancer", "rectal adenocarcinoma", "breast cancer", "melanoma", "basal cell carcinoma",
    "adenocarcinoma", "metastatic malignant neoplasm", "liver metastasis", "lymphoma",
]  # fmt: skip


@st.composite
def cancers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw conditions: cancers, active or over, of several years."""
    names = draw(st.lists(st.sampled_from(CANCERS), unique=True, max_size=3))
    made = []
    for name in names:
        year = draw(st.sampled_from([2012, 2019, 2024]))
        over = draw(st.booleans())
        more = {"abatementDateTime": f"{year}-12-01"} if over else {}
        clinical = "resolved" if over else "active"
        made.append(condition(name, clinical=clinical, onsetDateTime=f"{year}-02-01", **more))
    return made


@settings(max_examples=20)
@given(
    resources=cancers(),
    study=st.sampled_from([COLORECTAL, (str(TGC.Melanoma),), (), UNTOLD]),
    within=st.sampled_from([None, Window(5, "year", "within 5 years")]),
    status=st.sampled_from([{}, {"status": "active"}, {"status": "history"}]),
    exception=st.sampled_from([{}, {"exception": "cured non-melanoma skin cancer"}]),
)
def test_rails_of_another_malignancy_are_the_reference_evaluator(
    resources: list[dict[str, Any]],
    study: tuple[str, ...],
    within: Window | None,
    status: dict[str, str],
    exception: dict[str, str],
) -> None:
    """SHACL and the evaluator judge the records of a patient alike, whatever the trial is about."""
    excepted = (str(TGC.NonMelanomaSkinCancer),) if exception else ()
    modifiers = {"relation": "other", **status, **exception}
    fact = Fact(OTHER.concept, "malignancy", "condition", modifiers, within=within, exceptions=excepted)
    criterion = ScreenableCriterion("E1", "exclusion", "…", fact, study=study)
    view = _view(*resources)
    trial = ScreenableTrial("NCT00000000", "", (criterion,))
    graph = view_graph(view_for(view, trial))
    rails = reported_rails(graph, compile_shapes(trial), engine="rudof").get("E1", set())
    truth = evaluate(criterion.admits, view)
    assert rails == {True: set(), None: {"proved"}, False: {"proved", "disproved"}}[truth]
