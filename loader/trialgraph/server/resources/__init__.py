"""The IRIs of the graph as addresses: as pages for people, as RDF for programs.

``/trial/NCT…``, its parts, ``/concept/…``, ``/graph/NCT…``, ``/source/…`` and ``/ontology``. What comes is
chosen by ``Accept``, or by the ending of the address: ``.ttl``, ``.jsonld``, ``.nt``, ``.rdf``, ``.html``.
"""

from trialgraph.server.resources import documents, graphs, ontology

__all__ = ["document_routes", "graph_routes"]

graph_routes = [*graphs.routes, *ontology.routes]
"""Routes that take only requests for RDF; they stand before those of pages."""

document_routes = [*documents.routes]
"""Pages of what has no page of its own; they stand after those that have."""
