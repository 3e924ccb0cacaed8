"""Limits that hold in some case only, and what is said around a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.excuses import excused_by
from trialgraph.criteria.conditions.supports import unsupported
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.language.connectives import OBTAINED, RESTARTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.offers import concerns_some_aside
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.quantities.bounds import moved
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.quantities.values import FoundValue
from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import Expression, Not, Value, Window, atoms

__all__ = [
    "aside_at",
    "asks_no_more",
    "bracketed_window",
    "is_harmless",
    "is_method",
    "merge_alternatives",
    "merge_cases",
    "merge_grades",
    "names_quantity",
    "other_limit",
    "restates",
    "value_window",
    "with_alternative",
]

_REFERENCE = re.compile(
    r"[(\[]?\s*(?:the\s+)?(?:i?[ul]ln|normal|upper limit[^()\d]{0,30})\s*(?:[:=]|is|of)\s*\d", re.IGNORECASE
)
_UNITED = re.compile(r"\s*(?:[/%°^]|[mµu]?g\b|mg|[µum]?mol)", re.IGNORECASE)
_ENDED = re.compile(r"[.;*•]\s")
_REFERRING = frozenset({"see", "refer", "appendix"})
_NEAR = 60
_TIMES = frozenset({"d", "wk", "mo", "a", "h"})
_MOST_FOLD = 5
_FOLD = re.compile(r"\s*(?:(?:times|fold)\b|[x×](?!\s*\d))", re.IGNORECASE)


def merge_cases(text: Text, segments: list[Segment]) -> list[Segment]:
    """Read "creatinine ≤ 1.5 or, if > 1.5, clearance ≥ 30" as the first limit, or both of the others."""
    merged: list[Segment] = []
    for segment in segments:
        value = segment.chunks[0]
        found = _case_of_value(text, merged) if value.kind == "value" and segment.joint == "," else None
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
    asked = len(case) == 2 and "condition" in case[0].classes and case[1].kind == "limit"
    return other_limit(text, value, [case[1]]) if asked and value.kind == "value" else None


def merge_alternatives(text: Text, segments: list[Segment]) -> list[Segment]:
    """Put "or ≤5 × ULN if …" in brackets after the value that it is an alternative to."""
    merged: list[Segment] = []
    for segment in segments:
        if merged and segment.joint in ("or", ",", "and") and _is_alternative(text, merged[-1], segment):
            start, end = segment.chunks[0].start, segment.chunks[-1].end
            demands = [chunk for chunk in segment.chunks if _demands(chunk)]
            inner = tuple(chunk for chunk in segment.chunks if chunk not in demands)
            value = max(i for i, chunk in enumerate(merged[-1].chunks) if chunk.kind == "value")
            told = any(is_content(chunk) for chunk in merged[-1].chunks[value + 1 :])
            place = value + 1 if told else len(merged[-1].chunks)
            merged[-1].chunks[place:place] = [Chunk("bracket", start, end, inner=inner), *demands]
        else:
            merged.append(segment)
    return merged


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


def names_quantity(chunk: Chunk) -> bool:
    """Whether a chunk names a quantity without a limit, which a limit after it would be of."""
    return chunk.kind == "concept" and chunk.term is not None and chunk.term.quantity


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
        found.relative_to is not None or found.unit is not None or _is_multiple(text, found, value)
    )
    return bound and other_limit(text, value, limits[:1]) is not None


def with_alternative(
    text: Text, expression: Expression, value: Chunk, chunks: list[Chunk], place: tuple[int, int]
) -> Expression:
    """Join a limit with another that holds in some case ("≤5 × ULN if liver metastases are present")."""
    referring = next((i for i, chunk in enumerate(chunks) if chunk.form in _REFERRING and i > 0), None)
    chunks = chunks[:referring]
    limits = [chunk for chunk in chunks if chunk.kind == "limit" and chunk.limit is not None]
    words = [
        chunk
        for chunk in chunks
        if chunk.kind != "limit"
        and not is_harmless(chunk, "condition", "post", "value_tail", "tail", "definition")
    ]
    if _forbids(chunks):
        return all_of([expression, unsupported(text, chunks) or narrative(text, *place)])
    if (
        _gives_examples(chunks)
        or _allows_besides(chunks)
        or _REFERENCE.match(text.text, place[0])
        or asks_no_more(text, *place)
    ):
        return expression
    plain = not any(chunk.kind == "value" for chunk in chunks)
    if (
        plain
        and not limits
        and not any(chunk.classes & {"condition", "exception", "allowance"} for chunk in chunks)
    ):
        told = (unsupported(text, chunks) or narrative(text, *place)) if words else None
        return expression if told is None else all_of([expression, told])
    other = other_limit(text, value, limits)
    values = [chunk.expression for chunk in chunks if chunk.kind == "value" and chunk.expression is not None]
    if len(values) == 1 and not limits and not [c for c in words if c.kind != "value"]:
        # "Karnofsky ≥ 60 (patients > 16 years) or Lansky ≥ 60 (≤ 16 years)": the age tells the scale.
        return (
            expression if _is_age(values[0]) and not _is_age(expression) else any_of([expression, values[0]])
        )
    if plain and other is None and _asks_time(chunks, limits):
        return all_of([expression, narrative(text, *place)])
    if other is None or values:
        lifted = excused_by(text, expression, chunks) or narrative(text, *place)
        return all_of([expression, Not(lifted)]) if text.exclusion else any_of([expression, lifted])
    asked = [chunk for chunk in chunks if chunk is not limits[0]]
    if not words:
        restated = text.text[place[0]] in "([" and all(
            is_harmless(chunk, "value_tail", "tail") for chunk in asked
        )
        return expression if restated else any_of([expression, other.expression])
    case = _case(text, asked)
    if text.exclusion:
        return any_of([all_of([negate(case), expression]), all_of([case, other.expression])])
    return any_of([expression, all_of([case, other.expression])])


def restates(expression: Expression, remark: Chunk) -> bool:
    """Whether a bracket only says the same limit again ("score of 5 or 6 (i.e., Child-Pugh A)")."""
    silent = {"definition", "label", "neutral"}
    inner = [c for c in remark.inner if c.kind != "sign" and not (c.kind == "word" and c.classes & silent)]
    again = inner[0].expression if len(inner) == 1 and inner[0].kind == "value" else None
    if not isinstance(expression, Value) or not isinstance(again, Value):
        return False
    return replace(again, span=expression.span, within=expression.within) == expression


def _gives_examples(chunks: Sequence[Chunk]) -> bool:
    """Whether a bracket only names examples of what is counted ("(e.g. chemotherapy, immunotherapy)")."""
    plain = all(each.kind in ("concept", "word", "sign") for each in chunks)
    asking = {"negation", "condition", "exception"}
    return plain and "example" in chunks[0].classes and not any(each.classes & asking for each in chunks)


def asks_no_more(text: Text, start: int, end: int) -> bool:
    """Whether words about a value add nothing to it ("may receive transfusions")."""
    words = text.text[start:end].strip("()[] -–")
    found = text.search(lexicon().idle, words)
    return found is not None and found.start() == 0


def _asks_time(chunks: Sequence[Chunk], limits: Sequence[Chunk]) -> bool:
    """Whether a bracket only asks how long something has been so ("unsupported for 14 days")."""
    timed = bool(limits) and all(c.limit and c.limit.unit and c.limit.unit.ucum in _TIMES for c in limits)
    either = any(c.classes & {"condition", "exception", "allowance"} or c.form == "or" for c in chunks)
    return timed and not either


def _is_age(expression: Expression) -> bool:
    return isinstance(expression, Value) and expression.concept.endswith("/Age")


def other_limit(text: Text, value: Chunk, limits: list[Chunk]) -> FoundValue | None:
    """Return a value's quantities with the other limit, when there is one and its unit fits."""
    found = limits[0].limit if len(limits) == 1 else None
    if found is None or value.value is None:
        return None
    found = _alike(text, found, value)
    terms = _in_unit(text, value.value.terms, found, value.value.expression)
    return text.values.build(terms, value.value.joiner, found, found.start, 0, 0)


