"""Allergies called sensitivities or intolerances: "known sensitivity to gemcitabine" bars as an allergy does.

So does the reaction of "allergy or severe reaction to gemcitabine". Only where something bars: what a
demand calls sensitive to a drug is a tumour, not a patient.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.pieces import Chunk, outside
from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["add_sensitivities", "without_reactions"]

_SENSITIVITIES = frozenset({"sensitivity", "sensitivities"})
_INTOLERANCES = frozenset({"intolerance", "intolerances"})
_ALIKE = frozenset({"allergy", "allergies", "hypersensitivity", "sensitivity", "intolerance",
                    "contraindication", "contraindications", "reaction", "reactions"})  # fmt: skip
_REACTIONS = frozenset({"reaction", "reactions"})
_JOINTS = CONJUNCTIONS | {"/"}
_TO = frozenset({"to", "of"})
_DESCRIBED = frozenset({"previous", "prior", "known", "adverse", "allergic", "severe", "serious", "other"})
_PHYSICAL = frozenset({"light", "sunlight", "sun", "ultraviolet", "uv", "radiation", "near", "cold", "heat"})
"""What skin or a tumour is sensitive to."""
_WHOLE = "hypersensitivity"
_TREATED = frozenset({"therapy", "treatment", "exercise", "heat", "cold", "standard", "procedure"})
"""What someone doesn't tolerate without being allergic to it."""
_SHOCKED = re.compile(
    r"(?<=\w),?\s+(?:including|such\s+as)\s+(?:\w+\s+){0,3}anaphyla\w+(?:\s+(?:reactions?|shock))?"
    r",?\s+(?=(?:to|against)\s)",
    re.IGNORECASE,
)
"""A kind of allergic reaction, told before what the allergy is to."""
_SOON = 3
_HOLDING = frozenset({"containing", "based"})
_HELD = frozenset({"drug", "agent", "compound", "medication", "medicine", "product", "regimen",
                   "chemotherapy", "therapy", "treatment"})  # fmt: skip
"""What contains what someone is allergic to ("platinum-containing agents")."""


def add_sensitivities(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add an allergy for each "sensitivity to" or "intolerance to" something.

    Args:
        tokens: The words of a text that says what bars.
        mentions: Concepts by the token they start at; those found are added in place.
        vocabulary: Has the concept.
    """
    _extend(tokens, mentions)
    for index, token in enumerate(tokens[:-2]):
        intolerant = token.form in _INTOLERANCES
        reacting = token.form in _REACTIONS
        if not (intolerant or reacting or token.form in _SENSITIVITIES):
            continue
        if index in mentions or not _leads_to(tokens, index + 1):
            continue
        if reacting and not _follows_allergy(tokens, index):
            continue
        before = tokens[index - 1] if index else None
        split = before is not None and before.form == "hyper"
        part = before is not None and before.text in ("-", "/") and token.joined
        following = {each.form for each in tokens[index + 2 : index + 2 + _SOON]}
        unlike = following & (_TREATED if intolerant else _PHYSICAL)
        second = intolerant and _is_second(tokens, index)
        term = vocabulary.find(_WHOLE)
        if term is not None and not ((part and not _repeats(tokens, index)) or unlike or second):
            mentions[index - split] = Mention(term, index - split, index + 1)


def without_reactions(text: str, lowered: str, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the chunks of a text without "including anaphylaxis" between an allergy and what it is to.

    Args:
        text: The text under reading.
        lowered: The same in lower case.
        chunks: Its chunks.
    """
    if "anaphyla" not in lowered:
        return chunks
    return outside(chunks, [found.span() for found in _SHOCKED.finditer(text)]) or chunks


def _extend(tokens: Sequence[Token], mentions: dict[int, Mention]) -> None:
    """Let "hypersensitivity to platinum" take in what holds it ("-containing agents")."""
    for start, mention in list(mentions.items()):
        end = mention.end + (mention.end < len(tokens) and tokens[mention.end].text == "-")
        if mention.term.category != "allergy" or end + 1 >= len(tokens):
            continue
        if tokens[end].form in _HOLDING and tokens[end + 1].form in _HELD:
            mentions[start] = Mention(mention.term, start, end + 2)


def _is_second(tokens: Sequence[Token], index: int) -> bool:
    """Whether an intolerance stands beside what is no allergy ("resistance or intolerance to imatinib")."""
    first = index - 1
    while first > 0 and (tokens[first].form in _JOINTS or tokens[first].text == ","):
        first -= 1
    joined = first < index - 1 and tokens[index - 1].form in _JOINTS
    return joined and tokens[first].form not in _ALIKE


def _repeats(tokens: Sequence[Token], index: int) -> bool:
    """Whether a slash only parts it from another word for an allergy ("allergy/intolerance to soy")."""
    return tokens[index - 1].text == "/" and index > 1 and tokens[index - 2].form in _ALIKE


def _leads_to(tokens: Sequence[Token], after: int) -> bool:
    """Whether what someone is sensitive to follows ("sensitivity to A", "sensitivity or allergy to A").

    "Intolerance to or allergy to A" says twice that it does; "allergy to or intolerance of A", the other way.
    """
    if tokens[after].form in _TO and after + 1 < len(tokens) and tokens[after + 1].form not in _JOINTS:
        return tokens[after].form == "to" or _follows_allergy(tokens, after - 1)
    joint = after + (tokens[after].form == "to")
    joint += joint + 1 < len(tokens) and tokens[joint].text == "," and tokens[joint + 1].form in _JOINTS
    if joint >= len(tokens) or tokens[joint].form not in _JOINTS:
        return False
    named = joint + 1
    while named + 2 < len(tokens) and tokens[named].form in _DESCRIBED:
        named += 1
    return named + 1 < len(tokens) and tokens[named].form in _ALIKE and tokens[named + 1].form in _TO


def _follows_allergy(tokens: Sequence[Token], index: int) -> bool:
    """Whether a word for an allergy stands before another one ("allergy or severe reaction to A")."""
    first = index - 1
    while first > 0 and tokens[first].form in _DESCRIBED:
        first -= 1
    joined = first
    while first > 0 and (tokens[first].form in _JOINTS | _TO or tokens[first].text == ","):
        first -= 1
    return 0 <= first < joined and tokens[first].form in _ALIKE - {"contraindication", "contraindications"}
