"""Lists of vaccines, which are named by the diseases that they are given against."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["without_vaccines"]

_VACCINE = re.compile(r"(?P<disease>.+) vaccin(?:e|ation)s?", re.IGNORECASE)
_JOINTS = frozenset({",", "/", "or", "and", "and/or"})
_LISTED = re.compile(
    r"\bvaccin(?:e|es|ation|ations)\b[^.;:()]{0,30}"
    r"(?:\binclud\w+|\bare\b|\bsuch as|\be\.?g\b|\bexample|:|\()"
    r"(?:\s*\(?\s*(?:e\.?g|i\.?e)\.)?[^.;)]*",
    re.IGNORECASE,
)


def without_vaccines(
    text: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> dict[int, Mention]:
    """Return the mentions without the diseases that vaccines are named by.

    That are those in a list of vaccines ("vaccines such as measles"), and those before one that is named
    in full ("influenza or varicella vaccine").

    Args:
        text: The normalised text.
        tokens: Its tokens.
        mentions: Concepts by the token they start at.
        vocabulary: Names the vaccines.
    """
    if "vaccin" not in text.lower():
        return mentions
    mentions = _without_elided(text, tokens, mentions, vocabulary)
    lists = [listed.span() for listed in _LISTED.finditer(text)]
    if not lists:
        return mentions
    kept = {}
    following = 0
    for position, mention in sorted(mentions.items()):
        start = tokens[position].start
        while following < len(lists) and lists[following][1] <= start:
            following += 1
        listed = following < len(lists) and lists[following][0] <= start
        if not listed or mention.term.category != "condition":
            kept[position] = mention
    return kept


def _without_elided(
    text: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> dict[int, Mention]:
    """Leave out the diseases that lack only the "vaccine" which ends the list that they are in."""
    kept = dict(mentions)
    vaccine_at = -1
    for position, mention in sorted(mentions.items(), reverse=True):
        before = vaccine_at
        while before > 0 and tokens[before - 1].form in _JOINTS:
            before -= 1
        words = text[tokens[position].start : tokens[mention.end - 1].end]
        vaccine = _VACCINE.fullmatch(words)
        if vaccine is not None and (disease := vocabulary.find(vaccine["disease"])) is not None:
            vaccine_at = position if disease.category == "condition" else -1
        elif mention.end == before < vaccine_at and vocabulary.find(f"{words} vaccine") is not None:
            del kept[position]
            vaccine_at = position
    return kept
