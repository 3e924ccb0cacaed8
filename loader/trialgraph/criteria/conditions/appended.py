"""Members of a list that only go on about the value or the disease before them, put back behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.beside import is_harmless, names_quantity
from trialgraph.criteria.conditions.further import is_multiple, other_limit
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.values import FoundValue
from trialgraph.criteria.trees import all_of
from trialgraph.expressions import Expression, Value

__all__ = ["merge_alternatives", "merge_cases", "merge_grades"]

_LACKING = frozenset({"without", "in the absence of"})
_IN_CASE = _LACKING | {"for", "in", "patient", "subject", "participant"}


def merge_cases(text: Text, segments: list[Segment]) -> list[Segment]:
    """Read "creatinine ≤ 1.5 or, if > 1.5, clearance ≥ 30" as the first limit, or both of the others.

    So is "…, or for patients with creatinine > 1.5 clearance ≥ 30" read.
    """
    merged: list[Segment] = []
    for segment in segments:
        value = segment.chunks[0]
        behind = value.kind == "value" and segment.joint in (",", ";")
        found = _case_of_value(text, merged) if behind else None
        if found is not None and value.expression is not None:
            case = merged.pop()
            both = all_of([found.expression, value.expression])
            first = replace(value, start=case.chunks[0].start, expression=both)
            segment.chunks, segment.joint, segment.after_comma = [first, *segment.chunks[1:]], "or", False
        merged.append(segment)
    return merged


def _case_of_value(text: Text, segments: list[Segment]) -> FoundValue | None:
    """Return the limit of the last but one of some members that the last is nothing but a case of."""
    if len(segments) < 2 or segments[-1].joint != "or" or text.exclusion:
        return None
    value, case = segments[-2].chunks[-1], segments[-1].chunks
    opened = len(case) == 2 and ("condition" in case[0].classes or case[0].form == "for")
    if not opened or value.kind != "value":
        return None
    if case[1].kind == "limit" and "condition" in case[0].classes:
        return other_limit(text, value, [case[1]])
    return case[1].value if _is_beyond(value.expression, case[1].expression) else None


def _is_beyond(one: Expression | None, two: Expression | None) -> bool:
    """Whether a value is the same quantity's on the other side of a limit ("≤ 1.5" and "> 1.5")."""
    if not isinstance(one, Value) or not isinstance(two, Value) or one.concept != two.concept:
        return False
    if (one.unit, one.relative_to) != (two.unit, two.relative_to):
        return False
    limit, other = one.limit, two.limit
    above = limit.low is None and other.high is None and limit.high == other.low
    return above or (limit.high is None and other.low is None and limit.low == other.high)


def merge_alternatives(text: Text, segments: list[Segment]) -> list[Segment]:
    """Put "or ≤5 × ULN if …" in brackets after the value that it is an alternative to."""
    merged: list[Segment] = []
    for segment in segments:
        if merged and segment.joint in ("or", ",", "and") and _is_alternative(text, merged[-1], segment):
            start, end = segment.chunks[0].start, segment.chunks[-1].end
            demands = [chunk for chunk in segment.chunks if _demands(chunk)]
            inner = tuple(chunk for chunk in segment.chunks if chunk not in demands)
            value = max(i for i, chunk in enumerate(merged[-1].chunks) if chunk.kind == "value")
            if _is_plain_case(merged[-1].chunks[value + 1 :]):
                del merged[-1].chunks[value + 1 :]
            told = any(is_content(chunk) for chunk in merged[-1].chunks[value + 1 :])
            place = value + 1 if told else len(merged[-1].chunks)
            merged[-1].chunks[place:place] = [Chunk("bracket", start, end, inner=inner), *demands]
        else:
            merged.append(segment)
    return merged


def _is_plain_case(chunks: Sequence[Chunk]) -> bool:
    """Whether a value is followed by no more than the case that its alternative isn't for ("if no A")."""
    words = [chunk for chunk in chunks if chunk.kind == "word" and not is_harmless(chunk, "qualifier")]
    named = [chunk for chunk in chunks if chunk.kind != "word"]
    case = [chunk for chunk in words if "condition" in chunk.classes or chunk.form in _IN_CASE]
    denied = any("negation" in chunk.classes or chunk.form in _LACKING for chunk in words)
    plain = all(chunk in case or "negation" in chunk.classes for chunk in words)
    ill = len(named) == 1 and named[0].term is not None and named[0].term.category == "condition"
    return bool(words) and ill and denied and plain


def merge_grades(segments: list[Segment]) -> list[Segment]:
    """Put a class that grades the condition before it in a bracket behind it ("heart failure, NYHA III")."""
    merged: list[Segment] = []
    for segment in segments:
        if merged and segment.joint == "," and _is_grade(merged[-1], segment):
            start, end = segment.chunks[0].start, segment.chunks[-1].end
            merged[-1].chunks.append(Chunk("bracket", start, end, inner=tuple(segment.chunks)))
        else:
            merged.append(segment)
    return merged


def _is_grade(before: Segment, segment: Segment) -> bool:
    value, last = segment.chunks[0].value, before.chunks[-1]
    scale = wording().scales.get(local_name(value.terms[0])) if value is not None else None
    return scale is not None and last.term is not None and local_name(last.term) in scale.grades


def _demands(chunk: Chunk) -> bool:
    """Whether a bracket demands something of either limit ("without transfusion within 7 days")."""
    return (
        chunk.kind == "bracket"
        and any("negation" in each.classes for each in chunk.inner)
        and not any(each.kind == "limit" or each.classes & {"condition", "allowance"} for each in chunk.inner)
    )


def _is_alternative(text: Text, before: Segment, segment: Segment) -> bool:
    """Whether a member is another limit for the value before it, and nothing else."""
    value = next((chunk for chunk in reversed(before.chunks) if chunk.kind == "value"), None)
    limits = [chunk for chunk in segment.chunks if chunk.kind == "limit"]
    behind = before.chunks[before.chunks.index(value) :] if value is not None else []
    if any(map(names_quantity, behind)):
        return False
    if value is None or not limits or any(chunk.kind == "lesion" for chunk in segment.chunks):
        return False
    before_limit = segment.chunks[: segment.chunks.index(limits[0])]
    if any(chunk.kind == "value" for chunk in before_limit):
        return False
    if not any("condition" in chunk.classes for chunk in before_limit) and not all(
        is_harmless(chunk, "label") and chunk.kind != "concept" for chunk in before_limit
    ):
        return False
    found = limits[0].limit
    bound = found is not None and (
        found.relative_to is not None or found.unit is not None or is_multiple(text, found, value)
    )
    return bound and other_limit(text, value, limits[:1]) is not None
