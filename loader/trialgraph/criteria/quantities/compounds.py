"""Quantities within the names of conditions ("prolonged QTc > 480 ms", "QTc prolongation > 480 ms")."""

from __future__ import annotations

import re
from collections.abc import Callable

from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.quantities.values import FoundValue, ValueReader

__all__ = ["is_whole", "number_follows", "value_of_name"]

_NUMBER = re.compile(r"\d")
_BEHIND = frozenset(
    {"and", "or", "with", "without", "in", "at", "within", "who", "but", "for", "status", "by", "on"}
)
"""Words before which a name ends its noun phrase."""
_NEAR = 64
"""How far behind a name the number of its limit stands at most."""


def number_follows(values: ValueReader, position: int, mention: Mention | None) -> bool:
    """Whether a name of several words at a token has a number soon behind it, which may be its limit."""
    if mention is None or mention.end == position + 1:
        return False
    after = values.tokens[mention.end - 1].end
    return _NUMBER.search(values.text, after, after + _NEAR) is not None


def value_of_name(
    values: ValueReader,
    mentions: dict[int, Mention],
    find: Callable[[str], Term | None],
    position: int,
    mention: Mention,
) -> FoundValue | None:
    """Return the value of the quantity at one end of a condition's name, when a limit on it follows."""
    if mention.term.quantity or not number_follows(values, position, mention):
        return None
    for index in range(position + 1, mention.end):
        inner = mentions.get(index)
        if inner is not None and inner.term.quantity and inner.end == mention.end:
            return values.read(index)
    start = values.tokens[position].start
    for end in range(mention.end - 1, position, -1):
        term = find(values.text[start : values.tokens[end - 1].end])
        if term is not None and term.quantity:
            mentions[position] = Mention(term, position, end)
            value = values.read(position)
            mentions[position] = mention
            return value if value is not None and value.end > mention.end else None
    return None


def is_whole(mention: Mention | None, position: int, tokens: list[Token]) -> bool:
    """Whether "non" before a concept denies all of it: one word, a language, a state of reproduction.

    Before a noun of its own it only says of which kind that is ("non-cancer illness").
    """
    if mention is None or mention.term.category == "reproductive":
        return mention is not None
    if mention.term.category == "demographic" and mention.end > position + 1:
        return True
    if mention.end > position + 1 or mention.end >= len(tokens):
        return mention.end == position + 1
    following = tokens[mention.end]
    ends = not following.text.isalpha() or following.form in _BEHIND
    return (ends and following.text != "/") or "persons" in lexicon().phrase_at(tokens, mention.end)[1]
