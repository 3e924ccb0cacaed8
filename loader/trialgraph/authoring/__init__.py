"""Help for who edits the ontology: what is wrong in it, by file and line, and what a reasoner infers."""

from trialgraph.authoring.checks import Finding, check_ontology
from trialgraph.authoring.closure import closure_is_current, write_closure
from trialgraph.authoring.individuals import classify_trials, whole_trials, write_trials

__all__ = [
    "Finding",
    "check_ontology",
    "classify_trials",
    "closure_is_current",
    "whole_trials",
    "write_closure",
    "write_trials",
]
