"""Other trials, however they are called: "any other interventional study", "a trial of an experimental drug".

Their names are too many to list: articles, adjectives and nouns of ``data/language/trials.toml`` make them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary
from trialgraph.resources import product_folder

__all__ = ["add_trials"]

_PARTICIPATION = "TrialParticipation"
_DRUG = "InvestigationalDrug"
_JOINTS = CONJUNCTIONS | {"/", "-", "(", ")"}
_MOST_WORDS = 12
_MOST_UNKNOWN = 2


def add_trials(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the taking part in another trial wherever one is named.

    A trial is another one when its name says so ("another", "any other"), or when someone took part in
    "a" or "any" trial. "Another trial's drug" is no trial but a drug of one.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; trials are put in place of what their names contain.
        vocabulary: Has the concepts.
    """
    words = _words()
    nouns = [at for at, token in enumerate(tokens) if token.form in words["nouns"]]
    term, drug = vocabulary.named(_PARTICIPATION), vocabulary.named(_DRUG)
    if term is None or drug is None:
        return
    for noun in nouns:
        after = tokens[noun + 1].form if noun + 1 < len(tokens) else ""
        if after in words["nouns"]:
            continue
        start = _start(tokens, noun)
        named = next((at for at in range(start, noun + 1) if _is(mentions.get(at), term.iri)), None)
        if after in words["belongings"]:
            if named is not None and mentions[named].end == noun + 1 and after in words["treatments"]:
                mentions[named] = Mention(drug, named, noun + 2)
        elif _is_other(tokens, start, noun):
            own = mentions[named].end if named is not None else 0
            end = max(own, _end(tokens, noun, mentions, vocabulary))
            start = _with_verb(tokens, start)
            _forget(mentions, start, end, keep=drug.iri)
            mentions[start] = Mention(term, start, end)


def _start(tokens: Sequence[Token], noun: int) -> int:
    """Return where the name of a trial starts that ends in a noun: its article, or its first adjective."""
    words, unknown, start = _words(), 0, noun
    while start > max(0, noun - _MOST_WORDS):
        form = tokens[start - 1].form
        article = tokens[start].form in words["articles"] | words["others"]
        if form in words["articles"] or form in words["others"]:
            start -= 1
        elif article:
            break
        elif form in words["adjectives"] or form in words["nouns"] or form in _JOINTS:
            start -= 1
        elif form.isalpha() and form not in words["limits"] | words["own"] and unknown < _MOST_UNKNOWN:
            unknown, start = unknown + 1, start - 1
        else:
            break
    while start < noun and tokens[start].form in _JOINTS | {"of"}:
        start += 1
    return start


def _is_other(tokens: Sequence[Token], start: int, noun: int) -> bool:
    """Whether a name is of another trial than the one at hand."""
    words = _words()
    forms = {token.form for token in tokens[start:noun]}
    if not words["own"].isdisjoint(forms) or (start and tokens[start - 1].form in words["own"]):
        return False
    other = not words["others"].isdisjoint(forms)
    known = forms <= words["articles"] | words["others"] | words["adjectives"] | words["nouns"] | _JOINTS
    part = start > 1 and _takes_part(tokens, start)
    return (part and (known or other)) or (other and known and not forms <= words["others"])


def _takes_part(tokens: Sequence[Token], start: int) -> bool:
    """Whether someone takes part in what starts at a token."""
    before, verb = tokens[start - 1].form, tokens[start - 2].form
    return before in _words()["prepositions"] and verb in _words()["taking_part"]


def _with_verb(tokens: Sequence[Token], start: int) -> int:
    """Return where a name starts with "on", or "enrollment on", before it: "in" is known without it."""
    if not start or tokens[start - 1].form not in _words()["prepositions"] - {"in"}:
        return start
    return start - 2 if start > 1 and _takes_part(tokens, start) else start - 1


def _end(tokens: Sequence[Token], noun: int, mentions: Mapping[int, Mention], vocabulary: Vocabulary) -> int:
    """Return where the name of a trial ends, with the drug or device it is of."""
    words, after = _words(), noun + 1
    if after >= len(tokens) or tokens[after].form not in words["leading"]:
        return after
    start = after + 1
    while start < len(tokens) and tokens[start].form in words["articles"] | words["others"]:
        start += 1
    given = {term.iri for name in words["given"] if (term := vocabulary.named(name)) is not None}
    named = mentions.get(start)
    if named is None or named.term.iri not in given:
        return after
    pair = [token.form for token in tokens[named.end : named.end + 2]]
    either = len(pair) > 1 and pair[0] in _JOINTS and pair[1] in words["belongings"]
    return named.end + 2 if either else named.end


def _is(mention: Mention | None, iri: str) -> bool:
    return mention is not None and mention.term.iri == iri


def _forget(mentions: dict[int, Mention], start: int, end: int, *, keep: str) -> None:
    """Drop what a trial's name only contains, but not the drug that it is of."""
    for at in range(start, end):
        if at in mentions and mentions[at].term.iri != keep:
            del mentions[at]


@cache
def _words() -> dict[str, frozenset[str]]:
    path = product_folder("data") / "language" / "trials.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: frozenset(members) for name, members in table.items()}
