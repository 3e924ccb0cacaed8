"""Help for who edits the ontology: what is wrong in it, by file and line."""

from trialgraph.authoring.checks import Finding, check_ontology

__all__ = ["Finding", "check_ontology"]
