"""Reports lead from the words of the registry through the expression to the facts, in every format."""

from dataclasses import replace
from datetime import date
from functools import cache
from io import StringIO
from typing import get_args

import pytest
from rdflib import OWL, RDF, Graph, Literal, Namespace, URIRef
from rich.console import Console

from tests.packaged_trials import shared_store
from tests.shared_files import ROOT
from trialgraph.catalogue import screenable_trials
from trialgraph.concepts import packaged_concepts
from trialgraph.derivation import screening_view
from trialgraph.expressions import Narrative, from_json
from trialgraph.namespaces import BASE, TG, TRIAL
from trialgraph.packaged import packaged_patients
from trialgraph.patients import read_patients
from trialgraph.patients.facts import ImportNote, ImportReport
from trialgraph.reports.earl import screening_graph
from trialgraph.reports.page import screening_page, shown_together, words_in_parts
from trialgraph.reports.terminal import print_screening
from trialgraph.screening import Screening, screen, to_json
from trialgraph.versions import versions
from trialgraph.views import Completeness

EARL = Namespace("http://www.w3.org/ns/earl#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
EVERYTHING: tuple[Completeness, ...] = get_args(Completeness)


@cache
def _screening() -> Screening:
    record = next(iter(read_patients(packaged_patients()[0])))
    view = screening_view(record, date(2025, 9, 1), assume_complete=EVERYTHING)
    return screen(view, screenable_trials(shared_store()), engine="index")


def test_a_criterion_is_where_its_span_says() -> None:
    """The characters of the packaged page at a criterion's span are its words."""
    spans = 0
    for result in _screening().trials:
        assert result.trial.source is not None
        page = (ROOT / "data" / "trials" / result.trial.source.name).read_text(encoding="utf-8")
        for verdict in result.criteria:
            if verdict.criterion.span is not None:
                assert page[slice(*verdict.criterion.span)] == verdict.criterion.text
                spans += 1
            else:
                assert verdict.criterion.id in ("AGE", "SEX")
    assert spans > 100


def test_the_grounds_of_a_verdict_are_nodes_of_its_expression() -> None:
    """Each names an atom of the graph that has the same span, and its words are those of the criterion."""
    found = 0
    for trial in to_json(_screening())["trials"]:
        for criterion in trial["criteria"]:
            assert criterion["grounds"], criterion["id"]
            for ground in criterion["grounds"]:
                start, end = ground["span"]
                assert ground["words"] == criterion["text"][start:end]
                assert from_json(ground["atom"]).span == (start, end)
                query = f"ASK {{ <{ground['node']}> <{TG.spanStart}> {start} ; <{TG.spanEnd}> {end} }}"
                assert shared_store().ask(query), ground
                found += 1
    assert found > 200


def test_the_evidence_of_a_verdict_is_that_of_its_grounds() -> None:
    """No resource is named of which it isn't told what it shows, and every one exists in the record."""
    record = next(iter(read_patients(packaged_patients()[0])))
    known = {fact.source for fact in record.facts} | {record.demographics.source}
    for result in _screening().trials:
        for verdict in result.criteria:
            of_grounds = [item for ground in verdict.grounds for item in ground.finding.evidence]
            assert set(verdict.evidence) == set(of_grounds)
            assert set(of_grounds) <= known
            rows = shown_together(verdict)
            assert [item for row in rows for item in row.evidence if item not in of_grounds] == []
            assert "".join(part for part, _ in words_in_parts(verdict)) == verdict.criterion.text


def test_the_json_says_what_it_was_made_with() -> None:
    """The record's version, the ontology, the software and the contestable readings are named."""
    document = to_json(_screening())
    assert document["versions"]["software"] == versions().software
    assert document["versions"]["ontology"] == f"{BASE}ontology/{versions().software}"
    assert len(document["versions"]["ontology_sha256"]) == 64
    sources = [trial["source"] for trial in document["trials"]]
    assert [source["name"] for source in sources] == [f"{trial['trial']}.txt" for trial in document["trials"]]
    assert {source["updated"] for source in sources} >= {"2025-05-10", None}


def test_the_page_has_all_that_a_clinic_files() -> None:
    """Words, verdict, evidence, assumptions, date, versions; and it needs nothing but itself."""
    page, screening = screening_page(_screening()), _screening()
    for result in screening.trials:
        assert result.trial.source is not None
        assert result.trial.source.sha256 in page
        for verdict in result.criteria:
            assert all(evidence in page for evidence in verdict.evidence)
            if verdict.criterion.span is not None:
                assert "characters {} to {} of".format(*verdict.criterion.span) in page
    for words in ("2025-09-01", ", ".join(screening.assumed_complete), versions().ontology, "last updated"):
        assert words in page
    assert "<script" not in page
    assert 'src="' not in page


def test_words_of_a_record_are_never_markup() -> None:
    """What a registry or a hospital writes is shown as it is, in angle brackets or not."""
    result = _screening().trials[0]
    hostile = replace(result.criteria[0].criterion, text="<script>alert(1)</script> & more", span=None)
    verdict = replace(result.criteria[0], criterion=hostile)
    view = replace(_screening().view, patient='"><img onerror=x>')
    page = screening_page(Screening(view, (replace(result, criteria=(verdict,)),)))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_contestable_readings_are_named_with_what_they_say() -> None:
    """An axiom that a verdict rests on stands in every format by name and definition."""
    screening = _with_axiom()
    (axiom,) = screening.axioms
    page, document, graph = screening_page(screening), to_json(screening), screening_graph(screening)
    assert axiom.label in page
    assert axiom.definition in page
    assert document["axioms"] == [{"iri": axiom.iri, "label": axiom.label, "definition": axiom.definition}]
    assert (None, TG.restsOnAxiom, URIRef(axiom.iri)) in graph
    assert axiom.label in _printed(screening)


def _with_axiom() -> Screening:
    """Return a screening of which one finding rests on a contestable axiom."""
    iri = min(packaged_concepts().axioms)
    result = _screening().trials[0]
    verdict = result.criteria[0]
    findings = tuple(replace(finding, axioms=(iri,)) for finding in verdict.findings)
    changed = replace(result, criteria=(replace(verdict, findings=findings),))
    return Screening(_screening().view, (changed,))


def _printed(screening: Screening) -> str:
    console = Console(width=160, record=True, file=StringIO())
    print_screening(screening, console)
    return console.export_text()


def test_the_table_names_evidence_and_versions() -> None:
    """On the terminal, too, it is said which resource, which record and which software."""
    printed = _printed(_screening())
    for words in ("Observation/ecog", "last updated 2025-05-10", versions().ontology, versions().software):
        assert words in printed


def test_earl_asserts_every_verdict_and_leads_to_the_facts() -> None:
    """One assertion per trial and criterion; pointers and findings exist in the trial's graph."""
    graph, screening = screening_graph(_screening()), _screening()
    outcomes = {"pass": EARL.passed, "fail": EARL.failed, "unknown": EARL.cantTell}
    overall = {"eligible": EARL.passed, "ineligible": EARL.failed, "possible": EARL.cantTell}
    for result in screening.trials:
        assert _outcome(graph, result.trial.nct) == overall[result.verdict]
        for verdict in result.criteria:
            part = f"{result.trial.nct}/criterion/{verdict.criterion.id}"
            assert _outcome(graph, part) == outcomes[verdict.verdict]
    total = sum(len(result.criteria) + 1 for result in screening.trials)
    assert len(list(graph.subjects(RDF.type, EARL.Assertion))) == total
    places = set(graph.objects(None, EARL.pointer)) | set(graph.objects(None, TG.findingOf))
    assert len(places) > 200
    assert all(shared_store().ask(f"ASK {{ <{place}> a ?kind }}") for place in places)


def _outcome(graph: Graph, part: str) -> object:
    assertion = next(graph.subjects(EARL.test, TRIAL[part]))
    result = graph.value(assertion, EARL.result)
    return graph.value(result, EARL.outcome)


def test_earl_names_assumptions_and_versions() -> None:
    """What was assumed, the source's hash and the ontology's version are in the graph."""
    graph = screening_graph(_screening())
    assert set(graph.objects(None, TG.assumedComplete)) == {Literal(name) for name in EVERYTHING}
    assert URIRef(versions().ontology) in set(graph.objects(None, DCTERMS.requires))
    used = {str(each) for each in graph.objects(None, URIRef("http://www.w3.org/ns/prov#used"))}
    assert {
        f"{BASE}source/{each.trial.source.sha256}" for each in _screening().trials if each.trial.source
    } <= used


def test_the_version_of_the_ontology_is_the_one_it_states() -> None:
    """The version told is the version IRI of the ontology's main module."""
    stated = Graph().parse(ROOT / "ontology" / "trialgraph.ttl")
    assert versions().ontology == str(stated.value(URIRef(f"{BASE}ontology"), OWL.versionIRI))


@pytest.mark.parametrize("kind", ["pass", "fail", "unknown"])
def test_marked_words_are_those_that_decide(kind: str) -> None:
    """Underlined are the spans of formal atoms that decide, and nothing where only a person can."""
    verdicts = [each for trial in _screening().trials for each in trial.criteria if each.verdict == kind]
    assert verdicts
    for verdict in verdicts:
        marked = "".join(part for part, decides in words_in_parts(verdict) if decides)
        formal = [each.words for each in verdict.grounds if not isinstance(each.asked, Narrative)]
        assert all(words in marked for words in formal)
        assert bool(marked) == any(formal)


def test_what_of_the_record_was_not_read_is_on_the_page() -> None:
    """Each note of the import stands there with its resource and reason, what was left out first."""
    notes = (
        ImportNote("Observation/note-a", "by text", "read as <b>hemoglobin</b>"),
        ImportNote("Observation/note-z", "not used", "impossible value -3 g/L"),
    )
    screening = replace(_screening(), report=ImportReport(12, notes))
    page, document = screening_page(screening), to_json(screening)
    assert "12 resources" in page
    assert "read as &lt;b&gt;hemoglobin&lt;/b&gt;" in page
    assert page.index("Observation/note-z") < page.index("Observation/note-a")
    assert document["report"] == {
        "resources": 12,
        "notes": [{"resource": each.resource, "kind": each.kind, "why": each.why} for each in notes],
    }
    assert 'id="record"' not in screening_page(_screening())
    assert "report" not in to_json(_screening())
