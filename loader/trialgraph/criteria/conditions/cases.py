"""Limits that hold for some patients only: by sex, with a condition, in an exception."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.alternatives import with_alternative
from trialgraph.criteria.conditions.beside import comes_of_disease, is_harmless, names_quantity
from trialgraph.criteria.conditions.further import other_limit
from trialgraph.criteria.conditions.occasions import several_occasions
from trialgraph.criteria.conditions.widening import barred_apart, with_limit_for_some
from trialgraph.criteria.facts.allowances import allows
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.criteria.language.offers import concerns_some_aside
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.quantities.fitting import is_wanted, wanted_side
from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import AllOf, Expression, Fact, Not, Value

__all__ = [
    "SILENT",
    "asked_of",
    "holds_value",
    "named_case",
    "read_case",
    "with_remark",
    "without_note",
    "words_of",
]

_OPENING = RESTARTS | {"those", "those with", "individual with", "person with", "people with", "other than"}
SILENT = ("neutral", "condition", "exception", "post", "allowance", "tail", "value_tail", "label")
_WHO = frozenset({"patient who", "subject who", "participant who"})
_ONLY = re.compile(
    r"\s*(?:only\s+)?(?:for|in)\s+[^()]*\b(?:patients?|subjects?|participants?|those|individuals?|only)\b",
    re.IGNORECASE,
)
_MODAL = frozenset(
    {"must", "should", "must have", "must be", "may", "can", "may have", "can have", "need", "need to"}
)
_MAYBE = frozenset({"may", "can", "may have", "can have"})
_POINTING = frozenset({"which", "whom", "this", "that", "such", "these"})
_JOINTS = frozenset({"and", ",", "with"})
_REFUSING = frozenset({"negation", "barring"})
_THEN = frozenset(
    {"then", "wherein", "where", "which", "whom", "who", "for which", "for whom", "in whom", "for"}
)
_FINDING = frozenset(
    {
        "or",
        "and",
        "on",
        "by",
        "a",
        "an",
        "the",
        "urine",
        "urinary",
        "dipstick",
        "routine",
        "random",
        "analysis",
    }
    | {
        "urinalysis",
        "test",
        "result",
        "screening",
        "baseline",
        "indicate",
        "indicates",
        "indicated",
        "reveal",
    }
    | {"reveals", "show", "shows", "demonstrate", "demonstrates", "is"}
)
_SUPPOSING = frozenset({"if", "when"})
_TURNING = frozenset({"however", "but"})
_NOTING = _TURNING | {"note", "note that"}
_NOTED = 3
_LIMITING = frozenset({"value", "limit", "bracket"})
"""What a limit is told by, or may stand in."""
_DESPITE = "despite"
_ASIDE = frozenset({_DESPITE, "measure"})


def asked_of(text: Text, case: Expression, demand: Expression) -> Expression:
    """Return what is asked of those in a case only."""
    return all_of([case, demand]) if text.exclusion else any_of([negate(case), demand])


def words_of(text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return chunks as words that nothing judges, without what adds nothing at their ends."""
    kept = trimmed(chunks) or list(chunks)
    return narrative(text, kept[0].start, kept[-1].end)


def read_case(text: Text, chunks: Sequence[Chunk], *, excepted: bool = False) -> AllOf | None:
    """Read "patients with Gilbert's syndrome may have bilirubin ≤ 3 × ULN" as a case and its limit.

    Args:
        text: The text under reading.
        chunks: A sentence, a bracket's contents or an exception; a bare limit in it is of the quantity
            that the text named last.
        excepted: Whether the words stand in an exception, so that they are about a case anyway.
    Returns:
        Case and values, in this order; None when the words say anything else.
    """
    if not any(chunk.kind in _LIMITING for chunk in chunks):
        return None
    chunks = _plain(trimmed([each for chunk in chunks for each in _opened(chunk)]), excepted=excepted)
    if not chunks:
        return None
    found = [i for i, chunk in enumerate(chunks) if chunk.kind in ("value", "limit")]
    refusing = [i for i, chunk in enumerate(chunks) if chunk.classes & _REFUSING]
    if (beyond := _beyond(text, chunks)) is not None:
        return beyond
    if not found or (refusing and not _lacks(chunks, refusing, found[0])):
        return None
    before = text.chunks[: bisect_right(text.chunks, chunks[0].start, key=lambda chunk: chunk.end)]
    base = next((chunk for chunk in reversed(before) if chunk.kind == "value"), None)
    first = last = found[0]
    if (parted := _parted_case(text, chunks, found, base)) is not None:
        return parted
    alone = chunks[first].kind == "limit" and first + 1 < len(chunks) and _opens_case(chunks[first + 1])
    if not alone:
        last = found[-1]
    values = _values(text, chunks[first : last + 1], base)
    around = (chunks[:first], chunks[last + 1 :])
    if values is not None and not excepted and (more := _asked_too(text, chunks, around[1])) is not None:
        values, around = all_of([values, more]), (around[0], [])
    bare = chunks[first].kind == "limit" and chunks[0].form.endswith(" with")
    case = _case_before(text, *around, excepted=excepted, bare=bare)
    if case is None and (excepted or chunks[first].kind == "limit"):
        case = _case_after(text, *around)
    return AllOf((case, values)) if values is not None and case is not None else None


