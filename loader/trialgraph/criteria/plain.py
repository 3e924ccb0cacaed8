"""An expression in plain English, for a person to check against the words it was read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import groupby

from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Expression,
    Fact,
    Limit,
    Narrative,
    NarrativeReason,
    Not,
    Value,
)

__all__ = ["plain"]

_TIMES = {"a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second"}
_UNITS = {
    "{score}": "",
    "{INR}": "",
    "{count}": "",
    "{plus}": "+",
    "/min": "per minute",
    "/d": "per day",
    "/wk": "per week",
    "min/wk": "minutes per week",
    "g/(24.h)": "g per 24 hours",
    "mg/(24.h)": "mg per 24 hours",
    "meq/L": "mEq/L",
    "Cel": "°C",
}
_CLOSE = frozenset({"%", "+"})
"""Signs that stand next to their number."""
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SIGNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"10\*(\d+)"), lambda power: "×10" + power[1].translate(_RAISED)),
    (re.compile(r"(?<![A-Za-z])u(?=[A-Za-z])"), "µ"),
    (re.compile(r"(?<=m)([23])(?!\d)"), lambda power: power[1].translate(_RAISED)),
    (re.compile(r"[\[\]{}]"), ""),
    (re.compile(r"_"), " "),
)
_REFERENCES = {
    "ULN": "times the upper limit of normal",
    "LLN": "times the lower limit of normal",
    "baseline": "times baseline",
}
_ACT = re.compile(r"(?:therapy|treatment|transfusion|vaccination|transplantation)$")
"""Ends of names that speak of a treatment being given, not of what is given."""
_SENTENCE = re.compile(r"\b(?:is|are|was|were|may|can|could|will|should|must)\b")
"""What tells a sentence ("Prior IL-2 is permitted") from the name of what is left out."""
_ONGOING = {"treatment": "ongoing", "procedure": "ongoing", "reproductive": "current"}
_WORTH_SHARING = 30
"""Letters that have to be saved before neighbours share their brackets."""
_LONG = 60
"""Letters up to which a note is repeated in full."""
_ADJECTIVAL = frozenset({"biomarker", "demographic"})
"""Categories of which "no" can't be said: a tumour is not HER2 positive."""


_REASONS: dict[NarrativeReason, str] = {
    "judgement": "takes judgement",
    "consent": "consent",
    "remark": "asks nothing",
    "not-formalised": "in words",
}


def plain(expression: Expression) -> str:
    """Return an expression in words.

    Example:
        >>> from trialgraph.expressions import Limit, Value
        >>> plain(Value("…", "absolute neutrophil count", Limit(low=1.5), "10*9/L"))
        'absolute neutrophil count at least 1.5 ×10⁹/L'
    """
    match expression:
        case AllOf(operands) | AnyOf(operands):
            joint = "; and " if isinstance(expression, AllOf) else "; or "
            spoken_of = [_mentioned(each) for each in operands if _mentioned(each)]
            words = _joined([each for each in operands if not _mentioned(each)], joint)
            return words + (f" [speaks of {', '.join(spoken_of)}]" if spoken_of else "")
        case Not(operand):
            return _negated(operand)
        case Value():
            return _value(expression)
        case Fact():
            return _fact(expression)
        case Narrative(text, reason):
            return f"“{text}” ({_REASONS[reason]})"


def _joined(operands: Sequence[Expression], joint: str) -> str:
    """Return operands side by side, what facts beside each other have in their brackets alike told once."""
    runs = [(notes, list(run)) for notes, run in groupby(operands, _notes)]
    told: set[str] = set()
    words: list[str] = []
    for notes, run in runs:
        if not notes:
            words += map(_grouped, run)
            continue
        brackets = _bracketed([_again(note) if note in told else note for note in notes])
        names = list(dict.fromkeys(_named(each)[0] for each in run if isinstance(each, Fact)))
        if (len(run) - 1) * len(brackets) > _WORTH_SHARING:
            shared = joint.join(names)
            words.append(f"{shared if len(runs) == 1 else f'({shared})'}, each {brackets}")
        else:
            words += [f"{name} {brackets}" for name in names]
        told.update(notes)
    return joint.join(dict.fromkeys(words))


def _notes(expression: Expression) -> tuple[str, ...]:
    """Return what stands in brackets behind the name of a fact; nothing for anything else."""
    return tuple(_named(expression)[1]) if isinstance(expression, Fact) else ()


def _again(note: str) -> str:
    """Return the beginning of a long note that was told in full before."""
    return note if len(note) <= _LONG else f"{note[:_LONG].rsplit(None, 1)[0]} …"


