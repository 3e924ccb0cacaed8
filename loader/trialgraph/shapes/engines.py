"""Run eligibility shapes over a view with a SHACL engine, and read its report as verdict rails."""

from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Literal, Protocol, TypeAlias

from rdflib import RDF, SH, Graph, Node

from trialgraph.errors import UsageError

__all__ = ["Rails", "ShaclEngine", "has_violation", "reported_rails", "validation_report"]

Rails: TypeAlias = dict[str, set[str]]
"""Criterion id → the rails that report it: ``disproved``, ``proved``."""

ShaclEngine = Literal["pyshacl", "rudof"]


def validation_report(view: Graph, shapes: str) -> Graph:
    """Return the standard SHACL validation report of a view, made by pySHACL.

    Args:
        view: A screening view as RDF.
        shapes: Eligibility shapes as Turtle.
    """
    import pyshacl

    read = Graph().parse(data=shapes, format="turtle")
    _, report, _ = pyshacl.validate(view, shacl_graph=read, allow_warnings=False)
    if not isinstance(report, Graph):
        raise UsageError(f"the shapes could not be validated: {report}")
    return report


def has_violation(report: Graph) -> bool:
    """Whether a validation report says that a criterion bars the patient."""
    return any((result, SH.resultSeverity, SH.Violation) in report for result in _results(report))


def reported_rails(view: Graph, shapes: str, *, engine: ShaclEngine = "pyshacl") -> Rails:
    """Return which rails of which criteria an engine reports for a view.

    The engine keeps what it made of the shapes for the next view.
    """
    rails: Rails = {}
    for shape in _compiled(shapes, engine).violated(view):
        criterion, rail = shape.rsplit("/", 2)[1:]
        rails.setdefault(criterion, set()).add(rail)
    return rails


class _CompiledShapes(Protocol):
    """Shapes that an engine has read, to validate any number of views."""

    def violated(self, view: Graph) -> list[str]:
        """Return the names of the shapes that a view doesn't conform to."""


@lru_cache(maxsize=128)
def _compiled(shapes: str, engine: ShaclEngine) -> _CompiledShapes:
    if engine == "rudof":
        return _RudofShapes(shapes)
    # Its import takes longer than all of a small screening by another engine.
    from trialgraph.shapes.fixed import FixedShapes

    return FixedShapes(shapes)


class _RudofShapes:
    """Shapes that rudof has read."""

    def __init__(self, shapes: str) -> None:
        try:
            import pyrudof
        except ImportError as error:
            advice = "install pyrudof, or use --engine pyshacl"
            raise UsageError("the engine rudof is not installed", advice=advice) from error
        self._validator = pyrudof.Rudof(pyrudof.RudofConfig())
        self._validator.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
        self._validator.read_data("# no view yet\n", pyrudof.RDFFormat.NTriples)
        self._one_at_a_time = Lock()

    def violated(self, view: Graph) -> list[str]:
        triples = [(s.n3(), p.n3(), o.n3()) for s, p, o in view]
        with self._one_at_a_time:
            # Reading a view anew costs as much as reading hundreds of shapes, so it is laid over no data.
            self._validator.begin_staging()
            try:
                self._validator.add_triples(triples, strict_iris=True)
                entries = list(self._validator.validate_shacl())
            finally:
                self._validator.rollback_staging()
        return [str(entry.source_shape).strip("<>") for entry in entries]


def _results(report: Graph) -> Iterator[Node]:
    """Yield the report's own results; engines nest those below ``sh:detail`` differently."""
    for node in report.subjects(RDF.type, SH.ValidationReport):
        yield from report.objects(node, SH.result)
