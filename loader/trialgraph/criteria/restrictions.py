"""Limits in the words that narrow a fact: "hypertension (systolic > 160 mmHg despite treatment)".

The words stay with the fact where more than the limit is in them, so it isn't proved by the limit alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.narratives import narrative
from trialgraph.criteria.trees import all_of, any_of, dated, map_facts
from trialgraph.expressions import Expression, Fact, Span, Value, atoms

__all__ = ["Stated", "with_limits"]

_TURNING = frozenset({"negation", "exception", "condition", "allowance", "unactual", "barring"})
_ENDS = frozenset({".", ";"})
_EITHER = re.compile(r"\bor\b|/|\be\.?g\b|\bsuch\s+as\b|\bincluding\b|\bexample\b", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z\d]", re.IGNORECASE)
_LINKS = re.compile(
    r"\b(?:and|or|i\.e|defined|as|with|of|at|a|the|in|is|are|dos(?:es?|ages?|ing)|equivalents?|to|therapy|use)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A limit that words state: its chunk, its verbatim span, and whether it is a dose of what is taken."""

    chunk: Chunk
    span: Span
    taken: bool = False


def with_limits(
    expression: Expression, text: Text, stated: Sequence[Stated], chunks: Sequence[tuple[Span, Chunk]]
) -> Expression:
    """Return an expression whose facts have the limits in their qualifiers beside them."""
    found: dict[int, list[Stated]] = {}
    facts = [atom for atom in atoms(expression) if isinstance(atom, Fact)]
    for each in stated:
        fact = _narrowed_by(text, each, facts)
        little = text.exclusion and each.taken and _is_little(each)
        if fact is None or little or _is_age(each) or not _plain(fact, each, chunks):
            continue
        known = found.setdefault(id(fact), [])
        if all(_words(text, other) != _words(text, each) for other in known):
            known.append(each)
    return map_facts(expression, lambda fact: _limited(text, fact, found.get(id(fact), []))) if found else expression


def _is_age(each: Stated) -> bool:
    value = each.chunk.value
    return value is not None and any(term.unit == "a" for term in value.terms)


def _is_little(each: Stated) -> bool:
    """Whether a dose is one that may be taken at most."""
    value = each.chunk.expression
    return isinstance(value, Value) and value.limit.low is None


def _words(text: Text, each: Stated) -> str:
    return text.text[each.chunk.start : each.chunk.end].strip()


def _narrowed_by(text: Text, each: Stated, facts: Sequence[Fact]) -> Fact | None:
    """Return the fact before a limit, nearest to it, whose qualifier has the limit's words."""
    words = _words(text, each)
    own = next((fact for fact in facts if each.span[0] <= fact.span[0] < each.span[1]), None)
    if own is not None and each.taken:
        return own
    behind = [
        fact for fact in facts
        if fact.span[1] <= each.span[0] and words in fact.modifiers.get("qualifier", "")
    ]  # fmt: skip
    return max(behind, key=lambda fact: fact.span[1], default=None)


def _plain(fact: Fact, each: Stated, chunks: Sequence[tuple[Span, Chunk]]) -> bool:
    """Whether nothing between a fact and a limit turns it round or makes it a case."""
    between = [chunk for span, chunk in chunks if fact.span[1] <= span[0] < each.span[0]]
    return not any(chunk.classes & _TURNING or chunk.form in _ENDS for chunk in between)


def _limited(text: Text, fact: Fact, stated: Sequence[Stated]) -> Expression:
    """Put limits beside the fact that they narrow, each part of its qualifier by itself."""
    if not stated:
        return fact
    kept: list[str] = []
    asked: list[Expression] = []
    for part in fact.modifiers["qualifier"].split("; "):
        inside = [each for each in stated if _words(text, each) in part]
        read = _part(text, fact, part, inside)
        asked += [] if read is None else [read]
        kept += [part] if read is None or _rest(text, part, inside) else []
    modifiers = {name: told for name, told in fact.modifiers.items() if name != "qualifier"}
    if kept:
        modifiers["qualifier"] = "; ".join(kept)
    return all_of([replace(fact, modifiers=modifiers), *asked])


def _part(text: Text, fact: Fact, part: str, inside: Sequence[Stated]) -> Expression | None:
    """Return what the limits in a part of a qualifier ask; its other words may offer something else."""
    if not inside:
        return None
    limits = [each.chunk.expression for each in inside if each.chunk.expression is not None]
    if fact.within is not None:
        within = fact.within
        limits = [dated(limit, within) if each.taken else limit for limit, each in zip(limits, inside, strict=True)]
    rest = part
    for each in inside:
        rest = rest.replace(_words(text, each), " ", 1)
    between = _EITHER.search(rest) is not None
    if not between:
        return all_of(limits)
    start = text.text.find(part)
    if start < 0 or not _LETTERS.search(_LINKS.sub("", rest)):
        return any_of(limits)
    return any_of([*limits, narrative(text, start, start + len(part))])


def _rest(text: Text, part: str, inside: Sequence[Stated]) -> bool:
    """Whether a part of a qualifier says more than its limits."""
    for each in inside:
        part = part.replace(_words(text, each), " ", 1)
    return _LETTERS.search(_LINKS.sub("", part)) is not None
