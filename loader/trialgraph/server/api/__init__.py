"""The JSON interface."""

from starlette.routing import Mount

# each adds its operations
from trialgraph.server.api import concepts, documents, queries, screen, shapes, trials  # noqa: F401
from trialgraph.server.api.interface import interface

__all__ = ["interface", "routes"]

routes = [Mount("/api", interface)]
