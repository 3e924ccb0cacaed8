"""How every HTML page of the product is made: escaped, and strict about names."""

from jinja2 import Environment, PackageLoader, StrictUndefined

__all__ = ["template_environment"]


def template_environment(package: str, folder: str) -> Environment:
    """Return an environment of the templates in a package's folder; values are escaped."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
