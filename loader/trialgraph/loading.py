"""From records to a store: read the criteria, build each trial's graph, put it in its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from trialgraph.criteria import Criterion, read_criteria, read_structured
from trialgraph.criteria.language.names import is_examination
from trialgraph.criteria.language.tokens import tokenize
from trialgraph.curation import NO_CORRECTIONS, Corrections, StaleCorrection, correct
from trialgraph.expressions import atoms, is_judged, is_narrative
from trialgraph.graph import (
    Mention,
    Triple,
    criterion_triples,
    stale_correction_triples,
    trial_triples,
)
from trialgraph.namespaces import GRAPH
from trialgraph.records import TrialRecord
from trialgraph.sources.files import Refusal
from trialgraph.stores import Store
from trialgraph.vocabularies import imported_triples, library, reading_vocabulary

__all__ = ["LoadReport", "TrialGraph", "graph_of", "load_records", "named_concepts"]


class TrialGraph(NamedTuple):
    """A record's triples, its criteria, and the corrections that no longer fit them."""

    triples: list[Triple]
    criteria: tuple[Criterion, ...]
    stale: tuple[StaleCorrection, ...]


@dataclass(slots=True)
class LoadReport:
    """What a load did.

    Args:
        trials: Trials now in the store because of it.
        criteria: Their criteria, with the statements of the structured fields.
        atoms: Formal atoms of those criteria (narrative ones not counted).
        narrative: Criteria that stayed narrative as a whole.
        triples: Triples written.
        refused: Records that could not be read, with the reason.
        repeated: Trials that came more than once; the last one stays.
        curated: Criteria whose reading was set by hand.
        stale: Corrections that weren't applied, since the criterion's words have changed.
    """

    trials: int = 0
    criteria: int = 0
    atoms: int = 0
    narrative: int = 0
    triples: int = 0
    refused: list[Refusal] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    curated: int = 0
    stale: list[StaleCorrection] = field(default_factory=list)

    def add(self, graph: TrialGraph) -> None:
        """Count one trial that has been written."""
        self.trials += 1
        self.triples += len(graph.triples)
        self.stale += graph.stale
        for criterion in graph.criteria:
            self.curated += criterion.curation is not None
            self.criteria += 1
            self.atoms += sum(map(is_judged, atoms(criterion.expression)))
            self.narrative += is_narrative(criterion.expression)


def graph_of(record: TrialRecord, corrections: Corrections = NO_CORRECTIONS) -> TrialGraph:
    """Return a record's whole graph, and its criteria as they were read or corrected."""
    read = read_criteria(record, vocabulary=reading_vocabulary())
    criteria, stale = correct(record.nct, (*read_structured(record), *read), corrections)
    triples = list(trial_triples(record, mentions=named_concepts))
    for criterion in criteria:
        triples.extend(criterion_triples(record, criterion))
    for each in stale:
        triples.extend(stale_correction_triples(each))
    named = {triple.object.value for triple in triples if isinstance(triple.object, ox.NamedNode)}
    triples.extend(imported_triples(library(), str(GRAPH[record.nct]), named))
    return TrialGraph(triples, criteria, stale)


def named_concepts(text: str) -> Iterator[Mention]:
    """Yield the concepts that a text names, in reading order, the longest phrase of each place."""
    vocabulary, tokens = reading_vocabulary(), tokenize(text)
    position = 0
    while position < len(tokens):
        mention = vocabulary.mention_at(tokens, position)
        if mention is None:
            position += 1
            continue
        if not is_examination(mention.term):
            yield Mention(mention.term.iri, tokens[mention.start].start, tokens[mention.end - 1].end)
        position = mention.end


def load_records(
    records: Iterable[TrialRecord | Refusal],
    store: Store,
    report: LoadReport,
    *,
    corrections: Corrections = NO_CORRECTIONS,
) -> Iterator[TrialRecord | Refusal]:
    """Put records into a store, counting in `report`; yield each one when it is done.

    Args:
        records: Records, and what couldn't be read.
        store: Where they go.
        report: What is counted so far; it is added to.
        corrections: Readings set by hand; they take precedence.
    Raises:
        StoreError: when the store can't be written; what was loaded before stays whole.
    """
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Refusal):
            report.refused.append(record)
        else:
            graph = graph_of(record, corrections)
            store.replace_graph(str(GRAPH[record.nct]), graph.triples)
            if record.nct in seen:
                report.repeated.append(record.nct)
            seen.add(record.nct)
            report.add(graph)
        yield record
