"""Immunosuppression as a state: "severe immunosuppression", "immunodeficiency or immunosuppression".

Elsewhere the word names the treatment ("transplantation requiring immunosuppression").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_suppressions"]

_TREATMENT = str(TGC.Immunosuppressant)
_STATES = frozenset({"immunosuppression", "immuno suppression", "immune suppression", "immuno - suppression"})
_DEGREES = frozenset({"severe", "significant", "profound", "excessive", "marked"})
_TOLD = frozenset({"history", "diagnosis", "evidence", "state", "degree", "form", "sign"})
"""What stands before "of", of a state and of no treatment."""
_CAUSES = frozenset({"due to", "as a", "secondary to", "resulting from", "caused by", "not related",
                     "related to", "from concurrent", "from any", "from disease"})  # fmt: skip
"""The two words behind it that lead to what it comes from."""
_JOINTS = frozenset({"or", "and", ",", "/"})
_GIVEN = frozenset({"therapy", "treatment", "medication", "drug", "agent", "regimen"})
_BEFORE = 2


def add_suppressions(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Put the state in place of the treatment wherever its degree or its cause is told.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at, changed in place.
        vocabulary: Has the state.
    """
    state = vocabulary.named("Immunodeficiency")
    if state is None:
        return
    for start, mention in mentions.items():
        if mention.term.iri == _TREATMENT and _is_state(tokens, mention):
            mentions[start] = replace(mention, term=state)


def _is_state(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether words for immunosuppression name a state, by the words around them."""
    named = " ".join(token.form for token in tokens[mention.start : mention.end])
    before = [token.form for token in tokens[max(0, mention.start - _BEFORE) : mention.start]]
    behind = " ".join(token.form for token in tokens[mention.end : mention.end + 2])
    alone = not before and behind[:1] in ("", ",", ".")
    told = before[-1:] == ["of"] and not _TOLD.isdisjoint(before)
    told = told or alone or (before[:1] == ["immunodeficiency"] and before[-1] in _JOINTS)
    if named not in _STATES or behind.split(" ")[0] in _GIVEN:
        return False
    return told or not _DEGREES.isdisjoint(before[-1:]) or behind in _CAUSES
