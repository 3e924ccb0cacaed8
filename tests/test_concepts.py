import csv
from pathlib import Path

import pytest
from rdflib import URIRef

from tests.shared_files import ROOT
from trialgraph.concepts import Concepts, Range, load_concepts, packaged_concepts
from trialgraph.errors import UsageError
from trialgraph.units import conversion

TGC = "https://w3id.org/trialgraph/concept/"
TGX = "https://w3id.org/trialgraph/axiom/"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ATC = "http://www.whocc.no/atc"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
SUBSUMPTIONS = list(
    csv.DictReader((ROOT / "tests/cases/subsumption.csv").read_text(encoding="utf-8").splitlines())
)


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    """Return the packaged concepts."""
    return packaged_concepts()


def _matches(concepts: Concepts, system: str, code: str) -> list[tuple[str, str]]:
    return [(match.iri.removeprefix(TGC), match.relation) for match in concepts.by_code(system, code)]


def test_there_are_subsumptions_to_check() -> None:
    """The table of expected subsumptions was read."""
    assert len(SUBSUMPTIONS) > 70


@pytest.mark.parametrize("case", SUBSUMPTIONS, ids=lambda case: f"{case['concept']}-{case['ancestor']}")
def test_a_fact_shows_what_an_oncologist_expects(case: dict[str, str], concepts: Concepts) -> None:
    """A fact holds for the concepts above its own, and for no others."""
    assert concepts.is_a(TGC + case["concept"], TGC + case["ancestor"]) is (case["holds"] == "yes")


def test_ancestors_and_descendants_are_each_others_inverse(concepts: Concepts) -> None:
    """One concept is an ancestor of another exactly when the other is its descendant."""
    up = {(iri, above) for iri in concepts for above in concepts.ancestors(iri)}
    down = {(below, iri) for iri in concepts for below in concepts.descendants(iri)}
    assert up == down
    assert all(above in concepts.ancestors(lower) for lower, iri in up for above in concepts.ancestors(iri))


def test_a_concept_is_asked_for_by_iri_of_any_type(concepts: Concepts) -> None:
    """An rdflib IRI names the same concept as a plain string."""
    iri = URIRef(f"{TGC}Sintilimab")
    assert concepts[iri].label == "sintilimab"
    assert iri in concepts
    assert concepts.is_a(iri, URIRef(f"{TGC}PD1Inhibitor"))
    assert concepts.category(iri) == "treatment"


def test_an_unknown_concept_is_refused(concepts: Concepts) -> None:
    """A misspelt concept raises, instead of having no ancestors."""
    for ask in (concepts.ancestors, concepts.descendants, concepts.category, concepts.excludes):
        with pytest.raises(UsageError, match="there is no concept"):
            ask(f"{TGC}Sintilimb")


@pytest.mark.parametrize(
    ("local", "category"),
    [
        ("Sintilimab", "treatment"),
        ("AntitumorTherapy", "treatment"),
        ("SBRT", "procedure"),
        ("Chemoradiotherapy", "procedure"),
        ("HepaticArterialInfusion", "procedure"),
        ("LiverMetastasis", "condition"),
        ("CervicalCarcinomaInSitu", "condition"),
        ("HBsAg", "biomarker"),
        ("MicrosatelliteStable", "biomarker"),
        ("OxaliplatinHypersensitivity", "allergy"),
        ("Pregnancy", "reproductive"),
        ("MeasurableDisease", "lesion"),
        ("FemaleSex", "demographic"),
        ("PlateletCount", "measurement"),
        ("ChildPughClassA", "measurement"),
        ("OverallSurvival", "other"),
    ],
)
def test_a_concept_has_the_category_of_its_records(local: str, category: str, concepts: Concepts) -> None:
    """The category is stated on the concept or inherited from the nearest concept above it."""
    assert concepts.category(TGC + local) == category


def test_absence_takes_all_categories_in_which_a_concept_may_be_recorded(concepts: Concepts) -> None:
    """A record without drugs may still hold an irradiation, which is an antitumor therapy."""
    assert concepts.categories_below(f"{TGC}AntitumorTherapy") == {"treatment", "procedure"}
    assert concepts.categories_below(f"{TGC}PD1Inhibitor") == {"treatment"}


