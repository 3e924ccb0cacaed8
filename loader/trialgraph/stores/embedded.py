"""Stores in this process: Oxigraph, in memory or on disk."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

import pyoxigraph as ox
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from trialgraph.errors import StoreError
from trialgraph.namespaces import BASE
from trialgraph.stores.interface import ONTOLOGY_GRAPH, Results, Store
from trialgraph.stores.syntax import check_syntax, dataset_options, refuse_federation

__all__ = ["EmbeddedStore"]

_MARKER = "trialgraph-store.toml"
_FORMAT = 1
_DATABASE = "oxigraph"
_BULK = 2000  # graphs that are held in memory and written together
_SMALL = 20  # fewer new graphs than this aren't worth new files on disk


class EmbeddedStore(Store):
    """Oxigraph in this process.

    Args:
        folder: Where it is on disk; None for one in memory.
        read_only: Only read.
    Raises:
        StoreError: when the folder isn't a store, is missing (read-only), or is in use.
    """

    def __init__(self, folder: Path | None, *, read_only: bool) -> None:
        self.location = "memory" if folder is None else str(folder)
        self.read_only = read_only
        self._changes = 0
        self.seen = self.stamp()
        """The `stamp` of the folder just before it was opened."""
        self._database: ox.Store | None = ox.Store() if folder is None else _open(folder, read_only=read_only)

    @property
    def revision(self) -> int:
        """How often it was written to, or opened anew; other processes' writes aren't seen until then."""
        return self._changes

    def stamp(self) -> object:
        """Return something that differs once another process has written to the folder; None in memory."""
        if self.location == "memory":
            return None
        found = []
        with suppress(OSError), os.scandir(Path(self.location) / _DATABASE) as files:
            for file in files:
                with suppress(FileNotFoundError):
                    if not file.name.startswith(("LOG", "LOCK")):  # which every reader touches
                        told = file.stat()
                        found.append((file.name, told.st_size, told.st_mtime_ns))
        return tuple(sorted(found))

    def reopen(self) -> None:
        """Show what other processes have written to the folder; queries under way keep what they see.

        Raises:
            StoreError: when it can't be opened; then it stays as it was.
        """
        if self.read_only and self.location != "memory":
            now = self.stamp()
            self._database = _open(Path(self.location), read_only=True)
            self._changes += 1
            self.seen = now

    def query(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Results:
        """Answer a query; see `Store.query`."""
        refuse_federation(text)
        dataset = dataset_options(text, default_graphs, named_graphs)
        try:
            return self._opened.query(text, prefixes=dict(prefixes or {}), **dataset)
        except SyntaxError:
            check_syntax(text, prefixes=prefixes)
            raise
        except OSError as error:
            raise StoreError(f"the store can't be read: {error}", where=self.location) from error

    def replace_graph(self, iri: str, triples: Iterable[ox.Triple]) -> None:
        """Replace a graph in one transaction; see `Store.replace_graph`."""
        lines = "".join(f"{triple} .\n" for triple in triples)
        name = ox.NamedNode(iri)
        self._update(f"DROP SILENT GRAPH {name} ; INSERT DATA {{ GRAPH {name} {{\n{lines}}} }}")

    def replace_graphs(self, graphs: Iterable[tuple[str, Iterable[ox.Triple]]]) -> int:
        """Replace many graphs: new ones in bulk, those already there one transaction each."""
        self._writable()
        number = 0
        rest = iter(graphs)
        while batch := {iri: list(triples) for iri, triples in islice(rest, _BULK)}:
            new = {iri: triples for iri, triples in batch.items() if not self._has(iri)}
            if len(new) >= _SMALL:
                self._bulk(new)
            for iri, triples in batch.items():
                if iri not in new or len(new) < _SMALL:
                    self.replace_graph(iri, triples)
            number += len(batch)
        return number

    def remove_graph(self, iri: str) -> None:
        """Remove a graph; see `Store.remove_graph`."""
        self._update(f"DROP SILENT GRAPH {ox.NamedNode(iri)}")

    def graphs(self) -> Iterator[str]:
        """Yield the IRIs of the named graphs; see `Store.graphs`."""
        yield from sorted(node.value for node in self._opened.named_graphs())

    def graph(self, iri: str) -> Iterator[ox.Triple]:
        """Yield the triples of a graph; see `Store.graph`."""
        for quad in self._opened.quads_for_pattern(None, None, None, ox.NamedNode(iri)):
            yield quad.triple

    def count(self, iri: str | None = None) -> int:
        """Count triples; see `Store.count`."""
        return len(self._opened) if iri is None else sum(1 for _ in self.graph(iri))

    def copy_to(self, target: Path) -> None:
        """Write a copy of the database, as it is now; on the same disk its files are shared.

        Args:
            target: A folder that isn't there yet; Oxigraph's own, without the marker of a store.
        Raises:
            StoreError: when it can't be written.
        """
        try:
            if self.location == "memory":
                copied = ox.Store(str(target))
                copied.bulk_load(self._opened.dump(format=ox.RdfFormat.N_QUADS), ox.RdfFormat.N_QUADS)
                copied.flush()
            else:
                self._opened.backup(str(target))
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store can't be copied: {error}", where=self.location) from error

    def quads(self, iri: str | None) -> Iterator[ox.Quad]:
        """Yield the quads of a graph; None is the one without a name."""
        yield from self._opened.quads_for_pattern(
            None, None, None, ox.DefaultGraph() if iri is None else ox.NamedNode(iri)
        )

    def replace_all(
        self, quads: Iterable[ox.Quad], graphs: Iterable[str | None], *, keep: bool = False
    ) -> None:
        """Make the quads the whole content of those graphs, all at once or not at all.

        Args:
            quads: What they hold now.
            graphs: IRIs of the graphs; None is the one without a name.
            keep: A graph without quads stays, empty; otherwise it is removed.
        Raises:
            StoreError: when the store is read-only or can't be written; then nothing has changed.
        """
        names = [None if iri is None else ox.NamedNode(iri) for iri in graphs]
        dropped = [f"DROP SILENT {'DEFAULT' if name is None else f'GRAPH {name}'}" for name in names]
        blocks = [
            f"GRAPH {quad.graph_name} {{ {quad.triple} }}\n"
            if isinstance(quad.graph_name, ox.NamedNode)
            else f"{quad.triple} .\n"
            for quad in quads
        ]
        made = [f"CREATE SILENT GRAPH {name}" for name in names if keep and name is not None]
        self._update(" ;\n".join([*dropped, *made, f"INSERT DATA {{\n{''.join(blocks)}}}"]))

    def close(self) -> None:
        """Write what is pending and release the folder."""
        database, self._database = self._database, None
        if database is not None and not self.read_only:
            try:
                database.flush()
            except OSError as error:
                raise StoreError(f"the store can't be written: {error}", where=self.location) from error

    @property
    def _opened(self) -> ox.Store:
        if self._database is None:
            raise StoreError("the store has been closed", where=self.location)
        return self._database

    def _writable(self) -> ox.Store:
        if self.read_only:
            raise StoreError("the store was opened only to be read", where=self.location)
        return self._opened

    def _update(self, text: str) -> None:
        try:
            self._writable().update(text)
            self._changes += 1
        except OSError as error:
            raise StoreError(f"the store can't be written: {error}", where=self.location) from error

    def _replace_ontology(self, files: Sequence[Path], mark: ox.Triple) -> None:
        if self._has(ONTOLOGY_GRAPH):
            super()._replace_ontology(files, mark)
            return
        # As one document, whose triples never become Python's: a third of the time, still one transaction.
        modules = b"\n".join([*(file.read_bytes() for file in files), f"{mark} .".encode()])
        graph = ox.NamedNode(ONTOLOGY_GRAPH)
        try:
            self._writable().load(modules, ox.RdfFormat.TURTLE, base_iri=BASE, to_graph=graph)
            self._changes += 1
        except OSError as error:
            raise StoreError(f"the store can't be written: {error}", where=self.location) from error

    def _has(self, iri: str) -> bool:
        return bool(self._opened.contains_named_graph(ox.NamedNode(iri)))

    def _bulk(self, graphs: Mapping[str, list[ox.Triple]]) -> None:
        try:
            self._opened.bulk_extend(
                chain.from_iterable(
                    (ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(iri)) for t in triples)
                    for iri, triples in graphs.items()
                )
            )
            self._changes += 1
        except OSError as error:
            raise StoreError(f"the store can't be written: {error}", where=self.location) from error


def _open(folder: Path, *, read_only: bool) -> ox.Store:
    _check_folder(folder, read_only=read_only)
    database = str(folder / _DATABASE)
    try:
        if read_only:
            return _open_to_read(database)
        folder.mkdir(parents=True, exist_ok=True)
        marker = folder / _MARKER
        if not marker.exists():
            marker.write_text(f"# This folder is a trialgraph store.\nformat = {_FORMAT}\n", encoding="utf-8")
        return ox.Store(database)
    except (OSError, RuntimeError) as error:  # pyoxigraph reports damage as a RuntimeError
        raise _refusal(error, folder) from error


@retry(
    retry=retry_if_exception_type(RuntimeError),
    stop=stop_after_attempt(10),
    wait=wait_fixed(0.2),
    reraise=True,
)
def _open_to_read(database: str) -> ox.Store:
    # A writer that merges its files at this very moment makes them look damaged; it is soon over.
    return ox.Store.read_only(database)


def _check_folder(folder: Path, *, read_only: bool) -> None:
    """Raise unless the folder is a store, or may become one."""
    where = str(folder)
    try:
        if not folder.exists():
            if read_only:
                raise StoreError(
                    "there is no store here", where=where, advice="make one: trialgraph load PATH"
                )
            return
        if not folder.is_dir():
            raise StoreError("a store is a folder, and this is a file", where=where)
        marker = folder / _MARKER
        if marker.is_file():
            _check_format(marker)
        elif read_only:
            raise StoreError("this folder is not a trialgraph store", where=where, advice="name another one")
        elif any(folder.iterdir()):
            advice = "name a new or an empty folder"
            raise StoreError(
                "this folder holds other files and is not a trialgraph store", where=where, advice=advice
            )
    except OSError as error:
        raise _refusal(error, folder) from error


def _check_format(marker: Path) -> None:
    try:
        found = tomllib.loads(marker.read_text(encoding="utf-8")).get("format")
    except ValueError as error:
        raise StoreError(f"the store's marker can't be read: {error}", where=str(marker)) from error
    if found != _FORMAT:
        raise StoreError(
            f"the store has format {found!r}, and this version of trialgraph reads format {_FORMAT}",
            where=str(marker),
            advice="load the trials into a new folder",
        )


def _refusal(error: OSError | RuntimeError, folder: Path) -> StoreError:
    # RocksDB reports a held lock only by the name of its file
    if "/LOCK" in str(error):
        advice = "wait for the other process, or read it meanwhile with a command that only reads"
        return StoreError("the store is in use by another process", where=str(folder), advice=advice)
    return StoreError(f"the store can't be opened: {error}", where=str(folder))
