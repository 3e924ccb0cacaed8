"""Limits that differ by sex, or by the part of a trial that they are for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.beside import is_harmless, is_method
from trialgraph.criteria.conditions.cases import asked_of, words_of
from trialgraph.criteria.conditions.further import other_limit
from trialgraph.criteria.conditions.sexes import SEXES
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import Expression, Fact

__all__ = ["by_part", "by_sex"]

_PARTS = frozenset({"for", "in"})
_MEASURING = frozenset({"for", "in", "on", "if", "screening", "ecg", "ekg", "electrocardiogram"})
"""Words around a sex that tell how its limit is measured."""
_TURNING = frozenset({"negation", "condition", "exception", "allowance", "barring", "regardless"})


def by_sex(text: Text, expression: Expression, value: Chunk, rest: Sequence[Chunk]) -> Expression | None:
    """Read "> 470 ms in women or > 450 ms in men": each limit for its sex; None when none is named."""
    flat = _flat(rest)
    limits = _limits(flat)
    starts = [flat.index(limit) for limit in limits]
    sex = _sex(text, flat[: starts[0] if starts else None])
    if sex is None:
        return None
    read = [asked_of(text, sex, expression)]
    words: list[Expression] = []
    for start, end in itertools.pairwise([*starts, len(flat)]):
        other = other_limit(text, value, [flat[start]])
        told = flat[start + 1 : end]
        case, behind = _sex_before(text, told) if end == len(flat) else (_sex(text, told), [])
        if other is None or case is None:
            return None
        read.append(asked_of(text, case, other.expression))
        words = [words_of(text, behind)] if behind else []
    return all_of([(any_of if text.exclusion else all_of)(read), *words])


def by_part(text: Text, expression: Expression, value: Chunk, rest: Sequence[Chunk]) -> Expression | None:
    """Read "≥ 60 mL/min for cohort A and ≥ 30 mL/min for cohort B": each limit for those behind it."""
    rest = _flat(rest)
    places = [i for i, chunk in enumerate(rest) if chunk.kind == "limit"]
    if not places or rest[0].form not in _PARTS:
        return None
    read = [asked_of(text, words_of(text, rest[1 : places[0]]), expression)] if places[0] > 1 else []
    for start, end in itertools.pairwise([*places, len(rest)]):
        other = other_limit(text, value, [rest[start]])
        words = rest[start + 1 : end]
        if other is None or len(words) < 2 or words[0].form not in _PARTS:
            return None
        read.append(asked_of(text, words_of(text, words[1:]), other.expression))
    if len(read) <= len(places):
        return None
    return any_of(read) if text.exclusion else all_of(read)


def _flat(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return chunks with those of each bracket that holds a limit in its place."""
    return [each for chunk in chunks for each in (chunk.inner if _limits(chunk.inner) else (chunk,))]


def _limits(chunks: Sequence[Chunk]) -> list[Chunk]:
    return [chunk for chunk in chunks if chunk.kind == "limit"]


def _sex(text: Text, chunks: Sequence[Chunk]) -> Fact | None:
    """Return the one sex that words name, and nothing else; also in a bracket."""
    apart = _without_method(text, [chunk for chunk in chunks if not is_method(chunk) or _names_sex(chunk)])
    flat = [each for chunk in apart for each in (chunk.inner if chunk.kind == "bracket" else (chunk,))]
    named = {name: chunk for chunk in flat for name in SEXES if name in chunk.classes}
    if len(named) != 1 or not all(_says_nothing_more(chunk) for chunk in flat):
        return None
    ((name, chunk),) = named.items()
    iri, label = SEXES[name]
    return Fact(iri, label, "demographic", span=text.span(chunk.start, chunk.end))


def _sex_before(text: Text, chunks: Sequence[Chunk]) -> tuple[Fact | None, Sequence[Chunk]]:
    """Return the one sex that words start with, and those that tell more of the limits of both sexes."""
    for end in range(len(chunks), 0, -1):
        sex = _sex(text, chunks[:end])
        if sex is not None:
            turned = any(chunk.classes & _TURNING for chunk in chunks[end:])
            return (None, []) if turned and not text.exclusion else (sex, chunks[end:])
    return None, []


def _without_method(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Leave out how a limit is measured, which the words behind a sex tell up to their end."""
    for index, chunk in enumerate(chunks):
        told = wording().method.match(text.text, chunk.start) if index else None
        if told is not None and told.end() >= chunks[-1].end:
            return chunks[:index]
    return chunks


def _names_sex(chunk: Chunk) -> bool:
    return any(name in each.classes for each in chunk.inner for name in SEXES)


def _says_nothing_more(chunk: Chunk) -> bool:
    return chunk.kind in ("word", "sign") and (
        chunk.kind == "sign" or is_harmless(chunk, "value_tail", "tail", *SEXES) or chunk.form in _MEASURING
    )
