"""The members of a list, each read, put together as their conjunctions say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.supports import reached_without
from trialgraph.criteria.facts.instances import (
    demanded_kinds,
    dose_told,
    example_of,
    is_way_of,
    unlisted,
    with_times,
)
from trialgraph.criteria.lists.blocks import blocks_of, is_given
from trialgraph.criteria.lists.choices import choice_of
from trialgraph.criteria.members.besides import as_one_choice
from trialgraph.criteria.members.cancers import either_of_cancers
from trialgraph.criteria.members.clauses import share_clauses
from trialgraph.criteria.members.denied import (
    denied_too,
    denied_with_verb,
    follows_nor,
    forbids_all,
    hangs_on,
    is_kind_of,
    is_limit_too,
    may_be_denied,
    seems_to_ask_for_illness,
)
from trialgraph.criteria.members.doubts import share_doubts
from trialgraph.criteria.members.indefinite import share_times
from trialgraph.criteria.members.joints import (
    asked_together,
    avoids,
    befallen_too,
    befalls,
    denies,
    either_of_strokes,
    is_ability,
    is_adjectival,
    is_bare_state,
    is_found,
    is_lacked_alone,
    lacks_too,
    resolved_joints,
    share_results,
    tells_result,
)
from trialgraph.criteria.members.parting import stops_treatment
from trialgraph.criteria.members.purposes import share_purpose
from trialgraph.criteria.members.remarks import closing_remark, share_remarks
from trialgraph.criteria.members.segments import Segment, trimmed
from trialgraph.criteria.members.timing import share_windows
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.trees import all_of, any_of, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Value, atoms, is_judged
from trialgraph.namespaces import TGC

__all__ = ["join_segments"]

_UNFOUND = "undetectable "
"""How the name opens of what a test didn't find."""
_CONTRACEPTION = re.compile(r"contracept|birth[ -]control|abstain|abstinence", re.IGNORECASE)
_HYPERSENSITIVITY = str(TGC.Hypersensitivity)
_MALIGNANT = str(TGC.MalignantNeoplasm)
_ABUSE = str(TGC.SubstanceAbuse)
_RESPONSES = frozenset(
    map(str, (TGC.PlatinumResistance, TGC.PlatinumRefractoriness, TGC.PlatinumSensitivity))
)
_PAIR = 2
_UNENDED = re.compile(
    r"(?:who\s+|patients?\s+|that\s+|which\s+)?(?:cannot|can not|ha(?:s|ve|d) not (?:\w+ )?recovered)\b",
    re.IGNORECASE,
)
"""How a clause starts that tells what those barred for a treatment lack besides ("and has not recovered")."""


def join_segments(text: Text, segments: list[Segment], default: str) -> Expression:
    """Put the members of a list together as their conjunctions say."""
    joined = [_join_block(text, block, default) for block in blocks_of(segments, default)]
    return any_of(joined) if default == "or" else all_of(joined)


def _stands_by_itself(segment: Segment) -> bool:
    """Whether nothing that follows hangs on the "no" of a member."""
    return is_ability(segment) or is_lacked_alone(segment) or _may_lack(segment)


def _may_lack(segment: Segment) -> bool:
    """Whether only one choice is denied ("either not of childbearing potential, or using contraception")."""
    forms = itertools.takewhile(lambda chunk: "negation" not in chunk.classes, segment.chunks)
    return any(chunk.form == "either" for chunk in forms)


def _join_block(text: Text, segments: list[Segment], default: str) -> Expression:
    if all(segment.expression is None for segment in segments) or _denies_later(text, segments):
        return narrative(text, segments[0].chunks[0].start, segments[-1].chunks[-1].end)
    if _describes_all(text, segments):
        return all_of([_join_block(text, segments[:1], default), _join_block(text, segments[1:], default)])
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
        if seems_to_ask_for_illness(text, operands) or forbids_all(text, segments):
            return narrative(text, segments[0].chunks[0].start, segments[-1].chunks[-1].end)
        operands = reached_without(text, either_of_strokes(text, either_of_cancers(text, operands)))
    joints = resolved_joints([joint for joint, _ in operands], default, exclusion=text.exclusion)
    if text.exclusion and _measures_before(segments, operands):
        joints[-1] = "and"
    alternatives: list[list[Expression]] = [[]]
    for joint, (_, expression) in zip(joints, operands, strict=True):
        if joint == "or" and alternatives[-1]:
            alternatives.append([])
        alternatives[-1].append(expression)
    chosen = [all_of(group) for group in alternatives if group]
    if len(chosen) < _PAIR or text.exclusion:
        return any_of(chosen)
    return choice_of(chosen, segments[0])


def _measures_before(segments: Sequence[Segment], operands: Sequence[tuple[str, Expression]]) -> bool:
    """Whether a limit bars only together with the one thing it is joined to ("HIV and CD4 count < 200")."""
    if len(segments) != _PAIR or len(operands) != _PAIR or segments[1].after_comma:
        return False
    (_, first), (joint, second) = operands
    plain = not any(each.negated for each in segments) and isinstance(second, Value)
    told = isinstance(first, Fact) and first.category in ("condition", "biomarker", "treatment")
    return joint == "and" and plain and told


