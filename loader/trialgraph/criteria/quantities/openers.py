"""Words and signs that a value, a limit, a number of lesions or a window may start with."""

from __future__ import annotations

from functools import cache

from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.windows import STARTERS

__all__ = ["openers", "opens_limit"]


@cache
def openers() -> frozenset[str]:
    """Return the words that a value, limit, lesion or window may start with, beside names of quantities."""
    said = wording()
    return (
        STARTERS
        | said.limit_openers
        | said.size_openers
        | said.leads
        | frozenset(said.numbers)
        | {"aged", "class", "classes", "grade", "grades", "stage", "classification"}
    )


def opens_limit(words: str) -> bool:
    """Whether a token that is neither a word nor a number may start a limit ("≥")."""
    return not words.isalnum() and wording().opens_limit(words[0])
