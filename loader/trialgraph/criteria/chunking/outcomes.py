"""What became of a disease, told by a verb: "whose disease has progressed after all available therapies".

Where the treatment is named, it is what is asked for, and the verb tells how it went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import GIVEN, Mention, Vocabulary

__all__ = ["add_outcomes", "tells_outcome"]

_OUTCOMES = {"progressed": "ProgressiveDisease", "relapsed": "Recurrence", "recurred": "Recurrence"}
_AUXILIARIES = frozenset({"have", "has", "had", "having"})
_MODALS = frozenset({"must", "should"})
_ADVERBS = frozenset({"clinically", "radiographically", "radiologically", "previously", "documented"})
_PERSONS = frozenset({"who", "patient", "participant", "subject", "that", "which"})
_DISEASES = frozenset({"disease", "tumor", "cancer", "malignancy"})
_BEHIND = frozenset(
    {"on", "after", "during", "following", "despite", "within", "since", "while", "at", "through"}
)
_ENDS = frozenset({".", ";", ":", ",", "("})
_ELSE = frozenset({"refractory", "intolerant", "resistant", *_OUTCOMES})
"""What else a sentence may offer of the same treatment ("relapsed after or refractory to two lines")."""
_NEAR = 14
"""Words behind a verb in which a treatment that is named is the one it speaks of."""


def add_outcomes(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add what became of a disease for each verb that tells it without naming the treatment.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the concepts.
    """
    for index, token in enumerate(tokens):
        name = _OUTCOMES.get(token.form)
        if name is None or index in mentions or not _is_told(tokens, index):
            continue
        term = vocabulary.named(name)
        if term is not None and not _of_treatment(tokens, mentions, index):
            start = _start(tokens, index)
            for inside in range(start, index):
                mentions.pop(inside, None)
            mentions[start] = Mention(term, start, index + 1)


def tells_outcome(tokens: Sequence[Token], mentions: Mapping[int, Mention], position: int) -> bool:
    """Whether what became of a disease stands at a token, and no treatment behind it that it is told of."""
    named = mentions.get(position)
    plain = named is not None and named.term.category == "other"
    return plain and named is not None and not _of_treatment(tokens, mentions, named.end - 1)


def _is_told(tokens: Sequence[Token], index: int) -> bool:
    """Whether a verb is one, with its time or circumstance behind it, and no adjective."""
    after = tokens[index + 1].form if index + 1 < len(tokens) else "."
    before = index - 1
    while before >= 0 and tokens[before].form in _ADVERBS:
        before -= 1
    opens = before < 0 or tokens[before].form in _AUXILIARIES | _PERSONS | _DISEASES | {"not"}
    return opens and (after in _BEHIND or (after in _ENDS and before >= 0))


def _of_treatment(tokens: Sequence[Token], mentions: Mapping[int, Mention], index: int) -> bool:
    """Whether the words behind a verb name the treatment, or go on to another verb for it."""
    for after in range(index + 1, min(index + _NEAR, len(tokens))):
        if tokens[after].text in _ENDS:
            return False
        named = after in mentions and mentions[after].term.category in GIVEN
        if named or tokens[after].form in _ELSE:
            return True
    return False


def _start(tokens: Sequence[Token], index: int) -> int:
    """Return where the disease stands that a verb is about, or the verb itself."""
    start = index
    while start and tokens[start - 1].form in _AUXILIARIES | _MODALS | _ADVERBS:
        start -= 1
    relative = start > 1 and tokens[start - 1].form in ("that", "which")
    named = start - 1 - relative
    return named if start and tokens[named].form in _DISEASES else index
