"""Terms of the graph as readers of a page see them: a short text, and where it leads."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox

from trialgraph.namespaces import BASE, TGC, TRIAL
from trialgraph.queries import shorten

__all__ = ["Cell", "Term", "cell"]

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None

_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)
_LOCAL = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A term in a table.

    Args:
        text: What is shown.
        link: The page about it; None when there is none.
    """

    text: str
    link: str | None = None


def cell(term: Term) -> Cell:
    """Return a term as it is shown; an IRI outside leads to itself.

    Example:
        >>> cell(ox.NamedNode("https://w3id.org/trialgraph/trial/NCT06794086/criterion/I4"))
        Cell(text='NCT06794086 I4', link='/trial/NCT06794086#I4')
    """
    if isinstance(term, ox.Triple):
        return Cell(str(term))
    text = shorten(term)
    if not isinstance(term, ox.NamedNode):
        return Cell(text)
    number, _, part = term.value.removeprefix(str(TRIAL)).partition("/")
    if _NCT.fullmatch(number):
        return _of_trial(text, number, part)
    concept = term.value.removeprefix(str(TGC))
    if _LOCAL.fullmatch(concept):
        return Cell(text, f"/concept/{concept}")
    outside = term.value.startswith(("http://", "https://")) and not term.value.startswith(BASE)
    return Cell(text, term.value if outside else None)


def _of_trial(text: str, number: str, part: str) -> Cell:
    kind, _, name = part.partition("/")
    criterion = name.partition("/")[0]
    if kind == "criterion" and criterion:
        return Cell(text.replace("/criterion/", " "), f"/trial/{number}#{criterion}")
    return Cell(text, f"/trial/{number}")
