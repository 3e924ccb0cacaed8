"""A screening as W3C EARL: one assertion per criterion."""

from urllib.parse import quote

from rdflib import PROV, RDF, XSD, Graph, Literal, Namespace, URIRef

from trialgraph import __version__
from trialgraph.namespaces import BASE, TRIAL
from trialgraph.screening import CriterionVerdict, Screening, TrialVerdict

__all__ = ["screening_graph"]

EARL = Namespace("http://www.w3.org/ns/earl#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
_OUTCOMES = {"pass": EARL.passed, "fail": EARL.failed, "unknown": EARL.cantTell}


def screening_graph(screening: Screening) -> Graph:
    """Return a screening as EARL assertions.

    The subject of each is the patient, the test the criterion; ``earl:cantTell`` stands for unknown.
    Source: Evaluation and Report Language (EARL) 1.0 Schema, W3C.
    """
    graph = Graph()
    graph.bind("earl", EARL)
    graph.bind("dcterms", DCTERMS)
    base = f"{BASE}screening/{quote(screening.patient, safe='')}/{screening.view.as_of}"
    subject = URIRef(f"{base}/patient")
    graph.add((subject, RDF.type, EARL.TestSubject))
    graph.add((subject, DCTERMS.identifier, Literal(screening.patient)))
    assertor = URIRef(f"{BASE}software/{__version__}")
    graph.add((assertor, RDF.type, EARL.Software))
    graph.add((assertor, DCTERMS.title, Literal(f"trialgraph {__version__}")))
    for trial in screening.trials:
        for verdict in trial.criteria:
            _add_assertion(graph, base, subject, assertor, trial, verdict)
    for assertion in graph.subjects(RDF.type, EARL.Assertion):
        graph.add((assertion, PROV.atTime, Literal(screening.view.as_of, datatype=XSD.date)))
    return graph


def _add_assertion(
    graph: Graph,
    base: str,
    subject: URIRef,
    assertor: URIRef,
    trial: TrialVerdict,
    verdict: CriterionVerdict,
) -> None:
    part = f"{trial.trial.nct}/criterion/{verdict.criterion.id}"
    assertion, result = URIRef(f"{base}/{part}"), URIRef(f"{base}/{part}/result")
    graph.add((assertion, RDF.type, EARL.Assertion))
    graph.add((assertion, EARL.assertedBy, assertor))
    graph.add((assertion, EARL.subject, subject))
    graph.add((assertion, EARL.test, TRIAL[part]))
    graph.add((assertion, EARL.mode, EARL.automatic))
    graph.add((assertion, EARL.result, result))
    graph.add((result, RDF.type, EARL.TestResult))
    graph.add((result, EARL.outcome, _OUTCOMES[verdict.verdict]))
    graph.add((result, EARL.info, Literal(verdict.explanation)))
    for resource in verdict.evidence:
        graph.add((result, DCTERMS.source, Literal(resource)))
