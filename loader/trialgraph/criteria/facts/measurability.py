"""How it is told that disease is measurable, which asks for nothing more ("by CT, as read locally").

Who writes "measurable disease" means what the response criteria call so. On what images it is seen, by whose
eyes, by which of the criteria and what these say narrows nothing. Anything else that is said does ("outside
the brain", "not irradiated", "at least 5 cm"). The words are those of ``data/language/measuring.toml``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import NamedTuple

from trialgraph.resources import product_folder

__all__ = ["measuring_end"]

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z][A-Za-z'’/-]*)"
    r"|(?P<size>[≥>]?\s*(?P<length>\d+(?:\.\d+)?)\s*(?P<unit>mm|cm|(?:milli|centi)met(?:er|re)s?)\b)"
    r"|(?P<number>[≥v]?\s*\d+(?:\.\d+)*)(?![\w%])"
    r"|(?P<sign>[(),/\[\]:;\"“”'-]|[.](?=\s*(?:[\]\"”,;)]|$)|e\.))"
    r")"
)
_PARTS = re.compile(r"[/-]")
_NUMBERED = frozenset({"recist", "irecist", "mrecist", "recistv", "version", "v", "ver", "vers", "criteria",
                       "appendix", "tumors", "tumours"})  # fmt: skip
"""Words with a number of their own, the edition's."""
_DEEPER = {"(": 1, "[": 1, ")": -1, "]": -1}
_ONCE = frozenset({"1", "≥1", "≥ 1"})
_DIMENSIONS = frozenset({"dimension", "dimensions", "dimensional", "perpendicular"})
_RESTARTING = frozenset({"that", "which", "with", "within"})
"""With what something else may start."""
_DEFINING = re.compile(
    r"[\s,(]*(?:(?:(?:is|are|as)\s+)?defined\s+(?:as|by)\b|i\.?e\b|that\s+is\b)", re.IGNORECASE
)
"""What opens a definition, which is read whole or not at all."""
_LISTING = re.compile(r"\b(?:following|one or more of|any of|one of)[\s:.]*$", re.IGNORECASE)
_NAMED = re.compile(r"\bmeasured\b|\bRECIST", re.IGNORECASE)


class _Measuring(NamedTuple):
    openers: frozenset[str]
    links: frozenset[str]
    nouns: frozenset[str]
    measured: frozenset[str]
    sizes: frozenset[float]

    def has(self, word: str, *, defining: bool) -> bool:
        """Whether a word, or each of those joined in it, tells how disease is measured."""
        lists = (self.links, self.nouns, self.measured) if defining else (self.links, self.nouns)
        parts = [word, *_PARTS.split(word)]
        known = [not part or any(part in words for words in lists) for part in parts]
        return known[0] or all(known[1:])


def measuring_end(text: str, start: int, end: int, *, bracketed: bool = False) -> int:
    """Return where the words end that only tell how disease is measured; 0 where there are none.

    Args:
        text: The text.
        start: Where what is said of measurable disease starts.
        end: Where it ends.
        bracketed: Whether it is all that a bracket holds, which needs no word that leads to it ("(CT)").
    """
    measuring, defining = _measuring(), _NAMED.search(text, start, end) is not None
    entire = bracketed or _DEFINING.match(text, start, end) is not None
    before, opened, depth, whole, at = "", bracketed, 0, start, start
    while at < end:
        token = _TOKEN.match(text, at, end)
        word = (token["word"] or "").lower() if token is not None else ""
        if token is None or not (
            measuring.has(word, defining=defining)
            if word
            else _fits(text, token, end, before, defining=defining)
        ):
            return 0 if entire or whole == start else whole
        if word and not opened:
            if word not in measuring.openers:
                return 0
            opened = True
        if depth == 0 and word in _RESTARTING and before not in measuring.links:
            whole = at
        depth += _DEEPER.get(token["sign"] or "", 0)
        before, at = word or (before if token["sign"] else ""), token.end()
    lacking = _LISTING.search(text[start:end]) and not text[end:].strip(" :.*\n")
    return 0 if lacking else end


def _fits(text: str, token: re.Match[str], end: int, before: str, *, defining: bool) -> bool:
    """Whether a number is the criteria's own: an edition, "1 lesion", "2 dimensions", the sizes of RECIST."""
    if token["sign"]:
        return True
    if token["size"]:
        millimetres = float(token["length"]) * (1 if token["unit"].startswith("m") else 10)
        return defining and millimetres in _measuring().sizes
    number = token["number"]
    if before in _NUMBERED or number.startswith("v") or number in _ONCE:
        return True
    following = _TOKEN.match(text, token.end(), end)
    return following is not None and (following["word"] or "").lower() in _DIMENSIONS


@cache
def _measuring() -> _Measuring:
    path = product_folder("data") / "language" / "measuring.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return _Measuring(*(frozenset(table[name]) for name in _Measuring._fields))
