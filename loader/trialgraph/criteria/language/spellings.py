"""One spelling for words that are spelt in several ways: British and American English, common mistakes."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import NamedTuple

from trialgraph.resources import product_folder

__all__ = ["usual_spelling"]

_DIGRAPHS = ("ae", "oe", "our")


def usual_spelling(word: str) -> str:
    """Return the spelling under which a word in lower case is looked up.

    Example:
        >>> usual_spelling("leukaemia")
        'leukemia'
    """
    table = _table()
    if word in table.words:
        return table.words[word]
    for mark in table.marks:
        if mark in word:
            for part, usual in table.parts:
                word = word.replace(part, usual)
            break
    if word.endswith(table.endings):
        end = next(end for end in table.endings if word.endswith(end))
        return word.removesuffix(end) + table.ends[end]
    return word


class _Table(NamedTuple):
    """Whole words, parts of words and their ends; a word that has no mark has no part either."""

    words: dict[str, str]
    marks: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    ends: dict[str, str]
    endings: tuple[str, ...]


@cache
def _table() -> _Table:
    path = product_folder("data") / "language" / "spellings.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    parts, ends = table["parts"], table["ends"]
    marks = [mark for mark in _DIGRAPHS if any(mark in part for part in parts)]
    marks += [part for part in parts if not any(mark in part for mark in marks)]
    return _Table(table["words"], tuple(marks), tuple(parts.items()), ends, tuple(ends))
