"""Words with a slip of the pen in them, for the one common word that was meant ("temozolamide")."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache

from trialgraph.resources import product_folder

__all__ = ["common_words", "word_meant"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = "aeiouy"
_SHORTEST = 9
"""Shorter words are too near to one another."""
_AS_STARTED = 6
"""Letters in which a vowel tells words apart ("micro" and "macro", "hemi" and "hemo")."""
_ENDING = 2
"""Last letters that make another form of a word ("bradycardic", "metabolizer")."""


@cache
def common_words() -> frozenset[str]:
    """Return the words that eligibility criteria are commonly written with, in lower case."""
    lines = (product_folder("data") / "language" / "words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def word_meant(form: str, usual: Callable[[str], str]) -> str:
    """Return the common word that a long word, which isn't one, is a slip away from; else the word itself.

    A slip is a letter too many or left out, two in the wrong order, or a wrong vowel far from the start.
    A word that is near to several stays, and so do those that `spellings.toml` lists as words of their own.

    Args:
        form: In lower case.
        usual: Gives the form under which a common word is looked up.
    """
    if len(form) < _SHORTEST or not (form.isascii() and form.isalpha()):
        return form
    known = _known(usual)
    if form in known or form in _own_words():
        return form
    near = {word for word in _one_slip_away(form) if word in known and len(word) >= _SHORTEST - 1}
    return near.pop() if len(near) == 1 else form


def _one_slip_away(form: str) -> Iterator[str]:
    for place in range(1, len(form) - _ENDING):
        before, letter, after = form[:place], form[place], form[place + 1 :]
        yield before + after
        yield before + after[0] + letter + after[1:]
        for other in _LETTERS:
            yield before + other + letter + after
        if place >= _AS_STARTED and letter in _VOWELS:
            yield from (before + other + after for other in _VOWELS)


@cache
def _known(usual: Callable[[str], str]) -> frozenset[str]:
    return frozenset(usual(word) for word in common_words())


@cache
def _own_words() -> frozenset[str]:
    path = product_folder("data") / "language" / "spellings.toml"
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["own"]["words"])
