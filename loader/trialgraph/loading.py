"""From records to a store: read the criteria, build each trial's graph, put it in its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trialgraph.criteria import Criterion, read_criteria, read_structured
from trialgraph.criteria.tokens import tokenize
from trialgraph.criteria.vocabulary import default_vocabulary
from trialgraph.expressions import Narrative, atoms
from trialgraph.graph import Mention, Triple, criterion_triples, trial_triples
from trialgraph.namespaces import GRAPH
from trialgraph.records import TrialRecord
from trialgraph.sources.files import Refusal
from trialgraph.stores import Store

__all__ = ["LoadReport", "graph_of", "load_records", "named_concepts"]


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
    """

    trials: int = 0
    criteria: int = 0
    atoms: int = 0
    narrative: int = 0
    triples: int = 0
    refused: list[Refusal] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    def add(self, criteria: Iterable[Criterion], triples: int) -> None:
        """Count one trial that has been written."""
        self.trials += 1
        self.triples += triples
        for criterion in criteria:
            formal = sum(not isinstance(atom, Narrative) for atom in atoms(criterion.expression))
            self.criteria += 1
            self.atoms += formal
            self.narrative += not formal


def graph_of(record: TrialRecord) -> tuple[list[Triple], tuple[Criterion, ...]]:
    """Return a record's whole graph, and its criteria as they were read."""
    criteria = (*read_structured(record), *read_criteria(record))
    triples = list(trial_triples(record, mentions=named_concepts))
    for criterion in criteria:
        triples.extend(criterion_triples(record, criterion))
    return triples, criteria


def named_concepts(text: str) -> Iterator[Mention]:
    """Yield the concepts that a text names, in reading order, the longest phrase of each place."""
    vocabulary, tokens = default_vocabulary(), tokenize(text)
    position = 0
    while position < len(tokens):
        mention = vocabulary.mention_at(tokens, position)
        if mention is None:
            position += 1
            continue
        yield Mention(mention.term.iri, tokens[mention.start].start, tokens[mention.end - 1].end)
        position = mention.end


def load_records(
    records: Iterable[TrialRecord | Refusal], store: Store, report: LoadReport
) -> Iterator[TrialRecord | Refusal]:
    """Put records into a store, counting in `report`; yield each one when it is done.

    Raises:
        StoreError: when the store can't be written; what was loaded before stays whole.
    """
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Refusal):
            report.refused.append(record)
        else:
            triples, criteria = graph_of(record)
            store.replace_graph(str(GRAPH[record.nct]), triples)
            if record.nct in seen:
                report.repeated.append(record.nct)
            seen.add(record.nct)
            report.add(criteria, len(triples))
        yield record
