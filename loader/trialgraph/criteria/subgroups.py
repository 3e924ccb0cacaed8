"""Statements about some patients only, and lists that go on after what one member excepts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.allowances import TREATING
from trialgraph.criteria.alternatives import is_harmless
from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.connectives import RESTARTS
from trialgraph.criteria.facts import is_content
from trialgraph.criteria.lists import join_segments, read_condition, read_segments
from trialgraph.criteria.narratives import narrative
from trialgraph.criteria.segments import trimmed
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, is_formal, negate
from trialgraph.expressions import Expression, Fact, Not, atoms

__all__ = [
    "MODAL",
    "age_case",
    "defined_at",
    "demand_on_some",
    "inner_exceptions",
    "only_names_patients",
    "value_case",
    "value_with",
]

MODAL = frozenset({"must", "should", "must have", "must be", "need", "need to", "are required to"})
_NOT_ENTER = re.compile(
    r"^\w+ not (?:be )?(?:participat|enrol|includ|enter|eligib|take part|join)", re.IGNORECASE
)
_RELATIVE = frozenset({"patient who", "subject who", "participant who", "individual who", "those who"})
_NEAR = 4


def age_case(label: Sequence[Chunk]) -> Expression | None:
    """Return the ages that a label names, whom alone the values behind it are asked of ("Age ≥ 16: …")."""
    values = [chunk for chunk in label if chunk.kind == "value"]
    plain = all(is_harmless(chunk, "label", "value_tail") for chunk in label if chunk.kind != "value")
    aged = len(values) == 1 and values[0].value is not None and values[0].value.terms[0].unit == "a"
    return values[0].expression if aged and plain else None


def defined_at(chunks: Sequence[Chunk]) -> int | None:
    """Return where "defined as" sets a label off from its limits, as a colon would; None without one."""
    at = next((i for i, chunk in enumerate(chunks) if "definition" in chunk.classes), 0)
    labelled = all(chunk.kind == "window" or is_harmless(chunk, "label") for chunk in chunks[:at])
    valued = at + 1 < len(chunks) and chunks[at + 1].kind == "value"
    return at if at and labelled and valued else None


def value_case(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "patients with creatinine > 1.5 must have B": B is asked of those with that value only."""
    modal = next((i for i, chunk in enumerate(chunks) if chunk.form in MODAL), None)
    if modal is None or chunks[0].form not in RESTARTS:
        return None
    case, body = trimmed(chunks[1:modal]), trimmed(chunks[modal + 1 :])
    if not case or any(chunk.kind != "value" and not is_harmless(chunk, "label") for chunk in case):
        return None
    condition = read_condition(text, case)
    if not body or not is_formal(condition):
        return None
    read = join_segments(text, read_segments(text, body), "and")
    return any_of([negate(condition), read])


def value_with(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "without liver metastases, ALT ≤ 2.5 × ULN": the limit is for those without them only."""
    comma = next((i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form == ","), None)
    if comma is None or chunks[0].form not in ("with", "without") or text.exclusion:
        return None
    case, body = trimmed(chunks[1:comma]), trimmed(chunks[comma + 1 :])
    if not case or not any(chunk.kind == "value" for chunk in body) or any(c.kind == "value" for c in case):
        return None
    read = join_segments(text, read_segments(text, body), "and")
    condition = read_condition(text, case)
    if any(isinstance(atom, Fact) for atom in atoms(read)) or not is_formal(condition):
        return None
    return any_of([condition if chunks[0].form == "without" else negate(condition), read])


def inner_exceptions(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Let "requiring drugs other than A or B, stroke" except drugs only: the list goes on after them."""
    at = next((i for i, chunk in enumerate(chunks) if "exception" in chunk.classes and i > 0), None)
    if at is None or not text.exclusion:
        return chunks
    told = [chunk.term.category for chunk in chunks[:at] if is_content(chunk) and chunk.term is not None]
    treated = any(
        each.form in TREATING or "needing" in each.classes for each in chunks[max(0, at - _NEAR) : at]
    )
    for index in range(at + 1, len(chunks)):
        if chunks[index].form != ",":
            continue
        excepted = {c.term.category for c in chunks[at:index] if is_content(c) and c.term is not None}
        after = next((c.term.category for c in chunks[index:] if is_content(c) and c.term is not None), None)
        over = any(each.form in ("or", "and") for each in chunks[at:index])
        drugs = "condition" not in excepted and (excepted or (treated and over))
        if drugs and "condition" in told and after == "condition":
            inner = replace(chunks[at], classes=frozenset({"post"}))
            return [*chunks[:at], inner, *chunks[at + 1 :]]
    return chunks


def demand_on_some(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "patients with X must be stable" among exclusions: it bars those with X who aren't."""
    modal = next((i for i, chunk in enumerate(chunks) if chunk.form in MODAL), None)
    opens = chunks[0].form in RESTARTS or chunks[0].form in _RELATIVE
    if modal is None or modal < 2 or not opens:
        return None
    start, end = chunks[modal].start, chunks[-1].end
    condition = read_condition(text, chunks[1:modal])
    if not is_formal(condition):
        return narrative(text, chunks[0].start, end)
    condition = alternatives_of(condition)
    if _NOT_ENTER.search(text.text[start:end]):
        return condition
    return all_of([condition, Not(narrative(text, start, end))])


def only_names_patients(chunks: list[Chunk], *, exclusion: bool) -> bool:
    """Whether "patients who have had A, B or C" just goes on to what they had, without a demand on them."""
    goes_on = len(chunks) > 1 and not any(chunk.form in MODAL for chunk in chunks)
    once = exclusion or not any(chunk.form in ("who", "whose") for chunk in chunks)
    return goes_on and once and chunks[0].form in _RELATIVE
