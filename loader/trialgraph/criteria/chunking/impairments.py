"""Diseases named by what they affect: "any condition significantly affecting gastrointestinal function".

That is a gastrointestinal disease, and the words behind the noun tell which. "Other conditions that limit
the absorption of oral drugs" is an absorption that is impaired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialgraph.criteria.language.omissions import ILLNESSES
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary

__all__ = ["add_impairments"]

_JOINTS = frozenset({"or", "/", "and"})
_AFFECTING = frozenset({"affecting", "affect", "affects", "impairing", "impair", "impairs"})
_LEADING = frozenset({
    "that", "which", "may", "might", "will", "could", "would", "can", "is", "are", "likely", "known", "to",
    "significantly", "severely", "adversely", "substantially", "seriously", "potentially", "materially",
})  # fmt: skip
_ORGANS = frozenset({"gastrointestinal", "gastric", "bowel", "intestinal", "hepatic", "liver", "renal",
                     "kidney", "cardiac", "heart", "pulmonary", "lung"})  # fmt: skip
"""Organs whose function only diseases of their own affect by themselves, other than "immune function"."""
_FUNCTIONS = frozenset({"function", "absorption", "motility"})
_HINDERING = _AFFECTING | {
    "limit", "limiting", "preclude", "precluding", "interfere", "interfering", "alter", "altering", "impact",
    "impacting", "compromise", "compromising", "inhibit", "inhibiting", "prevent", "preventing", "hinder",
    "hindering", "influence", "influencing", "reduce", "reducing", "decrease", "decreasing", "disrupt",
}  # fmt: skip
_ABSORPTION = "absorption"
_WHOSE = frozenset({
    "with", "the", "on", "adequate", "normal", "proper", "oral", "drug", "medication", "gastrointestinal",
    "gi", "gastro", "intestinal", "enteral", "ingestion", "or", "and", "significantly", "adversely", "(", ")",
    "/",
})  # fmt: skip
"""Words between what hinders and the absorption that it hinders."""
_SWALLOWED = frozenset({
    "the", "a", "an", "any", "this", "these", "study", "trial", "protocol", "investigational", "oral",
    "orally", "administered", "drug", "medication", "medicine", "treatment", "therapy", "agent", "product",
    "capsule", "tablet", "pill", "intervention", "by", "mouth", "(", "s", ")", "/",
})  # fmt: skip
"""Words for what is taken up, behind "absorption of"."""
_FATES = frozenset({"distribution", "metabolism", "excretion", "elimination", "pharmacokinetics"})
"""What else becomes of a drug; what may change these too is of any organ."""
_MOST_LEADING = 6
_MOST_BETWEEN = 9
_LONGEST_NAME = 4


def add_impairments(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the disease of an organ for each disease that affects what the organ does.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the diseases ("gastrointestinal disease").
    """
    for index, token in enumerate(tokens[:-2]):
        if token.form not in ILLNESSES or _is_named(mentions, index):
            continue
        term = _affected(tokens, index + 1, vocabulary)
        end: int | None = index + 1
        if term is None:
            term = vocabulary.named("ImpairedDrugAbsorption")
            end = _absorption_end(tokens, index + 1, mentions)
        if term is not None and end is not None:
            pair = index > 1 and tokens[index - 1].form in _JOINTS and tokens[index - 2].form in ILLNESSES
            start = index - 2 if pair and not _is_named(mentions, index - 2) else index
            for inside in range(start, end):
                mentions.pop(inside, None)
            mentions[start] = Mention(term, start, end)


def _is_named(mentions: Mapping[int, Mention], index: int) -> bool:
    """Whether a noun is part of a name ("heart disease affecting …")."""
    starts = range(max(0, index - _LONGEST_NAME), index + 1)
    return any(start in mentions and mentions[start].end > index for start in starts)


def _absorption_end(tokens: Sequence[Token], start: int, mentions: Mapping[int, Mention]) -> int | None:
    """Return where "that may limit the absorption of oral drugs" ends; None where that isn't told."""
    index = start
    while index < min(start + _MOST_LEADING, len(tokens)) and tokens[index].form in _LEADING:
        index += 1
    if index >= len(tokens) or tokens[index].form not in _HINDERING:
        return None
    last = min(index + _MOST_BETWEEN, len(tokens) - 1)
    index += 1
    while index <= last and tokens[index].form in _WHOSE:
        index += 1
    if index >= len(tokens) or tokens[index].form != _ABSORPTION:
        return None
    if any(token.form in _FATES for token in tokens[index + 1 : index + 4]):
        return None
    return _object_end(tokens, index + 1, mentions)


def _object_end(tokens: Sequence[Token], start: int, mentions: Mapping[int, Mention]) -> int:
    """Return where the words end that say of what the absorption is."""
    end = start + 1
    if start >= len(tokens) or tokens[start].form != "of":
        return start
    while end < len(tokens):
        named = mentions.get(end)
        if named is not None and named.term.category == "treatment":
            end = _listed_end(tokens, named.end, mentions)
        elif tokens[end].form in _SWALLOWED and (tokens[end].text != "(" or tokens[end + 1].form == "s"):
            end += 1
        else:
            break
    while tokens[end - 1].form in ("a", "an", "the", "any", "/", "(", "by"):
        end -= 1
    return end if end > start + 1 else start


def _listed_end(tokens: Sequence[Token], end: int, mentions: Mapping[int, Mention]) -> int:
    """Return where further drugs end that stand behind a drug ("absorption of lenvatinib or everolimus")."""
    while end + 1 < len(tokens) and tokens[end].form in _JOINTS:
        named = mentions.get(end + 1)
        if named is None or named.term.category != "treatment":
            break
        end = named.end
    return end


def _affected(tokens: Sequence[Token], start: int, vocabulary: Vocabulary) -> Term | None:
    """Return the disease of the organ whose function a disease affects, by the words behind its noun."""
    index = start
    while index < min(start + _MOST_LEADING, len(tokens)) and tokens[index].form in _LEADING:
        index += 1
    if index + 2 >= len(tokens) or tokens[index].form not in _AFFECTING:
        return None
    organ = index + 1 + (tokens[index + 1].form == "the")
    after = organ + 1
    if after + 2 < len(tokens) and tokens[after].text == "(" and tokens[after + 2].text == ")":
        after += 3
    if tokens[organ].form not in _ORGANS or after >= len(tokens) or tokens[after].form not in _FUNCTIONS:
        return None
    term = vocabulary.find(f"{tokens[organ].form} disease")
    return term if term is not None and term.category == "condition" else None
