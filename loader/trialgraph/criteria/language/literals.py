"""Letters that any text which a pattern fits has somewhere: without them the pattern needn't be tried."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property

__all__ = ["Sought", "needed_by_all", "needed_letters"]

_OPTIONAL = tuple("?*{")
_BRACKETS = {"(": ")", "[": "]"}


class Sought:
    r"""A pattern that few texts have: it is tried where the letters are that it needs, in capitals or not.

    Looking for these is several times as fast, and what no text needs is never compiled.

    Args:
        pattern: A regular expression as `needed_letters` understands it, which needs some letters.
        flags: How it is to be read; not as a verbose one.
    Example:
        >>> Sought(r"\bstud(?:y|ies)\b").search("Another study").start()
        8
    """

    def __init__(self, pattern: str, flags: re.RegexFlag = re.IGNORECASE) -> None:
        self._pattern, self._flags = pattern, flags
        self._needed = needed_by_all([pattern.lower()])

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._pattern, self._flags)

    def _may_stand_in(self, words: str) -> bool:
        return any(map(words.lower().__contains__, self._needed))

    def search(self, words: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return where words have what the pattern fits, from a character on and up to one, or None."""
        return self._compiled.search(words, start, end) if self._may_stand_in(words) else None

    def match(self, words: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return what the pattern fits at a character of words, up to another, or None."""
        return self._compiled.match(words, start, end) if self._may_stand_in(words) else None

    def finditer(self, words: str) -> Iterator[re.Match[str]]:
        """Yield each place in words that the pattern fits."""
        return self._compiled.finditer(words) if self._may_stand_in(words) else iter(())

    def fullmatch(self, words: str) -> re.Match[str] | None:
        """Return how the pattern fits words as a whole, or None."""
        return self._compiled.fullmatch(words) if self._may_stand_in(words) else None


def needed_by_all(patterns: Iterable[str]) -> frozenset[str]:
    """Return letters of which every text that fits one of the patterns has some; empty ones are in any."""
    found = frozenset[str]().union(*map(needed_letters, patterns))
    return frozenset(each for each in found if not any(other in each for other in found - {each}))


def needed_letters(pattern: str) -> frozenset[str]:
    r"""Return stretches of letters of which every text that a pattern fits has one; the empty one is in any.

    Args:
        pattern: A regular expression, in lower case. Understood are letters, escapes, sets, groups that
            choose, quantifiers and conditions on what follows; flags and references to groups aren't.
    Example:
        >>> sorted(needed_letters(r"\b(?:study|trial) (?:new )?drugs?\b"))
        ['drug']
    """
    choices = _parted(pattern)
    if len(choices) > 1:
        return needed_by_all(choices)
    found, run, position = [], "", 0
    while position < len(pattern):
        piece = _piece(pattern, position)
        position += len(piece)
        after = position + _quantifier(pattern, position)
        always = not pattern.startswith(_OPTIONAL, position)
        if len(piece) == 1 and piece not in ".^$" and always:
            run += piece
        if len(piece) > 1 or piece in ".^$" or after > position:
            found.append(frozenset({run}))
            run = ""
        if piece.startswith("(?:") and always:
            found.append(needed_letters(piece[3:-1]))
        position = after
    return max([*found, frozenset({run})], key=lambda each: min(map(len, each)))


def _piece(pattern: str, position: int) -> str:
    """Return the letter, escape, set or group at a place."""
    letter = pattern[position]
    if letter == "\\":
        return pattern[position : position + 2]
    if letter not in _BRACKETS:
        return letter
    depth, end = 0, position
    while True:
        if pattern[end] == "\\":
            end += 1
        elif pattern[end] == "[" and letter != "[":
            end += len(_piece(pattern, end)) - 1
        elif pattern[end] == letter:
            depth += 1
        elif pattern[end] == _BRACKETS[letter]:
            depth -= 1
        end += 1
        if not depth:
            return pattern[position:end]


def _quantifier(pattern: str, position: int) -> int:
    """Return how long the quantifier at a place is, 0 where none is."""
    end = position
    if pattern.startswith("{", end):
        end = pattern.index("}", end) + 1
    elif pattern.startswith(("?", "*", "+"), end):
        end += 1
    return end - position + (end > position and pattern.startswith("?", end))


def _parted(pattern: str) -> list[str]:
    """Return the members of a choice that is not inside a group."""
    parts, position = [""], 0
    while position < len(pattern):
        piece = _piece(pattern, position)
        position += len(piece)
        if piece == "|":
            parts.append("")
        else:
            parts[-1] += piece
    return parts