def test_judgements_are_not_absent_because_nobody_wrote_them_down(concepts: Concepts) -> None:
    """A silent record shows no brain metastasis; it does not show that a tumour can be removed."""
    assert concepts.is_assessment(f"{TGC}UnresectableLiverMetastasis")
    assert concepts.is_assessment(f"{TGC}NoEvidenceOfDisease")
    assert not concepts.is_assessment(f"{TGC}BrainMetastasis")
    assert not concepts.is_assessment(f"{TGC}Hepatectomy")
    assert concepts.is_assessment(f"{TGC}CYP3A4Inhibitor")
    assert not concepts.is_assessment(f"{TGC}Ritonavir")
    assert not concepts.is_assessment(f"{TGC}Omeprazole")


def test_quantities_have_units_and_groups_have_members(concepts: Concepts) -> None:
    """Transaminases are no quantity; their limits are limits on ALT and on AST."""
    assert concepts[f"{TGC}SerumCreatinine"].unit == "mg/dL"
    assert concepts[f"{TGC}SerumCreatinine"].molar_mass == 113.12
    assert concepts.is_quantity(f"{TGC}ECOGPerformanceStatus")
    assert not concepts.is_quantity(f"{TGC}Aminotransferase")
    members = concepts.quantity_members(f"{TGC}Aminotransferase")
    assert members == (f"{TGC}AlanineAminotransferase", f"{TGC}AspartateAminotransferase")
    assert concepts.quantity_members(f"{TGC}PlateletCount") == ()
    assert concepts.quantity_members(f"{TGC}LaboratoryMeasurement") == ()


@pytest.mark.parametrize(
    ("local", "score", "low", "high"),
    [
        ("ChildPughClassA", "ChildPughScore", 5, 6),
        ("ChildPughClassB", "ChildPughScore", 7, 9),
        ("ChildPughClassC", "ChildPughScore", 10, 15),
        ("NYHAClassII", "NYHAClass", 2, 2),
        ("ECOGPerformanceStatus1", "ECOGPerformanceStatus", 1, 1),
        ("KarnofskyPerformanceStatus70", "KarnofskyPerformanceStatus", 70, 70),
    ],
)
def test_classes_are_stretches_of_their_scores(
    local: str, score: str, low: int, high: int, concepts: Concepts
) -> None:
    """A class of a score says which score, and from where to where."""
    concept = concepts[TGC + local]
    assert concept.score_of == TGC + score
    assert concept.score == Range(low, high)
    assert concept.unit is None


def test_every_unit_can_be_converted(concepts: Concepts) -> None:
    """Every canonical unit is UCUM, and a molar mass carries molar units to it."""
    for concept in concepts.values():
        if concept.unit is not None:
            assert conversion(concept.unit, concept.unit, concept.molar_mass) == 1
    creatinine = concepts[f"{TGC}SerumCreatinine"]
    assert conversion("umol/L", "mg/dL", creatinine.molar_mass) == pytest.approx(1 / 88.4, rel=1e-3)
    bilirubin = concepts[f"{TGC}TotalBilirubin"]
    assert conversion("umol/L", "mg/dL", bilirubin.molar_mass) == pytest.approx(1 / 17.1, rel=1e-3)


def test_impossible_values_are_known(concepts: Concepts) -> None:
    """A Child-Pugh score has 5 to 15 points; most concepts state no range."""
    assert concepts[f"{TGC}ChildPughScore"].plausible == Range(5, 15)
    assert concepts[f"{TGC}Hypertension"].plausible is None


def test_exclusion_is_symmetric_and_goes_down(concepts: Concepts) -> None:
    """To show one result of a test is to show that the others, and what is below them, are not so."""
    assert f"{TGC}MicrosatelliteInstabilityHigh" in concepts.excludes(f"{TGC}MismatchRepairProficient")
    assert f"{TGC}MicrosatelliteStable" in concepts.excludes(f"{TGC}MismatchRepairDeficient")
    assert f"{TGC}KRASG12CMutation" in concepts.excludes(f"{TGC}RASWildType")
    assert f"{TGC}MaleSex" in concepts.excludes(f"{TGC}FemaleSex")
    assert concepts.excludes(f"{TGC}Hypertension") == frozenset()
    pairs = {(iri, other) for iri in concepts for other in concepts.excludes(iri)}
    assert all(iri not in concepts.excludes(iri) for iri in concepts)
    assert all((other, iri) in pairs for iri, other in pairs if not concepts[iri].components)


