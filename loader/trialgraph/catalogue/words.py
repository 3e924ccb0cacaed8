"""Texts in the form in which they are searched."""

import re
import unicodedata

__all__ = ["contains", "searchable", "wanted_words"]

_WORD = re.compile(r"\w+")


def searchable(text: str) -> str:
    """Return a text's words, small and without accents, each after one space.

    Example:
        >>> searchable("PD-1: Sjögren’s")
        ' pd 1 sjogren s'
    """
    # twice, since either step may leave what the other changes
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(sign for sign in taken_apart if not unicodedata.combining(sign))
    return "".join(f" {word}" for word in _WORD.findall(plain))


def contains(text: str, wanted: list[str]) -> bool:
    """Return whether a searchable text has words that begin as each of those wanted."""
    return all(word in text for word in wanted)


def wanted_words(text: str) -> list[str]:
    """Return what a text has to contain to be found by someone's words."""
    return [found for word in text.split() if (found := searchable(word))]
