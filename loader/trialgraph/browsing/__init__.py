"""The ontology as web pages: a tree, a page for each concept, and one for the schema.

`write_site` writes them all; `render_page(Entries(concepts, uses(store)), "concept/Sintilimab")` returns one
as HTML, for a server; `uses` is in the module of its name.
"""

from trialgraph.browsing.entries import Entries
from trialgraph.browsing.site import render_page, write_site

__all__ = ["Entries", "render_page", "write_site"]
