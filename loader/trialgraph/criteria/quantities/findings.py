"""Quantities that are said to be out of their normal range, without a limit ("elevated LDH")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.quantities.fitting import within_normal
from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import Expression, Limit, Span, Value

__all__ = ["ASTRAY", "astray", "is_no_result", "tells_finding"]

ASTRAY = ("elevated", "abnormal")
_OTHERWISE = frozenset({"normal", "low", "decreased", "reduced"})
_FINDING = frozenset([",", ";", ":", "(", "*", "-", "•", ".", "a", "an", "any"]) | {
    "with", "have", "has", "had", "having", "by", "as", "including",
}  # fmt: skip
"""What stands before a finding."""
_NO_RESULT = re.compile(
    r"\s*(?:(?:or|and|/)\s+\w+\s+)?(?:diet|intake|gene|mutation|expression|doubling|velocity|density|metabolism"
    r"|supplement|receptor|pathway|inhibitor|rise|increase|risk|toxicity)",
    re.IGNORECASE,
)
_LIMITED = re.compile(r"\s*[(\[]?\s*(?:[≤≥<>=\d]|defined|i\.?e|that\s+is|which|of\s+\d)", re.IGNORECASE)
_PAIR = 2


def tells_finding(tokens: Sequence[Token], position: int) -> bool:
    """Whether "elevated" at a token tells a finding: no cause of it, nor "normal or elevated"."""
    before = [token.form for token in tokens[max(0, position - _PAIR) : position]]
    if not before:
        return True
    if before[-1] in ("or", "and"):
        return before[0] not in _OTHERWISE
    return before[-1] in _FINDING or (before[-1] == "of" and before[0] in ("history", "evidence", "presence"))


def is_no_result(text: str, end: int) -> bool:
    """Whether a quantity before a place is no result ("elevated potassium intake") or is limited."""
    return (_NO_RESULT.match(text, end) or _LIMITED.match(text, end)) is not None


def astray(lead: str, terms: Sequence[Term], span: Span, *, either: bool) -> Expression | None:
    """Return that quantities are out of their normal range; None of those that have none.

    Args:
        lead: "elevated" above it, "abnormal" on the sides that count.
        terms: The quantities.
        span: Where the text says so.
        either: Whether one of them is enough.
    """
    ranges = [within_normal(term, span) for term in terms]
    above = Limit(low=1.0, low_inclusive=False)
    found: list[Expression] = []
    for term, normal in zip(terms, ranges, strict=True):
        if normal is None:
            return None
        high = Value(term.iri, term.label, above, None, "ULN", None, span)
        found.append(high if lead == "elevated" else negate(normal))
    return (any_of if either else all_of)(found) if found else None
