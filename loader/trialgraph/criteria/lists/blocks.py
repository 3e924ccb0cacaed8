"""Where a list of demands starts anew: what is asked beside all before it, and is no alternative of it."""

from __future__ import annotations

import itertools
import re

from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import VERBS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.criteria.quantities.fitting import is_wanted, limited_kinds
from trialgraph.expressions import Expression, Fact, Value, atoms

__all__ = ["blocks_of", "is_given"]

_GIVING = ("have", "has", "had", "treated with", "received", "receiving", "undergone", "previously treated")
_GIVEN_TOO = re.compile(r"ha(?:ve|s|d) (?:previously )?(?:been treated|received|undergone)\b")
"""How a clause of its own starts that asks for treatments ("relapsed, and have received A or B")."""
_GOING_ON = frozenset(
    {"either", "with", "subject with", "patient with", "participant with", "having", "harboring",
     "harbouring", "carrying", "bearing"}
)  # fmt: skip
_TOLD_OF = frozenset({"who", "that", "which", "whose"})


def blocks_of(segments: list[Segment], default: str) -> list[list[Segment]]:
    """Return the members in blocks, each of which is asked beside the others, or bars beside them."""
    blocks: list[list[Segment]] = []
    listed = _asks_each(segments)
    for segment in segments:
        alone = default == "and" and (
            _stands_alone(segment)
            or _goes_on(segment, segments)
            or _offers_either(segment, segments)
            or bool(blocks and _asks_of_either(blocks[-1], segment))
            or (listed and segment.joint in (",", "and"))
        )
        if segment.joint == ";" or not blocks or alone:
            blocks.append([])
        blocks[-1].append(segment)
    return blocks


def _stands_alone(segment: Segment) -> bool:
    """Whether ", and must not …" starts a demand of its own rather than ending a list of alternatives."""
    speaks = segment.negated or any(
        chunk.form in VERBS | {"must have", "must be"} for chunk in segment.chunks[:3]
    )
    opening = " ".join(chunk.form for chunk in segment.chunks[:3])
    given = _GIVEN_TOO.match(opening) is not None and is_given(segment.expression)
    anew = opening.split(" ")[0] == "must" or given
    return segment.joint == "and" and (segment.after_comma or anew) and speaks


def _offers_either(segment: Segment, segments: list[Segment]) -> bool:
    """Whether "and have either B or C" starts a choice, which what stands before it is asked beside."""
    at = next((i for i, chunk in enumerate(segment.chunks) if chunk.form == "either"), None)
    if segment.joint != "and" or at is None or any(map(is_content, segment.chunks[:at])):
        return False
    behind = next(i for i, each in enumerate(segments) if each is segment) + 1
    return any(each.joint == "or" for each in segments[behind:])


def _asks_of_either(before: list[Segment], segment: Segment) -> bool:
    """Whether "A or B and have received C" asks for C with either disease, not with the last alone."""
    if segment.joint != "and" or not segment.chunks[0].form.startswith(_GIVING):
        return False
    diseases = all(isinstance(e.expression, Fact) and e.expression.category == "condition" for e in before)
    given = any(chunk.form.startswith(_GIVING) for chunk in before[0].chunks[:3]) and all(
        is_given(each.expression) for each in before
    )
    offered = any(each.joint == "or" for each in before)
    anew = not any(each.chunks[0].form.startswith(_GIVING) for each in before[1:])
    return (diseases or given) and offered and anew


def _asks_each(segments: list[Segment]) -> bool:
    """Whether ", and D" ends a list in which "B or C" is one member ("A, B or C, and D")."""
    joints = [(each.joint, each.after_comma) for each in segments[1:]]
    ended = ("and", True) in joints and all(joint in ("or", ",", "and") for joint, _ in joints)
    close = ("or", False) in joints and ("or", True) not in joints
    if ended and close and (_all_limits(segments) or _all_given(segments)):
        return True
    return _goes_on_behind(segments) or _offers_alike(segments)


def _all_limits(segments: list[Segment]) -> bool:
    return all(isinstance(each.expression, Value) for each in segments)


def _all_given(segments: list[Segment]) -> bool:
    """Whether treatments are listed, of which the last may be either ("A, B, and C or D")."""
    bare = all(is_bare(each) for each in segments[1:] if each.joint == "or")
    return bare and all(is_given(each.expression) for each in segments[1:])


def _offers_alike(segments: list[Segment]) -> bool:
    """Whether each "or" of a list of limits is between two of one kind ("A, B, creatinine ≤ C or GFR ≥ D").

    Limits of other kinds are then asked besides, also where no "and" says it.
    """
    if not all(map(_asks_limit, segments)) or not any(each.joint == "or" for each in segments):
        return False
    kinds = [limited_kinds(each.expression) for each in segments]
    pairs = [
        (each.joint, bool(a & b))
        for each, (a, b) in zip(segments[1:], itertools.pairwise(kinds), strict=True)
    ]
    return all(alike for joint, alike in pairs if joint == "or") and (",", False) in pairs


def _goes_on_behind(segments: list[Segment]) -> bool:
    """Whether limits to be kept go on behind a choice of them ("creatinine ≤ A or clearance ≥ B, C")."""
    last = max((i for i, each in enumerate(segments) if i and each.joint == "or"), default=0)
    if not last or any(each.joint == "or" and each.after_comma for each in segments):
        return False
    if not any(each.joint == "," or (each.joint == "and" and each.after_comma) for each in segments[last:]):
        return False
    return all(_asks_limit(each) for each in segments)


def _asks_limit(segment: Segment) -> bool:
    told = (
        [atom for atom in atoms(segment.expression) if isinstance(atom, Value)] if segment.expression else []
    )
    return not segment.negated and any(map(is_wanted, told))


def _goes_on(segment: Segment, segments: list[Segment]) -> bool:
    """Whether ", with A or B" adds a demand to what stands before it, and isn't one of its alternatives.

    So does what is told of those named: "lymphoma, who have had A or B", "that has recurred after A or B".
    """
    opening = segment.chunks[0].form
    if segment.joint != ",":
        return False
    if opening in _TOLD_OF:
        before = itertools.takewhile(lambda each: each is not segment, segments)
        return not any(chunk.form in _TOLD_OF for each in before for chunk in each.chunks)
    return opening in _GOING_ON and not any(
        each.joint == "or" and each.chunks[0].form == opening for each in segments
    )


def is_given(expression: Expression | None) -> bool:
    """Whether something is a treatment or a procedure."""
    return isinstance(expression, Fact) and expression.category in GIVEN