def _beyond(text: Text, chunks: Sequence[Chunk]) -> AllOf | None:
    """Read "for creatinine > 1.5 × ULN, clearance ≥ 60": nobody is asked for what is worse than wanted."""
    of_value = chunks[0].form == "for" and [chunk.kind for chunk in chunks[1:3]] == ["value", "sign"]
    case = chunks[1].expression if of_value and len(chunks) > _NOTED and not text.exclusion else None
    if not isinstance(case, Value) or is_wanted(case) or wanted_side(case) is None:
        return None
    rest = chunks[3:]
    return AllOf((case, _values(text, rest, None) or words_of(text, rest)))


def without_note(chunks: list[Chunk]) -> list[Chunk]:
    """Leave out the "Note:" before a limit for some ("Note: patients with liver metastases: ALT ≤ 5")."""
    noted = len(chunks) > _NOTED and chunks[0].form == "note" and chunks[1].form == ":"
    last = next(
        (chunk for chunk in reversed(chunks) if chunk.kind not in ("sign", "bracket", "window")), None
    )
    limited = noted and last is not None and last.kind in ("value", "limit") and not allows(chunks)
    return chunks[2:] if limited and chunks[2].form in _OPENING else chunks


def _lacks(chunks: Sequence[Chunk], refusing: Sequence[int], value: int) -> bool:
    """Whether a denial opens whom a limit is for ("for patients not on anticoagulants INR ≤ 1.5")."""
    opens = chunks[0].form.startswith(("for ", "in ", "if")) and "condition" in chunks[0].classes
    plain = value == len(chunks) - 1 and all(chunk.kind != "sign" for chunk in chunks[:value])
    return opens and plain and refusing[-1] < value and "negation" in chunks[refusing[-1]].classes


def _asked_too(text: Text, chunks: Sequence[Chunk], after: Sequence[Chunk]) -> Expression | None:
    """Return what goes on behind a demand's values ("if HIV-positive, CD4 ≥ 350 and B"): of the same case."""
    told = trimmed(after)
    joined = told and after[0].form in (",", "and")
    plain = any("allowance" in each.classes for each in chunks) or all(is_harmless(c, *SILENT) for c in told)
    return words_of(text, told) if joined and not plain else None


def _parted_case(
    text: Text, chunks: Sequence[Chunk], found: Sequence[int], base: Chunk | None
) -> AllOf | None:
    """Read "if total bilirubin > 1.5 × ULN, then direct bilirubin must be ≤ ULN": a value is the case.

    "In Gilbert's syndrome, if …" is both at once.
    """
    parting = next((i for i, chunk in enumerate(chunks) if chunk.form in (",", "then")), 0)
    if "condition" not in chunks[0].classes or not parting:
        return None
    if parting < found[0] and "condition" in chunks[parting + 1].classes:
        places = [place - parting - 1 for place in found]
        some = named_case(text, chunks[1:parting])
        inner = _parted_case(text, chunks[parting + 1 :], places, base) if isinstance(some, Fact) else None
        return AllOf((all_of([some, inner.operands[0]]), inner.operands[1])) if some and inner else None
    if not found[0] < parting < found[-1]:
        return None
    case = _told_case(text, chunks[1:parting], base)
    supposed = chunks[0].form in _SUPPOSING or chunks[found[0] - 1].form == "and"
    body = [
        chunk
        for chunk in chunks[parting + 1 :]
        if chunk.kind == "value" or not (chunk.form == "then" or is_harmless(chunk, *SILENT))
    ]
    demanded = _values(text, body, None) if body else None
    return AllOf((case, demanded)) if demanded and case and (supposed or isinstance(case, Value)) else None


