"""Numbered items that run on in the line of another: "… are allowed. 3. Presence of … 4. Malignant …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.sections.markers import Line, Marker, Numbering, RunOn, run_ons

__all__ = ["with_run_ons"]

_REFERS = re.compile(
    r"\b(?:section|appendix|table|figure|fig|criteri(?:on|a)|number|nos?|items?|versions?|v|ver|days?|cycles?|stages?"
    r"|grades?|phases?|parts?|cohorts?|arms?|groups?|types?|classe?s?|levels?|notes?)\W{0,2}$",
    re.IGNORECASE,
)
"""What a number belongs to that stands behind it."""
_ANEW = re.compile(r"criteria\b", re.IGNORECASE)
_LAST = 30
_ENDS = (".", ";", ":", ")", "]")


def with_run_ons(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return lines, one that goes on with the next number of its list parted there.

    A number starts an item where it counts on from the last one at the start of a line, stands behind the end
    of a sentence and before a capital, and the list doesn't have it in a line of its own further down.
    """
    numbering = Numbering(lines)
    parted: list[Line] = []
    last: Line | None = None
    for line in lines:
        if line.marker is not None and line.marker.counted is not None:
            last = line
        elif line.marker is None and _ANEW.search(text, line.start, line.end):
            last = None
        pieces = [line] if last is None else _parted(text, line, last, numbering)
        parted += pieces
        last = pieces[-1] if len(pieces) > 1 else last
    if len(parted) == len(lines):
        return list(lines)
    return [replace(line, index=index) for index, line in enumerate(parted)]


def _parted(text: str, line: Line, last: Line, numbering: Numbering) -> list[Line]:
    """Return a line in pieces, those behind the first as lines of the list that the last number is of."""
    pieces = [line]
    numbers = list(run_ons(text, line.content, line.end))
    counted = last.marker.counted if last.marker is not None else None
    if not numbers or counted is None or last.marker is None:
        return pieces
    style, number = counted
    following = numbering.next_counted(style, number, line.index)
    if following == number + 1:
        return pieces
    missing = _in_order(text, numbers, style, range(number + 1, following or 0))
    for found in missing or _in_order(text, numbers, style, None, number + 1):
        number += 1
        end = found.start
        while text[end - 1].isspace():
            end -= 1
        pieces[-1] = replace(pieces[-1], end=end, leads_in=text[end - 1] == ":")
        words = text[found.start : found.content].strip()
        name = Marker(words, last.marker.style, last.marker.number and number, (style, number))
        pieces.append(
            replace(last, marker=name, start=found.start, content=found.content, end=line.end,
                    index=line.index, leads_in=line.leads_in)
        )  # fmt: skip
    return pieces


def _in_order(
    text: str, numbers: Sequence[RunOn], style: str, wanted: Sequence[int] | None, first: int = 0
) -> list[RunOn]:
    """Return the numbers in a line that count on from the first; all that are wanted, or none.

    Where a line further down tells which numbers a list lacks, they may stand anywhere; else at the start
    of a sentence only.
    """
    kept: list[RunOn] = []
    number = wanted[0] if wanted else first
    for found in numbers:
        before = text[max(0, found.start - _LAST) : found.start].rstrip()
        placed = wanted is not None or before[-1:] in _ENDS
        if found.counted == (style, number) and placed and not _REFERS.search(before):
            kept.append(found)
            number += 1
    return kept if wanted is None or len(kept) == len(wanted) else []
