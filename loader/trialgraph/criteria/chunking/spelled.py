"""Names that spell out the abbreviation they go on from: "B7 homolog 3 (B7-H3) targeted therapy".

What an abbreviation is spelled out as tells what it doesn't stand for as well.

The vocabulary has such names by the abbreviation. That the words before the bracket are what it stands
for is told by their first letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trialgraph.criteria.chunking.genes import add_markers
from trialgraph.criteria.language.names import is_examination
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["add_spelled"]

_LONGEST_WORDS = 10
_STEM = 5
_BEFORE = frozenset({"history", "known", "infection", "no"})
"""What may stand before a name without being of it."""
_LONGEST_SHORT = 6
_LOOSE = 3
"""From how many letters on an abbreviation may leave words out ("HER2")."""
_INITIALS = {"ribonucleic": "rn", "deoxyribonucleic": "dn"}
"""What an abbreviation has of a word that is made of several ("ribonucleic acid (RNA)")."""
_LISTED = 5
_LONGEST_LIST = 16
"""From how many letters on it may stand for the parts of a list, and how many words and commas these take."""


@dataclass(frozen=True, slots=True)
class _Spelled:
    """Words, from `start`, and the abbreviation in the bracket behind them."""

    start: int
    opening: int
    closing: int


def add_spelled(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the concepts that a text names by words, their abbreviation in a bracket, and what is around it.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are added in place, unless a name that
            goes as far starts there.
        vocabulary: Has the names by their abbreviation.
    """
    phrases = list(_phrases(tokens))
    if not phrases:
        return
    _drop_strangers(tokens, mentions, vocabulary, phrases)
    kept = _kept(len(tokens), phrases)
    opened = {phrase.opening + 1 for phrase in phrases}
    short = [replace(tokens[at], joined=False) if at in opened else tokens[at] for at in kept]
    plain = vocabulary.mentions(short)
    found = dict(plain)
    add_markers(short, found, vocabulary)
    for place, mention in found.items():
        start, end = kept[mention.start], kept[mention.end - 1] + 1
        inside = [phrase for phrase in phrases if start < phrase.closing and end > phrase.opening]
        more = any(start <= each.opening or end > each.closing for each in inside)
        if not inside or not (more or plain.get(place) != mention):
            continue
        start = min(start, inside[0].start)
        end += end == inside[-1].closing
        known = mentions.get(start)
        if (known is None or known.end < end) and not is_examination(mention.term):
            mentions[start] = Mention(mention.term, start, end)


def _drop_strangers(
    tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary, phrases: Sequence[_Spelled]
) -> None:
    """Drop what an abbreviation stands for elsewhere, where a text spells it out as something else.

    The "legally authorized representative (LAR)" is no low anterior resection, here and further on.
    """
    for phrase in phrases:
        inner = mentions.get(phrase.opening + 1)
        if (
            inner is None
            or inner.end != phrase.closing
            or not _is_stranger(tokens, phrase, inner, vocabulary)
        ):
            continue
        said = [token.text for token in tokens[inner.start : inner.end]]
        for start, each in list(mentions.items()):
            if each.term == inner.term and [token.text for token in tokens[start : each.end]] == said:
                del mentions[start]


def _is_stranger(tokens: Sequence[Token], phrase: _Spelled, inner: Mention, vocabulary: Vocabulary) -> bool:
    """Whether no word that an abbreviation stands for opens a name of its concept."""
    short = "".join(token.text for token in tokens[inner.start : inner.end])
    words = [token.form for token in tokens[phrase.start : phrase.opening] if token.text.isalpha()]
    if inner.term.category is None or not short.isalpha() or words[0] in _BEFORE:
        return False
    if any(vocabulary.opens_name(word, inner.term) for word in words):
        return False
    label = {word[:_STEM] for word in inner.term.label.lower().split() if len(word) >= _STEM}
    return not any(word[:_STEM] in label for word in words)


def _phrases(tokens: Sequence[Token]) -> Iterator[_Spelled]:
    for opening in [opening for opening, token in enumerate(tokens) if token.text == "("]:
        closing = _closing(tokens, opening)
        start = _spelled_from(tokens, opening, closing) if closing else None
        if start is not None:
            yield _Spelled(start, opening, closing)


def _kept(count: int, phrases: Sequence[_Spelled]) -> list[int]:
    """Return which tokens stay when each abbreviation stands for its words, without its bracket."""
    left_out = {place for each in phrases for place in (*range(each.start, each.opening + 1), each.closing)}
    return [place for place in range(count) if place not in left_out]


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Return where the bracket around an abbreviation closes, 0 when there is no abbreviation in it."""
    for place in range(opening + 2, min(opening + 2 + _LONGEST_SHORT, len(tokens))):
        if tokens[place].text == ")":
            inner = tokens[opening + 1 : place]
            one_word = all(each.joined for each in inner[1:])
            return place if one_word and any(each.text.isupper() for each in inner) else 0
    return 0


def _spelled_from(tokens: Sequence[Token], opening: int, closing: int) -> int | None:
    """Return where the words start that an abbreviation behind them stands for.

    If it isn't their first letters, it may have others of each word too ("Janus kinase 2 (JAK2)").
    """
    short = "".join(each.text for each in tokens[opening + 1 : closing] if each.text.isalnum()).lower()
    against = tokens[opening + 1].form == "anti"
    short = short.removeprefix("anti") if against else short
    initials, loose, listed = "", None, len(short) >= _LISTED
    ahead = {len(short)} if len(short) >= _LOOSE else set[int]()
    for start in range(opening - 1, max(-1, opening - 1 - (_LONGEST_LIST if listed else _LONGEST_WORDS)), -1):
        word = tokens[start].text
        if not word.isalnum():
            if word != "-" and not (listed and word == ","):
                break
            continue
        initials, ahead = _initial(word) + initials, _some_of(word.lower(), short, ahead)
        if initials == short or (len(short) >= _LOOSE and _stands_for(short, initials)):
            return _before_anti(tokens, start) if against else start
        if loose is None and 0 in ahead:
            loose = start
    return None if loose is None else _before_anti(tokens, loose) if against else loose


def _before_anti(tokens: Sequence[Token], start: int) -> int:
    """Return where words start that "anti" stands before, as in the bracket ("anti-X antigen (anti-XA)")."""
    led = [token.form for token in tokens[max(0, start - 2) : start]]
    return start - 2 if led == ["anti", "-"] else start


def _some_of(word: str, short: str, ends: set[int]) -> set[int]:
    """Return where an abbreviation has, before an end, a word's first letter and any others in order."""
    return {
        start
        for end in ends
        for start in range(end)
        if short[start] == word[0] and _in_order(short[start + 1 : end], word[1:])
    }


def _in_order(letters: str, word: str) -> bool:
    """Whether a word has some letters, in their order."""
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _initial(word: str) -> str:
    """Return what an abbreviation has of a word."""
    return word.lower() if word.isdecimal() else _INITIALS.get(word.lower(), word[0].lower())


def _stands_for(short: str, initials: str) -> bool:
    """Whether an abbreviation's letters are among words' first letters, in order, both ends included.

    The last of a list may be of two words ("… and skin changes (POEMS)").
    """
    last = initials[-2:] if len(short) >= _LISTED else initials[-1]
    return _in_order(short, initials) and initials[0] == short[0] and short[-1] in last