def _describes_all(text: Text, segments: Sequence[Segment]) -> bool:
    """Whether "platinum-resistant, recurrent ovarian or peritoneal cancer" starts with how all of it is."""
    first = segments[0].expression
    if not isinstance(first, Fact) or first.concept not in _RESPONSES or segments[0].negated:
        return False
    others = [each.expression for each in segments[1:]]
    known = text.vocabulary.by_iri
    cancers = all(isinstance(o, Fact) and _MALIGNANT in known[o.concept].ancestors for o in others)
    return bool(others) and cancers and segments[1].joint == ","


def _denies_later(text: Text, segments: Sequence[Segment]) -> bool:
    """Whether "nor" goes on under a "no" that stands behind ("those with A are not eligible, nor B")."""
    at = next((i for i, each in enumerate(segments) if follows_nor(text, each)), 0)
    return at > 0 and not any(each.negated for each in segments[:at])


def _goes_with(text: Text, segments: list[Segment], at: int) -> bool:
    """Whether a member only tells that the treatments before it were stopped, or aren't got over."""
    segment = segments[at]
    if segment.joint != "and" or segment.expression is not None:
        return False
    unended = _UNENDED.match(text.text, segment.chunks[0].start) is not None
    return stops_treatment(segment.chunks) or (unended and is_given(segments[at - 1].expression))


def _with_stopped(text: Text, segments: list[Segment], at: int, default: str) -> Expression:
    """Read "stroke, or prior A or B, and was discontinued due to C": only A and B bar together with C."""
    first = at
    while first and is_given(segments[first - 1].expression):
        first -= 1
    first = 0 if first == at else first
    words = narrative(text, segments[at].chunks[0].start, segments[-1].chunks[-1].end)
    stopped = all_of([_join_block(text, segments[first:at], default), words])
    return any_of([_join_block(text, segments[:first], default), stopped]) if first else stopped


def _negated_groups(text: Text, segments: list[Segment]) -> list[tuple[str, Expression]]:
    """Return joint and expression of each member; what one "no" denies together is one member."""
    members: list[tuple[str, Expression]] = []
    denied: list[Expression] = []
    beside: list[Expression] = []
    tested, unread = False, None
    share_windows(text, segments)
    share_remarks(text, segments)
    share_clauses(text, segments)
    share_purpose(text, segments)
    share_times(text, segments)
    share_doubts(text, segments)
    share_results(text, segments)
    result: Segment | None = None
    listed = _with_avoided(text, _of_both_sexes(text, segments))
    together = asked_together(text, listed)
    verbs = denied_with_verb(text, listed)
    befallen = befallen_too(listed) if text.exclusion else frozenset()
    came: list[Expression] = []
    for at, segment in enumerate(listed):
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
        elif members and _is_one_finding(text, listed, at, lacking=other):
            found = negate(expression) if segment.negated else expression
            members[-1] = (members[-1][0], all_of([members[-1][1], found]))
            denied, unread = [], None
        elif segment.negated and segment.expression is not None:
            denied = [] if _stands_by_itself(segment) else [expression]
            beside, tested, unread = [], segment.tested, None
            members.append((segment.joint, negate(expression)))
        elif unread is not None and (at in verbs or _goes_under(text, unread, segment)):
            words = narrative(text, unread.chunks[0].start, segment.chunks[-1].end)
            plain = segment.expression is not None and denied_too(text, unread, segment)
            told = all_of([members[-1][1], negate(expression)]) if plain else words
            members[-1] = (members[-1][0], told)
        elif at in together and denied:
            denied[-1] = all_of([denied[-1], expression])
            members[-1] = (members[-1][0], all_of([*beside, _none_of(text, denied, segment)]))
        elif members and text.exclusion and (at in together or befalls(segment) or (at in befallen and came)):
            members = as_one_choice(members) if segment.beside else members
            came = [*came, expression] if at in befallen and came else [members[-1][1], expression]
            members[-1] = (members[-1][0], all_of([came[0], any_of(came[1:])]))
        elif denied and (at in verbs or (not other and _is_denied_too(text, denied, segment, tested=tested))):
            denied.append(expression)
            members[-1] = (members[-1][0], all_of([*beside, _none_of(text, denied, segment)]))
        else:
            denied, unread = [], None
            if not text.exclusion and _is_state(expression) and not _leaves_choice(segments, expression):
                # Asked of some patients only: of a man it would be a demand he can't meet.
                expression = narrative(text, segment.chunks[0].start, segment.chunks[-1].end)
            members.append((segment.joint, expression))
            if segment.tight and not text.exclusion:
                members = _with_choice(members, listed[0])
    return members


