"""Criteria as RDF: their words, where these stand in the source, and their formal reading."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pyoxigraph as ox
from rdflib.namespace import XSD

from trialgraph.criteria.criterion import Criterion, Part
from trialgraph.expressions import Narrative, Span, atoms, to_json
from trialgraph.graph.curations import curation_triples
from trialgraph.graph.expressions import expression_to_graph
from trialgraph.graph.terms import Triple, integer, prefixed, text, trial_iri
from trialgraph.graph.trials import source_iri
from trialgraph.records import TrialRecord
from trialgraph.sources.registry import LAYOUT

__all__ = ["criterion_triples"]

_LISTED = re.compile(r"[IE]\d+")
_ELIGIBILITY = "protocolSection.eligibilityModule.eligibilityCriteria"
_COUNT = ox.NamedNode(str(XSD.nonNegativeInteger))


def criterion_triples(record: TrialRecord, criterion: Criterion) -> Iterator[Triple]:
    """Yield the triples of one criterion of a trial, for the trial's named graph.

    A criterion read from the eligibility section has a text position selector; one that states a
    structured field (age, sex) has none.
    """
    trial = trial_iri(record.nct)
    node = ox.NamedNode(f"{trial.value}/criterion/{criterion.id}")
    yield Triple(trial, prefixed("tg:criterion"), node)
    for name in _classes(criterion):
        yield Triple(node, prefixed("rdf:type"), prefixed(name))
    yield Triple(node, prefixed("tg:id"), text(criterion.id))
    yield Triple(node, prefixed("tg:kind"), text(criterion.kind))
    yield Triple(node, prefixed("tg:order"), integer(criterion.order))
    yield Triple(node, prefixed("tg:text"), text(criterion.text))
    yield Triple(node, prefixed("tg:normalizedText"), text(criterion.normalized))
    if criterion.scope is not None:
        yield Triple(node, prefixed("tg:scope"), text(criterion.scope))
    yield Triple(node, prefixed("prov:wasDerivedFrom"), source_iri(record.source))
    if _LISTED.fullmatch(criterion.id):
        yield from _selector(node, criterion.span, record.source.layout)
    for number, part in enumerate(criterion.parts, 1):
        yield from _part(node, part, number)
    yield from _reading(node, criterion)
    yield from curation_triples(trial, criterion)


def _classes(criterion: Criterion) -> Iterator[str]:
    yield "tg:Criterion"
    yield "tg:InclusionCriterion" if criterion.kind == "inclusion" else "tg:ExclusionCriterion"
    if not _LISTED.fullmatch(criterion.id):
        yield "tg:StructuredCriterion"


def _selector(node: ox.NamedNode, span: Span, layout: str) -> Iterator[Triple]:
    selector = ox.NamedNode(f"{node.value}/span")
    yield Triple(node, prefixed("oa:hasSelector"), selector)
    yield Triple(selector, prefixed("rdf:type"), prefixed("oa:TextPositionSelector"))
    yield Triple(selector, prefixed("oa:start"), ox.Literal(str(span[0]), datatype=_COUNT))
    yield Triple(selector, prefixed("oa:end"), ox.Literal(str(span[1]), datatype=_COUNT))
    yield Triple(selector, prefixed("tg:spanOf"), text(_ELIGIBILITY if layout == LAYOUT else "page"))


def _part(criterion: ox.NamedNode, part: Part, number: int) -> Iterator[Triple]:
    node = ox.NamedNode(f"{criterion.value}/part/{number}")
    yield Triple(criterion, prefixed("tg:part"), node)
    yield Triple(node, prefixed("rdf:type"), prefixed("tg:CriterionPart"))
    yield Triple(node, prefixed("tg:order"), integer(number))
    yield Triple(node, prefixed("tg:level"), integer(part.level))
    yield Triple(node, prefixed("tg:text"), text(part.text))
    yield Triple(node, prefixed("tg:spanStart"), integer(part.span[0]))
    yield Triple(node, prefixed("tg:spanEnd"), integer(part.span[1]))
    if part.marker:
        yield Triple(node, prefixed("tg:marker"), text(part.marker))


def _reading(node: ox.NamedNode, criterion: Criterion) -> Iterator[Triple]:
    root = ox.NamedNode(f"{node.value}/expression")
    yield Triple(node, prefixed("tg:expression"), root)
    reading = json.dumps(to_json(criterion.expression), ensure_ascii=False, separators=(",", ":"))
    yield Triple(node, prefixed("tg:expressionJson"), text(reading))
    named = {atom.concept for atom in atoms(criterion.expression) if not isinstance(atom, Narrative)}
    for concept in sorted(named):
        yield Triple(node, prefixed("tg:mentions"), ox.NamedNode(concept))
    yield from expression_to_graph(criterion.expression, root, kind=criterion.kind)
