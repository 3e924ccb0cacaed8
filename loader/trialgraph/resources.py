"""Where the product's own folders are: ``ontology``, ``shapes``, ``queries`` and ``data``.

A wheel carries them inside the package; a checkout has them at its top level. Either way the
files are the same, and any RDF tool can use them without this package.
"""

from pathlib import Path
from typing import Literal

from trialgraph.errors import UsageError

__all__ = ["Folder", "product_folder"]

Folder = Literal["ontology", "shapes", "queries", "data"]

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "_product", _PACKAGE.parent.parent)


def product_folder(name: Folder) -> Path:
    """Return the path of one of the product's folders.

    Args:
        name: One of ``ontology``, ``shapes``, ``queries``, ``data``.
    Raises:
        UsageError: when the installation lacks the folder.
    Example:
        >>> product_folder("ontology").name
        'ontology'
    """
    for root in _ROOTS:
        folder = root / name
        if folder.is_dir():
            return folder
    raise UsageError(f"this installation lacks its {name!r} folder", advice="install trialgraph again")
