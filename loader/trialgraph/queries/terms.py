"""Prefixes that every query knows, and the concepts of a store by their names."""

from __future__ import annotations

from types import MappingProxyType

from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, XSD

from trialgraph.namespaces import BASE, GRAPH, OA, SOURCE, TGC, TRIAL
from trialgraph.stores import Store

__all__ = ["PREFIXES", "concept_names"]

PREFIXES = MappingProxyType(
    {
        "tg": f"{BASE}ontology#",
        "tgc": str(TGC),
        "trial": str(TRIAL),
        "graph": str(GRAPH),
        "source": str(SOURCE),
        "rdf": str(RDF),
        "rdfs": str(RDFS),
        "owl": str(OWL),
        "xsd": str(XSD),
        "skos": str(SKOS),
        "prov": str(PROV),
        "oa": str(OA),
        "dcterms": str(DCTERMS),
        "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    }
)
"""Prefixes known to every query without being declared."""

_NAMES = """
SELECT ?concept ?name WHERE {
  ?concept rdfs:label|skos:prefLabel|skos:altLabel ?name
  FILTER(STRSTARTS(STR(?concept), STR(tgc:)) || EXISTS { ?concept rdfs:isDefinedBy ?vocabulary })
}"""


def concept_names(store: Store) -> dict[str, str]:
    """Return the IRI of each concept by its local name, its label and its other names, in lower case.

    Where a name is one concept's label and another's synonym, the label wins.
    """
    local: dict[str, str] = {}
    named: dict[str, str] = {}
    for row in store.select(_NAMES, prefixes=PREFIXES):
        iri = row["concept"].value
        if iri.startswith(str(TGC)):
            local[iri.removeprefix(str(TGC)).lower()] = iri
        named.setdefault(row["name"].value.lower(), iri)
    return named | local