def test_some_concepts_hold_in_one_sex_only(concepts: Concepts) -> None:
    """Pregnancy is only in women; a concept below has what is stated above it."""
    assert concepts.only_in(f"{TGC}PositivePregnancyTest") == f"{TGC}FemaleSex"
    assert concepts.only_in(f"{TGC}EarlyStageProstateCancer") == f"{TGC}MaleSex"
    assert concepts.only_in(f"{TGC}Contraception") is None


def test_an_allergy_is_to_a_drug_or_to_its_class(concepts: Concepts) -> None:
    """The hypersensitivity to a drug is its own, or that of the narrowest class it is of."""
    assert concepts.allergy_to(f"{TGC}Oxaliplatin") == f"{TGC}OxaliplatinHypersensitivity"
    assert concepts.allergy_to(f"{TGC}Nedaplatin") == f"{TGC}PlatinumHypersensitivity"
    assert concepts.allergy_to(f"{TGC}Nivolumab") == f"{TGC}CheckpointInhibitorHypersensitivity"
    assert concepts.allergy_to(f"{TGC}Metformin") == f"{TGC}DrugHypersensitivity"
    assert concepts.allergy_to(f"{TGC}Hypertension") is None


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (SNOMED, "94381002", [("LiverMetastasis", "exact")]),
        (SNOMED, "94222008", [("BoneMetastasis", "exact")]),
        (SNOMED, "128302006", [("ChronicHepatitisC", "exact")]),
        (NCIT, "C131459", [("MicrosatelliteStable", "exact")]),
        ("urn:oid:2.16.840.1.113883.6.96", "109841003", [("HepatocellularCarcinoma", "exact")]),
        (LOINC, "14682-9", [("SerumCreatinine", "exact")]),
        (LOINC, "2160-0", [("SerumCreatinine", "exact")]),
        (LOINC, "48398-2", []),
        (LOINC, "5196-1", [("HBsAg", "positive")]),
        (ICD, "C20", [("RectalCancer", "exact")]),
        (ICD, "C18.7", [("ColonCancer", "narrow")]),
        (ICD, "C78.00", [("LungMetastasis", "narrow")]),
        (ICD, "C78.89", [("DistantMetastasis", "narrow")]),
        (ICD, "J84.112", [("IdiopathicPulmonaryFibrosis", "exact")]),
        (ICD, "Z99.9", []),
        (ATC, "L01FF02", [("Pembrolizumab", "exact")]),
        (ATC, "L01FF99", [("PD1PDL1Inhibitor", "narrow")]),
        (SNOMED, "395096001", [("StereotacticRadiotherapy", "exact"), ("SBRT", "broad")]),
        ("http://example.org/codes", "C20", []),
        (SNOMED, "", []),
    ],
)
def test_codes_lead_to_concepts(
    system: str, code: str, expected: list[tuple[str, str]], concepts: Concepts
) -> None:
    """A code leads to its concept; in ICD-10-CM and ATC an unmapped one to its broader code's."""
    assert _matches(concepts, system, code) == expected


def test_names_tell_abbreviations_apart(concepts: Concepts) -> None:
    """Words are names in any case, abbreviations only as written."""
    forms = {(form.form, form.case_sensitive): form.iri for form in concepts.surface_forms()}
    assert forms["sintilimab", False] == f"{TGC}Sintilimab"
    assert forms["pulmonary embolism", False] == f"{TGC}PulmonaryEmbolism"
    assert forms["PE", True] == f"{TGC}PulmonaryEmbolism"
    assert ("PE", False) not in forms
    named = {form.iri for form in concepts.surface_forms()}
    assert named == set(concepts)


def test_names_are_bare(concepts: Concepts) -> None:
    """A name holds no limit, no superfluous space and no comparison."""
    forms = [form.form for form in concepts.surface_forms()]
    assert [form for form in forms if form != " ".join(form.split()) or any(c in form for c in "<>≤≥=")] == []


