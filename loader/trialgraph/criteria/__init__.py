"""Eligibility criteria: from a registry's prose to expressions.

Segmentation parts a section into criteria, normalisation gives each a readable text aligned with
the verbatim one, reading turns that into an expression over the ontology's concepts.

Each folder uses those before it: ``language`` (what words do and name), ``sections`` (a section parted and
made readable), ``quantities`` (numbers, limits, times), ``chunking`` (words grouped into what they say),
``facts`` (one stretch as a fact), ``members`` and ``lists`` (what is joined, and how), ``conditions`` (what
holds in some case only), ``mentions`` (what words that stay words speak of), ``statements`` (sentences, up
to whole criteria).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialgraph.criteria.criterion import Criterion, Kind, Part
    from trialgraph.criteria.eligibility import read_criteria, read_text
    from trialgraph.criteria.sections.items import Piece, Segmentation
    from trialgraph.criteria.sections.segmentation import segment
    from trialgraph.criteria.structured import read_structured

__all__ = [
    "Criterion",
    "Kind",
    "Part",
    "Piece",
    "Segmentation",
    "read_criteria",
    "read_structured",
    "read_text",
    "segment",
]

_HOMES = {
    "Criterion": "criterion",
    "Kind": "criterion",
    "Part": "criterion",
    "Piece": "sections.items",
    "Segmentation": "sections.items",
    "read_criteria": "eligibility",
    "read_structured": "structured",
    "read_text": "eligibility",
    "segment": "sections.segmentation",
}


def __getattr__(name: str) -> object:
    # on demand, because most commands need only a part, such as the words, and all of it takes long to import
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
