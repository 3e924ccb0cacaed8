"""The JSON interface."""

from trialgraph.server.api import trials

__all__ = ["routes"]

routes = [*trials.routes]
