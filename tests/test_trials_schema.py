import re
from collections import defaultdict

import pyoxigraph as ox
import pytest

from trialgraph.namespaces import BASE, TG
from trialgraph.sources.fields import packaged_fields

from .shared_files import ROOT

MODULE = ROOT / "ontology" / "trials.ttl"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SHARED = {str(TG.category)}  # defined with the annotations of concepts

STATED: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
for quad in ox.parse(path=str(MODULE)):
    STATED[quad.subject.value][quad.predicate.value].append(str(quad.object))
TERMS = sorted(iri for iri in STATED if iri.startswith(str(TG)) and iri not in SHARED)


def test_there_are_terms_to_check() -> None:
    """The collector found them."""
    assert len(TERMS) > 200


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.removeprefix(str(TG)))
def test_a_term_is_typed_labelled_and_defined(term: str) -> None:
    """Each has one OWL kind, one English label and one English definition, which is a sentence."""
    said = STATED[term]
    (kind,) = set(said[RDF_TYPE]) - {f"<{OWL}FunctionalProperty>"}
    assert kind in {f"<{OWL}{name}>" for name in ("Class", "ObjectProperty", "DatatypeProperty")}
    [label], [definition] = said[f"{RDFS}label"], said[f"{SKOS}definition"]
    assert label.endswith("@en")
    assert re.fullmatch(r'".+\."@en', definition)


def test_labels_are_unique() -> None:
    """No two classes and no two properties share a label."""
    kinds = defaultdict(list)
    for term in TERMS:
        kinds[f"<{OWL}Class>" in STATED[term][RDF_TYPE], STATED[term][f"{RDFS}label"][0]].append(term)
    assert [terms for terms in kinds.values() if len(terms) > 1] == []


def test_domains_and_ranges_are_defined() -> None:
    """What a property relates are classes of the module, or datatypes of OWL 2."""
    allowed = {f"<{term}>" for term in TERMS}
    allowed |= {
        f"<http://www.w3.org/2001/XMLSchema#{name}>"
        for name in ("string", "boolean", "integer", "decimal", "anyURI")
    }
    for term in TERMS:
        assert set(STATED[term][f"{RDFS}domain"] + STATED[term][f"{RDFS}range"]) <= allowed


@pytest.mark.parametrize(
    ("name", "others"),
    [
        (
            "Trial",
            {
                "obo/CTO_0000220",
                "obo/NCIT_C15206",
                "schema.org/MedicalStudy",
                "schema.org/MedicalTrial",
                "fhir/ResearchStudy",
            },
        ),
        ("Criterion", {"obo/OBI_0500026", "obo/NCIT_C16112", "earl#TestCriterion"}),
        ("InclusionCriterion", {"obo/OBI_0500027", "obo/NCIT_C25532"}),
        ("ExclusionCriterion", {"obo/OBI_0500028", "obo/NCIT_C25370"}),
    ],
)
def test_classes_are_aligned_by_mapping(name: str, others: set[str]) -> None:
    """The design's alignments are annotations, so nothing foreign is imported."""
    said = STATED[str(TG[name])]
    kinds = ("exact", "close", "broad", "narrow")
    mapped = {iri.strip("<>") for kind in kinds for iri in said[f"{SKOS}{kind}Match"]}
    assert {"/".join(iri.split("/")[-2:]).removeprefix("ns/") for iri in mapped} == others


def test_every_term_is_used() -> None:
    """A property or class that nothing states would promise what the graph doesn't hold."""
    modules = (ROOT / "loader" / "trialgraph" / "graph").glob("*.py")
    used = set(re.findall(r"tg:\w+", "\n".join(path.read_text(encoding="utf-8") for path in modules)))
    for row in packaged_fields():
        used |= {row.predicate.removeprefix("^"), row.node, *(name for name, _ in row.states)}
    abstract = {"TrialPart", "Expression", "Atom"}
    assert {term.removeprefix(str(TG)) for term in TERMS} - {
        name.removeprefix("tg:") for name in used
    } == abstract


def test_the_module_says_what_it_is() -> None:
    """It has a label, a description, a licence and a version."""
    said = STATED[f"{BASE}ontology/trials"]
    assert said[f"{OWL}versionIRI"]
    assert said[f"{RDFS}label"]
    assert {"http://purl.org/dc/terms/description", "http://purl.org/dc/terms/license"} <= said.keys()
