"""The typed stretches of a section that the product recognises, and those that its atoms say something of.

Reading is all or nothing for a stretch of words: what it recognises in words that it can't make an
atom of stays in a narrative. So both are worth measuring: the words it knows, and what it made of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from bench.understanding.leaves import leaves
from trialgraph.criteria import Criterion, read_text
from trialgraph.criteria.chunking.chunks import Chunk, Chunker, Text
from trialgraph.criteria.language.vocabulary import Term, default_vocabulary
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.sections.normalization import normalize
from trialgraph.expressions import Fact, Narrative, Value, is_judged

__all__ = ["KINDS", "Found", "Mention", "find_mentions"]

KINDS = ("Condition", "Drug", "Procedure", "Measurement", "Value", "Temporal", "Negation")
_BY_CATEGORY = {
    "condition": "Condition",
    "lesion": "Condition",
    "reproductive": "Condition",
    "allergy": "Condition",
    "treatment": "Drug",
    "procedure": "Procedure",
    "biomarker": "Measurement",
}
_UNMEASURED = "age"
_TIME = "time"


class Mention(NamedTuple):
    """A stretch of the section: its kind as the corpus names it, and the concept it names, if any."""

    kind: str
    start: int
    end: int
    concept: str = ""


@dataclass(slots=True)
class Found:
    """What was found in a section.

    Args:
        recognised: Every stretch that is known for what it is.
        read: Those that an atom is made of.
        pairs: Quantity and limit that are recognised as belonging together.
        values: Quantity and limit of each value atom.
        times: Concept and time window of each atom that has one.
        negated: Of the concepts of facts, whether the expression denies them.
    """

    recognised: list[Mention] = field(default_factory=list)
    read: set[Mention] = field(default_factory=set)
    pairs: set[tuple[Mention, Mention]] = field(default_factory=set)
    values: set[tuple[Mention, Mention]] = field(default_factory=set)
    times: set[tuple[Mention, Mention]] = field(default_factory=set)
    negated: dict[Mention, bool] = field(default_factory=dict)


def find_mentions(text: str, kind: Literal["inclusion", "exclusion"]) -> Found:
    """Return what is found in one side of an eligibility section."""
    found = Found()
    for criterion in read_text(text, kind=kind):
        reading = Text(normalize(criterion.text), default_vocabulary(), criterion.kind == "exclusion")
        mentions = _add_recognised(reading, criterion.span[0], found)
        _add_read(criterion, reading, mentions, found)
    return found


def _add_recognised(text: Text, offset: int, found: Found) -> list[Mention]:
    mentions: list[Mention] = []
    for chunk in _leaves(Chunker(text).chunks()):
        parts = []
        for kind, start, end, concept in _parts(text, chunk):
            first, last = text.span(start, end)
            parts.append(Mention(kind, first + offset, last + offset, concept))
        limits = [each for each in parts if each.kind == "Value"]
        found.pairs.update((each, limits[-1]) for each in parts if limits and each.kind == "Measurement")
        mentions += parts
    found.recognised += mentions
    return mentions


def _leaves(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        if chunk.inner:
            yield from _leaves(chunk.inner)
        else:
            yield chunk


def _parts(text: Text, chunk: Chunk) -> Iterator[tuple[str, int, int, str]]:
    if chunk.kind == "value" or (chunk.kind == "lesion" and chunk.term is not None):
        yield from _value_parts(text, chunk)
    elif chunk.kind == "concept" and chunk.term is not None:
        yield from _concept(chunk.term, chunk.start, chunk.end)
    elif chunk.kind == "window":
        yield "Temporal", chunk.start, chunk.end, ""
    elif chunk.kind in ("limit", "size"):
        unit = chunk.limit.unit if chunk.limit is not None else None
        duration = unit is not None and unit.dimension == _TIME
        yield "Temporal" if duration else "Value", chunk.start, chunk.end, ""
    elif chunk.kind == "word" and "negation" in chunk.classes:
        yield "Negation", chunk.start, chunk.end, ""


def _concept(term: Term, start: int, end: int) -> Iterator[tuple[str, int, int, str]]:
    kind = "Measurement" if term.quantity else _BY_CATEGORY.get(term.category or "")
    if kind is not None and term.label != _UNMEASURED:
        yield kind, start, end, term.iri


def _value_parts(text: Text, chunk: Chunk) -> Iterator[tuple[str, int, int, str]]:
    """Part "ANC and platelets ≥ 100" into the names and the limit after the last of them."""
    after = chunk.start
    for position, mention in text.mentions.items():
        start, end = text.tokens[position].start, text.tokens[mention.end - 1].end
        if chunk.start <= start and end <= chunk.end and start >= after:
            after = end
            yield from _concept(mention.term, start, end)
    for token in text.tokens:
        if after <= token.start < chunk.end:
            limit = parse_limit(text.text, token.start)
            if limit is not None and limit.start >= after:
                yield "Value", token.start, max(limit.end, chunk.end), ""
                return


def _add_read(criterion: Criterion, text: Text, mentions: Sequence[Mention], found: Found) -> None:
    offset = criterion.span[0]
    for atom, negated in leaves(criterion.expression):
        if isinstance(atom, Narrative):
            continue
        start, end = atom.span[0] + offset, atom.span[1] + offset
        inside = [each for each in mentions if start <= each.start and each.end <= end]
        if isinstance(atom, Value):
            limits = [each for each in inside if each.kind == "Value"]
            named = [each for each in inside if atom.concept in (each.concept, *_members(each, text))]
            found.read.update(limits + named)
            found.values.update((name, limits[-1]) for name in named[:1] if limits)
        else:
            named = [each for each in inside if each.concept]
            found.read.update(named if is_judged(atom) else ())
            found.negated.update((each, negated) for each in named)
            if negated and is_judged(atom):
                found.read.update(_cue(mentions, start))
        if atom.within is not None and named:
            found.times.update((named[0], time) for time in _time(criterion, text, mentions, atom))
    found.read.update(time for _, time in found.times)


def _members(mention: Mention, text: Text) -> list[str]:
    """Return the quantities that a group's name stands for."""
    term = text.vocabulary.by_iri.get(mention.concept)
    return [member.iri for member in term.members] if term else []


def _cue(mentions: Sequence[Mention], start: int) -> list[Mention]:
    """Return the last negation before a denied atom."""
    return [each for each in mentions if each.kind == "Negation" and each.end <= start][-1:]


def _time(criterion: Criterion, text: Text, mentions: Sequence[Mention], atom: Value | Fact) -> list[Mention]:
    """Return the window of an atom among the mentions: the nearest with its words."""
    offset = criterion.span[0]
    times = []
    for each in mentions:
        first = bisect_left(text.normalized.starts, each.start - offset)
        last = bisect_left(text.normalized.starts, each.end - offset)
        if (
            each.kind == "Temporal"
            and atom.within
            and text.text[first:last].strip() == atom.within.text.strip()
        ):
            times.append(each)
    return sorted(times, key=lambda each: abs(each.start - offset - atom.span[0]))[:1]
