"""The SPARQL endpoint."""

from trialgraph.server.sparql.addresses import routes
from trialgraph.server.sparql.protocol import CORS, endpoint, refusal
from trialgraph.server.sparql.sending import CutShortError

__all__ = ["CORS", "CutShortError", "endpoint", "refusal", "routes"]