def _is_one_finding(text: Text, segments: Sequence[Segment], at: int, *, lacking: bool) -> bool:
    """Whether tests found one thing and not the other ("HBsAg negative and HBcAb positive").

    That is one finding, also where either would bar. Whether this one was found and one before it wasn't
    (`lacking`) is known already.
    """
    segment = segments[at]
    if segment.joint != "and" or segment.expression is None:
        return False
    unfound = isinstance(segment.expression, Fact) and segment.expression.concept_label.startswith(_UNFOUND)
    unfound = unfound or (segment.negated and tells_result(segment))
    return lacking or (unfound and is_found(text, segments[at - 1]))


def _is_state(expression: Expression | None) -> bool:
    return isinstance(expression, Fact) and expression.category == "reproductive"


def _leaves_choice(segments: Sequence[Segment], state: Expression) -> bool:
    """Whether what only some can be is asked or else something denied ("postmenopausal or not pregnant")."""
    if isinstance(state, Fact) and state.modifiers:
        return False
    joints = {each.joint for each in segments[1:]}
    denied = any(each.negated and _is_state(each.expression) for each in segments)
    return denied and "or" in joints and joints <= {"or", ","}


def _is_denied_too(text: Text, denied: Sequence[Expression], segment: Segment, *, tested: bool) -> bool:
    """Whether a "no" before a member is about it too."""
    limit = is_limit_too(segment) or _limits_too(text, denied, segment)
    return limit or (
        hangs_on(text, segment, tested=tested) and (text.exclusion or not is_kind_of(denied[-1], segment))
    )


def _limits_too(text: Text, denied: Sequence[Expression], segment: Segment) -> bool:
    """Whether a member of what bars is one more limit to keep ("without platelets > 100, hemoglobin > 9")."""
    listed = text.exclusion and segment.joint in ("and", ",") and not denies(segment)
    return listed and is_wanted(segment.expression) and all(map(is_wanted, denied))


def _none_of(text: Text, denied: Sequence[Expression], last: Segment) -> Expression:
    """Return that nothing of what one "no" denies is so; of limits to keep, that one isn't, where it bars."""
    limits = text.exclusion and last.joint != "or" and all(map(is_wanted, denied))
    return negate(all_of(denied) if limits else any_of(denied))


def _goes_under(text: Text, unread: Segment, segment: Segment) -> bool:
    """Whether a member goes on under the "no" of words that weren't read, or may do so among demands."""
    if segment.expression is None:
        demanded = not text.exclusion and segment.joint != "and"
        return demanded and (is_adjectival(segment) or may_be_denied(text, unread, segment))
    if text.exclusion or denies(segment):
        return denied_too(text, unread, segment)
    return may_be_denied(text, unread, segment)


def _with_choice(members: list[tuple[str, Expression]], opening: Segment) -> list[tuple[str, Expression]]:
    """Put the last member together with those before it that it offers a choice with ("A and/or B")."""
    first = len(members) - 2
    while first > 0 and members[first][0] == ",":
        first -= 1
    chosen = [each for _, each in members[max(first, 0) :]]
    choice = any_of(chosen) if first > 0 else choice_of(chosen, opening)
    return [*members[: max(first, 0)], (members[max(first, 0)][0], choice)]


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
    listed = trimmed(segment.examples)
    if listed and text.exclusion and is_given(kind):
        timed = read is not None and any(isinstance(each, Fact) and each.within for each in atoms(read))
        kind = with_times(text, kind, listed, read if timed else None)
    if read is None or not isinstance(kind, Fact):
        return kind
    if not (text.exclusion or segment.negated):
        return demanded_kinds(text, kind, read, (listed[0].start, listed[-1].end))
    members = read.operands if isinstance(read, AnyOf) else (read,)
    bare = unlisted(kind, text.text[listed[0].start : listed[-1].end])
    told = (
        each
        for each in members
        if _is_instance(each) and not _is_reaction(kind, each) and not _is_abused(kind, each)
    )
    told = (each for each in told if not is_way_of(text, kind, each))
    unread = members if text.exclusion else ()
    doses = [dose for each in unread if (dose := dose_told(text, kind, each)) is not None]
    return any_of([kind, *(example_of(bare, each) for each in told), *doses])


def _is_reaction(kind: Fact, member: Expression) -> bool:
    """Whether an example only tells how an allergy shows ("severe reaction (e.g. rash) to paclitaxel")."""
    told = [atom for atom in atoms(member) if isinstance(atom, Fact)]
    to_something = "agent" in kind.modifiers or kind.concept != _HYPERSENSITIVITY
    return kind.category == "allergy" and to_something and any(each.category != "allergy" for each in told)


def _is_abused(kind: Fact, member: Expression) -> bool:
    """Whether an example only tells what is abused ("drug abuse (e.g. opioids)"), which may be given too."""
    return kind.concept == _ABUSE and any(
        isinstance(a, Fact) and a.category == "treatment" for a in atoms(member)
    )


def _is_instance(member: Expression) -> bool:
    """Whether an example that a bracket lists is read whole: a fact, a limit, or a fact within a limit."""
    parts = list(atoms(member))
    limited = isinstance(member, AllOf) and any(isinstance(each, Value) for each in parts)
    return all(map(is_judged, parts)) and (limited or isinstance(member, Fact | Value))
