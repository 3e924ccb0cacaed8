"""Trials as RDF: one graph per trial, every node with an IRI, the same input giving the same triples."""

from trialgraph.graph.criteria import criterion_triples
from trialgraph.graph.curations import stale_correction_triples
from trialgraph.graph.doses import Mention
from trialgraph.graph.expressions import expression_from_graph, expression_to_graph
from trialgraph.graph.fields import MentionFinder
from trialgraph.graph.terms import Triple
from trialgraph.graph.trials import trial_triples

__all__ = [
    "Mention",
    "MentionFinder",
    "Triple",
    "criterion_triples",
    "expression_from_graph",
    "expression_to_graph",
    "stale_correction_triples",
    "trial_triples",
]
