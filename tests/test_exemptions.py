"""What is excepted from a fact, with what is asked of it; and that every engine agrees on it."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rails import assert_rails_tell_the_truth
from trialgraph.concepts import packaged_concepts
from trialgraph.criteria import read_text
from trialgraph.exemptions import exemptions, ruled_out_by
from trialgraph.expressions import Fact, Window, atoms
from trialgraph.namespaces import TGC
from trialgraph.shapes.engines import ShaclEngine
from trialgraph.views import Absence, Presence, ScreeningView, TimeAgo

DISEASE = str(TGC.AutoimmuneDisease)
SAID = (
    "vitiligo or psoriasis not requiring systemic treatment in past 2 years; "
    "hypothyroidism requiring only hormone replacement"
)
DISEASES = [
    str(TGC[name])
    for name in ("Vitiligo", "Psoriasis", "AutoimmuneHypothyroidism", "AutoimmuneThyroiditis", "CrohnDisease")
]
DRUGS = [str(TGC[name]) for name in ("Methotrexate", "Tacrolimus", "Levothyroxine", "Adalimumab")]


def _excepted(words: str) -> dict[str, int]:
    """Return how many things are asked of each concept that words except."""
    return {
        iri.rpartition("/")[2]: len(each.condition.operands)
        for each in exemptions(words)
        for iri in each.concepts
    }


def test_what_is_asked_of_the_last_is_asked_of_all_before_it() -> None:
    """That no systemic treatment is needed is asked of each skin disease; hormones only of hypothyroidism."""
    asked = _excepted(SAID)
    assert asked.keys() == {"Vitiligo", "Psoriasis", "Hypothyroidism", "AutoimmuneThyroiditis"}
    assert asked["Vitiligo"] == asked["Psoriasis"] > 0
    assert asked["AutoimmuneThyroiditis"] == asked["Hypothyroidism"] + 1
    listed = _excepted("type 1 diabetes mellitus, hypothyroidism on thyroid hormone replacement")
    assert listed["Type1DiabetesMellitus"] == 0 < listed["Hypothyroidism"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Patients with vitiligo are eligible.", {"Vitiligo"}),
        ("Note: participants who have psoriasis may be enrolled in the study.", {"Psoriasis"}),
        ("Patients with vitiligo or unheard-of maladies are eligible.", set()),
        ("Patients with vitiligo are eligible if stable.", set()),
    ],
)
def test_whom_a_sentence_lets_in_is_named(words: str, named: set[str]) -> None:
    """A sentence that just says who may enter names what they have, and is told of that kind alone."""
    (criterion,) = read_text(f"Autoimmune disease or seizures. {words}", kind="exclusion")
    disease, seizure = atoms(criterion.expression)
    assert isinstance(disease, Fact)
    assert isinstance(seizure, Fact)
    assert {iri.rpartition("/")[2] for iri in disease.exceptions} == named
    assert "exception" in disease.modifiers
    assert "exception" not in seizure.modifiers


@pytest.mark.parametrize(
    "words",
    ["vitiligo that somebody likes", "vitiligo or odd things", "controlled psoriasis", ""],
    ids=["more is asked", "an unknown part", "a judgement", "nothing"],
)
def test_what_is_not_understood_excepts_nothing(words: str) -> None:
    """A part with words that mean nothing known leaves its things among what the record has to lack."""
    assert not exemptions(words)


presences = st.builds(
    Presence,
    st.sampled_from([TimeAgo(0, 0, 0, 0), TimeAgo(100, 100, 4, 4), TimeAgo(1000, 1000, 33, 33)]),
    st.sampled_from([True, None]),
    st.just("recorded"),
    st.just(("Condition/1",)),
)


@st.composite
def views(draw: st.DrawFn) -> ScreeningView:
    """Draw closed views of some diseases and drugs, in which the rest is absent, open or bounded."""
    concepts = packaged_concepts()
    found = draw(st.dictionaries(st.sampled_from([*DISEASES, *DRUGS]), presences, max_size=3))
    present = dict[str, Presence]()
    for iri, presence in sorted(found.items(), key=lambda item: -item[1].ago.days_min):
        present.update(dict.fromkeys(concepts.ancestors(iri), presence))
    silent = draw(st.sets(st.sampled_from([DISEASE, str(TGC.Treatment)])))
    lacking = {below for iri in silent for below in concepts.descendants(iri)} - present.keys()
    open_one = draw(st.sampled_from([*DISEASES, *DRUGS]))
    absent = {iri: Absence("none recorded") for iri in lacking - concepts.ancestors(open_one)}
    immune = str(TGC.Immunosuppressant)
    bounded = {immune: present[immune]} if immune in present and draw(st.booleans()) else {}
    return ScreeningView("p", date(2025, 9, 1), present=present, absent=absent, latest=bounded)


facts = st.builds(
    Fact,
    concept=st.just(DISEASE),
    concept_label=st.just("autoimmune disease"),
    category=st.just("condition"),
    modifiers=st.sampled_from([{"exception": SAID}, {"exception": SAID, "status": "active"}]),
    within=st.sampled_from([None, Window(2, "year", "in past 2 years"), Window(6, "month", "6 months")]),
    exceptions=st.sampled_from([(), (str(TGC.Vitiligo), str(TGC.Psoriasis), str(TGC.Hypothyroidism))]),
)


@pytest.mark.parametrize(("engine", "examples"), [("rudof", 25), ("pyshacl", 10)])
def test_rails_of_exemptions_are_the_reference_evaluator(engine: ShaclEngine, examples: int) -> None:
    """SHACL and the evaluator agree on what is excepted, with windows and with what goes on."""

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(each=st.lists(facts, min_size=2, max_size=4), view=views())
    def law(each: list[Fact], view: ScreeningView) -> None:
        for fact in each:
            assert ruled_out_by(fact) is not None
            assert_rails_tell_the_truth(fact, view, engine)

    law()
