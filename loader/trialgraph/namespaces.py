"""The namespaces of the graph.

`TG` is closed over the terms that the ontology's schema modules define, so a misspelt term raises
AttributeError where it is written and no term is listed twice.
"""

import pyoxigraph
from rdflib import Namespace
from rdflib.namespace import ClosedNamespace

from trialgraph.resources import product_folder

__all__ = ["BASE", "GRAPH", "OA", "SCHEMA_MODULES", "SOURCE", "TG", "TGC", "TRIAL"]

BASE = "https://w3id.org/trialgraph/"
SCHEMA_MODULES = ("trials.ttl", "patients.ttl", "screening.ttl", "definitions.ttl")
"""Modules of the ontology that define `tg:` terms; concepts are in their own."""

TGC = Namespace(f"{BASE}concept/")
TRIAL = Namespace(f"{BASE}trial/")
GRAPH = Namespace(f"{BASE}graph/")
SOURCE = Namespace(f"{BASE}source/")
OA = Namespace("http://www.w3.org/ns/oa#")


def _schema_terms(base: str) -> list[str]:
    folder = product_folder("ontology")
    subjects = {
        quad.subject.value
        for module in SCHEMA_MODULES
        for quad in pyoxigraph.parse(path=str(folder / module))
        if isinstance(quad.subject, pyoxigraph.NamedNode)
    }
    return sorted(subject.removeprefix(base) for subject in subjects if subject.startswith(base))


TG = ClosedNamespace(f"{BASE}ontology#", _schema_terms(f"{BASE}ontology#"))
