"""Facts with exceptions: which instances show them, and that every engine agrees."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patient_resources import SNOMED, Json, coded, condition, record
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria import read_text
from trialgraph.derivation import screening_view
from trialgraph.evaluation import evaluate
from trialgraph.expressions import Fact, Window, atoms
from trialgraph.instances import showing_instances
from trialgraph.namespaces import TGC
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial, compile_shapes, view_for
from trialgraph.shapes.engines import ShaclEngine, reported_rails
from trialgraph.views import Absence, Presence, ScreeningView, TimeAgo, view_graph

KINDS = [str(TGC[name]) for name in ("RheumatoidArthritis", "Vitiligo", "MultipleSclerosis")]
DISEASE = str(TGC.AutoimmuneDisease)


def _exclusion(words: str) -> Fact:
    (criterion,) = read_text(f"Exclusion Criteria:\n\n* {words}")
    (fact,) = [atom for atom in atoms(criterion.expression) if isinstance(atom, Fact)]
    return fact


def _names(words: str) -> set[str]:
    """Return the names of the instances that show an exclusion, with all their kinds."""
    concepts = packaged_concepts()
    shown = showing_instances(_exclusion(words))
    return {iri.rpartition("/")[2] for instance in shown for iri in concepts.descendants(instance.concept)}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Locally advanced (T4) or metastatic melanoma", {"Melanoma-metastatic"}),
        ("Unresectable (stage III) or metastatic (stage IV) melanoma", {"Melanoma-metastatic"}),
        ("Recurrent or metastatic melanoma", {"Melanoma-metastatic", "Melanoma-recurrent"}),
        (
            "Recurrent, refractory or metastatic melanoma",
            {"Melanoma-metastatic", "Melanoma-recurrent", "Melanoma-refractory"},
        ),
        ("Locally advanced (T4) melanoma", set()),
    ],
)
def test_a_quality_with_more_said_of_it_in_a_bracket_shows_nothing_by_itself(
    words: str, shown: set[str]
) -> None:
    """Of several qualities those show a fact that no bracket narrows."""
    assert {each.concept.rpartition("/")[2] for each in showing_instances(_exclusion(words))} == shown


def test_what_is_not_excepted_shows_the_fact() -> None:
    """Rheumatoid arthritis is an autoimmune disease other than vitiligo; vitiligo isn't."""
    names = _names("Active autoimmune disease, except vitiligo")
    assert "RheumatoidArthritis" in names
    assert not names & {"Vitiligo", "AutoimmuneDisease"}


def test_a_disease_that_leads_to_the_excepted_one_shows_nothing() -> None:
    """A record of Hashimoto thyroiditis may be all that tells of an excepted hypothyroidism."""
    assert "AutoimmuneThyroiditis" in _names("Active autoimmune disease, except vitiligo")
    assert "AutoimmuneThyroiditis" not in _names("Active autoimmune disease, except hypothyroidism")


def test_of_a_judgement_that_is_excepted_no_kind_above_it_shows_the_fact() -> None:
    """Whether a corticosteroid is a systemic one is judged, so none shows what excepts those; others do."""
    names = _names("Immunosuppressants except systemic corticosteroids")
    assert "Tacrolimus" in names
    assert not names & {"Prednisone", "Corticosteroid", "SystemicCorticosteroid"}
    assert not _names("Corticosteroids except topical corticosteroids")


@pytest.mark.parametrize(
    ("words", "clinical", "truth"),
    [
        ("Glioblastoma", "recurrence", True),
        ("Glioblastoma", "relapse", True),
        ("Recurrent glioblastoma", "active", True),
        ("Glioblastoma", "active", None),
        ("Non-recurrent glioblastoma", "active", None),
        ("Metastatic glioblastoma", "active", None),
    ],
)
def test_a_record_may_tell_that_a_disease_came_back(words: str, clinical: str, truth: bool | None) -> None:
    """What is demanded to be recurrent is, where the record's words or its clinical status say so."""
    fact = _exclusion("Recurrent glioblastoma")
    found = screening_view(record(condition(words, clinical=clinical)), date(2025, 9, 1))
    assert evaluate(fact, found) is truth


_LUNG = "lung adenocarcinoma"
_HISTOLOGY = {"evidence": [{"code": [coded("", (SNOMED, "252416005"))]}]}
_REPORTED = {"evidence": [{"detail": [{"reference": "DiagnosticReport/r1"}]}]}


