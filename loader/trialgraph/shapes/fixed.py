"""Shapes that are read once and validate many graphs with pySHACL, faster than through its front door.

``pyshacl.validate`` reads the shapes graph anew for each data graph, and words each nested result for
a person. What is asked of a graph of shapes is always the same, so the answers are kept; and the terms
in the words, which only a report shows, are not looked up among namespaces.
"""

from collections.abc import Iterator
from typing import Any

from pyshacl import ShapesGraph, Validator
from pyshacl.graph_abstraction import DataGraph
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import NamespaceManager

from trialgraph.namespaces import TG

__all__ = ["FixedShapes"]

_DISPROVED = "/disproved"


class FixedShapes:
    """Shapes with names, each over the views of a graph.

    Args:
        shapes: Eligibility shapes as Turtle.
    """

    def __init__(self, shapes: str) -> None:
        self._graph = _FixedGraph()
        self._graph.parse(data=shapes, format="turtle")
        read = ShapesGraph(self._graph)
        self._graph.fix()
        named = (shape for shape in read.shapes if isinstance(shape.node, URIRef))
        self._named = sorted(named, key=lambda shape: str(shape.node).endswith(_DISPROVED))

    def violated(self, view: Graph) -> list[str]:
        """Return the names of the shapes that the view in a graph doesn't conform to.

        Of a criterion's two rails, that which bars is validated where the other doesn't conform.

        Args:
            view: A screening view as RDF, with one node of class ``tg:ScreeningView``.
        """
        graph = _FixedGraph()
        graph += view
        graph.fix()
        node = graph.value(predicate=RDF.type, object=TG.ScreeningView)
        data = DataGraph.from_rdflib(graph)
        # One result is enough for a shape to be violated.
        executor = Validator(data, shacl_graph=self._graph, options={"abort_on_first": True}).make_executor()
        violated: dict[str, None] = {}
        for shape in self._named:
            name = str(shape.node)
            # What is shown to be met isn't shown to be barred, so that needn't be asked.
            asked = not name.endswith(_DISPROVED) or f"{name.removesuffix(_DISPROVED)}/proved" in violated
            if asked and not shape.validate(executor, data, focus=node)[0]:
                violated[name] = None
        return list(violated)


class _FixedGraph(Graph):
    """A graph that remembers what was asked of it once it is said not to change any more."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self._answers: dict[Any, list[Any]] | None = None

    def fix(self) -> None:
        """Promise that nothing is added or removed from now on."""
        self.namespace_manager = _Unshortened(self, bind_namespaces="none")
        self._answers = {}

    def triples(self, triple: Any) -> Iterator[Any]:  # type: ignore[override] # rdflib's are overloads
        """Return the triples that match a pattern."""
        if self._answers is None:
            return iter(super().triples(triple))
        if triple not in self._answers:
            self._answers[triple] = list(super().triples(triple))
        return iter(self._answers[triple])


class _Unshortened(NamespaceManager):
    """No prefixes: an IRI is written in full."""

    def bind(self, *args: Any, **kwargs: Any) -> None:
        """Bind nothing."""

    def normalizeUri(self, rdfTerm: str) -> str:  # noqa: N802, N803 (the names that rdflib calls)
        """Return an IRI in angle brackets."""
        return f"<{rdfTerm}>"
