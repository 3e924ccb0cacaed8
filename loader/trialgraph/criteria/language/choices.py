"""A pattern for the longest of many phrases, which looks at each letter of a text once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["alternatives"]

_Tree = dict[str, "_Tree"]
"""What may come next, and what after that; the empty piece is where a phrase ends."""
_END = ""


def alternatives(phrases: Iterable[str], *, loose: bool = False) -> str:
    r"""Return a pattern for the longest of some phrases, to be compiled for either case of letters.

    Phrases share the pattern of what they start with, so that a text is tried against one letter of many
    phrases at a time rather than against one phrase after the other.

    Args:
        phrases: What to find; a space in them stands for any number of blanks.
        loose: A space may be missing, and one may stand on either side of a stroke, as in units.
    Example:
        >>> alternatives(["at least", "at most", "at"])
        'at(?:\\s+(?:least|most))?'
    """
    tree: _Tree = {}
    for phrase in phrases:
        node = tree
        for piece in _pieces(phrase.lower(), loose=loose):
            node = node.setdefault(piece, {})
        node[_END] = {}
    return _pattern(tree)


def _pieces(phrase: str, *, loose: bool) -> Iterator[str]:
    for letter in " ".join(phrase.split()):
        if letter == " ":
            yield r"\s?" if loose else r"\s+"
        else:
            yield r"\s?/\s?" if loose and letter == "/" else re.escape(letter)


def _pattern(tree: _Tree) -> str:
    return "|".join(piece + _behind(below) for piece, below in tree.items() if piece != _END)


def _behind(tree: _Tree) -> str:
    """Return the pattern of what follows a piece, which may be nothing where a phrase ends."""
    pattern = _pattern(tree)
    if _END in tree:
        return f"(?:{pattern})?" if pattern else ""
    return pattern if len(tree) == 1 else f"(?:{pattern})"