def _told_case(text: Text, chunks: Sequence[Chunk], base: Chunk | None) -> Expression | None:
    """Return a case that a value makes, told whole or as another limit of what was limited before."""
    told = [chunk for chunk in chunks if not (is_harmless(chunk, *SILENT) or _names_test(chunk))]
    kinds = [chunk.kind for chunk in told]
    other = other_limit(text, base, told) if kinds == ["limit"] and base is not None else None
    if other is not None:
        return other.expression
    return told[0].expression if kinds == ["value"] else named_case(text, chunks)


def _names_test(chunk: Chunk) -> bool:
    """Whether a chunk tells only by what a value is found ("dipstick or routine analysis indicates")."""
    quantity = chunk.kind == "concept" and chunk.term is not None and chunk.term.quantity
    return quantity or (chunk.kind in ("word", "sign") and set(chunk.form.split()) <= _FINDING)


def _plain(chunks: list[Chunk], *, excepted: bool) -> list[Chunk]:
    """Leave out what says nothing of a case or its limit.

    That is what only turns to it ("however, …"), which limit it goes beyond ("despite bilirubin > 2 × ULN")
    and what is measured then ("…, measure direct bilirubin, and if it is …").
    """
    while len(chunks) > 1 and chunks[0].form in (_NOTING if excepted else _TURNING):
        chunks = trimmed(chunks[1:])
    at = next((i for i, chunk in enumerate(chunks) if chunk.form in _ASIDE), None)
    if at is None:
        return chunks
    measured = chunks[at].form != _DESPITE
    ends = (i for i in range(at, len(chunks)) if chunks[i].kind == "value" or chunks[i].form in _SUPPOSING)
    last = next(ends, None)
    if last is None or (chunks[last].form in _SUPPOSING) != measured:
        return chunks
    return [*chunks[:at], *chunks[last + 1 :]]


def _opened(chunk: Chunk) -> Sequence[Chunk]:
    """Return what a bracket around a limit holds, and any other chunk as it is."""
    return (
        chunk.inner
        if chunk.kind == "bracket" and any(c.kind in ("value", "limit") for c in chunk.inner)
        else (chunk,)
    )


def _values(text: Text, chunks: Sequence[Chunk], base: Chunk | None) -> Expression | None:
    """Return values joined by "and", or by "or", or a limit for the quantities before it."""
    if len(chunks) == 1 and chunks[0].kind == "limit":
        limit = chunks[0].limit
        stated = limit is not None and (limit.stated or limit.relative_to is not None)
        stated = stated and any(map(str.isdigit, text.text[chunks[0].start : chunks[0].end]))
        other = other_limit(text, base, [chunks[0]]) if base is not None and stated else None
        return other.expression if other else None
    read = [chunk.expression for chunk in chunks if chunk.kind == "value" and chunk.expression is not None]
    rest = [chunk for chunk in chunks if chunk.kind != "value"]
    if read and {chunk.form for chunk in rest if chunk.kind != "sign"} == {"or"}:
        return any_of(read)
    if not read or any(chunk.form not in _JOINTS and "neutral" not in chunk.classes for chunk in rest):
        return None
    return all_of(read)


def _case_before(
    text: Text, before: Sequence[Chunk], after: Sequence[Chunk], *, excepted: bool, bare: bool
) -> Expression | None:
    words = trimmed(before)
    if not words or any(chunk.classes & {"condition", "exception"} for chunk in after):
        return None
    conditional = bool(words[0].classes & {"condition", "exception"})
    of_some = words[0].form in _OPENING or words[0].form in _WHO
    linked = any(chunk.form in _MODAL or "allowance" in chunk.classes for chunk in [*words[1:], *after])
    linked = linked or bare
    if not (excepted or (conditional and not of_some) or (of_some and linked and not text.exclusion)):
        return None
    if of_some and not excepted and _asks_more(words):
        return None
    case = named_case(text, words[1:] if conditional else words)
    if case is None or all(is_harmless(chunk, *SILENT) for chunk in after):
        return case
    return all_of([case, narrative(text, after[0].start, after[-1].end)])