@pytest.mark.parametrize(
    ("words", "recorded", "further", "truth"),
    [
        ("Histologically or cytologically confirmed", f"{_LUNG}, biopsy-proven", {}, True),
        ("Histologically or cytologically confirmed", _LUNG, _HISTOLOGY, True),
        ("Histologically or cytologically confirmed", _LUNG, _REPORTED, True),
        ("Histologically or cytologically confirmed", _LUNG, {}, None),
        ("Pathologically proven diagnosis of", f"Cytologically confirmed {_LUNG}", {}, True),
        ("Histologically confirmed", f"Cytologically confirmed {_LUNG}", {}, None),
        ("Histologically confirmed", f"{_LUNG}, not histologically confirmed", {}, None),
        ("Histologically confirmed metastatic", f"Metastatic {_LUNG}", _HISTOLOGY, True),
        ("Histologically confirmed metastatic", _LUNG, _HISTOLOGY, None),
        ("Locally advanced or metastatic", f"Locally advanced {_LUNG}", {}, True),
        ("Locally advanced or metastatic", _LUNG, {"stage": [{"summary": coded("cT2 N1 M1b")}]}, True),
        ("Advanced", f"Metastatic {_LUNG}", {}, True),
        ("Metastatic", f"Advanced {_LUNG}", {}, None),
        ("Unresectable", f"Initially unresectable {_LUNG}", {}, None),
    ],
)
def test_a_record_may_tell_how_a_diagnosis_was_proved_and_how_far_it_is(
    words: str, recorded: str, further: Json, truth: bool | None
) -> None:
    """By its words, the tests that are its evidence and its stage; several qualities are of one thing."""
    report = {"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "code": coded("Pathology")}
    found = screening_view(record(condition(recorded, **further), report), date(2025, 9, 1))
    assert evaluate(_exclusion(f"{words} {_LUNG}"), found) is truth


@pytest.mark.parametrize(
    ("others", "complete", "truth"),
    [
        (["Liver metastasis"], True, True),
        (["Liver metastasis"], False, None),
        (["Axillary lymph node metastasis"], True, None),
        (["Liver metastasis", "Prostate cancer"], True, None),
    ],
)
def test_the_only_cancer_is_metastatic_with_a_metastasis(
    others: list[str], complete: bool, truth: bool | None
) -> None:
    """Of two cancers either may have spread, and a lymph node isn't far."""
    told = record(*map(condition, [_LUNG, *others]))
    found = screening_view(told, date(2025, 9, 1), assume_complete=("conditions",) if complete else ())
    assert evaluate(_exclusion(f"Metastatic {_LUNG}"), found) is truth


def test_an_exception_that_is_meant_for_another_thing() -> None:
    """A clot in the lung is no superficial one, nor one at a catheter, so it shows the fact."""
    excepted = tuple(str(TGC[name]) for name in ("CatheterRelatedThrombosis", "SuperficialVeinThrombosis"))
    modifiers = {"exception": "catheter-related thrombosis or superficial thrombosis"}
    embolism, thrombosis = (
        Fact(str(TGC[name]), "", "condition", modifiers, exceptions=excepted)
        for name in ("PulmonaryEmbolism", "DeepVeinThrombosis")
    )
    assert [each.concept for each in showing_instances(embolism)] == [embolism.concept]
    assert showing_instances(thrombosis) == ()


@pytest.mark.parametrize(
    "words",
    [
        "Active autoimmune disease, except vitiligo or spotted frobnication",
        "Active autoimmune disease, except vitiligo that is mild or a rash",
        "Thromboembolism, except catheter-related thrombosis",
        "Active autoimmune disease",
    ],
    ids=["unknown part", "part inside a remark", "cause that cuts across kinds", "no exception"],
)
def test_a_doubtful_exception_leaves_the_fact_open(words: str) -> None:
    """Where an exception may be about more than is understood, no instance shows the fact."""
    assert showing_instances(_exclusion(words)) == ()


def test_instances_share_nothing_with_what_is_excepted() -> None:
    """Neither above nor below nor beside it with a common subclass, for every pair in the ontology's tree."""
    concepts = packaged_concepts()
    for excepted in concepts.descendants(DISEASE):
        fact = Fact(DISEASE, "", "condition", {"exception": "…"}, exceptions=(excepted,))
        for instance in showing_instances(fact):
            below = concepts.descendants(instance.concept)
            assert not below & concepts.descendants(excepted)
            assert excepted not in below


presences = st.builds(
    Presence,
    st.sampled_from([TimeAgo(10, 10, 1, 1), TimeAgo(400, 400, 14, 14)]),
    st.sampled_from([True, None]),
    st.just("recorded"),
    st.just(("Condition/1",)),
)


@pytest.mark.parametrize("engine", ["pyshacl", "rudof"])
@settings(max_examples=40)
@given(
    shown=st.dictionaries(st.sampled_from(KINDS), presences),
    absent=st.booleans(),
    within=st.sampled_from([None, Window(6, "month", "within 6 months")]),
    status=st.sampled_from([{}, {"status": "active"}]),
)
def test_rails_of_a_fact_with_exceptions_are_the_reference_evaluator(
    engine: ShaclEngine,
    shown: dict[str, Presence],
    absent: bool,
    within: Window | None,
    status: dict[str, str],
) -> None:
    """SHACL and the evaluator agree; and only an instance that isn't excepted fails an exclusion."""
    fact = Fact(
        DISEASE, "autoimmune disease", "condition", {**status, "exception": "vitiligo"}, within=within,
        exceptions=(str(TGC.Vitiligo),),
    )  # fmt: skip
    present = dict(shown)
    for iri, presence in sorted(shown.items(), key=lambda item: -item[1].ago.days_min):
        present.update(dict.fromkeys(packaged_concepts().ancestors(iri), presence))
    missing = {DISEASE: Absence("none recorded")} if absent and not shown else {}
    view = ScreeningView("p", date(2025, 1, 1), present=present, absent=missing)
    criterion = ScreenableCriterion("E1", "exclusion", "…", fact)
    trial = ScreenableTrial("NCT00000000", "", (criterion,))
    graph = view_graph(view_for(view, trial))
    rails = reported_rails(graph, compile_shapes(trial), engine=engine)
    truth = evaluate(criterion.admits, view)
    assert rails.get("E1", set()) == {True: set(), None: {"proved"}, False: {"proved", "disproved"}}[truth]
    others = [p for iri, p in shown.items() if iri != str(TGC.Vitiligo)]
    shows = [p for p in others if (not status or p.active) and (within is None or p.ago.months_max <= 6)]
    assert (truth is False) == bool(shows)
