"""Quantities between their two bounds: "40% < FEV1 < 80%", "18 ≤ age ≤ 75 years"."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.quantities.values import FoundValue, ValueReader
from trialgraph.expressions import Value

__all__ = ["read_enclosed"]

_BELOW = re.compile(r"\s*(?P<sign>[<≤])\s*(?=[a-z])", re.IGNORECASE)


def read_enclosed(values: ValueReader, position: int, low: Found) -> FoundValue | None:
    """Return the value whose lower bound is the number at a token, before the quantity; None without one.

    Args:
        values: The reader of the text.
        position: The token of the number.
        low: The number, as a limit on nothing yet.
    """
    sign = _BELOW.match(values.text, low.end)
    number = low.limit.low
    if sign is None or number is None or number != low.limit.high:
        return None
    index = position
    while index < len(values.tokens) and values.tokens[index].start < sign.end():
        index += 1
    mention = values.mention_at(index) if index < len(values.tokens) else None
    read = values.read(index) if mention is not None and mention.term.quantity else None
    upper = read.expression if read is not None else None
    if read is None or not isinstance(upper, Value) or upper.limit.low is not None:
        return None
    high, end = upper.limit.high, values.tokens[read.end - 1].end
    if high is None or not number < high or not _is_in_unit(low, upper):
        return None
    if not re.search(rf"[<≤]\s*{re.escape(f'{high:g}')}(?![\d.,])", values.text[sign.end() : end]):
        return None  # the upper bound was told in another unit than it is kept in
    limit = replace(upper.limit, low=number, low_inclusive=sign["sign"] == "≤")
    whole = replace(upper, limit=limit, span=values.span(low.start, end))
    return replace(read, expression=whole, start=position)


def _is_in_unit(low: Found, upper: Value) -> bool:
    """Whether a number is in the unit of the upper bound, or has none of its own."""
    alike = low.relative_to is None or low.relative_to == upper.relative_to
    return alike and (low.unit is None or low.unit.ucum == upper.unit)
