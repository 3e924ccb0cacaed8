"""Limits in the words that narrow a fact: "hypertension (systolic > 160 mmHg despite treatment)".

The words stay with the fact where more than the limit is in them, so it isn't proved by the limit alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.quantities.doses import offers_other
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.quantities.windows import FoundWindow, parse_window
from trialgraph.criteria.trees import all_of, any_of, dated, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, Span, Value, atoms

__all__ = ["Stated", "with_limits"]

_TURNING = frozenset({"negation", "exception", "condition", "allowance", "unactual", "barring"})
_SUPPOSING = frozenset({"if", "when", "where", "in the setting of", "with documented"})
_ENDS = frozenset({".", ";"})
_EITHER = re.compile(r"\bor\b|/|\be\.?g\b|\bsuch\s+as\b|\bincluding\b|\bexample\b", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z\d]", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:must|should)\s+be\s*$", re.IGNORECASE)
_NEAR = 12
_SETTING = re.compile(
    r"\b(?:if|provided|providing|as\s+long\s+as|must|should|asymptomatic|stable|stability|controlled)\b",
    re.IGNORECASE,
)
"""How an exception tells what those whom it is for have to be like."""
_DENYING = re.compile(r"\b(?:not|no|without|nor|never)\b[^.;]{0,60}$", re.IGNORECASE)
_LINKS = re.compile(
    r"\b(?:and|or|i\.?e|that\s+is|namely|defined|documented|as|with|of|at|a|the|in|is|are|dos(?:es?|ages?|ing)|equivalents?|to|therapy|use)\b",
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
    """Return an expression whose facts have the limits in their qualifiers and exceptions beside them."""
    narrowing: dict[int, list[Stated]] = {}
    excepted: dict[int, list[Stated]] = {}
    facts = [atom for atom in atoms(expression) if isinstance(atom, Fact)]
    for each in stated:
        fact = _with_words(text, each, facts, "qualifier")
        little = text.exclusion and each.taken and _is_little(each)
        if fact is not None and little and _ASKED.search(text.text[: each.chunk.start][-_NEAR:]):
            each, little = _turned(each), False
        if fact is not None and not little and not _is_age(each) and _plain(fact, each, chunks):
            _add(text, narrowing.setdefault(id(fact), []), each)
        else:
            fact = _with_words(text, each, facts, "exception")
            kept = _kept_dose(text, fact, each) if fact is not None and each.taken else each
            if kept is not None and (kept.taken or is_wanted(kept.chunk.expression)):
                _add(text, excepted.setdefault(id(fact), []), kept)
    if not narrowing and not excepted:
        return expression
    limited = map_facts(expression, lambda fact: _limited(text, fact, narrowing.get(id(fact), [])))
    return limited if not excepted else _lifted(text, limited, excepted, barred=text.exclusion)


def _add(text: Text, known: list[Stated], each: Stated) -> None:
    if all(_words(text, other) != _words(text, each) for other in known):
        known.append(each)


def _lifted(
    text: Text, expression: Expression, excepted: Mapping[int, Sequence[Stated]], *, barred: bool
) -> Expression:
    """Put beside a barred fact the limits that those whom it excepts have to keep."""
    match expression:
        case AllOf(operands):
            return all_of([_lifted(text, each, excepted, barred=barred) for each in operands])
        case AnyOf(operands):
            return any_of([_lifted(text, each, excepted, barred=barred) for each in operands])
        case Not(operand):
            return Not(_lifted(text, operand, excepted, barred=not barred))
        case Fact() if barred:
            kept = [_unless(text, expression, each) for each in excepted.get(id(expression), ())]
            return all_of([expression, *(each for each in kept if each is not None)])
        case _:
            return expression


def _unless(text: Text, fact: Fact, each: Stated) -> Expression | None:
    """Return that a limit, or the rest of its exception, isn't kept."""
    told = fact.modifiers["exception"]
    words = next((part for part in told.split("; ") if _words(text, each) in part), told)
    start = text.text.find(words)
    if start < 0 or each.chunk.expression is None:
        return None
    return any_of([negate(each.chunk.expression), Not(narrative(text, start, start + len(words)))])


def _kept_dose(text: Text, fact: Fact, each: Stated) -> Stated | None:
    """Return the dose that those excepted with a disease have to keep to; None for one that may be taken.

    "Brain metastases, unless stable and not requiring > 10 mg of prednisone" sets a condition, "systemic
    steroids, except at ≤ 10 mg of prednisone" tells what isn't meant.
    """
    told = next((part for part in fact.modifiers["exception"].split("; ") if _words(text, each) in part), "")
    before = told[: told.find(_words(text, each))]
    setting = _SETTING.search(before)
    behind = told[len(before) + len(_words(text, each)) :]
    if fact.category != "condition" or setting is None or offers_other(before, behind):
        return None
    denied = _DENYING.search(before) is not None
    if denied == _is_little(each):
        return None
    return _turned(each) if denied else each


