"""What a reasoner infers: the class tree with its consequences, and the classes of individuals.

HermiT comes with owlready2 and needs Java, which only who edits the ontology has to have; what
loading and screening use of their results is in `ontology/closure.ttl`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from trialgraph.errors import TrialgraphError, UsageError

if TYPE_CHECKING:
    import owlready2

__all__ = ["Inferences", "infer", "write_axioms"]

_IMPORTS = "http://www.w3.org/2002/07/owl#imports"
_DATES = ("date", "gYear", "gYearMonth", "gMonthDay", "gDay", "gMonth", "time", "duration")
_UNSUPPORTED = frozenset(f"http://www.w3.org/2001/XMLSchema#{name}" for name in _DATES)


@dataclass(frozen=True, slots=True)
class Inferences:
    """What follows from a set of axioms, by IRI.

    Args:
        superclasses: Each class to the classes right above it.
        equivalents: Each class to others with the same members.
        types: Each individual to all named classes it is of, owl:Thing aside.
        unsatisfiable: Classes that can't have a member.
    """

    superclasses: Mapping[str, frozenset[str]]
    equivalents: Mapping[str, frozenset[str]]
    types: Mapping[str, frozenset[str]]
    unsatisfiable: frozenset[str]


def infer(triples: Iterable[ox.Triple]) -> Inferences:
    """Return what HermiT infers from the axioms that triples state.

    Dates are left out, since OWL 2 has no datatype for them, and so are imports.

    Args:
        triples: Of all modules that matter, and of individuals if there are any.
    Raises:
        UsageError: when there is no Java.
        TrialgraphError: when the axioms contradict each other, so that anything would follow.
    """
    import owlready2

    if shutil.which(owlready2.JAVA_EXE) is None:
        raise UsageError(
            "a reasoner needs Java", advice="install a Java runtime, such as openjdk-17-jre-headless"
        )
    world = owlready2.World()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "axioms.nt"
        write_axioms(path, triples)
        ontology = world.get_ontology(path.as_uri()).load()
        try:
            with ontology:
                owlready2.sync_reasoner_hermit(world, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError as error:
            raise TrialgraphError(
                "the ontology contradicts itself", advice="take out what was added last"
            ) from error
        found = _inferences(world)
        world.close()
    return found


def write_axioms(path: Path, triples: Iterable[ox.Triple]) -> None:
    """Write triples as N-Triples for a reasoner: without imports, and without dates, which OWL 2 lacks."""
    kept = {triple for triple in triples if not _is_left_out(triple)}
    path.write_bytes(ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES) or b"")


def _is_left_out(triple: ox.Triple) -> bool:
    value = triple.object
    dated = isinstance(value, ox.Literal) and value.datatype.value in _UNSUPPORTED
    return dated or triple.predicate.value == _IMPORTS


def _inferences(world: owlready2.World) -> Inferences:
    classes = list(world.classes())
    equivalents = {each.iri: _named(each.equivalent_to.indirect()) - {each.iri} for each in classes}
    return Inferences(
        superclasses={each.iri: _named(each.is_a) - {each.iri} for each in classes},
        equivalents={iri: same for iri, same in equivalents.items() if same},
        types={each.iri: _types(each) for each in world.individuals()},
        unsatisfiable=_named(world.inconsistent_classes()),
    )


def _types(individual: Any) -> frozenset[str]:
    return frozenset().union(*(_named(each.ancestors()) for each in individual.is_a if hasattr(each, "iri")))


def _named(entities: Iterable[Any]) -> frozenset[str]:
    return frozenset(each.iri for each in entities if hasattr(each, "iri") and "owl#" not in each.iri)
