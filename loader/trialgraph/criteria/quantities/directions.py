"""On which side a number without a comparator bounds a quantity, where a list of demands names it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.bounds import directed
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.sides import Found

__all__ = ["directed_by_use", "ends_item"]

_LIST_START = re.compile(
    r"(?:^|[;:,.*•)(\-/\d]|\b(?:and|or|serum|total|an?|the|have|has|calculated|estimated))\s*$", re.IGNORECASE
)
_LIST_END = re.compile(r"\s*(?:$|[;,.)*•(\[]|≤\s*\d+\s*(?:days?|weeks?)\b|(?:and|or)\b)", re.IGNORECASE)
_NEAR = 20


def directed_by_use(text: str, terms: Sequence[Term], start: int, found: Found) -> Found:
    """Read "platelets 100,000/mm3" in a list of demands, which can only be meant one way.

    Args:
        text: The normalised text.
        terms: The quantities that are limited.
        start: The character the first of them starts at.
        found: The number behind them.
    """
    sides = {wording().wanted.get(local_name(term)) for term in terms}
    number = found.limit.low
    scored = local_name(terms[-1]) in wording().scales
    known = scored or found.unit is not None or found.relative_to is not None
    ends = ends_item(text, found.end) and _LIST_START.search(text[max(0, start - _NEAR) : start])
    if not known or not ends or len(sides) != 1 or number is None:
        return found
    (side,) = sides
    against = side == "low" and found.relative_to == "ULN"
    return found if side is None or against else directed(found, side, number)


def ends_item(text: str, end: int) -> bool:
    """Whether a member of a list may end at a character."""
    return _LIST_END.match(text, end) is not None
