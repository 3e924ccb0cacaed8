"""Limits on either side of what is normal ("free light chain ratio (< 0.26 or > 1.65)")."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from trialgraph.criteria.quantities.limits import Found

__all__ = ["outside_of"]

_OPENED = re.compile(r"\s*(?P<bracket>[(\[])?\s*(?=[<>≤≥])")
_JOINT = re.compile(r"\s*(?:,?\s*or|,|/|and/or)\s*(?=[<>≤≥])")
_CLOSED = re.compile(r"\s*[)\]]")


def outside_of(
    text: str, offset: int, parse: Callable[[int], Found | None]
) -> tuple[Found, Found, int] | None:
    """Return two limits that leave out what lies between them, and the character after both; or None."""
    opened = _OPENED.match(text, offset)
    first = parse(opened.end()) if opened else None
    joint = _JOINT.match(text, first.end) if first else None
    second = parse(joint.end()) if joint else None
    if opened is None or first is None or second is None:
        return None
    if first.unit is None and second.unit is not None and second.unit.factor == 1:
        first = replace(first, unit=second.unit)
    below, above = first.limit.high, second.limit.low
    if below is None or above is None or first.limit.low is not None or second.limit.high is not None:
        return None
    closed = _CLOSED.match(text, second.end) if opened["bracket"] else None
    if below >= above or (opened["bracket"] and closed is None):
        return None
    return first, second, closed.end() if closed else second.end
