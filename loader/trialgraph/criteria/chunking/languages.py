"""Languages that patients speak, told by what they can do in them: "respond to questions in English".

The verbs before a language make its name, and the languages listed behind the first one are meant likewise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary

__all__ = ["add_languages"]

_SPEAKING = "Speaking"
_TRAIT = "demographic"
_DOING = frozenset({
    "read", "reading", "write", "writing", "speak", "speaking", "understand", "understanding", "comprehend",
    "communicate", "converse", "respond", "answer", "complete", "fill", "participate", "listen", "fluent",
    "proficient", "literate", "conversant", "comprehending", "communicating", "responding", "completing",
})  # fmt: skip
_MATTER = frozenset({
    "question", "questionnaire", "survey", "form", "instrument", "interview", "material", "item",
    "assessment", "instruction", "text", "document",
})  # fmt: skip
_BETWEEN = frozenset({
    "in", "the", "either", "to", "and", "or", "/", "&", ",", "out", "study", "written", "spoken", "verbal",
    "oral", "verbally", "fluently", "effectively", "independently", "clearly", "basic", "simple", "reported",
    "self", "-", "patient", "outcome", "quality", "of", "life", "sufficient", "well", "fluent", "at", "least",
    "one", "administered", "all", "required", "level",
})  # fmt: skip
_LISTING = frozenset({",", "or", "and", "/", "in"})
_DENYING = frozenset({"cannot", "unable", "inability", "not", "no", "without", "incapable"})
_NOUN = "language"
_FURTHEST = 16
_MOST_LANGUAGES = 12


def add_languages(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add each language that verbs before it say somebody knows.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the languages.
    """
    found = [(at, term) for at, token in enumerate(tokens) if (term := _language(token, vocabulary))]
    if not found:
        return
    own = {at: each for each in mentions.values() for at in range(each.start, each.end)}
    done = 0
    for index, term in found:
        named = own.get(index)
        if index < done or (named is not None and named.term.iri != term.iri):
            continue
        start = _start(tokens, named.start if named is not None else index, own)
        if start is None:
            continue
        done = _over_noun(tokens, max(index + 1, named.end if named is not None else 0))
        for inside in range(start, done):
            mentions.pop(inside, None)
        mentions[start] = Mention(term, start, done)
        for other, at in _others(tokens, done, vocabulary):
            done = _over_noun(tokens, at + 1)
            mentions[at] = Mention(other, at, done)


def _language(token: Token, vocabulary: Vocabulary) -> Term | None:
    """Return the speaking of the language that a word is the name of."""
    return vocabulary.named(token.text + _SPEAKING) if token.text[:1].isupper() else None


def _start(tokens: Sequence[Token], index: int, own: Mapping[int, Mention]) -> int | None:
    """Return where the verbs start that lead to a language; None without one."""
    start = None
    for at in range(index - 1, max(-1, index - _FURTHEST), -1):
        form = tokens[at].form
        if form in _DOING:
            start = at
        elif form not in _BETWEEN | _MATTER or (at in own and own[at].term.category != _TRAIT):
            break
    return None if start is not None and _goes_on_denied(tokens, start) else start


def _goes_on_denied(tokens: Sequence[Token], start: int) -> bool:
    """Whether verbs go on with what somebody can't do ("cannot work with us / respond in English")."""
    before = {token.form for token in tokens[max(0, start - _FURTHEST) : start]}
    return bool(start) and tokens[start - 1].form in _LISTING and not _DENYING.isdisjoint(before)


def _others(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> Iterator[tuple[Term, int]]:
    """Yield the languages that are listed behind one, and where each stands."""
    for _ in range(_MOST_LANGUAGES):
        first = at
        while at < len(tokens) and tokens[at].form in _LISTING:
            at += 1
        term = _language(tokens[at], vocabulary) if first < at < len(tokens) else None
        if term is None:
            return
        yield term, at
        at = _over_noun(tokens, at + 1)


def _over_noun(tokens: Sequence[Token], at: int) -> int:
    return at + 1 if at < len(tokens) and tokens[at].form == _NOUN else at
