"""The interface of a store."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import pyoxigraph as ox
from rdflib.namespace import DCTERMS

from trialgraph.errors import QueryError
from trialgraph.namespaces import BASE, GRAPH
from trialgraph.resources import product_folder

__all__ = ["ONTOLOGY_GRAPH", "Results", "Store"]

ONTOLOGY_GRAPH = str(GRAPH["ontology"])
"""Named graph that holds every module of the ontology, and its reasoned closure."""

Results: TypeAlias = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean

_VERSION = ox.NamedNode(str(DCTERMS.identifier))


class Store(ABC):
    """Named graphs of trials, and the ontology, behind SPARQL.

    A store is a context manager; leaving the context closes it.
    """

    location: str

    @property
    @abstractmethod
    def revision(self) -> int:
        """A number that stays the same as long as the store certainly hasn't changed."""

    @abstractmethod
    def query(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Results:
        """Answer a SPARQL query over the union of the named graphs, or those that it names by FROM.

        Args:
            text: The query.
            prefixes: Prefixes known without being declared.
            default_graphs: IRIs of the graphs whose union is the default graph.
            named_graphs: IRIs of the named graphs; where either is given, both count, and not what the
                query names.
        Returns:
            Solutions for SELECT, a boolean for ASK, triples for CONSTRUCT and DESCRIBE.
        Raises:
            QueryError: when the query is not valid.
            StoreError: when the store can't be read.
        """

    @abstractmethod
    def replace_graph(self, iri: str, triples: Iterable[ox.Triple]) -> None:
        """Make `triples` the whole content of a named graph, at once or not at all.

        Raises:
            StoreError: when the store is read-only or can't be written; then nothing has changed.
        """

    @abstractmethod
    def remove_graph(self, iri: str) -> None:
        """Remove a named graph; one that isn't there is no error.

        Raises:
            StoreError: when the store is read-only or can't be written.
        """

    @abstractmethod
    def graphs(self) -> Iterator[str]:
        """Yield the IRIs of the named graphs, the ontology's among them, in order."""

    @abstractmethod
    def graph(self, iri: str) -> Iterator[ox.Triple]:
        """Yield the triples of a named graph; none when there is no such graph."""

    @abstractmethod
    def count(self, iri: str | None = None) -> int:
        """Return the number of triples in a named graph, or in all of them when `iri` is None."""

    @abstractmethod
    def close(self) -> None:
        """Write what is pending and let go of the store."""

    def replace_graphs(self, graphs: Iterable[tuple[str, Iterable[ox.Triple]]]) -> int:
        """Replace many graphs, each at once or not at all, and return how many.

        A graph that comes twice keeps its last content.
        """
        number = 0
        for iri, triples in graphs:
            self.replace_graph(iri, triples)
            number += 1
        return number

    def select(self, text: str, *, prefixes: Mapping[str, str] | None = None) -> ox.QuerySolutions:
        """Answer a SELECT query.

        Raises:
            QueryError: when the query is not valid, or of another form.
        """
        results = self.query(text, prefixes=prefixes)
        if not isinstance(results, ox.QuerySolutions):
            raise QueryError("not a SELECT query", advice="use ask or construct")
        return results

    def ask(self, text: str, *, prefixes: Mapping[str, str] | None = None) -> bool:
        """Answer an ASK query.

        Raises:
            QueryError: when the query is not valid, or of another form.
        """
        results = self.query(text, prefixes=prefixes)
        if not isinstance(results, ox.QueryBoolean):
            raise QueryError("not an ASK query", advice="use select or construct")
        return bool(results)

    def construct(self, text: str, *, prefixes: Mapping[str, str] | None = None) -> ox.QueryTriples:
        """Answer a CONSTRUCT or DESCRIBE query.

        Raises:
            QueryError: when the query is not valid, or of another form.
        """
        results = self.query(text, prefixes=prefixes)
        if not isinstance(results, ox.QueryTriples):
            raise QueryError("not a CONSTRUCT or DESCRIBE query", advice="use select or ask")
        return results

    def trials(self) -> list[str]:
        """Return the registry numbers of the trials in the store, in order."""
        prefix = f"{GRAPH}NCT"
        return [iri.removeprefix(GRAPH) for iri in self.graphs() if iri.startswith(prefix)]

    def refresh_ontology(self) -> None:
        """Load the ontology of this installation, unless the store already holds that very one.

        Raises:
            StoreError: when the store is read-only or can't be written.
        """
        files = sorted(product_folder("ontology").rglob("*.ttl"))
        digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
        mark = ox.Triple(ox.NamedNode(ONTOLOGY_GRAPH), _VERSION, ox.Literal(f"sha256:{digest}"))
        if self.ask(f"ASK {{ GRAPH <{ONTOLOGY_GRAPH}> {{ {mark} }} }}"):
            return
        self._replace_ontology(files, mark)

    def _replace_ontology(self, files: Sequence[Path], mark: ox.Triple) -> None:
        """Make the ontology's modules, and what tells them from others, the whole content of its graph."""
        triples = {quad.triple for file in files for quad in ox.parse(path=str(file), base_iri=BASE)}
        self.replace_graph(ONTOLOGY_GRAPH, [*triples, mark])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
