"""A limit and the other that "or" offers in a case: "≥ 100 or, in patients with metastases, ≥ 75"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.cases import asked_of, named_case, read_case, words_of
from trialgraph.criteria.conditions.contrasted import read_contrasted
from trialgraph.criteria.conditions.widening import with_limit_for_some
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.sentences import time_of_label
from trialgraph.criteria.trees import all_of, any_of, dated
from trialgraph.expressions import AllOf, Expression, Fact, Limit, Value, atoms

__all__ = ["read_dispensation"]

_PARTING = frozenset({",", "and", "then"})
_BESIDE = frozenset({"with", "if"})
_WORST = re.compile(r"\bor\s+(?:child[-\s]pugh\s+)?(?:class\s+|score\s+)?B\s?-?\(?\s?7\)?\s*$", re.IGNORECASE)
"""How the worst of several scores is told apart from the class before it."""
Reader = Callable[[Sequence[Chunk]], Expression | None]


def read_dispensation(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read a demand whose last limit differs in a case, or None when the words offer no such limit.

    Args:
        text: The text under reading.
        chunks: A sentence of it.
        read: How what stands before that limit is read.
    """
    if (contrasted := read_contrasted(text, chunks, read)) is not None:
        return contrasted
    if text.exclusion or not any(chunk.kind == "value" for chunk in chunks):
        return None
    if (apart := _worst_apart(text, chunks, read)) is not None:
        return apart
    if (beside := _beside(text, chunks, read)) is not None:
        return beside
    parted = _parted(text, chunks, "or")
    if parted is None:
        return _in_words(text, chunks, read)
    before, value, case = parted
    other = read(before) if before else None
    offered = other is not None and before[-1].form == "or"
    own = any_of([each for each in (other if offered else None, value.expression, case) if each])
    time = time_of_label(before) if before else None
    own = own if time is None else dated(own, time)
    return own if offered or other is None else all_of([other, own])


def _beside(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read "platelets ≥ 100, and for patients with metastases, platelets ≥ 75": the first is anybody's."""
    parted = _parted(text, chunks, "and")
    if parted is None:
        return None
    before, value, (case, limit) = parted[0], parted[1].expression, parted[2].operands
    other = read(before) if before else None
    if value is None or (before and (other is None or before[-1].form == "or")):
        return None
    concepts = {atom.concept for atom in atoms(value) if isinstance(atom, Value)}
    same = any(atom.concept in concepts for atom in atoms(limit) if isinstance(atom, Value))
    own = with_limit_for_some(value, case, limit) if same else all_of([value, asked_of(text, case, limit)])
    return own if other is None else all_of([other, own])


def _in_words(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read "INR ≤ 1.5 or, if on anticoagulants, INR is in range", whose case isn't ruled by a number."""
    at = next((i for i, chunk in enumerate(chunks) if i and _opens_case(chunks, i)), None)
    behind = trimmed(chunks[at + 1 :]) if at else []
    parting = next((i for i, chunk in enumerate(behind) if chunk.form in _PARTING), 0)
    case = named_case(text, behind[1:parting]) if parting else None
    if not isinstance(case, Fact) or any(chunk.kind in ("value", "limit") for chunk in behind):
        return None
    before, told = read(chunks[:at]), words_of(text, behind[parting + 1 :])
    return None if before is None else any_of([before, all_of([case, told])])


def _worst_apart(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read "Child-Pugh A, or B7 with bilirubin ≤ 2": what stands with the worst score is of it alone."""
    at = next((i for i, each in enumerate(chunks[:-2]) if chunks[i + 1].form in _BESIDE and each.value), None)
    score = None if at is None else chunks[at].expression
    if at is None or not isinstance(score, Value) or score.limit.low == score.limit.high:
        return None
    worst = score.limit.high
    if worst is None or not _WORST.search(text.text, chunks[at].start, chunks[at].end):
        return None
    asked = read(chunks[at + 2 :])
    if asked is None:
        return None
    better = replace(score, limit=replace(score.limit, high=worst - 1))
    own = any_of([better, all_of([replace(score, limit=Limit(low=worst, high=worst)), asked])])
    return read([*chunks[:at], replace(chunks[at], expression=own)])


def _opens_case(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether "or" stands behind a value, and before the case of some ("or, if …", "or for those on …")."""
    following = trimmed(chunks[at + 1 : at + 3]) if chunks[at].form == "or" else []
    valued = chunks[at - 1].kind == "value" or (chunks[at - 1].form == "," and chunks[at - 2].kind == "value")
    return valued and bool(following) and "condition" in following[0].classes


def _parted(text: Text, chunks: Sequence[Chunk], joint: str) -> tuple[Sequence[Chunk], Chunk, AllOf] | None:
    """Return what is before the limit, the limit, and the case with its own limit behind a word."""
    for index, chunk in enumerate(chunks):
        behind = trimmed(chunks[index + 1 :]) if chunk.form == joint else []
        before = trimmed(chunks[:index])
        if not behind or not before or before[-1].kind != "value":
            continue
        if "condition" in behind[0].classes and behind[-1].kind in ("value", "limit"):
            case = read_case(text, behind, excepted=any(each.form == "," for each in behind))
            return None if case is None else (before[:-1], before[-1], case)
    return None
