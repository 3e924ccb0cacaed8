"""The members of a list, each read, put together as their conjunctions say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.instances import demanded_kinds, example_of, unlisted
from trialgraph.criteria.language.connectives import VERBS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.doubts import share_doubts
from trialgraph.criteria.members.joints import (
    avoids,
    befalls,
    denied_too,
    denies,
    either_of_strokes,
    hangs_on,
    is_ability,
    is_bare_state,
    is_found,
    is_limit_too,
    lacks_too,
    resolved_joints,
    share_results,
    tells_result,
)
from trialgraph.criteria.members.merging import closing_remark
from trialgraph.criteria.members.segments import Segment, stops_treatment, trimmed
from trialgraph.criteria.members.sharing import share_clauses, share_purpose, share_remarks
from trialgraph.criteria.members.timing import share_times, share_windows
from trialgraph.criteria.trees import all_of, any_of, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Value, atoms, is_judged

__all__ = ["join_segments"]

_CONTRACEPTION = re.compile(r"contracept|birth[ -]control|abstain|abstinence", re.IGNORECASE)
_GIVING = ("have", "has", "had", "treated with", "received", "receiving", "undergone", "previously treated")
_GIVEN_TOO = re.compile(r"ha(?:ve|s|d) (?:previously )?(?:been treated|received|undergone)\b")
"""How a clause of its own starts that asks for treatments ("relapsed, and have received A or B")."""
_UNENDED = re.compile(
    r"(?:who\s+|patients?\s+|that\s+|which\s+)?(?:cannot|can not|ha(?:s|ve|d) not (?:\w+ )?recovered)\b",
    re.IGNORECASE,
)
"""How a clause starts that tells what those barred for a treatment lack besides ("and has not recovered")."""
_GOING_ON = frozenset({"either", "with", "subject with", "patient with", "participant with"})


def join_segments(text: Text, segments: list[Segment], default: str) -> Expression:
    """Put the members of a list together as their conjunctions say."""
    blocks: list[list[Segment]] = []
    listed = _asks_each(segments)
    for segment in segments:
        alone = default == "and" and (
            _stands_alone(segment)
            or _goes_on(segment, segments)
            or bool(blocks and _asks_of_either(blocks[-1], segment))
            or (listed and segment.joint in (",", "and"))
        )
        if segment.joint == ";" or not blocks or alone:
            blocks.append([])
        blocks[-1].append(segment)
    joined = [_join_block(text, block, default) for block in blocks]
    return any_of(joined) if default == "or" else all_of(joined)


def _stands_alone(segment: Segment) -> bool:
    """Whether ", and must not …" starts a demand of its own rather than ending a list of alternatives."""
    speaks = segment.negated or any(
        chunk.form in VERBS | {"must have", "must be"} for chunk in segment.chunks[:3]
    )
    opening = " ".join(chunk.form for chunk in segment.chunks[:3])
    given = _GIVEN_TOO.match(opening) is not None and _is_given(segment.expression)
    anew = opening.split(" ")[0] == "must" or given
    return segment.joint == "and" and (segment.after_comma or anew) and speaks


def _asks_of_either(before: list[Segment], segment: Segment) -> bool:
    """Whether "A or B and have received C" asks for C with either disease, not with the last alone."""
    if segment.joint != "and" or not segment.chunks[0].form.startswith(_GIVING):
        return False
    diseases = all(isinstance(e.expression, Fact) and e.expression.category == "condition" for e in before)
    offered = any(each.joint == "or" for each in before)
    return diseases and offered and not any(each.chunks[0].form.startswith(_GIVING) for each in before[1:])


def _asks_each(segments: list[Segment]) -> bool:
    """Whether ", and D" ends a list of limits in which "B or C" is one member ("A, B or C, and D")."""
    joints = [(each.joint, each.after_comma) for each in segments[1:]]
    ended = ("and", True) in joints and all(joint in ("or", ",", "and") for joint, _ in joints)
    close = ("or", False) in joints and ("or", True) not in joints
    return ended and close and all(isinstance(each.expression, Value) for each in segments)


def _goes_on(segment: Segment, segments: list[Segment]) -> bool:
    """Whether ", with A or B" adds a demand to what stands before it, and isn't one of its alternatives."""
    opening = segment.chunks[0].form
    if segment.joint != "," or opening not in _GOING_ON:
        return False
    return not any(each.joint == "or" and each.chunks[0].form == opening for each in segments)


