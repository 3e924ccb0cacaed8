"""Pages for people who never saw RDF."""

from trialgraph.server.pages import ask, concepts, questions, screen, trials
from trialgraph.server.pages.frame import error_page

__all__ = ["error_page", "routes"]

routes = [*trials.routes, *screen.routes, *ask.routes, *concepts.routes, *questions.routes]
