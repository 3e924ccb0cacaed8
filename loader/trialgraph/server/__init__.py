"""The store over HTTP: a SPARQL endpoint, a small JSON interface, and pages for people."""

from trialgraph.server.application import Settings, application
from trialgraph.server.ending import Server

__all__ = ["Server", "Settings", "application"]
