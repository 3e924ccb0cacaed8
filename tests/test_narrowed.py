"""One key of a view for a concept without some of its instances."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rails import assert_rails_tell_the_truth
from tests.strategies import presences
from trialgraph.concepts import packaged_concepts
from trialgraph.derivation.times import latest_of
from trialgraph.expressions import Fact, Window
from trialgraph.graded import grade_key
from trialgraph.malignancies import AGAIN, IN_SITU, OTHER
from trialgraph.namespaces import TGC
from trialgraph.narrowed import narrowed_key
from trialgraph.shapes.engines import ShaclEngine
from trialgraph.views import Absence, Presence, ScreeningView

MALIGNANCY, BREAST, COLON, MELANOMA = (
    str(TGC[name]) for name in ("MalignantNeoplasm", "BreastCancer", "ColorectalCancer", "Melanoma")
)
INFECTION, PNEUMONIA, HEPATITIS = (
    str(TGC[name]) for name in ("InfectiousDisease", "Pneumonia", "HepatitisB")
)
KINDS = [BREAST, COLON, MELANOMA, PNEUMONIA, HEPATITIS]

windows = st.none() | st.builds(
    Window,
    st.none() | st.sampled_from([1.0, 6.0, 14.0]),
    st.sampled_from(["day", "week", "month", "year"]),
    st.just("as the text says"),
    open=st.booleans(),
)
others = st.builds(
    Fact,
    concept=st.just(MALIGNANCY),
    concept_label=st.just("malignant neoplasm"),
    category=st.just("condition"),
    modifiers=st.builds(
        lambda status, said: {"relation": "other", **status, **said},
        st.sampled_from([{}, {"status": "active"}, {"status": "history"}]),
        st.sampled_from([{}, {"exception": "cured melanoma"}, {"exception": "cured odd ones"}]),
    ),
    within=windows,
    exceptions=st.sampled_from([(), (MELANOMA,)]),
    study=st.sampled_from([(COLON,), (COLON, BREAST), ()]),
)
infections = st.builds(
    Fact,
    concept=st.just(INFECTION),
    concept_label=st.just("infection"),
    category=st.just("condition"),
    modifiers=st.sampled_from(
        [{"exception": "hepatitis B"}, {"exception": "hepatitis B", "status": "active"},
         {"exception": "hepatitis B", "severity": "severe"},
         {"exception": "hepatitis B", "qualifier": "≥ grade 3"},
         {"exception": "hepatitis B", "qualifier": "uncontrolled; requiring systemic therapy"}]
    ),
    within=windows,
    exceptions=st.just((HEPATITIS,)),
)  # fmt: skip


@st.composite
def views(draw: st.DrawFn) -> ScreeningView:
    """Draw closed views: some cancers and infections there, others not, in conflict, or open."""
    concepts = packaged_concepts()
    found = draw(st.dictionaries(st.sampled_from(KINDS), presences, max_size=3))
    passed = {iri for iri, each in found.items() if each.active is False and draw(st.booleans())}
    present, over = dict[str, Presence](), set()
    for iri in {above for each in found for above in concepts.ancestors(each)}:
        below = [each for each in found if iri in concepts.ancestors(each)]
        present[iri] = _merged([found[each] for each in below])
        over |= {iri} if passed.issuperset(below) else set()
    if PNEUMONIA in found and draw(st.booleans()):
        present[f"{PNEUMONIA}-severe"] = present[grade_key(PNEUMONIA, 3, 5)] = found[PNEUMONIA]
    cancers = {BREAST, COLON, MELANOMA} & found.keys()
    if len(cancers) > 1:
        present[OTHER] = _merged([found[each] for each in cancers])
    conflicts = {iri for iri in KINDS if iri not in present and draw(st.booleans())}
    silent = draw(st.sets(st.sampled_from([MALIGNANCY, INFECTION, IN_SITU, *KINDS])))
    lacking = {below for iri in silent for below in concepts.descendants(iri)}
    if draw(st.booleans()):  # nothing besides what is there, but for one that is open or bounded
        every = {each for iri in (MALIGNANCY, IN_SITU, INFECTION) for each in concepts.descendants(iri)}
        lacking |= every - {draw(st.sampled_from(KINDS))}
    lacking |= {OTHER} if len(cancers) < 2 and draw(st.booleans()) else set()
    lacking |= {AGAIN} if draw(st.booleans()) else set()
    absent = {iri: Absence("none recorded") for iri in lacking - present.keys() - conflicts}
    bounded = draw(st.sets(st.sampled_from([MALIGNANCY, INFECTION, *KINDS])))
    return ScreeningView(
        patient="p",
        as_of=date(2025, 9, 1),
        present=present,
        absent=absent,
        inactive={**absent, **{iri: Absence("resolved") for iri in over}},
        conflicts=dict.fromkeys(conflicts, ("Condition/1",)),
        over=over,
        latest={iri: present[iri] if iri in present else draw(presences) for iri in bounded - conflicts},
    )


def _merged(all_of_them: list[Presence]) -> Presence:
    states = {each.active for each in all_of_them}
    active = True if True in states else False if states == {False} else None
    return Presence(latest_of(each.ago for each in all_of_them), active, "recorded", ())


@pytest.mark.parametrize(("engine", "examples"), [("rudof", 25), ("pyshacl", 10)])
def test_rails_of_narrowed_facts_are_the_reference_evaluator(engine: ShaclEngine, examples: int) -> None:
    """What a key stands for, with windows and what goes on, is what the evaluator asks one by one."""

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(facts=st.lists(others | infections, min_size=2, max_size=5), view=views())
    def law(facts: list[Fact], view: ScreeningView) -> None:
        for fact in facts:
            assert_rails_tell_the_truth(fact, view, engine)

    law()


def test_keys_say_what_they_stand_for() -> None:
    """A key names the study disease and what is excepted; many words end in a hash that tells them apart."""
    fact = Fact(MALIGNANCY, "", "condition", {"relation": "other"}, study=(COLON,))
    assert narrowed_key(fact) == f"{MALIGNANCY}-otherThan-ColorectalCancer"
    said = "one two three four five six"
    long, longer = (
        narrowed_key(
            Fact(MALIGNANCY, "", "condition", {"relation": "other", "exception": words}, study=(COLON,))
        )
        for words in (said, f"{said} seven")
    )
    assert long != longer
    assert str(long).startswith(f"{MALIGNANCY}-otherThan-ColorectalCancer-except-one-two-three-four-five-")
    infection = Fact(INFECTION, "", "condition", {"exception": "hepatitis B"}, exceptions=(HEPATITIS,))
    assert narrowed_key(infection) == f"{INFECTION}-except-HepatitisB"
    assert narrowed_key(Fact(INFECTION, "", "condition")) is None