def _mentioned(expression: Expression) -> str:
    """Return the name of a concept that words beside it only speak of; empty for anything else."""
    if isinstance(expression, Not):
        name = _mentioned(expression.operand)
        return f"no {name}" if name else ""
    return expression.concept_label if isinstance(expression, Fact) and expression.is_mention else ""


def _grouped(expression: Expression) -> str:
    words = plain(expression)
    return f"({words})" if isinstance(expression, (AllOf, AnyOf)) else words


def _negated(expression: Expression) -> str:
    """Return what is denied, so that it can't be taken for less or more than that."""
    match expression:
        case Value():
            return _value(expression, denied="not ")
        case Fact(category=category) if not (expression.count or expression.size):
            return f"{'not' if category in _ADJECTIVAL else 'no'} {_fact(expression)}"
        case Fact():
            return f"not ({_fact(expression)})"
        case Not():
            return f"not ({plain(expression)})"
        case _:
            return f"not {_grouped(expression)}"


def _value(value: Value, denied: str = "") -> str:
    window = f", {_uncapitalised(value.within.text)}" if value.within else ""
    if value.limit.low is None and value.limit.high is None:
        return f"{value.concept_label} {denied}measured{window}"
    return f"{value.concept_label} {denied}{_limit(value.limit, _unit(value))}{window}"


def _unit(value: Value) -> str:
    """Return a unit as people write it, with the space that parts it from its number."""
    if value.relative_to:
        return f" {_REFERENCES[value.relative_to]}"
    code = value.unit or ""
    if code in _TIMES:
        last = value.limit.low if value.limit.high is None else value.limit.high
        return f" {_TIMES[code]}{'' if last == 1 else 's'}"
    written = _UNITS.get(code)
    if written is None:
        written = code
        for pattern, sign in _SIGNS:
            written = pattern.sub(sign, written)
    return written if not written or written in _CLOSE else f" {written}"


def _limit(limit: Limit, unit: str) -> str:
    low = None if limit.low is None else _number(limit.low)
    high = None if limit.high is None else _number(limit.high)
    if low is not None and low == high:
        return f"exactly {low}{unit}"
    if low is not None and high is not None and limit.low_inclusive and limit.high_inclusive:
        return f"from {low} to {high}{unit}"
    words = []
    if low is not None:
        words.append(f"{'at least' if limit.low_inclusive else 'more than'} {low}")
    if high is not None:
        words.append(f"{'at most' if limit.high_inclusive else 'less than'} {high}")
    return f"{' and '.join(words)}{unit}"


def _number(number: float) -> str:
    """Return a number with all its digits, thousands apart."""
    return f"{Decimal(f'{number:.12g}'):,f}"


def _fact(fact: Fact) -> str:
    words, notes = _named(fact)
    return f"{words} {_bracketed(notes)}" if notes else words


def _bracketed(notes: Sequence[str]) -> str:
    return f"[{'; '.join(notes)}]" if notes else ""


def _named(fact: Fact) -> tuple[str, list[str]]:
    """Return a fact's name with the qualities that stand in it, and what stands in brackets behind it."""
    words = fact.concept_label
    if fact.category == "treatment" and not _ACT.search(words):
        words = f"treatment with {words}"
    words, notes = _described(fact, words)
    if fact.count is not None:
        notes.append(f"{_limit(fact.count, '')} in number")
    if fact.size is not None:
        notes.append(f"{_limit(fact.size, ' mm')} in diameter")
    if fact.within is not None:
        notes.append(_uncapitalised(fact.within.text))
    return words, notes


def _described(fact: Fact, words: str) -> tuple[str, list[str]]:
    """Return a name with the qualities of its fact that stand in it, and those that stand beside it."""
    notes = []
    for name, value in fact.modifiers.items():
        match name, value:
            case "status", "active":
                words = f"{_ONGOING.get(fact.category, 'active')} {words}"
            case "status", "history":
                words = f"history of {words}"
            case "status" | "relation", _:
                words = f"{value} {words}"
            case "agent", _ if fact.category == "allergy":
                words = f"{words} to {value}"
            case "exception", _:
                notes.append(f"{'but: ' if _SENTENCE.search(value) else 'except '}{value}")
            case "confirmation" | "qualifier" | "example", _:
                notes.append(value)
            case _:
                notes.append(f"{name}: {value}")
    return words, notes


def _uncapitalised(words: str) -> str:
    """Return words of a criterion's beginning as they stand within a sentence."""
    return words[0].lower() + words[1:] if words[:1].isupper() and words[1:2].islower() else words
