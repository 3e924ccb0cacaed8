"""Diseases named by what they affect: "any condition significantly affecting gastrointestinal function".

That is a gastrointestinal disease, and the words behind the noun tell which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialgraph.criteria.language.omissions import ILLNESSES
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary

__all__ = ["add_impairments"]

_JOINTS = frozenset({"or", "/", "and"})
_AFFECTING = frozenset({"affecting", "affect", "affects", "impairing", "impair", "impairs"})
_LEADING = frozenset({
    "that", "which", "may", "might", "could", "would", "can", "is", "are", "likely", "known", "to",
    "significantly", "severely", "adversely", "substantially", "seriously", "potentially", "materially",
})  # fmt: skip
_ORGANS = frozenset({"gastrointestinal", "gastric", "bowel", "intestinal", "hepatic", "liver", "renal",
                     "kidney", "cardiac", "heart", "pulmonary", "lung"})  # fmt: skip
"""Organs whose function only diseases of their own affect by themselves, other than "immune function"."""
_FUNCTIONS = frozenset({"function", "absorption", "motility"})
_MOST_LEADING = 6
_LONGEST_NAME = 4


def add_impairments(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the disease of an organ for each disease that affects what the organ does.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the diseases ("gastrointestinal disease").
    """
    for index, token in enumerate(tokens[:-2]):
        if token.form not in ILLNESSES or _is_named(mentions, index):
            continue
        term = _affected(tokens, index + 1, vocabulary)
        if term is not None:
            pair = index > 1 and tokens[index - 1].form in _JOINTS and tokens[index - 2].form in ILLNESSES
            start = index - 2 if pair and not _is_named(mentions, index - 2) else index
            mentions[start] = Mention(term, start, index + 1)


def _is_named(mentions: Mapping[int, Mention], index: int) -> bool:
    """Whether a noun is part of a name ("heart disease affecting …")."""
    starts = range(max(0, index - _LONGEST_NAME), index + 1)
    return any(start in mentions and mentions[start].end > index for start in starts)


def _affected(tokens: Sequence[Token], start: int, vocabulary: Vocabulary) -> Term | None:
    """Return the disease of the organ whose function a disease affects, by the words behind its noun."""
    index = start
    while index < min(start + _MOST_LEADING, len(tokens)) and tokens[index].form in _LEADING:
        index += 1
    if index + 2 >= len(tokens) or tokens[index].form not in _AFFECTING:
        return None
    organ = index + 1 + (tokens[index + 1].form == "the")
    after = organ + 1
    if after + 2 < len(tokens) and tokens[after].text == "(" and tokens[after + 2].text == ")":
        after += 3
    if tokens[organ].form not in _ORGANS or after >= len(tokens) or tokens[after].form not in _FUNCTIONS:
        return None
    term = vocabulary.find(f"{tokens[organ].form} disease")
    return term if term is not None and term.category == "condition" else None
