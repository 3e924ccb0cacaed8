"""Classes of a scale that is named elsewhere ("class III or IV heart failure by NYHA")."""

from __future__ import annotations

import re

from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.bounds import beyond
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.scales import parse_scale_limit
from trialgraph.criteria.quantities.values import FoundValue, ValueReader

__all__ = ["read_class"]

_CLASS = frozenset({"class", "classes"})
_CLASS_NEAR = 16
_CLASS_FAR = 24
_THAN = re.compile(r"\b(?P<side>better|worse)\s+than\s*$", re.IGNORECASE)
_ENDS = frozenset({".", ";", ")"})
_NEAR = 16


def read_class(values: ValueReader, position: int) -> FoundValue | None:
    """Return the value of "class III or IV heart failure by NYHA", the scale behind or long before."""
    if values.tokens[position].form not in _CLASS:
        return None
    behind = range(position + 1, min(position + _CLASS_NEAR, len(values.tokens)))
    for index in (*behind, *range(position - 1, max(-1, position - _CLASS_FAR), -1)):
        mention = values.mention_at(index)
        if index > position and values.tokens[index].text in _ENDS:
            return None
        scale = wording().scales.get(local_name(mention.term)) if mention else None
        if mention is None or scale is None or not scale.symbols:
            continue
        start = values.tokens[position].start
        found = parse_scale_limit(values.text, start, scale)
        told = index > position and found is not None and found.end > values.tokens[index].start
        if found is None or told or values.read(index) is not None:
            return None
        if than := _THAN.search(values.text, max(0, start - _NEAR), start):
            found = beyond(found, scale.better, better=than["side"].lower() == "better")
        return values.build((mention.term,), "", found, start, -1, values.token_at(found.end))
    return None