def test_contestable_axioms_are_used_by_name(concepts: Concepts) -> None:
    """What follows only from a contestable axiom names it, and is gone when it is switched off."""
    low, stable = f"{TGC}MicrosatelliteInstabilityLow", f"{TGC}MicrosatelliteStable"
    axiom = f"{TGX}MSILowCountsAsMSS"
    assert concepts.implied(low)[stable] == (axiom,)
    assert concepts.implied(low)[f"{TGC}MismatchRepairProficient"] == (axiom,)
    assert concepts.implied(low)[f"{TGC}MicrosatelliteInstabilityStatus"] == ()
    assert stable not in concepts.implied(low, axioms=())
    assert stable not in concepts.ancestors(low)


def test_axioms_are_on_or_off_by_default(concepts: Concepts) -> None:
    """Whether a contestable axiom holds unasked is stated with it."""
    assert f"{TGX}MSILowCountsAsMSS" in concepts.default_axioms
    assert f"{TGX}KarnofskyAsECOG" not in concepts.default_axioms
    antibody = f"{TGC}HCVAntibody"
    assert f"{TGC}HepatitisC" not in concepts.implied(antibody)
    switched = concepts.implied(antibody, axioms={f"{TGX}HCVAntibodyShowsHepatitisC"})
    assert switched[f"{TGC}HepatitisC"] == (f"{TGX}HCVAntibodyShowsHepatitisC",)


def test_axioms_chain(concepts: Concepts) -> None:
    """A hepatectomy counts as a tumour's resection, hence as local antitumor therapy."""
    shown = concepts.implied(f"{TGC}PartialHepatectomy")
    assert shown[f"{TGC}LocalTherapy"] == (f"{TGX}HepatectomyIsTumorResection",)
    assert shown[f"{TGC}Surgery"] == ()


def test_conversions_cover_their_scale(concepts: Concepts) -> None:
    """The tables between Karnofsky and ECOG run over both scales and mirror each other."""
    forth = concepts.axioms[f"{TGX}KarnofskyAsECOG"].conversion
    back = concepts.axioms[f"{TGX}ECOGAsKarnofsky"].conversion
    assert {(step.source, step.target) for step in forth} == {(step.target, step.source) for step in back}
    tens = [value for step in forth for value in range(int(step.source.low), int(step.source.high) + 1, 10)]
    assert sorted(tens) == list(range(0, 101, 10))
    assert sorted(step.source.low for step in back) == [0, 1, 2, 3, 4, 5]


def test_every_axiom_is_about_concepts_that_exist(concepts: Concepts) -> None:
    """An axiom relates two concepts, by kind or by conversion, and says what it changes."""
    for axiom in concepts.axioms.values():
        ends = {axiom.sub_concept, axiom.super_concept, axiom.converts_from, axiom.converts_to} - {None}
        assert len(ends) == 2
        assert all(end in concepts for end in ends)
        assert "Off:" in axiom.definition


def test_code_systems_are_known_by_their_fhir_names(concepts: Concepts) -> None:
    """Each code system has the URI by which FHIR names it."""
    uris = {uri for system in concepts.code_systems for uri in system.system_uris}
    assert {SNOMED, LOINC, ICD, ATC, NCIT, "http://www.nlm.nih.gov/research/umls/rxnorm"} <= uris


def test_a_broken_ontology_is_refused_with_its_place(tmp_path: Path) -> None:
    """A missing module and one that isn't Turtle are named."""
    with pytest.raises(UsageError, match=r"annotations\.ttl: the ontology can't be read"):
        load_concepts(tmp_path)
    for name in ("annotations", "concepts", "axioms"):
        (tmp_path / f"{name}.ttl").write_text("tgc:Thirst a owl:Class .", encoding="utf-8")
    with pytest.raises(UsageError, match=r"annotations\.ttl"):
        load_concepts(tmp_path)


def test_every_drug_named_as_a_monoclonal_antibody_is_one(concepts: Concepts) -> None:
    """Their names end with "-mab" (WHO), so a bar on any of them is met by each."""
    antibodies = concepts.descendants(f"{TGC}MonoclonalAntibody")
    named = {iri for iri in concepts if concepts.label(iri).endswith("mab")}
    assert len(named) > 200
    assert named <= set(antibodies)