def _in_unit(text: Text, terms: tuple[Term, ...], found: Found, expression: Expression) -> tuple[Term, ...]:
    """Return the quantity of another limit whose unit tells ("CrCl ≥ 60 mL/min or ≥ 60 mL/min/1.73 m²")."""
    if len(terms) > 1 or found.unit is None:
        return terms
    first = {atom.unit for atom in atoms(expression) if isinstance(atom, Value)}
    name = wording().other_units.get(local_name(terms[0]), {}).get(found.unit.ucum)
    other = text.values.term_named(name) if name is not None and found.unit.ucum not in first else None
    return (other,) if other is not None else terms


def _alike(text: Text, found: Found, base: Chunk) -> Found:
    """Let a bare number behind a limit be a bound of the same kind ("≤ 1.7 for men and 1.4 for women")."""
    told = base.value.expression if base.value is not None else None
    value = next((atom for atom in atoms(told) if isinstance(atom, Value)), None) if told else None
    if value is None:
        return found
    if value.relative_to is not None and found.unit is None and _FOLD.match(text.text, found.end):
        found = replace(found, relative_to=found.relative_to or value.relative_to)
    first = value.limit
    if _continues(text, found, base, value):
        found = replace(found, relative_to=value.relative_to)
    if found.stated or found.limit.low is None or found.limit.low != found.limit.high:
        return found
    if (first.low is None) == (first.high is None):
        return found
    return replace(found, limit=moved(first, found.limit.low), stated=True)


def _is_multiple(text: Text, found: Found, value: Chunk) -> bool:
    known = [atom for atom in atoms(value.expression) if isinstance(atom, Value)] if value.expression else []
    return bool(known) and _continues(text, found, value, known[0])


