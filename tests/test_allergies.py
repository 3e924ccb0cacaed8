"""Allergies to a trial's own drugs leave out those to what it surely doesn't give."""

import pytest

from trialgraph.allergies import concerns_own_drugs, of_trial_drugs
from trialgraph.expressions import AnyOf, Fact, Not
from trialgraph.namespaces import TGC

GIVEN = "Sintilimab 200 mg every three weeks; stereotactic radiotherapy of all lesions"


def _allergy(agent: str, **more: str) -> Fact:
    return Fact(str(TGC.Hypersensitivity), "hypersensitivity", "allergy", {"agent": agent, **more})


def _left_out(fact: Fact, given: str = GIVEN) -> set[str]:
    found = of_trial_drugs(fact, given)
    assert isinstance(found, Fact)
    return {iri.rpartition("/")[2] for iri in found.exceptions}


@pytest.mark.parametrize(
    "agent",
    ["study drugs", "any component of the therapy", "study treatments", "any drugs related to this trial"],
)
def test_an_allergy_to_what_a_cancer_trial_never_gives(agent: str) -> None:
    """Penicillin, pollen and latex are no part of it; an antibody, platinum or polysorbate may be."""
    left_out = _left_out(_allergy(agent))
    assert {
        "AntibioticHypersensitivity",
        "EnvironmentalHypersensitivity",
        "LatexHypersensitivity",
    } <= left_out
    may_be = {"DrugHypersensitivity", "MonoclonalAntibodyHypersensitivity", "PolysorbateHypersensitivity"}
    assert not left_out & may_be
    assert concerns_own_drugs(AnyOf((Not(_allergy(agent)),)))


@pytest.mark.parametrize(
    ("given", "allergy"),
    [
        ("Amoxicillin and clarithromycin for two weeks", "AntibioticHypersensitivity"),
        ("H. pylori eradication", "AntibioticHypersensitivity"),
        ("Aspirin 100 mg", "AspirinHypersensitivity"),
        ("Personalized cancer vaccine", "VaccineHypersensitivity"),
        ("Nintedanib", "FoodHypersensitivity"),
        ("Gadolinium-enhanced imaging", "ContrastMediaHypersensitivity"),
    ],
)
def test_what_a_trial_gives_is_not_left_out(given: str, allergy: str) -> None:
    """Whose words name a drug, or its kind, may give it."""
    assert allergy in _left_out(_allergy("study drugs"))
    assert allergy not in _left_out(_allergy("study drugs"), given)


def test_excipients_may_be_food() -> None:
    """Capsules may hold soya, so where ingredients count, an allergy to food stays open."""
    assert "FoodHypersensitivity" not in _left_out(_allergy("study drugs or any of their excipients"))


def test_named_drugs_need_no_trial() -> None:
    """Penicillin is no monoclonal antibody, but may be among what isn't the name of a drug."""
    assert "AntibioticHypersensitivity" in _left_out(_allergy("other monoclonal antibody components"), "")
    assert not _left_out(_allergy("macromolecular preparations"), "")
    assert "AntibioticHypersensitivity" not in _left_out(_allergy("penicillins or other antibiotics"), "")


def test_where_nothing_is_known_all_stays_open() -> None:
    """A record that doesn't say what it gives, and an allergy that has to be severe, leave nothing out."""
    assert not _left_out(_allergy("study drugs"), "")
    assert not _left_out(_allergy("study drugs", severity="severe"))
