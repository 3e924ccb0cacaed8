"""Which software and which ontology a result was made with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import pyoxigraph as ox
from rdflib import OWL

from trialgraph import __version__
from trialgraph.namespaces import BASE
from trialgraph.resources import product_folder

__all__ = ["Versions", "versions"]

_ONTOLOGY = ox.NamedNode(f"{BASE}ontology")
_VERSION = ox.NamedNode(str(OWL.versionIRI))


@dataclass(frozen=True, slots=True)
class Versions:
    """What a result was made with.

    Args:
        software: Version of trialgraph.
        ontology: Version IRI of the ontology.
        ontology_sha256: Hash of the ontology's modules, in the order of their names, in hexadecimal: two
            states of one version differ in it.
    """

    software: str
    ontology: str
    ontology_sha256: str


@cache
def versions() -> Versions:
    """Return the versions of this installation."""
    folder = product_folder("ontology")
    stated = ox.parse(path=str(folder / "trialgraph.ttl"))
    version = next(
        quad.object.value
        for quad in stated
        if quad.subject == _ONTOLOGY and quad.predicate == _VERSION and isinstance(quad.object, ox.NamedNode)
    )
    digest = sha256()
    for module in sorted(folder.glob("*.ttl")):
        digest.update(module.read_bytes())
    return Versions(__version__, version, digest.hexdigest())
