"""A screening as W3C EARL: one assertion per trial and one per criterion, and what each rests on."""

from urllib.parse import quote

from rdflib import PROV, RDF, XSD, Graph, Literal, Namespace, URIRef

from trialgraph.grounds import Ground
from trialgraph.namespaces import BASE, SOURCE, TG, TGC, TRIAL
from trialgraph.screening import CriterionVerdict, Screening, TrialVerdict
from trialgraph.versions import versions

__all__ = ["screening_graph"]

EARL = Namespace("http://www.w3.org/ns/earl#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
_OUTCOMES = {
    "pass": EARL.passed,
    "fail": EARL.failed,
    "unknown": EARL.cantTell,
    "eligible": EARL.passed,
    "ineligible": EARL.failed,
    "possible": EARL.cantTell,
}


def screening_graph(screening: Screening) -> Graph:
    """Return a screening as EARL assertions.

    The subject of each is the patient, the test a trial or a criterion; ``earl:cantTell`` stands for
    unknown. ``earl:pointer`` leads to the criterion's words in the source, ``tg:hasFinding`` through its
    expression to the resources of the record.
    Source: Evaluation and Report Language (EARL) 1.0 Schema, W3C.
    """
    graph = Graph()
    for prefix, names in (("earl", EARL), ("dcterms", DCTERMS), ("tg", TG), ("tgc", TGC), ("prov", PROV)):
        graph.bind(prefix, names)
    base = f"{BASE}screening/{quote(screening.patient, safe='')}/{screening.view.as_of}"
    _add_parties(graph, base, screening)
    for trial in screening.trials:
        assertion = _add_assertion(graph, base, trial.trial.nct, trial.verdict)
        if trial.trial.source is not None:
            graph.add((assertion, PROV.used, SOURCE[trial.trial.source.sha256]))
        for verdict in trial.criteria:
            _add_criterion(graph, base, trial, verdict)
    for each in graph.subjects(RDF.type, EARL.Assertion):
        graph.add((each, PROV.atTime, Literal(screening.view.as_of, datatype=XSD.date)))
    return graph


def _add_parties(graph: Graph, base: str, screening: Screening) -> None:
    """Add who is screened, by what, and what was assumed."""
    subject, view, made_with = URIRef(f"{base}/patient"), URIRef(f"{base}/view"), versions()
    graph.add((subject, RDF.type, EARL.TestSubject))
    graph.add((subject, DCTERMS.identifier, Literal(screening.patient)))
    assertor = _assertor()
    graph.add((assertor, RDF.type, EARL.Software))
    graph.add((assertor, DCTERMS.title, Literal(f"trialgraph {made_with.software}")))
    graph.add((assertor, DCTERMS.requires, URIRef(made_with.ontology)))
    graph.add((URIRef(made_with.ontology), TG.sha256, Literal(made_with.ontology_sha256)))
    graph.add((view, RDF.type, TG.ScreeningView))
    graph.add((view, TG.asOf, Literal(screening.view.as_of)))
    for category in screening.assumed_complete:
        graph.add((view, TG.assumedComplete, Literal(category)))


def _assertor() -> URIRef:
    return URIRef(f"{BASE}software/{versions().software}")


def _add_assertion(graph: Graph, base: str, part: str, verdict: str) -> URIRef:
    """Add the assertion on a trial or on a criterion, and return it; its result is ``…/result``."""
    assertion, result = URIRef(f"{base}/{part}"), URIRef(f"{base}/{part}/result")
    graph.add((assertion, RDF.type, EARL.Assertion))
    graph.add((assertion, EARL.assertedBy, _assertor()))
    graph.add((assertion, EARL.subject, URIRef(f"{base}/patient")))
    graph.add((assertion, EARL.test, TRIAL[part]))
    graph.add((assertion, EARL.mode, EARL.automatic))
    graph.add((assertion, EARL.result, result))
    graph.add((assertion, PROV.used, URIRef(f"{base}/view")))
    graph.add((result, RDF.type, EARL.TestResult))
    graph.add((result, EARL.outcome, _OUTCOMES[verdict]))
    return assertion


def _add_criterion(graph: Graph, base: str, trial: TrialVerdict, verdict: CriterionVerdict) -> None:
    part = f"{trial.trial.nct}/criterion/{verdict.criterion.id}"
    result = URIRef(f"{_add_assertion(graph, base, part, verdict.verdict)}/result")
    graph.add((result, EARL.info, Literal(verdict.explanation)))
    if verdict.criterion.span is not None:
        graph.add((result, EARL.pointer, TRIAL[f"{part}/span"]))
    if verdict.reason is not None:
        graph.add((result, TG.unknownReason, Literal(verdict.reason)))
    if verdict.changes is not None:
        graph.add((result, TG.mayChange, Literal(verdict.changes)))
    for resource in verdict.evidence:
        graph.add((result, DCTERMS.source, Literal(resource)))
    for number, ground in enumerate(verdict.grounds, 1):
        finding = URIRef(f"{result}/{number}")
        graph.add((result, TG.hasFinding, finding))
        _add_finding(graph, finding, part, ground)


def _add_finding(graph: Graph, node: URIRef, criterion: str, ground: Ground) -> None:
    finding = ground.finding
    graph.add((node, RDF.type, TG.Finding))
    graph.add((node, TG.shownAs, Literal(finding.shown)))
    if ground.node:
        graph.add((node, TG.findingOf, TRIAL[f"{criterion}/{ground.node}"]))
    if finding.truth is not None:
        graph.add((node, TG.holds, Literal(finding.truth)))
    if finding.reason is not None:
        graph.add((node, TG.unknownReason, Literal(finding.reason)))
    for resource in finding.evidence:
        graph.add((node, TG.evidence, Literal(resource)))
    for axiom in finding.axioms:
        graph.add((node, TG.restsOnAxiom, URIRef(axiom)))
