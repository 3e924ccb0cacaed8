"""Abbreviations that a text explains itself: "polycythemia vera (PV)" tells what "PV" is in all of it.

What an abbreviation stands for is found as Schwartz and Hearst do ("A simple algorithm for identifying
abbreviation definitions in biomedical text", Pacific Symposium on Biocomputing 2003): its letters are
sought from the last one on in the words before the bracket, the first at the start of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialgraph.criteria.language.vocabulary import Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["own_abbreviations", "uses_any"]

_DEFINED = re.compile(r"""[(\[]["“]?(?P<short>[A-Z0-9][A-Za-z0-9]{1,7}?)s?["”]?[)\]]""")
_SPELLED = re.compile(r"\b(?P<short>[A-Z][A-Z0-9]{1,6})\s?\((?P<words>[A-Za-z][^()]{5,70})\)")
"""An abbreviation before what it stands for: "ASA (American Society of Anesthesiologists) class"."""
_PART = re.compile(r"[\n;:,()\[\]]")
_FARTHEST = 90
"""How far back the words are sought that an abbreviation stands for, in letters."""
_WORD = re.compile(r"[^\W_]+")
_PASSED = frozenset({"of", "the", "and", "in", "to", "on", "for"})
_STEM = 4
_LEAST_CAPITALS = 2
_OWN_DRUGS = frozenset({str(TGC.InvestigationalDrug)})
"""What a trial means its own drug by: "IMP" is one word more for that, and no fact."""


def own_abbreviations(text: str, vocabulary: Vocabulary) -> dict[str, Term | None]:
    """Return what the abbreviations of a text mean where the vocabulary has them otherwise, or not at all.

    Args:
        text: A whole section, since an abbreviation is explained once and used everywhere.
        vocabulary: Finds the concept that the words before the bracket name.
    Returns:
        The concept of each; None where its words name something that the vocabulary lacks, though the
        abbreviation means another thing there ("legally authorized representative (LAR)"). One that
        is explained in two ways isn't told of.
    """
    told: dict[str, list[Term | None]] = {}
    for short, words in _definitions(text):
        known, meant = vocabulary.find(short), vocabulary.find(words)
        if meant is None and _spells_out(words, short) and not _alike(words, short, known):
            told.setdefault(short, []).append(None)
        elif meant is not None:
            apart = meant.category == "other" or meant.iri in _OWN_DRUGS
            told.setdefault(short, []).append(known if apart else meant)
    return {
        short: meanings[0]
        for short, meanings in told.items()
        if len(set(meanings)) == 1 and meanings[0] != vocabulary.find(short)
    }


def uses_any(text: str, abbreviations: dict[str, Term | None]) -> bool:
    """Return whether one of the abbreviations stands in a text."""
    return any(word.removesuffix("s") in abbreviations for word in _WORD.findall(text))


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    for found in _DEFINED.finditer(text):
        short = found["short"]
        if sum(map(str.isupper, short)) >= _LEAST_CAPITALS:
            before = _PART.split(text[max(0, found.start() - _FARTHEST) : found.start()])[-1]
            words = _long_form(before.rstrip(), short)
            if len(words) > len(short) + 1:
                yield short, words
    for found in _SPELLED.finditer(text):
        if _spells_out(found["words"], found["short"]):
            yield found["short"], found["words"]


def _long_form(before: str, short: str) -> str:
    """Return the shortest end of some words that has an abbreviation's letters in order; "" without one."""
    at = len(before)
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        at = before.lower().rfind(letter, 0, at)
        while index == 0 and at > 0 and before[at - 1].isalnum():
            at = before.lower().rfind(letter, 0, at)
        if at < 0:
            return ""
    return before[at:]


def _spells_out(words: str, short: str) -> bool:
    """Whether an abbreviation is made of the first letters of some words, small ones left out or not."""
    every = _WORD.findall(words)
    long = [word for word in every if word.lower() not in _PASSED]
    return short.lower() in ("".join(word[0].lower() for word in each) for each in (every, long))


def _alike(words: str, short: str, known: Term | None) -> bool:
    """Whether words may say what the vocabulary means by the abbreviation, in other words ("depressive")."""
    if known is None or short.lower() in known.label.lower():
        return known is not None
    stems = {word[:_STEM] for word in _WORD.findall(words.lower()) if len(word) >= _STEM}
    return any(stem in known.label.lower() for stem in stems)
