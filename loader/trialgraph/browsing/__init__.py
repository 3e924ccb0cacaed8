"""The ontology as web pages: a tree, and a page for each concept."""

from trialgraph.browsing.site import write_site

__all__ = ["write_site"]
