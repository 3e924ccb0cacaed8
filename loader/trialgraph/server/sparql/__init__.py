"""The SPARQL endpoint."""

from trialgraph.server.sparql.protocol import CORS, routes

__all__ = ["CORS", "routes"]
