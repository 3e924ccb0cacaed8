"""Stores on a SPARQL 1.1 server: its protocol for queries, the Graph Store Protocol for graphs."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import httpx
import pyoxigraph as ox
from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from trialgraph.errors import StoreError
from trialgraph.resources import product_folder
from trialgraph.stores.interface import Results, Store
from trialgraph.stores.syntax import check_syntax, names_graphs

__all__ = ["ServerStore"]

_TIMEOUT = 600.0  # seconds; a bulk load or a query over the whole registry may take minutes
_TRUSTED = 60.0  # seconds for which what was read of a server is taken to hold
_SELECT = "application/sparql-results+json"
_GRAPH = "application/n-triples"


@dataclass(frozen=True, slots=True)
class _Endpoints:
    query: str
    update: str
    graph_store: str


class ServerStore(Store):
    """A SPARQL 1.1 server over HTTP.

    Args:
        url: As the server's users know it; a name and a password in it are sent as basic
            authentication. Where its endpoints are is found with ``data/servers/sparql-servers.toml``.
        read_only: Only read.
    Raises:
        StoreError: when the server doesn't answer, or its default graph leaves out named graphs.
    """

    def __init__(self, url: str, *, read_only: bool) -> None:
        parts = urlsplit(url)
        self.read_only = read_only
        self.address = url
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        host = parts.netloc.rpartition("@")[2]
        self.location = urlunsplit((parts.scheme, host, parts.path.rstrip("/") + "/", "", ""))
        credentials = httpx.BasicAuth(self._user, self._password) if self._user else None
        self._http = httpx.Client(auth=credentials, timeout=_TIMEOUT, follow_redirects=True)
        try:
            self._endpoints = self._discover()
            self._check_union()
        except BaseException:
            self._http.close()
            raise

    @property
    def revision(self) -> int:
        """Minutes that have passed: others may write to the server at any time."""
        return int(time.monotonic() // _TRUSTED)

    def query(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Results:
        """Answer a query; see `Store.query`."""
        form = check_syntax(text, prefixes=prefixes)
        # on one line, so that the lines that a server counts are those of the query
        head = "".join(f"PREFIX {name}: <{iri}> " for name, iri in (prefixes or {}).items())
        triples = form is ox.QueryTriples
        dataset = {"default-graph-uri": default_graphs, "named-graph-uri": named_graphs}
        body = self._protocol(head + text, accept=_GRAPH if triples else _SELECT, dataset=dataset)
        if triples:
            found = ox.Store()
            found.load(body, format=ox.RdfFormat.N_TRIPLES)
            return found.query("CONSTRUCT WHERE { ?s ?p ?o }")
        return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)

    def replace_graph(self, iri: str, triples: Iterable[ox.Triple]) -> None:
        """Replace a graph with one PUT; see `Store.replace_graph`."""
        body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        self._graph_store("PUT", iri, content=body)

    def remove_graph(self, iri: str) -> None:
        """Remove a graph; see `Store.remove_graph`."""
        self._graph_store("DELETE", iri, allowed=(404,))

    def graphs(self) -> Iterator[str]:
        """Yield the IRIs of the named graphs; see `Store.graphs`."""
        text = "SELECT ?graph WHERE { GRAPH ?graph {} } ORDER BY ?graph"
        for solution in self.select(text):
            yield solution["graph"].value

    def graph(self, iri: str) -> Iterator[ox.Triple]:
        """Yield the triples of a graph; see `Store.graph`."""
        response = self._graph_store("GET", iri, allowed=(404,))
        if response.status_code != httpx.codes.NOT_FOUND:
            for quad in ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES):
                yield quad.triple

    def count(self, iri: str | None = None) -> int:
        """Count triples; see `Store.count`."""
        graph = "?graph" if iri is None else str(ox.NamedNode(iri))
        found = self.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")
        return int(next(iter(found))["n"].value)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _discover(self) -> _Endpoints:
        """Return the first known layout of endpoints that the server answers at."""
        table = product_folder("data") / "servers" / "sparql-servers.toml"
        for row in tomllib.loads(table.read_text(encoding="utf-8"))["server"]:
            query, update, graph_store = map(
                self._endpoint, (row["query"], row["update"], row["graph_store"])
            )
            asked = self._request("GET", query, params={"query": "ASK {}"}, headers={"Accept": _SELECT})
            if asked.is_success and "json" in asked.headers.get("content-type", ""):
                stored = self._request("HEAD", graph_store, params={"default": ""})
                if stored.is_success:
                    return _Endpoints(query, update, graph_store)
        raise StoreError(
            "no SPARQL 1.1 server with a graph store answers here",
            where=self.location,
            advice="give the URL under which its query endpoint lies, such as http://localhost:7878",
        )

    def _endpoint(self, path: str) -> str:
        return urljoin(self.location, path) if path else self.location.rstrip("/")

    def _check_union(self) -> None:
        hidden = "ASK { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }"
        if self.ask(hidden):
            raise StoreError(
                "the server's default graph is not the union of its named graphs",
                where=self.location,
                advice="start it with that option (Oxigraph: --union-default-graph)",
            )

    def _protocol(self, text: str, *, accept: str, dataset: Mapping[str, Sequence[str]]) -> bytes:
        wrapper = SPARQLWrapper(self._endpoints.query, updateEndpoint=self._endpoints.update)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setTimeout(int(_TIMEOUT))
        wrapper.addCustomHttpHeader("Accept", accept)
        for name, graphs in dataset.items():
            for graph in graphs:
                wrapper.addParameter(name, graph)
        if not names_graphs(text) and not any(dataset.values()):
            # Oxigraph's way to ask for the union per query; other servers pass it over
            wrapper.addParameter("union-default-graph", "true")
        if self._user:
            wrapper.setCredentials(self._user, self._password)
        wrapper.setQuery(text)
        try:
            with wrapper.query().response as response:
                return bytes(response.read())
        except (SPARQLWrapperException, URLError, HTTPException, OSError) as error:
            raise StoreError(f"the server failed: {_brief(error)}", where=self.location) from error

    def _graph_store(
        self, method: str, iri: str, *, content: bytes | None = None, allowed: tuple[int, ...] = ()
    ) -> httpx.Response:
        if self.read_only and method != "GET":
            raise StoreError("the store was opened only to be read", where=self.location)
        headers = {"Accept": _GRAPH} if content is None else {"Content-Type": _GRAPH}
        response = self._request(
            method, self._endpoints.graph_store, params={"graph": iri}, headers=headers, content=content
        )
        if not response.is_success and response.status_code not in allowed:
            what = f"the server refused to {method} a graph: {response.status_code} {response.text[:200]}"
            raise StoreError(what, where=iri)
        return response

    def _request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        try:
            return self._http.request(method, url, params=dict(params), headers=headers, content=content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            advice = "start it, or give another --store"
            raise StoreError(
                f"the server can't be reached: {error}", where=self.location, advice=advice
            ) from error


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
