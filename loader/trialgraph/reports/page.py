"""A screening as one HTML page that a coordinator can print and file."""

from functools import cache

from jinja2 import Template

from trialgraph import __version__
from trialgraph.reports.templates import template_environment
from trialgraph.reports.terminal import because
from trialgraph.screening import Screening

__all__ = ["screening_page"]


def screening_page(screening: Screening) -> str:
    """Return a self-contained HTML page; it refers to no other file and runs no script."""
    return _template().render(screening=screening, because=because, version=__version__)


@cache
def _template() -> Template:
    return template_environment("trialgraph.reports", ".").get_template("screening.html")