def _join_block(text: Text, segments: list[Segment], default: str) -> Expression:
    if all(segment.expression is None for segment in segments):
        return narrative(text, segments[0].chunks[0].start, segments[-1].chunks[-1].end)
    if not text.exclusion and (remark := closing_remark(segments)):
        words = narrative(text, segments[remark].chunks[0].start, segments[-1].chunks[-1].end)
        return all_of([_join_block(text, segments[:remark], default), words])
    stopped = next(
        (i for i in range(1, len(segments)) if text.exclusion and _goes_with(text, segments, i)), None
    )
    if stopped is not None:
        return _with_stopped(text, segments, stopped, default)
    operands = _negated_groups(text, segments)
    if not text.exclusion:
        operands = either_of_strokes(text, operands)
    joints = resolved_joints([joint for joint, _ in operands], default, exclusion=text.exclusion)
    alternatives: list[list[Expression]] = [[]]
    for joint, (_, expression) in zip(joints, operands, strict=True):
        if joint == "or" and alternatives[-1]:
            alternatives.append([])
        alternatives[-1].append(expression)
    return any_of([all_of(group) for group in alternatives if group])


def _goes_with(text: Text, segments: list[Segment], at: int) -> bool:
    """Whether a member only tells that the treatments before it were stopped, or aren't got over."""
    segment = segments[at]
    if segment.joint != "and" or segment.expression is not None:
        return False
    unended = _UNENDED.match(text.text, segment.chunks[0].start) is not None
    return stops_treatment(segment.chunks) or (unended and _is_given(segments[at - 1].expression))


def _with_stopped(text: Text, segments: list[Segment], at: int, default: str) -> Expression:
    """Read "stroke, or prior A or B, and was discontinued due to C": only A and B bar together with C."""
    first = at
    while first and _is_given(segments[first - 1].expression):
        first -= 1
    first = 0 if first == at else first
    words = narrative(text, segments[at].chunks[0].start, segments[-1].chunks[-1].end)
    stopped = all_of([_join_block(text, segments[first:at], default), words])
    return any_of([_join_block(text, segments[:first], default), stopped]) if first else stopped


def _is_given(expression: Expression | None) -> bool:
    return isinstance(expression, Fact) and expression.category in GIVEN


def _negated_groups(text: Text, segments: list[Segment]) -> list[tuple[str, Expression]]:
    """Return joint and expression of each member; what one "no" denies together is one member."""
    members: list[tuple[str, Expression]] = []
    denied: list[Expression] = []
    beside: list[Expression] = []
    tested, unread = False, None
    share_windows(segments)
    share_remarks(segments)
    share_clauses(text, segments)
    share_purpose(segments)
    share_times(text, segments)
    share_doubts(text, segments)
    share_results(text, segments)
    result: Segment | None = None
    for segment in _with_avoided(text, _of_both_sexes(text, segments)):
        expression = _with_other_time(text, segment)
        other = result is not None and is_found(text, segment)
        result = segment if segment.negated and tells_result(segment) else result
        if members and text.exclusion and lacks_too(segment):
            denied = [expression] if segment.negated and segment.expression is not None else []
            beside, tested, unread = [members[-1][1]], segment.tested, None
            members[-1] = (members[-1][0], all_of([*beside, negate(expression) if denied else expression]))
        elif segment.expression is None and denies(segment):
            denied, unread = [], segment
            members.append((segment.joint, expression))
        elif segment.negated and segment.expression is not None:
            denied = [] if is_ability(segment) else [expression]
            beside, tested, unread = [], segment.tested, None
            members.append((segment.joint, negate(expression)))
        elif unread is not None and segment.expression is not None and denied_too(text, unread, segment):
            members[-1] = (members[-1][0], all_of([members[-1][1], negate(expression)]))
        elif members and text.exclusion and befalls(segment):
            members[-1] = (members[-1][0], all_of([members[-1][1], expression]))
        elif other and segment.joint == "and" and segment.expression is not None:
            # "HBsAg negative and HBcAb positive" is one finding, also where either finding would bar.
            members[-1] = (members[-1][0], all_of([members[-1][1], expression]))
            denied, result = [], None
        elif denied and not other and (is_limit_too(segment) or hangs_on(text, segment, tested=tested)):
            denied.append(expression)
            members[-1] = (members[-1][0], all_of([*beside, negate(any_of(denied))]))
        else:
            denied, unread = [], None
            if not text.exclusion and isinstance(expression, Fact) and expression.category == "reproductive":
                # Asked of some patients only: of a man it would be a demand he can't meet.
                expression = narrative(text, segment.chunks[0].start, segment.chunks[-1].end)
            members.append((segment.joint, expression))
    return members