def _asks_more(words: Sequence[Chunk]) -> bool:
    """Whether something is told behind "must have", so that it is asked for too ("must have X, Y ≥ 5").

    So is whatever stands there where nobody is told apart before it ("patients must have some Y ≥ 5").
    """
    ruled = max((i for i, chunk in enumerate(words) if chunk.form in _MODAL), default=len(words))
    of_all = 0 < ruled < len(words) and words[ruled].form not in _MAYBE
    of_all = of_all and all(is_harmless(chunk, *SILENT) for chunk in words[1:ruled])
    return of_all or any(is_content(chunk) for chunk in words[ruled + 1 :])


def _case_after(text: Text, before: Sequence[Chunk], after: Sequence[Chunk]) -> Expression | None:
    plain = all(is_harmless(chunk, "label", "allowance", "value_tail") for chunk in before)
    first = next((i for i, chunk in enumerate(after) if _opens_case(chunk)), 0)
    granting = all(is_harmless(chunk, "allowance", "post") for chunk in after[:first])
    words = trimmed(after[first:] if granting else after)
    return named_case(text, words[1:]) if words and plain and _opens_case(words[0]) else None


def _opens_case(chunk: Chunk) -> bool:
    return "condition" in chunk.classes or chunk.form in ("for", "in", "with")


def named_case(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return a case: a fact when one is plainly named, else its words."""
    words = list(chunks)
    for index, (chunk, following) in enumerate(itertools.pairwise(words)):
        if chunk.form == "in" and following.form in _POINTING:
            words = words[:index]
            break
    while words and (
        words[-1].kind == "sign"
        or words[-1].form in _THEN
        or (not is_content(words[-1]) and is_harmless(words[-1], *SILENT))
    ):
        words.pop()
    while words and not is_content(words[0]) and is_harmless(words[0], "condition"):
        words.pop(0)
    if not words:
        return None
    if len(words) == 1 and words[0].kind == "value":
        return words[0].expression
    reading = read_fact(text, words) if any(map(is_content, words)) else None
    fact = reading.expression if reading is not None and isinstance(reading.expression, Fact) else None
    told: Expression | None = fact
    if fact is None or "qualifier" in fact.modifiers:
        told = several_occasions(text, words) or fact
    if told is None or comes_of_disease(text, words):
        return narrative(text, words[0].start, words[-1].end)
    return Not(told) if reading is not None and reading.negated else told


def holds_value(chunk: Chunk) -> bool:
    """Whether a bracket holds values and nothing else."""
    if not chunk.inner:
        return False
    rest = [each for each in chunk.inner if each.kind != "value"]
    valued = len(rest) < len(chunk.inner)
    return valued and all(
        (is_harmless(each, "value_tail", "label") and not names_quantity(each)) or each.form in ("or", "and")
        for each in rest
    )


def with_remark(text: Text, expression: Expression, value: Chunk, remark: Chunk) -> Expression:
    """Take in a bracket behind a value: another limit, an exception, or whom alone it is asked of."""
    words = text.text[remark.start + 1 : remark.end]
    plain = not any(chunk.kind in ("limit", "value") for chunk in remark.inner)
    if plain and (concerns_some_aside(words) or _ONLY.match(words)):
        return asked_of(text, narrative(text, remark.start + 1, remark.end - 1), expression)
    apart = any(chunk.kind == "value" or "exception" in chunk.classes for chunk in remark.inner)
    apart = apart or (remark.inner[0].form in _OPENING and allows(remark.inner))
    case = read_case(text, remark.inner, excepted=True) if apart else None
    if case is None:
        return with_alternative(text, expression, value, list(remark.inner), (remark.start, remark.end))
    if not text.exclusion:
        return with_limit_for_some(expression, *case.operands)
    excepted = allows(remark.inner) or any("exception" in chunk.classes for chunk in remark.inner)
    limited = None if excepted else barred_apart(expression, case)
    return all_of([expression, negate(case)]) if limited is None else limited
