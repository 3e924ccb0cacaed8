"""Updates tried on a copy of the store, to see what they would change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

import pyoxigraph as ox

from trialgraph.stores.syntax import tokens

__all__ = ["rehearse"]


class _Output(Protocol):
    def write(self, data: bytes) -> int: ...


def rehearse(question: Mapping[str, Any], output: _Output) -> None:
    """Carry out an update on a copy, and write the new content of each graph that it changes.

    Args:
        question: ``text`` is the update, ``update`` the folder of the copy, ``folder`` that of the
            store as it is, ``base`` what relative IRIs are resolved against.
        output: Where the graphs go, as N-Quads; a comment before them lists their names in JSON, with
            null for the graph without a name.
    Raises:
        SyntaxError: when it is no SPARQL update.
        OSError: when it can't be carried out.
    """
    after = ox.Store(question["update"])
    after.update(question["text"], base_iri=question["base"], prefixes=question["prefixes"])
    before = ox.Store.read_only(question["folder"])
    named = _named(question["text"], question["prefixes"])
    if named is None:
        there = {*before.named_graphs(), *after.named_graphs()}
        named = [graph for graph in there if isinstance(graph, ox.NamedNode)]
    graphs: list[ox.NamedNode | ox.DefaultGraph] = [ox.DefaultGraph(), *named]
    changed = [graph for graph in graphs if _content(before, graph) != _content(after, graph)]
    names = [graph.value if isinstance(graph, ox.NamedNode) else None for graph in changed]
    output.write(f"# {json.dumps(names)}\n".encode())
    for graph in changed:
        for quad in after.quads_for_pattern(None, None, None, graph):
            output.write(f"{quad} .\n".encode())


def _named(text: str, prefixes: Mapping[str, str]) -> list[ox.NamedNode] | None:
    """Return each IRI of an update, since it changes no other named graph; None when it may.

    To compare all graphs of a large store takes longer than any update.
    """
    known, found, last, prefix = dict(prefixes), set[str](), "", ""
    for kind, token, _ in tokens(text):
        word = token.upper() if kind == "word" else ""
        if (kind == "variable" and last == "GRAPH") or word in ("ALL", "NAMED", "BASE") or "\\" in token:
            return None
        if kind == "iri" and prefix:
            known[prefix.removesuffix(":")] = token[1:-1]
        elif kind == "iri":
            if ":" not in token:
                return None
            found.add(token[1:-1])
        elif kind == "name" and last != "PREFIX":
            head, _, local = token.partition(":")
            if head not in known:
                return None
            found.add(known[head] + local)
        prefix = token if kind == "name" and last == "PREFIX" else ""
        last = word
    return [ox.NamedNode(iri) for iri in found]


def _content(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> tuple[bool, bytes | None]:
    # in the order of its indexes, which is the same in a copy
    return store.contains_named_graph(graph), store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
