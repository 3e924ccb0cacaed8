"""An expression in plain English, for a person to check against the words it was read from."""

from __future__ import annotations

from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value

__all__ = ["plain"]

_UNITS = {
    "10*9/L": "×10⁹/L",
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "{score}": "points",
    "{INR}": "",
    "{count}": "",
    "{plus}": "plus",
    "mm[Hg]": "mmHg",
    "[IU]/mL": "IU/mL",
    "[IU]/L": "IU/L",
    "{copies}/mL": "copies/mL",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "g/(24.h)": "g per 24 hours",
    "mg/(24.h)": "mg per 24 hours",
    "umol/L": "µmol/L",
    "Cel": "°C",
}
_REFERENCES = {
    "ULN": "times the upper limit of normal",
    "LLN": "times the lower limit of normal",
    "baseline": "times baseline",
}
_CATEGORIES = {"treatment": "treatment with ", "allergy": "allergy: ", "lesion": ""}


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
            words = [_grouped(each) for each in operands if not _mentioned(each)]
            return joint.join(words) + (f" [speaks of {', '.join(spoken_of)}]" if spoken_of else "")
        case Not(operand):
            return f"not {_grouped(operand)}"
        case Value():
            return _value(expression)
        case Fact():
            return _fact(expression)
        case Narrative(text, reason):
            note = {"judgement": "takes judgement", "consent": "consent", "not-formalised": "in words"}[
                reason
            ]
            return f"“{text}” ({note})"


def _mentioned(expression: Expression) -> str:
    """Return the name of a concept that words beside it only speak of; empty for anything else."""
    if isinstance(expression, Not):
        name = _mentioned(expression.operand)
        return f"no {name}" if name else ""
    return expression.concept_label if isinstance(expression, Fact) and expression.is_mention else ""


def _grouped(expression: Expression) -> str:
    words = plain(expression)
    return f"({words})" if isinstance(expression, (AllOf, AnyOf)) else words


def _value(value: Value) -> str:
    unit = (
        _REFERENCES[value.relative_to]
        if value.relative_to
        else _UNITS.get(value.unit or "", value.unit or "")
    )
    window = f", {value.within.text}" if value.within else ""
    return f"{value.concept_label} {_limit(value.limit, unit)}{window}"


def _limit(limit: Limit, unit: str) -> str:
    tail = f" {unit}" if unit else ""
    low = None if limit.low is None else f"{limit.low:g}"
    high = None if limit.high is None else f"{limit.high:g}"
    if low is not None and low == high:
        return f"exactly {low}{tail}"
    if low is not None and high is not None and limit.low_inclusive and limit.high_inclusive:
        return f"from {low} to {high}{tail}"
    words = []
    if low is not None:
        words.append(f"{'at least' if limit.low_inclusive else 'more than'} {low}")
    if high is not None:
        words.append(f"{'at most' if limit.high_inclusive else 'less than'} {high}")
    return f"{' and '.join(words)}{tail}"


def _fact(fact: Fact) -> str:
    words = f"{_CATEGORIES.get(fact.category, '')}{fact.concept_label}"
    notes = []
    for name, value in fact.modifiers.items():
        if name in ("status", "relation"):
            words = f"{value} {words}"
        elif name == "exception":
            notes.append(f"except {value}")
        elif name in ("confirmation", "qualifier"):
            notes.append(value)
        else:
            notes.append(f"{name}: {value}")
    if fact.count is not None:
        notes.append(f"{_limit(fact.count, '')} in number")
    if fact.size is not None:
        notes.append(f"{_limit(fact.size, 'mm')} in diameter")
    if fact.within is not None:
        notes.append(fact.within.text)
    return f"{words} [{'; '.join(notes)}]" if notes else words
