"""Run eligibility shapes over a view with a SHACL engine, and read its report as verdict rails."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

from rdflib import RDF, SH, Graph, Node

from trialgraph.errors import UsageError

__all__ = ["ENGINES", "Rails", "ShaclEngine", "has_violation", "reported_rails", "validation_report"]

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

    _, report, _ = pyshacl.validate(view, shacl_graph=_shapes_graph(shapes), allow_warnings=False)
    if not isinstance(report, Graph):
        raise UsageError(f"the shapes could not be validated: {report}")
    return report


def has_violation(report: Graph) -> bool:
    """Whether a validation report says that a criterion bars the patient."""
    return any((result, SH.resultSeverity, SH.Violation) in report for result in _results(report))


def reported_rails(view: Graph, shapes: str, *, engine: ShaclEngine = "pyshacl") -> Rails:
    """Return which rails of which criteria an engine reports for a view."""
    rails: Rails = {}
    for shape in ENGINES[engine](view, shapes):
        criterion, rail = shape.rsplit("/", 2)[1:]
        rails.setdefault(criterion, set()).add(rail)
    return rails


@lru_cache(maxsize=256)
def _shapes_graph(shapes: str) -> Graph:
    return Graph().parse(data=shapes, format="turtle")


def _with_pyshacl(view: Graph, shapes: str) -> list[str]:
    report = validation_report(view, shapes)
    return [str(report.value(result, SH.sourceShape)) for result in _results(report)]


def _results(report: Graph) -> Iterator[Node]:
    """Yield the report's own results; engines nest those below ``sh:detail`` differently."""
    for node in report.subjects(RDF.type, SH.ValidationReport):
        yield from report.objects(node, SH.result)


def _with_rudof(view: Graph, shapes: str) -> list[str]:
    try:
        import pyrudof
    except ImportError as error:
        advice = "install pyrudof, or use --engine pyshacl"
        raise UsageError("the engine rudof is not installed", advice=advice) from error
    validator = pyrudof.Rudof(pyrudof.RudofConfig())
    validator.read_data(view.serialize(format="nt"), pyrudof.RDFFormat.NTriples)
    validator.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
    return [str(entry.source_shape).strip("<>") for entry in validator.validate_shacl()]


ENGINES: dict[ShaclEngine, Callable[[Graph, str], list[str]]] = {
    "pyshacl": _with_pyshacl,
    "rudof": _with_rudof,
}
