"""Names that a vocabulary doesn't list: spelled out, of trials, organs, histologies, pregnancy tests."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.bracketed import add_bracketed
from trialgraph.criteria.chunking.fields import add_fields
from trialgraph.criteria.chunking.histologies import add_histologies
from trialgraph.criteria.chunking.impairments import add_impairments
from trialgraph.criteria.chunking.organs import add_organs
from trialgraph.criteria.chunking.outcomes import add_outcomes
from trialgraph.criteria.chunking.pregnancies import add_plans_to_nurse, add_pregnancy_tests
from trialgraph.criteria.chunking.spelled import add_spelled
from trialgraph.criteria.chunking.suppressions import add_suppressions
from trialgraph.criteria.chunking.trials import add_trials
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["add_unlisted"]

_ADDING = (
    add_spelled,
    add_trials,
    add_impairments,
    add_organs,
    add_outcomes,
    add_pregnancy_tests,
    add_plans_to_nurse,
    add_fields,
    add_bracketed,
    add_suppressions,
    add_histologies,
)


def add_unlisted(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the concepts that a text names in ways of its own.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the concepts.
    """
    for add in _ADDING:
        add(tokens, mentions, vocabulary)
