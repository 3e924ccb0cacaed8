"""Nouns for anything that is given, before what it is: "medications or foods that are CYP3A4 inhibitors"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import GIVEN, Mention

__all__ = ["anything_end", "unstoppable_end"]

_NOUNS = frozenset({"medication", "medicine", "drug", "substance", "agent", "product", "food", "compound",
                    "supplement", "preparation", "beverage"})  # fmt: skip
_THING = (
    r"(?:(?:any|other|concomitant|concurrent|herbal|dietary|prescription|prescribed|oral|over-the-counter|food|certain"
    r"|non-?prescription)\s+)*(?:medications?|medicines?|drugs?|substances?|agents?|products?|foods?|compounds?"
    r"|supplements?|preparations?|beverages?|juices?|herbs?|remedies)\b(?:\s?\(s\))?"
)
_ARE = (
    r"\s*,?\s+(?:(?:that|which)\s+(?:are|is)\b(?:\s+(?:also|either|both)\b)?"
    r"(?:\s+(?:well[- ])?(?:known|considered|classified|recogni[sz]ed)\b(?:\s+(?:to\s+be|as)\b)?)?"
    r"|(?:known|considered|classified)\s+(?:to\s+be|as)\b)\s+(?:an?\s+)?"
)
_ANYTHING = re.compile(
    rf"{_THING}(?:(?:\s*[,/]\s*|\s+)(?:(?:and/or|and|or)\s+)?{_THING})*{_ARE}",
    re.IGNORECASE,
)
_HOW = frozenset({"strong", "moderate", "potent", "weak", "sensitive", "major", "known", "clinically",
                  "relevant", "significant", "either", "or", "and", "to", ",", "/", "-", "inhibitor",
                  "inducer", "substrate"})  # fmt: skip
_UNSTOPPABLE = re.compile(
    r"and\s+(?:(?:who|that|which)\s+)?(?:(?:is|are)\s+)?(?:(?:unable|not\s+able|unwilling)(?:\s+or\s+\w+)?\s+to|cannot|can\s+not)"
    r"\s+(?:(?:be|safely)\s+){0,2}(?:stop|discontinu|switch|substitut|replac|interrupt|chang)\w*\b",
    re.IGNORECASE,
)


def anything_end(
    text: str, token: Token, tokens: Sequence[Token], mentions: Mapping[int, Mention]
) -> int | None:
    """Return where words end that only lead to the kind of treatment meant, or None.

    Args:
        text: The normalised text.
        token: One of its words.
        tokens: All of them.
        mentions: Concepts by the token they start at.
    """
    found = _ANYTHING.match(text, token.start) if token.form in _NOUNS else None
    if found is None:
        return None
    at = token_at(tokens, found.end())
    while at < len(tokens) and at not in mentions and tokens[at].form in _HOW:
        at += 1
    named = mentions.get(at)
    return len(found.group().rstrip()) + found.start() if named and named.term.category in GIVEN else None


def unstoppable_end(text: str, token: Token) -> int | None:
    """Return where "and is unable to stop" ends, which narrows the treatment before it, or None."""
    found = _UNSTOPPABLE.match(text, token.start) if token.form == "and" else None
    return None if found is None else found.end()
