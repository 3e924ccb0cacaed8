"""The graph of a trial: its fields, and where they came from. Its criteria are added by `criteria`."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from rdflib.namespace import XSD

from trialgraph.graph.fields import MentionFinder, field_triples
from trialgraph.graph.terms import Triple, partial_date, prefixed, text, trial_iri
from trialgraph.namespaces import GRAPH, SOURCE
from trialgraph.records import Source, TrialRecord
from trialgraph.sources.registry import unknown_fields

__all__ = ["source_iri", "trial_triples"]

_DATE_TIME = ox.NamedNode(str(XSD.dateTime))


def source_iri(source: Source) -> ox.NamedNode:
    """Return the IRI of what a record was read from; the same bytes have the same one."""
    return ox.NamedNode(str(SOURCE[source.sha256]))


def trial_triples(record: TrialRecord, *, mentions: MentionFinder | None = None) -> list[Triple]:
    """Return a record's triples, all for its own named graph, without those of its criteria.

    Every node has an IRI below the trial's, so the same record gives the same triples.

    Args:
        record: The record.
        mentions: Finds concepts in names and descriptions; None links none.
    """
    trial = trial_iri(record.nct)
    triples = [Triple(trial, prefixed("rdf:type"), prefixed("tg:Trial"))]
    triples += field_triples(record.study, trial, mentions=mentions)
    triples += _provenance(record, trial)
    return triples


def _provenance(record: TrialRecord, trial: ox.NamedNode) -> Iterator[Triple]:
    graph, source = ox.NamedNode(str(GRAPH[record.nct])), source_iri(record.source)
    yield Triple(graph, prefixed("rdf:type"), prefixed("prov:Entity"))
    yield Triple(graph, prefixed("tg:describes"), trial)
    yield Triple(graph, prefixed("prov:wasDerivedFrom"), source)
    for path in sorted(unknown_fields(record.study)):
        yield Triple(graph, prefixed("tg:unreadField"), text(path))
    yield Triple(source, prefixed("rdf:type"), prefixed("tg:Source"))
    yield Triple(source, prefixed("rdf:type"), prefixed("prov:Entity"))
    yield Triple(source, prefixed("tg:fileName"), text(record.source.name))
    yield Triple(source, prefixed("tg:sha256"), text(record.source.sha256))
    yield Triple(source, prefixed("tg:layout"), text(record.source.layout))
    if record.source.updated:
        yield Triple(source, prefixed("tg:lastUpdated"), partial_date(record.source.updated))
    if record.source.retrieved:
        retrieved = ox.Literal(record.source.retrieved, datatype=_DATE_TIME)
        yield Triple(source, prefixed("prov:generatedAtTime"), retrieved)