def _of_both_sexes(text: Text, segments: Sequence[Segment]) -> list[Segment]:
    """Return members with whom a bar on those who won't use contraception names kept in its words.

    "Women of childbearing potential and men who are not willing to use contraception" bars no woman as such.
    """
    at = next((i for i, each in enumerate(segments[:-1]) if is_bare_state(each)), None)
    if not text.exclusion or at is None or segments[at + 1].joint == ";":
        return list(segments)
    behind = segments[at + 1 :]
    if not _CONTRACEPTION.search(text.text, behind[0].chunks[0].start, behind[-1].chunks[-1].end):
        return list(segments)
    last = next((i for i, each in enumerate(behind) if each.joint == ";"), len(behind))
    chunks = [chunk for each in segments[at : at + 1 + last] for chunk in each.chunks]
    return [*segments[:at], replace(segments[at], expression=None, chunks=chunks), *behind[last:]]


def _with_avoided(text: Text, segments: Sequence[Segment]) -> list[Segment]:
    """Return members with what goes on behind "abstain from A" in its words ("… and the use of B")."""
    kept: list[Segment] = []
    for segment in segments:
        goes_on = (
            kept and not text.exclusion and avoids(text, kept[-1]) and hangs_on(text, segment, tested=False)
        )
        if goes_on:
            kept[-1] = replace(kept[-1], chunks=[*kept[-1].chunks, *segment.chunks])
        else:
            kept.append(segment)
    return kept


def _with_other_time(text: Text, segment: Segment) -> Expression:
    """Return what a member says, with the treatments for which a bracket sets another time."""
    read = _with_examples(text, segment)
    if segment.other_time is None or segment.others is None:
        return read
    window, _ = segment.other_time
    return any_of([read, map_facts(segment.others, lambda fact: replace(fact, within=window))])


def _with_examples(text: Text, segment: Segment) -> Expression:
    """Return what a member says, with the instances that a bracket lists of what it bars."""
    kind, read = segment.expression, segment.listed
    if kind is None:
        return narrative(text, segment.chunks[0].start, segment.chunks[-1].end)
    if read is None or not isinstance(kind, Fact):
        return kind
    listed = trimmed(segment.examples)
    if not (text.exclusion or segment.negated):
        return demanded_kinds(text, kind, read, (listed[0].start, listed[-1].end))
    members = read.operands if isinstance(read, AnyOf) else (read,)
    bare = unlisted(kind, text.text[listed[0].start : listed[-1].end])
    return any_of([kind, *(example_of(bare, each) for each in members if _is_instance(each))])


def _is_instance(member: Expression) -> bool:
    """Whether an example that a bracket lists is read whole: a fact, a limit, or a fact within a limit."""
    parts = list(atoms(member))
    limited = isinstance(member, AllOf) and any(isinstance(each, Value) for each in parts)
    return all(map(is_judged, parts)) and (limited or isinstance(member, Fact | Value))
