"""What women have to be: past menopause, sterile, or something else in words. It is asked of no man."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.sexes import SEXES
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["read_list_of_women", "read_of_women"]

_STATES = frozenset(map(str, (TGC.Postmenopausal, TGC.SurgicallySterile, TGC.NonChildbearingPotential)))
_BEING = frozenset({"who", "is", "are", "be", "must", "must be", "should", "should be", "either", "have been",
                    ":", "shall", "been", "has been"})  # fmt: skip
"""What stands between women and what they have to be."""
_CHOICE = re.compile(r"\b(?:one|any|either)\s+of\b", re.IGNORECASE)
_OR = re.compile(r"\bor\W*$", re.IGNORECASE)


def read_of_women(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read "women must be postmenopausal, surgically sterile or use contraception"; None for anything else.

    What stands behind the states is told in words.
    """
    if text.exclusion or not _is_women(chunks[0]):
        return None
    first = next((i for i, chunk in enumerate(chunks) if i and chunk.form not in _BEING), 0)
    offered = all(chunk.form != "," for chunk in chunks) or any(chunk.form == "or" for chunk in chunks)
    if first < 2 or not offered:
        return None
    told: list[Expression] = []
    for at, piece in _pieces(trimmed(chunks[first:])):
        state = _state(text, piece)
        if state is None:
            rest = trimmed(chunks[first + at :])
            if not told or piece[0].form == "and" or _tells_more(rest):
                return None
            told.append(_else(text, rest))
            break
        told.append(state)
    return _asked(text, chunks[0], told)


def read_list_of_women(
    text: Text, leading: Sequence[Chunk], outline: Outline, items: Sequence[Sequence[Chunk]]
) -> Expression | None:
    """Read a list below "female patients who:" any item of which will do; None for any other."""
    if text.exclusion or not leading or not _is_women(leading[0]) or any(map(is_content, leading[1:])):
        return None
    words = [text.text[item.start : item.end] for item in outline.items]
    lead = text.text[outline.start : outline.lead_end]
    either = _CHOICE.search(lead) is not None or _OR.search(words[0].rstrip()) is not None
    if not either or any("negation" in chunk.classes for chunk in leading):
        return None
    states = [_state(text, item) for item in items]
    if states[0] is None:
        return None
    told = [
        state if state is not None and not item.items else narrative(text, item.start, item.end)
        for state, item in zip(states, outline.items, strict=True)
    ]
    return _asked(text, leading[0], told)


def _else(text: Text, rest: list[Chunk]) -> Expression:
    """Return what else will do: that a test is negative, "if premenopausal" too, or what words tell."""
    comma = next((i for i, chunk in enumerate(rest) if chunk.form == ","), None)
    asked = rest[comma + 1 :] if comma and "condition" in rest[0].classes else rest
    read = join_segments(text, read_segments(text, asked), "and")
    told = (
        isinstance(read, Not) and isinstance(read.operand, Fact) and read.operand.category == "reproductive"
    )
    return read if told else narrative(text, rest[0].start, rest[-1].end)


def _pieces(chunks: Sequence[Chunk]) -> Iterator[tuple[int, list[Chunk]]]:
    """Yield what commas and "or" part, each with its place; the first of them starts where the words do."""
    start = 0
    for at, chunk in enumerate([*chunks, None]):
        if chunk is None or chunk.form in (",", "or"):
            if piece := trimmed(chunks[start:at]):
                yield start, piece
            start = at + 1


def _is_women(chunk: Chunk) -> bool:
    return "female" in chunk.classes and "male" not in chunk.classes and not is_content(chunk)


def _tells_more(chunks: Sequence[Chunk]) -> bool:
    """Whether a member names something besides childbearing, so that it may be whom the trial is for."""
    named = [chunk.term.category for chunk in chunks if chunk.term is not None and is_content(chunk)]
    return any(category not in ("reproductive", "procedure", "treatment") for category in named)


def _state(text: Text, chunks: Sequence[Chunk]) -> Fact | None:
    """Return the one state that words say a woman is in; None where they say anything else."""
    kept = trimmed(chunks)
    while kept and (kept[0].form in _BEING or kept[0].form == "or"):
        kept = kept[1:]
    while kept and kept[-1].form == "or":
        kept = trimmed(kept[:-1])
    named = [chunk.term.iri for chunk in kept if chunk.term is not None and is_content(chunk)]
    if len(named) != 1 or named[0] not in _STATES or any("negation" in chunk.classes for chunk in kept):
        return None
    reading = read_fact(text, kept)
    if reading is None or reading.negated or not isinstance(reading.expression, Fact):
        return None
    return reading.expression


def _asked(text: Text, women: Chunk, told: Sequence[Expression]) -> Expression | None:
    iri, label = SEXES["female"]
    sex = Fact(iri, label, "demographic", span=text.span(women.start, women.end))
    return any_of([Not(sex), *told]) if told else None
