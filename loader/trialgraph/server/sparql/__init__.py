"""The SPARQL endpoint."""

from trialgraph.server.sparql.addresses import routes
from trialgraph.server.sparql.protocol import CORS, endpoint

__all__ = ["CORS", "endpoint", "routes"]
