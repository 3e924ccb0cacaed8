"""A compact notation of expressions, for cases that people read and write.

`ALL(a, b)`, `ANY(a, b)`, `NOT a`; `Hemoglobin≥90 g/L`; `Stroke{qualifier=severe} @6m`; a lesion fact
has a star, `n≤5` for its number and `d≤60` for its diameter in mm; `@4w+` is a time that may be longer;
words stand in «quotes», followed by j when they take judgement and c when they are about consent.
What words only speak of is left out, `mentioned` tells it; `told` puts the scope of a criterion in front,
as in `[Part B] Stroke`.
"""

from trialgraph.criteria import Criterion
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value, Window

REASONS = {"judgement": "j", "consent": "c", "remark": "n", "not-formalised": ""}


def told(criterion: Criterion) -> str:
    """Return what a criterion says in the compact notation, with whom it is asked of."""
    scope = "" if criterion.scope is None else f"[{criterion.scope}] "
    return scope + compact(criterion.expression)


def compact(expression: Expression) -> str:
    """Return an expression in the compact notation."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            told = [compact(each) for each in operands if not _is_mention(each)]
            name = "ALL" if isinstance(expression, AllOf) else "ANY"
            return told[0] if len(told) == 1 else f"{name}({', '.join(told)})"
        case Not(operand):
            return f"NOT {compact(operand)}"
        case Value():
            unit = f"×{expression.relative_to}" if expression.relative_to else ""
            unit += f" {expression.unit}" if expression.unit else ""
            return f"{_name(expression.concept)}{limit(expression.limit)}{unit}{_window(expression.within)}"
        case Fact():
            return _fact(expression)
        case Narrative(text, reason):
            return f"«{text}»{REASONS[reason]}"


def _is_mention(expression: Expression) -> bool:
    inner = expression.operand if isinstance(expression, Not) else expression
    return isinstance(inner, Fact) and inner.is_mention


def mentioned(expression: Expression) -> str:
    """Return what the words of an expression speak of: `Stroke @6m; NOT Pregnancy`."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return "; ".join(filter(None, map(mentioned, operands)))
        case Not(operand):
            inner = mentioned(operand)
            return f"NOT {inner}" if inner else ""
        case Fact() if expression.is_mention:
            return f"{_name(expression.concept)}{_window(expression.within)}"
        case _:
            return ""


def limit(bounds: Limit) -> str:
    """Return a limit as signs and numbers."""
    if bounds.low is not None and bounds.low == bounds.high:
        return f"={bounds.low:g}"
    low = "" if bounds.low is None else f"{'≥' if bounds.low_inclusive else '>'}{bounds.low:g}"
    high = "" if bounds.high is None else f"{'≤' if bounds.high_inclusive else '<'}{bounds.high:g}"
    return low + high


def _fact(fact: Fact) -> str:
    pairs = "; ".join(f"{name}={value}" for name, value in fact.modifiers.items())
    words = (
        _name(fact.concept) + ("*" if fact.category == "lesion" else "") + (f"{{{pairs}}}" if pairs else "")
    )
    words += f" n{limit(fact.count)}" if fact.count else ""
    words += f" d{limit(fact.size)}" if fact.size else ""
    return words + _window(fact.within)


def _window(window: Window | None) -> str:
    return "" if window is None else f" @{window.amount:g}{window.unit[0]}{'+' if window.open else ''}"


def _name(iri: str) -> str:
    return iri.rpartition("/")[2]
