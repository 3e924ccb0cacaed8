"""What stands beside a demand: asked only with it ("AST > 3 with bilirubin > 2"), or on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.joints import NON
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Expression, Value

__all__ = ["as_one_choice", "names_state", "with_limit_beside"]

_BESIDE = re.compile(
    r"(?:(?:concomitant|concomitantly|concurrent|concurrently|together|along|combined|in combination"
    r"|associated|accompanied) )?(?:with|by|in presence of|in the presence of)"
    r"(?: (?:an?|the|concomitant|concurrent))*"
)
"""What leads from one limit to another that goes with it."""


def names_state(chunks: Sequence[Chunk], following: Chunk) -> bool:
    """Whether a prefix says of somebody no more than what she isn't, and what follows is asked on its own.

    "Non-pregnant women with melanoma", "non-smokers aged 18 or older".
    """
    people = bool(chunks) and "persons" in chunks[-1].classes
    chunks = chunks[:-1] if people and following.kind == "value" else chunks
    return (
        len(chunks) > 1
        and chunks[-2].form == NON
        and all("neutral" in chunk.classes for chunk in chunks[:-2])
        and is_content(chunks[-1])
        and following.kind != "bracket"
        and (category_of(chunks[-1]) == "reproductive" or following.kind == "value")
    )


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
