"""What a criterion that says from which value on it means a condition asks: the value.

"Uncontrolled hypertension, defined as a systolic pressure above 150 mmHg", "anemia (hemoglobin < 9 g/dL)":
both the condition and the value are read, so that trials can be found by either. Who is judged is judged
by the value: a record that names no hypertension doesn't make a pressure of 170 mmHg a lower one.
"""

from __future__ import annotations

import re

from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, Value
from trialgraph.vocabularies import known_concepts

__all__ = ["with_measured"]

_MEANING = re.compile(
    r"\s*(?:[(\[:]\s*)?"
    r"(?:(?:,\s*)?(?:as\s+)?(?:defined|evidenced|shown|indicated|demonstrated|determined)\s+(?:as|by)"
    r"|i\.\s?e\.,?|that is,?|meaning)?"
    r"\s*(?:[(\[:]\s*)?"
    r"(?:(?:an?|any|either|one|of|the|following|at|least|mean|average|resting|screening|measured|absolute"
    r"|corrected|serum|blood|total|level|value|count)\b[\s:*]*)*",
    re.IGNORECASE,
)
"""What stands between a condition and the value that it means; nothing but blanks tells nothing."""

_DEGREES = frozenset(
    ["uncontrolled", "poorly", "inadequately", "insufficiently", "not", "well", "adequately", "controlled",
     "severe", "severely", "moderate", "moderately", "to", "or", "mild", "significant", "significantly",
     "clinically", "relevant", "marked", "baseline", "known", "documented", "current"]
)  # fmt: skip
"""Words that say how bad a condition is, which the value does; others ask for more than it."""


def with_measured(expression: Expression, text: str) -> Expression:
    """Return an expression in which a condition that is stated as a value leaves it to the value.

    Args:
        expression: As read.
        text: The criterion's words, in which its atoms have their spans.
    """
    match expression:
        case AllOf(operands):
            told = [with_measured(each, text) for each in operands]
            pairs = zip(told, [*told[1:], None], strict=True)
            left = tuple(each for each, after in pairs if after is None or not _means(each, after, text))
            return AllOf(left) if len(left) > 1 else left[0]
        case AnyOf(operands):
            return AnyOf(tuple(with_measured(each, text) for each in operands))
        case Not(operand):
            return Not(with_measured(operand, text))
        case _:
            return expression


def _means(part: Expression, after: Expression, text: str) -> bool:
    """Whether a fact is stated as the values behind it."""
    values = _values(after)
    if not isinstance(part, Fact) or values is None or not _is_bare(part):
        return False
    between = text[part.span[1] : min(each.span[0] for each in values)]
    said = between.strip() != "" and _MEANING.fullmatch(between) is not None
    return said and part.concept in known_concepts() and all(_shows(each, part) for each in values)


def _values(expression: Expression) -> list[Value] | None:
    """Return the values that alternatives or demands consist of; None where they consist of more."""
    match expression:
        case Value():
            return [expression]
        case AllOf(operands) | AnyOf(operands):
            parts = [_values(each) for each in operands]
            whole = [each for part in parts if part is not None for each in part]
            return None if None in parts else whole
        case _:
            return None


def _is_bare(fact: Fact) -> bool:
    """Whether a fact asks no more than how bad it is."""
    degrees = re.findall(r"\w+", fact.modifiers.get("qualifier", "").lower())
    others = {name: said for name, said in fact.modifiers.items() if name != "qualifier"}
    more = fact.within or fact.count or fact.size or fact.exceptions
    return others in ({}, {"status": "active"}) and not more and _DEGREES.issuperset(degrees)


def _shows(value: Value, fact: Fact) -> bool:
    """Whether a value bounds a quantity on the side on which it tells of a condition."""
    concept = known_concepts()[fact.concept]
    high = value.limit.low is not None and value.concept in concept.shown_by_high
    return high or (value.limit.high is not None and value.concept in concept.shown_by_low)
