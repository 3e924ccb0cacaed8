"""How a value is measured, in words behind it ("on dipstick", "by the Cockcroft-Gault formula")."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.fillers import end_of_doing
from trialgraph.criteria.quantities.windows import end_of_moment

__all__ = ["past_method"]

_DEMONSTRATING = re.compile(r"\s*(?:collection\s*)?(?:demonstrat|show|reveal|indicat|[≤≥<>])", re.IGNORECASE)
_FOR_WHAT = re.compile(r"\b(?:for|determination\s+of)\s*$", re.IGNORECASE)
_ESTIMATED = re.compile(r"\)?\s*(?:\(e?GFR\)\s*)?estimation\b", re.IGNORECASE)
_NEAR = 20
_OF_AGE = re.compile(r"\s+(?:of\s+age|old)\b(?=\s+(?:at|on|before|prior|upon|when)\b)", re.IGNORECASE)
"""What stands between an age and when it is reached ("18 years of age at the time of consent")."""


def past_method(
    text: str, tokens: Sequence[Token], mention_at: Callable[[int], Mention | None], offset: int
) -> int:
    """Return the token after how a value is measured, which stands behind it.

    Args:
        text: The normalised text.
        tokens: Its tokens.
        mention_at: Gives the concept named at a token.
        offset: The character behind the value.
    """
    end = token_at(tokens, offset)
    if (aged := _OF_AGE.match(text, offset)) is not None:
        offset = aged.end()
    method = wording().method.match(text, offset)
    told = method.end() if method else offset
    if _DEMONSTRATING.match(text, told):
        # "… on dipstick or 24-hour urine demonstrating < 1 g": another test, with its own limit.
        told = max(offset, text.rfind(" or ", offset, told))
    moment = max(end_of_moment(text, end_of_moment(text, offset)), end_of_moment(text, told))
    moment = end_of_doing(text, moment)
    last = max(end, token_at(tokens, moment) if moment > offset else end)
    comma = end
    for index in range(end, last):
        mention = mention_at(index)
        if mention is not None and mention.term.quantity and not _names_method(text, tokens, mention):
            return comma
        comma = index if tokens[index].text == "," else comma
    return last


def _names_method(text: str, tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether a quantity only tells what a method is for ("for clearance", "GFR estimation")."""
    start, end = tokens[mention.start].start, tokens[mention.end - 1].end
    before = text[max(0, start - _NEAR) : start]
    return _FOR_WHAT.search(before) is not None or _ESTIMATED.match(text, end) is not None
