"""Where "ALL" is a leukemia rather than a word in capitals: "relapsed ALL", "AML or ALL"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_leukemias"]

_SHORT = "ALL"
_NAME = "acute lymphoblastic leukemia"
_BLOOD = str(TGC.HematologicMalignancy)
_TOLD = frozenset({"relapsed", "refractory", "risk", "infant", "pediatric", "childhood", "adult", "lineage",
                   "+", "positive", "negative", "like", "untreated", "diagnosed"})  # fmt: skip
"""What stands straight before the leukemia, and before no "all" that counts."""
_JOINING = frozenset({",", "/", "or", "and"})
_COUNTING = frozenset({"of", "the", "these", "those", "following", "criterion", "other", "subject", "patient",
                       "participant"})  # fmt: skip


def add_leukemias(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add each "ALL" that is a leukemia to the concepts of a text.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at, changed in place.
        vocabulary: Has the leukemia.
    """
    places = [index for index, token in enumerate(tokens) if token.text == _SHORT]
    term = vocabulary.find(_NAME) if places else None
    if term is None:
        return
    taken = {index for mention in mentions.values() for index in range(mention.start, mention.end)}
    for index in places:
        if index not in taken and _is_leukemia(tokens, mentions, index):
            mentions[index] = Mention(term, index, index + 1)


def _is_leukemia(tokens: Sequence[Token], mentions: Mapping[int, Mention], index: int) -> bool:
    after = tokens[index + 1].form if index + 1 < len(tokens) else ""
    before = tokens[index - 1] if index else None
    if after in _COUNTING:
        return False
    if before is not None and before.form in _TOLD and (before.text == "+" or not before.text.isupper()):
        return True
    last = next((mention for mention in mentions.values() if mention.end == index - 1), None)
    follows = before is not None and before.form in _JOINING and _is_of_blood(last)
    return follows or (after in _JOINING and _is_of_blood(mentions.get(index + 2)))


def _is_of_blood(mention: Mention | None) -> bool:
    return mention is not None and _BLOOD in {mention.term.iri, *mention.term.ancestors}
