"""Adjectives that name diseases with a noun that says nothing itself ("renal, hepatic or other conditions").

The last member names no concept, so that it can't lend its noun as "renal or hepatic disease" does. What is
said behind the noun is said of each disease.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.connectives import VERBS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.illnesses import DISEASE_NAMES, ILLNESS_NOUNS
from trialgraph.criteria.members.lending import ANY_ILLNESS
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Fact

__all__ = ["share_illness"]

_JOINTS = frozenset({",", "or", "and", "/"})
_KNOWN = frozenset({"neutral", "qualifier", "active", "other", "historic"})
_LONGEST_MEMBER = 5
_LONGEST_NAME = 3
_FEWEST = 2


def share_illness(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Read "renal" and "hepatic" in "renal, hepatic or other conditions that …" as diseases.

    Args:
        text: The text; only an exclusion's, where each of such a list bars.
        segments: The members of a list. Those that name no disease are put together before the noun.
        read: Reads a member anew.
    """
    if not text.exclusion or len(segments) < _FEWEST:
        return
    for lender in [each for each in segments if each.expression is None or _is_any(each)]:
        last = next(i for i, each in enumerate(segments) if each is lender)
        noun = _noun_of(lender)
        first = _list_start(segments, last) if noun is not None else last
        if noun is None or first == last:
            continue
        behind = lender.chunks[noun + 1 :]
        segments[first:last] = [each for segment in segments[first:last] for each in _parted(text, segment)]
        last = next(i for i, each in enumerate(segments) if each is lender)
        told = [_complete(text, segment, segment.chunks, behind, read) for segment in segments[first:last]]
        if lender.expression is not None:
            continue
        if any(told) and _complete(text, lender, lender.chunks[:noun], behind, read):
            continue
        while any(told) and not told[-1]:
            # What names no disease stays with the noun: "familial or geographical conditions".
            told.pop()
            before = segments.pop(first + len(told))
            lender.chunks = [*before.chunks, *lender.chunks]
            lender.joint, lender.after_comma = before.joint, before.after_comma


def _is_any(segment: Segment) -> bool:
    """Whether a member names any illness at all ("or any other major illness")."""
    fact = segment.expression
    return isinstance(fact, Fact) and fact.concept == ANY_ILLNESS and not segment.negated


def _noun_of(segment: Segment) -> int | None:
    """Return the place of the noun that a member has with adjectives at most, else None."""
    for index, chunk in enumerate(segment.chunks[:_LONGEST_MEMBER]):
        if chunk.form in ILLNESS_NOUNS or (chunk.term is not None and chunk.term.iri == ANY_ILLNESS):
            return index
        if chunk.kind != "word" or chunk.form in VERBS or "negation" in chunk.classes:
            return None
    return None


def _list_start(segments: list[Segment], last: int) -> int:
    """Return where the adjectives start that go on up to a member."""
    first = last
    while first and segments[first].joint in _JOINTS and _is_adjectival(segments[first - 1]):
        first -= 1
    return first


def _is_adjectival(segment: Segment) -> bool:
    words = segment.chunks
    plain = all(
        chunk.kind == "word" and chunk.form not in VERBS and "negation" not in chunk.classes
        for chunk in words
    )
    return segment.expression is None and plain and len(words) <= _LONGEST_MEMBER


def _parted(text: Text, segment: Segment) -> Iterator[Segment]:
    """Yield the two of "pulmonary, renal", where the first was held for an adjective of the second."""
    chunks = segment.chunks
    gaps = (text.text[one.end : two.start] for one, two in itertools.pairwise(chunks))
    at = next((i for i, gap in enumerate(gaps, 1) if "," in gap), None)
    if at is None:
        yield segment
        return
    yield replace(segment, chunks=chunks[:at])
    yield replace(segment, chunks=chunks[at:], joint=",", after_comma=True)


def _complete(
    text: Text, segment: Segment, own: list[Chunk], behind: list[Chunk], read: Callable[[Text, Segment], None]
) -> bool:
    """Read a member as the disease that the last of some words name; tell whether they name one."""
    before = segment.chunks
    for first, term in _named(text, own):
        whole = Chunk("concept", own[first].start, own[-1].end, term=term)
        segment.chunks = [*own[:first], whole, *behind]
        segment.borrowed = True
        read(text, segment)
        if segment.expression is not None:
            return True
        segment.chunks, segment.borrowed = before, False
    return False


def _named(text: Text, chunks: list[Chunk]) -> Iterator[tuple[int, Term]]:
    if not chunks or ("qualifier" in chunks[-1].classes and chunks[-1].form not in lexicon().places):
        return
    for first in range(max(0, len(chunks) - _LONGEST_NAME), len(chunks)):
        if any(not (chunk.classes & _KNOWN) for chunk in chunks[:first]):
            return
        words = text.text[chunks[first].start : chunks[-1].end]
        for noun in DISEASE_NAMES:
            term = text.vocabulary.find(f"{words} {noun}")
            above = term.ancestors - {term.iri} if term is not None else frozenset()
            if term is not None and term.category == "condition" and ANY_ILLNESS not in above:
                yield first, term
