"""Allergies called sensitivities: "known sensitivity to gemcitabine" bars as "hypersensitivity to …" does.

Only where something bars: what a demand calls sensitive to a drug is a tumour, not a patient.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["add_sensitivities"]

_NAMES = frozenset({"sensitivity", "sensitivities"})
_ALIKE = frozenset({"allergy", "allergies", "hypersensitivity", "intolerance", "contraindication",
                    "contraindications"})  # fmt: skip
_PHYSICAL = frozenset({"light", "sunlight", "sun", "ultraviolet", "uv", "radiation", "near", "cold", "heat"})
"""What skin or a tumour is sensitive to."""
_WHOLE = "hypersensitivity"
_SOON = 3


def add_sensitivities(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add an allergy for each "sensitivity to" something.

    Args:
        tokens: The words of a text that says what bars.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the concept.
    """
    for index, token in enumerate(tokens[:-2]):
        if token.form not in _NAMES or index in mentions or not _leads_to(tokens, index + 1):
            continue
        before = tokens[index - 1] if index else None
        split = before is not None and before.form == "hyper"
        part = before is not None and before.text in ("-", "/") and token.joined
        following = {each.form for each in tokens[index + 2 : index + 2 + _SOON]}
        term = vocabulary.find(_WHOLE)
        if term is not None and not part and not following & _PHYSICAL:
            mentions[index - split] = Mention(term, index - split, index + 1)


def _leads_to(tokens: Sequence[Token], after: int) -> bool:
    """Whether what someone is sensitive to follows ("sensitivity to A", "sensitivity or allergy to A")."""
    if tokens[after].form == "to":
        return True
    alike = after + 2 < len(tokens) and tokens[after + 1].form in _ALIKE
    return alike and tokens[after].text in ("or", "and", "/") and tokens[after + 2].form == "to"
