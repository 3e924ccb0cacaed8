"""Pages for people who never saw RDF."""

from trialgraph.server.pages import ask, compare, concepts, heat, questions, screen, trials
from trialgraph.server.pages.frame import error_page

__all__ = ["error_page", "routes"]

routes = [
    *trials.routes,
    *compare.routes,
    *heat.routes,
    *screen.routes,
    *ask.routes,
    *concepts.routes,
    *questions.routes,
]
