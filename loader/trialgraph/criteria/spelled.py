"""Names that spell out the abbreviation they go on from: "B7 homolog 3 (B7-H3) targeted therapy".

The vocabulary has such names by the abbreviation. That the words before the bracket are what it stands
for is told by their first letters.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.tokens import Token
from trialgraph.criteria.vocabulary import Mention, Vocabulary

__all__ = ["add_spelled"]

_LONGEST_WORDS = 10
_LONGEST_SHORT = 6
_LONGEST_REST = 6
_AGAINST = "anti"
_LOOSE = 3
"""From how many letters on an abbreviation may leave words out ("HER2")."""


def add_spelled(
    text: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> None:
    """Add the concepts that a text names by words, their abbreviation in a bracket, and what follows it.

    Args:
        text: The normalised text.
        tokens: Its words.
        mentions: Concepts by the token they start at; those found are added in place, unless a name that
            goes as far starts there.
        vocabulary: Has the names by their abbreviation.
    """
    for opening, token in enumerate(tokens):
        if token.text != "(":
            continue
        closing = _closing(tokens, opening)
        start = _spelled_from(tokens, opening, closing) if closing else None
        if start is None:
            continue
        before = start - 2 if tokens[start - 1].text == "-" else start - 1
        against = before >= 0 and tokens[before].form == _AGAINST
        found = _named(text, tokens, opening, closing, vocabulary, against=against)
        if found is None:
            continue
        start = before if against else start
        known = mentions.get(start)
        if known is None or known.end < found.end:
            mentions[start] = Mention(found.term, start, found.end)


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Return where the bracket around an abbreviation closes, 0 when there is no abbreviation in it."""
    for place in range(opening + 2, min(opening + 2 + _LONGEST_SHORT, len(tokens))):
        if tokens[place].text == ")":
            inner = tokens[opening + 1 : place]
            one_word = all(each.joined for each in inner[1:])
            return place if one_word and any(each.text.isupper() for each in inner) else 0
    return 0


def _spelled_from(tokens: Sequence[Token], opening: int, closing: int) -> int | None:
    """Return where the words start that an abbreviation behind them stands for."""
    short = "".join(each.text for each in tokens[opening + 1 : closing] if each.text.isalnum()).lower()
    initials = ""
    for start in range(opening - 1, max(-1, opening - 1 - _LONGEST_WORDS), -1):
        word = tokens[start].text
        if not word.isalnum():
            if word != "-":
                return None
            continue
        initials = (word.lower() if word.isdecimal() else word[0].lower()) + initials
        if initials == short or (len(short) >= _LOOSE and _stands_for(short, initials)):
            return start
    return None


def _stands_for(short: str, initials: str) -> bool:
    """Whether an abbreviation's letters are among words' first letters, in order, both ends included."""
    letters = iter(initials)
    in_order = all(letter in letters for letter in short)
    return in_order and initials[0] == short[0] and initials[-1] == short[-1]


def _named(
    text: str, tokens: Sequence[Token], opening: int, closing: int, vocabulary: Vocabulary, *, against: bool
) -> Mention | None:
    """Return the concept that an abbreviation names together with the most of the words behind it.

    What is against it ("anti") may have no words behind it.
    """
    short = f"{_AGAINST}-" * against + text[tokens[opening].end : tokens[closing].start]
    fewest = closing + 1 - against
    for end in range(min(closing + 1 + _LONGEST_REST, len(tokens)), fewest, -1):
        term = vocabulary.find(f"{short}{text[tokens[closing].end : tokens[end - 1].end]}")
        if term is not None and (tokens[end - 1].text.isalnum() or end == closing + 1):
            return Mention(term, opening, end)
    return None
