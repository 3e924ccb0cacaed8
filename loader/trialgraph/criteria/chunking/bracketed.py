"""Kinds of a treatment listed in a bracket behind it: "transfusion (platelets or red blood cells)".

Each makes, with the noun in front of the bracket, the name of a narrower concept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.language.connectives import JOINTS
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import GIVEN, Mention, Vocabulary

__all__ = ["add_bracketed"]

_FURTHEST = 14


def add_bracketed(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Read the kinds of a treatment in a bracket behind it as what they are short for.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; the kinds are put in place of what their words name.
        vocabulary: Names the kinds.
    """
    opened = [at for at, token in enumerate(tokens) if token.form == "("]
    if not opened:
        return
    before = {each.end: each for each in mentions.values() if each.term.category in GIVEN}
    for at in opened:
        named = before.get(at)
        kinds = _kinds(tokens, at + 1, named, vocabulary) if named is not None else []
        for kind in kinds:
            for inside in range(kind.start, kind.end):
                mentions.pop(inside, None)
            mentions[kind.start] = kind


def _kinds(tokens: Sequence[Token], start: int, named: Mention, vocabulary: Vocabulary) -> list[Mention]:
    """Return the kinds that a bracket lists; none when one of its members isn't such."""
    found: list[Mention] = []
    own = " ".join(token.form for token in tokens[named.start : named.end])
    for first, end in _members(tokens, start):
        words = " ".join(token.form for token in tokens[first:end])
        terms = (vocabulary.find(name) for name in (f"{words} {own}", f"{own} of {words}"))
        term = next((each for each in terms if each is not None and named.term.iri in each.ancestors), None)
        if term is None:
            return []
        found.append(Mention(term, first, end))
    return found if len(found) > 1 else []


def _members(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
    """Yield where the members of a list in a bracket stand; nothing when it doesn't close soon."""
    close = next(
        (at for at in range(start, min(len(tokens), start + _FURTHEST)) if tokens[at].form == ")"), None
    )
    if close is None:
        return
    first = start
    for at in range(start, close + 1):
        if at == close or tokens[at].form in JOINTS:
            if first < at:
                yield first, at
            first = at + 1