def _continues(text: Text, found: Found, base: Chunk, value: Value) -> bool:
    """Whether a number without a unit is a multiple too ("≤ 2.5 × ULN, or ≤ 5 if …"), the larger one."""
    bare = found.unit is None and found.relative_to is None and value.relative_to == "ULN"
    high, first = found.limit.high, value.limit.high
    if not bare or high is None or first is None or not first < high <= _MOST_FOLD * first:
        return False
    near = found.start - base.end <= _NEAR and not _ENDED.search(text.text, base.end, found.start)
    named = (text.tokens[index].start for index, mention in text.mentions.items() if mention.term.quantity)
    near = near and not any(base.end <= start < found.start for start in named)
    return near and not _UNITED.match(text.text, found.end)


def _forbids(chunks: Sequence[Chunk]) -> bool:
    """Whether a bracket says that something beside the limit isn't allowed ("no transfusion allowed")."""
    allowed = next((i for i, chunk in enumerate(chunks) if "allowance" in chunk.classes), 0)
    return any(chunk.form == "no" for chunk in chunks[:allowed]) and any(map(is_content, chunks[:allowed]))


def _allows_besides(chunks: Sequence[Chunk]) -> bool:
    """Whether a bracket allows something that has nothing to do with the limit ("transfusion allowed")."""
    allowed = any("allowance" in chunk.classes for chunk in chunks)
    about = any(
        chunk.kind in ("value", "limit")
        or (chunk.term is not None and chunk.term.quantity)
        or chunk.form in RESTARTS
        or bool(chunk.classes & {"condition", "exception"})
        for chunk in chunks
    )
    return allowed and not about


def aside_at(chunks: Sequence[Chunk]) -> int | None:
    """Return where ", transfusion allowed" behind a value starts, which leaves the value as it is."""
    signs = [i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form in (",", ":", ";")]
    for at in signs:
        head, tail = chunks[:at], chunks[at + 1 :]
        valued = any(chunk.kind == "value" for chunk in head)
        lifting = any(chunk.term is not None and chunk.term.category == "condition" for chunk in tail)
        lifting = lifting or _names_patients(head)
        if valued and not lifting and _allows_besides(tail) and not _mentions_allowance(head):
            return at
    return None


def _names_patients(chunks: Sequence[Chunk]) -> bool:
    """Whether words name patients with a disease, of whom all that follows is said ("patients with HIV")."""
    people = bool(chunks) and (chunks[0].form in RESTARTS or "persons" in chunks[0].classes)
    return people and any(chunk.term is not None and chunk.term.category == "condition" for chunk in chunks)


def _mentions_allowance(chunks: Sequence[Chunk]) -> bool:
    return any("allowance" in chunk.classes for chunk in chunks)


def _case(text: Text, chunks: list[Chunk]) -> Expression:
    """Return in which case an alternative limit holds: a fact when it is plainly one, else its words."""
    content = [chunk for chunk in chunks if is_content(chunk)]
    others = [
        c
        for c in chunks
        if not is_content(c)
        and not is_harmless(c, "condition", "post", "tail", "value_tail", "confirmation", "confirmed")
    ]
    denials = sum("negation" in chunk.classes for chunk in chunks)
    if len(content) == 1 and content[0].kind == "concept" and not others and denials < 2:
        reading = read_fact(text, content)
        if reading is not None:
            return negate(reading.expression) if denials else reading.expression
    start, end = min(chunk.start for chunk in chunks), max(chunk.end for chunk in chunks)
    return narrative(text, start, end)


def is_method(chunk: Chunk) -> bool:
    """Whether a bracket only tells how a value is measured."""
    told = any(is_content(each) or each.kind == "limit" for each in chunk.inner)
    words = " ".join(each.form for each in chunk.inner)
    return chunk.kind == "bracket" and not told and not concerns_some_aside(words)


def value_window(before: Sequence[Chunk], after: Sequence[Chunk]) -> Window | None:
    """Return how recent a value has to be: a time span next to it, not one in a remark on it."""
    for chunk in before:
        if chunk.window is not None:
            return chunk.window.window
    for chunk in after:
        if chunk.window is not None:
            return chunk.window.window
        if (inside := bracketed_window(chunk)) is not None:
            return inside
        if (
            chunk.kind == "word"
            and not chunk.classes & {"value_tail", "confirmed"}
            and chunk.form not in OBTAINED
        ):
            return None
    return None


def bracketed_window(chunk: Chunk) -> Window | None:
    """Return the time that a bracket states for the value before it, and nothing else."""
    waived = (i for i, each in enumerate(chunk.inner) if "exception" in each.classes)
    inner = chunk.inner[: next(waived, None)]
    windows = [each.window.window for each in inner if each.window is not None]
    rest = [each for each in inner if each.window is None]
    plain = all(is_harmless(c, "value_tail", "label", "tail") or c.form in OBTAINED | {"to"} for c in rest)
    return windows[0] if len(windows) == 1 and plain else None


def is_harmless(chunk: Chunk, *classes: str) -> bool:
    """Whether a chunk demands nothing, or does what one of the classes of words does."""
    if chunk.kind in ("bracket", "window", "sign"):
        return True
    if chunk.kind == "concept":
        return chunk.term is not None and chunk.term.quantity
    return bool(chunk.classes & {"neutral", *classes})