def _is_age(each: Stated) -> bool:
    value = each.chunk.value
    return value is not None and any(term.unit == "a" for term in value.terms)


def _turned(each: Stated) -> Stated:
    """Return a dose that must not be exceeded as the larger one, which is barred."""
    limit = each.chunk.expression
    return each if limit is None else replace(each, chunk=replace(each.chunk, expression=Not(limit)))


def _is_little(each: Stated) -> bool:
    """Whether a dose is one that may be taken at most."""
    value = each.chunk.expression
    return isinstance(value, Value) and value.limit.low is None


def _words(text: Text, each: Stated) -> str:
    return text.text[each.chunk.start : each.chunk.end].strip()


def _with_words(text: Text, each: Stated, facts: Sequence[Fact], name: str) -> Fact | None:
    """Return the fact before a limit, nearest to it, a modifier of which has the limit's words."""
    words = _words(text, each)
    own = next((fact for fact in facts if each.span[0] <= fact.span[0] < each.span[1]), None)
    if own is not None and each.taken and (name == "qualifier" or name in own.modifiers):
        return own
    behind = [
        fact for fact in facts
        if fact.span[1] <= each.span[0] and words in fact.modifiers.get(name, "")
    ]  # fmt: skip
    return max(behind, key=lambda fact: fact.span[1], default=None)


def _plain(fact: Fact, each: Stated, chunks: Sequence[tuple[Span, Chunk]]) -> bool:
    """Whether nothing between a fact and a limit turns it round or makes it a case."""
    between = [chunk for span, chunk in chunks if fact.span[1] <= span[0] < each.span[0]]
    turning = _TURNING - {"condition"} if any(chunk.form in _SUPPOSING for chunk in between) else _TURNING
    return not any(chunk.classes & turning or chunk.form in _ENDS for chunk in between)


def _limited(text: Text, fact: Fact, stated: Sequence[Stated]) -> Expression:
    """Put limits beside the fact that they narrow, each part of its qualifier by itself."""
    if not stated:
        return fact
    kept: list[str] = []
    asked: list[Expression] = []
    parts = [part for part in fact.modifiers.get("qualifier", "").split("; ") if part]
    for part in parts:
        inside = [each for each in stated if _words(text, each) in part]
        read = _part(text, fact, part, inside)
        asked += [] if read is None else [read]
        told = any(each.taken and part in _words(text, each) for each in stated)
        kept += [part] if not told and (read is None or _rest(text, part, inside)) else []
    apart = [each for each in stated if not any(_words(text, each) in part for part in parts)]
    asked += [read for each in apart if (read := _part(text, fact, _words(text, each), [each])) is not None]
    modifiers = {name: told for name, told in fact.modifiers.items() if name != "qualifier"}
    if kept:
        modifiers["qualifier"] = "; ".join(kept)
    return all_of([replace(fact, modifiers=modifiers), *asked])


def _part(text: Text, fact: Fact, part: str, inside: Sequence[Stated]) -> Expression | None:
    """Return what the limits in a part of a qualifier ask; its other words may offer something else."""
    if not inside:
        return None
    limits = []
    for each in inside:
        limit, told = each.chunk.expression, _window_behind(text, each)
        window = told.window if told is not None else fact.within if each.taken else None
        if limit is not None:
            limits.append(limit if window is None else dated(limit, window))
    rest = _without(text, part, inside)
    between = _EITHER.search(rest) is not None
    if not between:
        return all_of(limits)
    start = text.text.find(part)
    if start < 0 or not _LETTERS.search(_LINKS.sub("", rest)):
        return any_of(limits)
    return any_of([*limits, narrative(text, start, start + len(part))])


def _rest(text: Text, part: str, inside: Sequence[Stated]) -> bool:
    """Whether a part of a qualifier says more than its limits."""
    return _LETTERS.search(_LINKS.sub("", _without(text, part, inside))) is not None


def _without(text: Text, part: str, inside: Sequence[Stated]) -> str:
    """Return a part of a qualifier without its limits and the times right behind them."""
    for each in inside:
        told = _window_behind(text, each)
        words = text.text[each.chunk.start : told.end].strip() if told is not None else _words(text, each)
        part = part.replace(words, " ", 1) if words in part else part.replace(_words(text, each), " ", 1)
    return part


def _window_behind(text: Text, each: Stated) -> FoundWindow | None:
    """Return the time right behind a limit ("eGFR < 30 within 30 days")."""
    words = text.text[each.chunk.end :]
    return parse_window(text.text, each.chunk.end + len(words) - len(words.lstrip()))
