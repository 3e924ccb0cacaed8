"""Organs that fail or function poorly, in lists that share the word for it.

In "diseases of the heart, lung or liver" and "dysfunction of important organs such as the heart and
kidneys" the noun stands before the organs, in "impaired hepatic or renal function" an adjective does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from trialgraph.criteria.language.omissions import ILLNESSES
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary

__all__ = ["add_organs"]

_FAILURES = frozenset({"dysfunction", "impairment", "insufficiency", "failure", "damage", "injury"})
_POOR = frozenset({"impaired", "abnormal", "inadequate", "insufficient", "poor", "reduced", "decreased",
                   "compromised"})  # fmt: skip
_GRADING = frozenset({
    "severe", "serious", "significant", "major", "chronic", "acute", "active", "uncontrolled",
    "unstable", "known", "organic", "functional", "underlying", "concurrent", "concomitant", "moderate",
    "mild", "symptomatic", "decompensated", "any", "other", "previous", "prior", "existing", "of",
    "with", "have", "has", "had", "no", "without", "or", "and", ",", ";", ":", ".", "(", "/", "-", "•",
    "*",
})  # fmt: skip
"""What stands before "disease of the liver" where it is no tumour ("metastatic disease of the liver")."""
_ORGAN, _FUNCTION, _NORMAL = "organ", "function", "normal"
_INTO = frozenset({"of", "to"})
_FILLING = frozenset({"the", "both", "either"})
_KINDS = frozenset({"important", "vital", "major", "essential", "main", "critical"})
_EXAMPLES = (("such", "as"), ("including",), ("like",), ("(",), (":",), ("e.g", "."))
_JOINTS = frozenset({",", "/", "or", "and", "and/or"})
_LONGEST = 3
_MOST = 12


def add_organs(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the disease of each organ in a list that shares the word for it.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the diseases ("heart disease", "renal impairment", "impaired hepatic function").
    """
    for index, token in enumerate(tokens[:-2]):
        found: list[Mention] = []
        if token.form in _FAILURES or token.form in ILLNESSES:
            found = _behind_noun(tokens, index, vocabulary, mentions)
        elif token.form in _POOR:
            found = _before_function(tokens, index, vocabulary)
        for mention in found:
            for inside in range(mention.start, mention.end):
                mentions.pop(inside, None)
            mentions[mention.start] = mention


def _behind_noun(
    tokens: Sequence[Token], noun: int, vocabulary: Vocabulary, mentions: Mapping[int, Mention]
) -> list[Mention]:
    """Return the diseases that "dysfunction of the heart, lungs or kidneys" names."""
    word = tokens[noun].form
    if tokens[noun + 1].form not in _INTO or any(noun in range(at + 1, m.end) for at, m in mentions.items()):
        return []
    if word in ILLNESSES and noun and tokens[noun - 1].form not in _GRADING:
        return []
    start = _first_organ(tokens, noun + 2)
    found = list(_members(tokens, start, lambda organ: _named(vocabulary, f"{organ} {word}")))
    if not found or (len(found) == 1 and (word in ILLNESSES or noun in mentions)):
        return []
    return [Mention(found[0].term, noun, found[0].end), *found[1:]]


def _before_function(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> list[Mention]:
    """Return the diseases that "impaired hepatic or renal function" names.

    One organ is part of a name, and whoever may be "normal or impaired" has nothing.
    """
    word = tokens[at].form
    if any(token.form == _NORMAL for token in tokens[max(0, at - _LONGEST) : at]):
        return []
    found = list(_members(tokens, at + 1, lambda organ: _named(vocabulary, f"{word} {organ} {_FUNCTION}")))
    if len(found) < 2 or tokens[found[-1].end - 1].form != _FUNCTION:
        return []
    return [Mention(found[0].term, at, found[0].end), *found[1:]]


def _first_organ(tokens: Sequence[Token], start: int) -> int:
    """Return where the organs start, behind "the" and "important organs such as"."""
    index = start
    while index < len(tokens) and tokens[index].form in _FILLING | _KINDS:
        index += 1
    if index < len(tokens) and tokens[index].form == _ORGAN:
        for words in _EXAMPLES:
            end = index + 1 + len(words)
            if tuple(token.form for token in tokens[index + 1 : end]) == words:
                index = end
                break
    while index < len(tokens) and tokens[index].form in _FILLING:
        index += 1
    return index


def _members(tokens: Sequence[Token], start: int, named: Callable[[str], Term | None]) -> Iterator[Mention]:
    """Yield the disease of each organ of a list, up to one that has none."""
    index = start
    for _ in range(_MOST):
        found = next(
            (
                (term, end)
                for end in range(min(index + _LONGEST, len(tokens)), index, -1)
                if (term := named(_organ(tokens[index:end]))) is not None
            ),
            None,
        )
        if found is None:
            return
        term, end = found
        yield Mention(term, index, end)
        if end >= len(tokens) or tokens[end].form not in _JOINTS:
            return
        index = end
        while index < len(tokens) and tokens[index].form in _JOINTS | _FILLING | {"other"}:
            index += 1


def _organ(tokens: Sequence[Token]) -> str:
    """Return the words for an organ, "function" behind them left out."""
    words = [token.form for token in tokens]
    return " ".join(words[:-1] if len(words) > 1 and words[-1] == _FUNCTION else words)


def _named(vocabulary: Vocabulary, name: str) -> Term | None:
    term = vocabulary.find(name)
    return term if term is not None and term.category == "condition" else None
