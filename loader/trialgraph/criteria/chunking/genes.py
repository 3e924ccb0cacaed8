"""Markers by a sign ("HER2-"), and genes that share one word for what happened to them.

In "mutations in BRCA1, ATM or PALB2" each gene is named with the word, which stands there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary

__all__ = ["add_markers"]

_ALIKE = {
    "mutation": ("mutation", "alteration", "rearrangement"),
    "variant": ("mutation", "alteration", "rearrangement"),
    "alteration": ("alteration", "mutation", "rearrangement", "fusion"),
    "aberration": ("alteration", "mutation", "rearrangement", "fusion"),
    "abnormality": ("alteration", "mutation", "rearrangement"),
    "rearrangement": ("rearrangement", "fusion", "alteration"),
    "translocation": ("rearrangement", "fusion", "alteration"),
    "fusion": ("fusion", "rearrangement", "alteration"),
    "amplification": ("amplification", "alteration"),
}
"""For what happened to a gene, the words by which a concept of it may be named, the nearest first."""
_JOINING = frozenset({",", "/", "or", "and", "&", ";"})
_BETWEEN = frozenset({"gene", "genomic", "activating", "sensitizing", "sensitising", "driver", "oncogenic",
                      "targetable", "actionable", "tumor", "somatic", "germline", "hotspot"})  # fmt: skip
_LEADING = frozenset({"in", "of", "affecting", "involving", "to", "the", "at", "least", "one", "any", "more",
                      "or", "following", "gene", "either", "including", ":", "("})  # fmt: skip
_MOST_LEADING = 9
_FURTHEST = 50
"""Up to how many tokens behind "mutation" its genes may be listed ("in one of the MMR genes (MLH1, …)")."""
_ENDING = frozenset({";"})
_OPENING = frozenset(
    {"(", "i", "e", "g", "ie", "eg", "including", ":", ",", "namely", "such", "as", "[", "."}
)
_MOST_GENES = 40
_SIGNS = frozenset("+-−")


def add_markers(tokens: list[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the markers that a text names by a sign, or in a list with one word for all of them.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those of markers are added in place.
        vocabulary: Names what happened to a gene ("PALB2 mutation").
    """
    _add_genes(tokens, mentions, vocabulary)
    for position, token in enumerate(tokens):
        signed = vocabulary.signed_at(tokens, position) if token.text in _SIGNS else None
        if signed is not None:
            mentions[signed.start] = signed


def _add_genes(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    words = [index for index, token in enumerate(tokens) if token.form in _ALIKE]
    if not words:
        return
    taken = {i for mention in mentions.values() for i in range(mention.start, mention.end)}
    for at in words:
        for start, end in (*_before(tokens, at), *_behind(tokens, at)):
            term = None
            if taken.isdisjoint(range(start, end)):
                term = _altered(tokens[start:end], tokens[at].form, vocabulary)
            if term is None:
                continue
            general = _general_at(mentions, at, term)
            if general is not None:
                del mentions[general]
            if general is not None or at not in taken:
                start, end = _with_word(tokens, at, start, end)
                start = min(start, general) if general is not None and start == at else start
            mentions[start] = Mention(term, start, end)
            taken |= set(range(start, end))


def _general_at(mentions: dict[int, Mention], at: int, term: Term) -> int | None:
    """Return where a name starts that says only what happened, and no gene ("molecular alteration")."""
    for start in range(at, max(-1, at - _MOST_LEADING), -1):
        found = mentions.get(start)
        if found is not None and found.start <= at < found.end:
            return start if found.term.iri in term.ancestors else None
    return None


def _with_word(tokens: Sequence[Token], at: int, start: int, end: int) -> tuple[int, int]:
    """Let the gene next to the word for what happened to it take that word into its name."""
    if end <= at and all(token.form in _BETWEEN for token in tokens[end:at]):
        return start, at + 1
    if start > at and all(
        token.form in _LEADING and token.text not in ":(" for token in tokens[at + 1 : start]
    ):
        return at, end
    return start, end


def _altered(symbol: Sequence[Token], word: str, vocabulary: Vocabulary) -> Term | None:
    name = "".join(token.text for token in symbol)
    named = (vocabulary.find(f"{name} {alike}") for alike in _ALIKE[word])
    return next((term for term in named if term is not None and term.category == "biomarker"), None)


def _behind(tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    """Yield the genes listed behind "mutations in (one of the following genes:)"."""
    index = at + 1
    while index < min(len(tokens), at + _MOST_LEADING) and tokens[index].form in _LEADING:
        index += 1
    if index > at + 1:
        yield from _listed(tokens, index)
    yield from _around_genes(tokens, at)


def _around_genes(tokens: Sequence[Token], at: int) -> list[tuple[int, int]]:
    """Return the genes listed by the word "genes" further behind, at least two of them."""
    for index in range(at + 1, min(len(tokens), at + _FURTHEST)):
        if tokens[index].form in _ENDING or tokens[index].form in _ALIKE:
            break
        if tokens[index].form == "gene":
            start = index + 1
            if any(token.form in _ALIKE for token in tokens[start : start + 2]):
                return []
            while start < len(tokens) and tokens[start].form in _OPENING:
                start += 1
            found = [*_before(tokens, index), *(_listed(tokens, start) if start > index + 1 else ())]
            return found if len(found) > 1 else []
    return []


def _listed(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
    for _ in range(_MOST_GENES):
        end = _symbol_end(tokens, start)
        if end == start:
            return
        yield start, end
        while end < len(tokens) and tokens[end].form in _JOINING:
            end += 1
        start = end


def _before(tokens: Sequence[Token], at: int) -> list[tuple[int, int]]:
    """Return the genes listed before "… or ROS1 mutations", the last first."""
    found: list[tuple[int, int]] = []
    end = at
    while end and tokens[end - 1].form in _BETWEEN and tokens[end - 1].text.islower():
        end -= 1
    while end and len(found) < _MOST_GENES:
        start = _symbol_start(tokens, end)
        if start is None:
            break
        found.append((start, end))
        end = start
        while end and tokens[end - 1].form in _JOINING:
            end -= 1
    return found


def _symbol_end(tokens: Sequence[Token], start: int) -> int:
    """Return where the gene's symbol that starts at a token ends; the token itself when none does."""
    if start >= len(tokens) or not _opens(tokens[start]):
        return start
    end = start + 1
    while end < len(tokens) and tokens[end].joined and tokens[end].text.isalnum():
        end += 1
    return end


def _symbol_start(tokens: Sequence[Token], end: int) -> int | None:
    start = end - 1
    while (
        start and tokens[start].joined and tokens[start].text.isalnum() and tokens[start - 1].text.isalnum()
    ):
        start -= 1
    return start if _opens(tokens[start]) else None


def _opens(token: Token) -> bool:
    return token.text[0].isalpha() and token.text.isupper() and len(token.text) > 1
