"""Where the endpoint and what belongs to it are found."""

from starlette.routing import Route

from trialgraph.server.sparql.description import void
from trialgraph.server.sparql.protocol import endpoint

__all__ = ["routes"]


class _Endpoint:
    """The endpoint as a class, since a route takes a function for one of requests."""

    __call__ = staticmethod(endpoint)


routes = [Route("/sparql", _Endpoint()), Route("/.well-known/void", void)]
