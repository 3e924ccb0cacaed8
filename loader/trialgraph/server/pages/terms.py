"""What the query editor completes: prefixes, the vocabulary's classes and properties, and concepts."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from trialgraph.namespaces import TGC
from trialgraph.queries import PREFIXES, shorten
from trialgraph.server.pages.memory import memory_of
from trialgraph.stores import ONTOLOGY_GRAPH, Store

__all__ = ["known_terms"]

_VOCABULARY = f"""
SELECT ?term ?type ?label ?definition {{ GRAPH <{ONTOLOGY_GRAPH}> {{
  VALUES ?type {{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }}
  ?term a ?type .
  FILTER(STRSTARTS(STR(?term), STR(tg:)))
  OPTIONAL {{ ?term rdfs:label ?label }}
  OPTIONAL {{ ?term skos:definition ?definition }}
}} }} ORDER BY ?term
"""
_CONCEPTS = f"""
SELECT ?concept ?name {{ GRAPH <{ONTOLOGY_GRAPH}> {{
  ?concept a owl:Class ; rdfs:label|skos:altLabel ?name .
  FILTER(STRSTARTS(STR(?concept), STR(tgc:)))
}} }} ORDER BY ?concept ?name
"""


def known_terms(store: Store) -> dict[str, Any]:
    """Return what can be completed, for a program.

    Returns:
        ``prefixes`` by name; ``terms``: lists of the prefixed name, ``class`` or ``property``, and what it
        means; ``concepts``: lists of the prefixed name and its names.
    """
    return memory_of(store).recall("terms of queries", lambda: _terms(store))


def _terms(store: Store) -> dict[str, Any]:
    terms = {}
    for row in store.select(_VOCABULARY, prefixes=PREFIXES):
        kind = "class" if row["type"].value.endswith("#Class") else "property"
        meaning = row["definition"] or row["label"]
        terms[shorten(row["term"])] = (kind, meaning.value if meaning else "")
    names: dict[str, list[str]] = defaultdict(list)
    for row in store.select(_CONCEPTS, prefixes=PREFIXES):
        names[row["concept"].value.removeprefix(str(TGC))].append(row["name"].value)
    return {
        "prefixes": dict(PREFIXES),
        "terms": [[name, *said] for name, said in terms.items()],
        "concepts": [[f"tgc:{name}", *called] for name, called in names.items()],
    }
