"""One trial's named graph, read back by subject and property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from trialgraph.namespaces import GRAPH, TG, TRIAL
from trialgraph.queries import PREFIXES
from trialgraph.stores import Store
from trialgraph.stores.embedded import EmbeddedStore

__all__ = ["Record", "read_record"]

_ORDER = str(TG.order)
_SHOWN_PREFIXES = ("tg", "tgc", "oa", "prov", "xsd", "rdfs", "trial", "source")


class Record:
    """The triples of one trial.

    Properties are named by their local names in the schema (``briefTitle``) or by their IRIs; values
    come as text, in order.

    Args:
        nct: Registry number.
        triples: What the trial's named graph holds.
    """

    def __init__(self, nct: str, triples: Iterable[ox.Triple]) -> None:
        self.nct = nct
        self.iri = str(TRIAL[nct])
        self.triples = sorted(triples, key=str)
        self._values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._triples: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in self.triples:
            subject, value = triple.subject, triple.object
            if isinstance(subject, ox.NamedNode) and not isinstance(value, ox.Triple):
                self._values[subject.value][triple.predicate.value].append(value.value)
                self._triples[subject.value].append(triple)

    def texts(self, name: str, of: str | None = None) -> list[str]:
        """Return the values of a property, of the trial unless another subject is named."""
        subject = self._values.get(of or self.iri)
        return [] if subject is None else subject.get(name if ":" in name else f"{TG}{name}", [])

    def text(self, name: str, of: str | None = None) -> str:
        """Return the value of a property; the first of several, empty when there is none."""
        return next(iter(self.texts(name, of)), "")

    def parts(self, name: str, of: str | None = None) -> list[str]:
        """Return the IRIs that a property leads to, in the order that the record gives them."""
        return sorted(self.texts(name, of), key=lambda iri: (int(self.text(_ORDER, iri) or 0), iri))

    def alone(self) -> Store:
        """Return a store in memory with nothing but this trial: what is asked of one trial is quick there."""
        store = EmbeddedStore(None, read_only=False)
        store.replace_graph(str(GRAPH[self.nct]), self.triples)
        return store

    def turtle(self, part: str) -> str:
        """Return what is stated of a part of the trial, and of its own parts, as Turtle."""
        below = f"{part}/"
        subjects = (each for each in self._triples if each == part or each.startswith(below))
        own = [triple for subject in subjects for triple in self._triples[subject]]
        prefixes = {name: PREFIXES[name] for name in _SHOWN_PREFIXES}
        return (ox.serialize(own, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


def read_record(store: Store, nct: str) -> Record | None:
    """Return a trial of a store; None when it isn't there."""
    triples = list(store.graph(str(GRAPH[nct])))
    return Record(nct, triples) if triples else None
