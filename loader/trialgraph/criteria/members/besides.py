"""Limits that are asked, or bar, only together with the one before ("AST > 3 with bilirubin > 2 x ULN")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Expression, Value
from trialgraph.namespaces import TGC

__all__ = ["as_one_choice", "denied_before", "with_limit_beside"]

_AGE = str(TGC.Age)
_NON = frozenset({"non", "non -"})
_LINKING = frozenset({"of", "with", "who", "that", "are", "is", "have", "has", "between", "at", "in"})
"""What may stand between what somebody isn't and how old they are ("non-pregnant women who are …")."""

_BESIDE = re.compile(
    r"(?:(?:concomitant|concomitantly|concurrent|concurrently|together|along|combined|in combination"
    r"|associated|accompanied) )?(?:with|by|in presence of|in the presence of)"
    r"(?: (?:an?|the|concomitant|concurrent))*"
)
"""What leads from one limit to another that goes with it."""


def with_limit_beside(segments: Sequence[Segment], chunk: Chunk, *, barring: bool) -> list[Segment]:
    """Return members with a value that follows another one without a sign between them."""
    current = segments[-1]
    last = max((i for i, each in enumerate(current.chunks) if each.kind == "value"), default=-1)
    between = current.chunks[last + 1 :]
    words = " ".join(each.form for each in between)
    if words == "to" and _are_two_sides(current.chunks[last].expression, chunk.expression):
        current.chunks = current.chunks[: last + 1]
        return [*segments, Segment("and", [chunk], beside=True)]
    if not all(each.kind == "word" for each in between) or not _BESIDE.fullmatch(words):
        return [*segments, Segment(";", [chunk])]
    current.chunks = current.chunks[: last + 1]
    told = [each.chunks[0].expression for each in segments[-2:]]
    if not barring and current.joint == "or" and _are_alike(told):
        return [*segments, Segment(";", [chunk])]
    return [*segments, Segment("and", [chunk], beside=True)]


def denied_before(segment: Segment, chunk: Chunk) -> int | None:
    """Return where what "non-" denies ends before a limit, which isn't denied with it; else None.

    "Non-pregnant women of age ≥ 18 years" are asked to be both. Of "not" so is an age behind a pregnancy.
    """
    if chunk.kind != "value":
        return None
    end = len(segment.chunks)
    while end and (segment.chunks[end - 1].form in _LINKING or "persons" in segment.chunks[end - 1].classes):
        end -= 1
    if end < 2 or segment.chunks[end - 1].kind != "concept":
        return None
    denied, denying = segment.chunks[end - 1], segment.chunks[end - 2]
    told = chunk.expression
    aged = isinstance(told, Value) and told.concept == _AGE and category_of(denied) == "reproductive"
    return end if denying.form in _NON or (denying.form == "not" and aged) else None


def _are_two_sides(one: Expression | None, two: Expression | None) -> bool:
    """Whether two limits are the two ends of one quantity's range ("BMI > 25 to BMI ≤ 50")."""
    if not isinstance(one, Value) or not isinstance(two, Value) or one.concept != two.concept:
        return False
    return one.limit.high is None and two.limit.low is None


def as_one_choice(members: Sequence[tuple[str, Expression]]) -> list[tuple[str, Expression]]:
    """Put two limits alike together, which what goes with them is shared by ("AST > 3 or ALT > 3 with …")."""
    joint = members[-1][0]
    told = [each for _, each in members[-2:]]
    if joint != "or" or not _are_alike(told):
        return list(members)
    return [*members[:-2], (members[-2][0], any_of(told))]


def _are_alike(told: Sequence[Expression | None]) -> bool:
    """Whether two quantities have the same limit."""
    limits = [(each.limit, each.unit, each.relative_to) for each in told if isinstance(each, Value)]
    return len(limits) == len(told) > 1 and limits[0] == limits[1]
