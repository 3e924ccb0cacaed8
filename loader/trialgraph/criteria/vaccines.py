"""Lists of vaccines, which are named by the diseases that they are given against."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.tokens import Token
from trialgraph.criteria.vocabulary import Mention

__all__ = ["without_vaccines"]

_LISTED = re.compile(
    r"\bvaccin(?:e|es|ation|ations)\b[^.;:()]{0,30}"
    r"(?:\binclud\w+|\bare\b|\bsuch as|\be\.?g\b|\bexample|:|\()"
    r"[^.;)]*",
    re.IGNORECASE,
)


def without_vaccines(text: str, tokens: Sequence[Token], mentions: dict[int, Mention]) -> dict[int, Mention]:
    """Return the mentions without the diseases that a list of vaccines names ("vaccines such as measles").

    Args:
        text: The normalised text.
        tokens: Its tokens.
        mentions: Concepts by the token they start at.
    """
    lists = [listed.span() for listed in _LISTED.finditer(text)] if "vaccin" in text.lower() else []
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
