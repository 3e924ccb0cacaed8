"""What a treatment is that is only said to be for a cancer: "prior treatment for breast cancer"."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_purposes"]

_THERAPY = frozenset({"treatment", "therapy"})
_EARLIER = frozenset({"prior", "previous", "concurrent", "concomitant"})
_FOR = frozenset({"for", "of"})
_BETWEEN = frozenset(
    {"the", "a", "an", "their", "this", "current", "any", "another", "other", "primary", "study"}
)
_FARTHEST = 6
_CANCER = str(TGC.MalignantNeoplasm)
_ANTITUMOR = str(TGC.AntitumorTherapy)


def add_purposes(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Take the treatment of "prior treatment for breast cancer" for antitumor therapy, with that purpose.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; the therapies are added in place.
        vocabulary: Has the concepts.
    """
    term = vocabulary.by_iri.get(_ANTITUMOR)
    if term is None:
        return
    for index in range(1, len(tokens) - 2):
        if tokens[index].form not in _THERAPY or tokens[index - 1].form not in _EARLIER or index in mentions:
            continue
        if tokens[index + 1].form in _FOR and _is_cancer(tokens, mentions, index + 2):
            mentions[index] = Mention(term, index, index + 1)
            mentions.pop(index - 1, None)


def _is_cancer(tokens: Sequence[Token], mentions: dict[int, Mention], start: int) -> bool:
    for index in range(start, min(start + _FARTHEST, len(tokens))):
        named = mentions.get(index)
        if named is not None:
            return _CANCER in (named.term.iri, *named.term.ancestors)
        if tokens[index].form not in _BETWEEN:
            return False
    return False
