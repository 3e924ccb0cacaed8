"""Readings set by hand, as RDF: who set which, when and why, and what they replaced."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyoxigraph as ox
from rdflib.namespace import XSD

from trialgraph.criteria.criterion import Criterion, Curation
from trialgraph.curation import StaleCorrection
from trialgraph.expressions import to_json
from trialgraph.graph.terms import Triple, partial_date, prefixed, text, trial_iri

__all__ = ["curation_triples", "stale_correction_triples"]

_DATE_TIME = ox.NamedNode(str(XSD.dateTime))


def curation_triples(trial: ox.NamedNode, criterion: Criterion) -> Iterator[Triple]:
    """Yield where the reading of a curated criterion comes from; nothing for one that was read.

    Args:
        trial: IRI of the trial.
        criterion: A criterion of it.
    """
    if criterion.curation is None:
        return
    node = _node(trial, criterion.id)
    of = ox.NamedNode(f"{trial.value}/criterion/{criterion.id}")
    reading = ox.NamedNode(f"{of.value}/expression")
    yield Triple(of, prefixed("tg:curation"), node)
    yield Triple(reading, prefixed("prov:wasDerivedFrom"), node)
    yield Triple(reading, prefixed("prov:wasAttributedTo"), _curator(node))
    yield from _curation(node, criterion.id, criterion.curation)
    if criterion.replaced is not None:
        replaced = json.dumps(to_json(criterion.replaced), ensure_ascii=False, separators=(",", ":"))
        yield Triple(node, prefixed("tg:replacedReading"), text(replaced))


def stale_correction_triples(stale: StaleCorrection) -> Iterator[Triple]:
    """Yield a correction that isn't applied, with what has become of its criterion."""
    trial, correction = trial_iri(stale.correction.trial), stale.correction
    node = _node(trial, correction.criterion)
    yield Triple(trial, prefixed("tg:staleCuration"), node)
    yield from _curation(node, correction.criterion, correction.curation)
    yield Triple(node, prefixed("tg:staleReason"), text(stale.problem))
    if correction.text is not None:
        yield Triple(node, prefixed("tg:text"), text(correction.text))


def _node(trial: ox.NamedNode, criterion: str) -> ox.NamedNode:
    return ox.NamedNode(f"{trial.value}/curation/{criterion}")


def _curator(node: ox.NamedNode) -> ox.NamedNode:
    return ox.NamedNode(f"{node.value}/curator")


def _curation(node: ox.NamedNode, criterion: str, curation: Curation) -> Iterator[Triple]:
    curator = _curator(node)
    yield Triple(node, prefixed("rdf:type"), prefixed("tg:Curation"))
    yield Triple(node, prefixed("rdf:type"), prefixed("prov:Entity"))
    yield Triple(node, prefixed("tg:curatedCriterion"), text(criterion))
    yield Triple(node, prefixed("tg:rationale"), text(curation.why))
    yield Triple(node, prefixed("tg:fileName"), text(curation.file))
    yield Triple(node, prefixed("prov:generatedAtTime"), _when(curation.when))
    yield Triple(node, prefixed("prov:wasAttributedTo"), curator)
    yield Triple(curator, prefixed("rdf:type"), prefixed("prov:Agent"))
    yield Triple(curator, prefixed("tg:name"), text(curation.who))


def _when(when: str) -> ox.Literal:
    return ox.Literal(when, datatype=_DATE_TIME) if "T" in when else partial_date(when)
