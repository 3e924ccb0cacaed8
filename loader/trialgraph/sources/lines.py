"""The lines of a page, and how an ordered run of them fills the slots that a layout describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from trialgraph.sources.layouts import Layout, Slot
from trialgraph.sources.values import Values, read_values

__all__ = ["Filled", "Line", "fill", "fits", "joined", "page_lines"]

_BLANK = " \t\r\ufeff\u00a0\u200b"
_MOST_SKIPPED = 3
_FEW_LINES = 12
Filled = tuple[Values, set[int]]
"""Values, and the numbers of the lines they were read from."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page that says something.

    Args:
        number: Its number on the page, from 1.
        start: Where the line starts within the page, past its indent but with its bullet.
        end: Where it ends, without blanks.
        text: The line without surrounding blanks and bullet.
        marked: It had a bullet.
        after_blank: An empty line stands above it.
    """

    number: int
    start: int
    end: int
    text: str
    marked: bool = False
    after_blank: bool = False


def page_lines(layout: Layout, page: str) -> list[Line]:
    """Return the lines of a page that are neither empty nor furniture."""
    furniture = [re.compile(pattern) for pattern in layout.furniture_patterns]
    lines = []
    blank = False
    for number, match in enumerate(re.finditer(r"[^\n]*\n|[^\n]+\Z", page), start=1):
        line = _line(layout, number, match, after_blank=blank)
        blank = not line.text
        if (
            line.text
            and line.text not in layout.furniture
            and not any(p.fullmatch(line.text) for p in furniture)
        ):
            lines.append(line)
    return lines


def _line(layout: Layout, number: int, match: re.Match[str], *, after_blank: bool) -> Line:
    content = match[0].strip(_BLANK + "\n")
    start = match.start() + (match[0].index(content) if content else 0)
    bullet = next((sign for sign in layout.bullets if content.startswith(sign)), "")
    text = content.removeprefix(bullet).strip(_BLANK)
    return Line(number, start, start + len(content), text, marked=bool(bullet), after_blank=after_blank)


def fits(layout: Layout, slots: Sequence[Slot], lines: Sequence[Line]) -> bool:
    """Say whether all the lines can be read into slots."""
    return bool(_ways(layout, slots, lines, wrapped=False))


def joined(lines: Sequence[Line], *, wrapped: bool) -> str:
    """Return lines as one text: wrapped lines as a paragraph, others with the page's line breaks."""
    if wrapped:
        return " ".join(line.text for line in lines)
    breaks = ["", *("\n\n" if line.after_blank else "\n" for line in lines[1:])]
    return "".join(gap + line.text for gap, line in zip(breaks, lines, strict=True))


def fill(layout: Layout, slots: Sequence[Slot], lines: Sequence[Line], *, wrapped: bool = False) -> Filled:
    """Read lines into slots, in order.

    As few lines as possible stay out, the later ones first. Where the lines that remain fit the slots
    in several ways (a single date for a start and a completion slot), only what is the same in all of
    them is read: a page is not guessed at.

    Returns:
        The values, and the numbers of the lines they came from.
    """
    if not slots or not lines:
        return [], set()
    for kept in _subsets(lines):
        ways = [way for way in _ways(layout, slots, kept, wrapped=wrapped) if _ordered(slots, way)]
        if ways:
            return _agreed(ways)
    return [], set()


_Way = tuple[tuple[int, Values, tuple[int, ...]], ...]
"""For each slot used: its place, its values, the numbers of its lines."""


def _subsets(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """Yield the lines, then ever fewer of them; the first lines stay longest."""
    for size in range(len(lines), 0, -1):
        if len(lines) <= _FEW_LINES and size >= len(lines) - _MOST_SKIPPED:
            yield from combinations(lines, size)
        else:
            yield lines[:size]


def _ways(layout: Layout, slots: Sequence[Slot], lines: Sequence[Line], *, wrapped: bool) -> list[_Way]:
    """Return every way in which all the lines fill the slots."""

    def ways(place: int, done: int) -> Iterator[_Way]:
        if place == len(slots):
            if done == len(lines):
                yield ()
            return
        slot = slots[place]
        if slot.optional:
            yield from ways(place + 1, done)
        last = len(lines) if slot.many else min(done + 1, len(lines))
        for end in range(last, done, -1):
            values = _slot_values(layout, slot, lines[done:end], wrapped=wrapped)
            if values is not None:
                used = (place, values, tuple(line.number for line in lines[done:end]))
                yield from ((used, *rest) for rest in ways(place + 1, end))

    return list(ways(0, 0))


def _slot_values(layout: Layout, slot: Slot, lines: Sequence[Line], *, wrapped: bool) -> Values | None:
    if any(line.marked != slot.marked for line in lines):
        return None
    if not (slot.many and "[]" in slot.reading.path):
        return read_values(layout, slot.reading, joined(lines, wrapped=wrapped))
    each = [read_values(layout, slot.reading, line.text) for line in lines]
    found = [values for values in each if values is not None]
    return [pair for values in found for pair in values] if len(found) == len(each) else None


def _ordered(slots: Sequence[Slot], way: _Way) -> bool:
    """Say whether the dates of a way are in the order that the slots demand."""
    stated = {path: value for _, values, _ in way for path, value in values}
    for place, values, _ in way:
        earlier = stated.get(slots[place].not_before)
        # A date that is less precise than the other is compared as far as both go.
        if earlier is not None and any(value[: len(earlier)] < earlier[: len(value)] for _, value in values):
            return False
    return True


def _agreed(ways: Sequence[_Way]) -> Filled:
    common = [used for used in ways[0] if all(used in way for way in ways[1:])]
    values = [pair for _, pairs, _ in common for pair in pairs]
    return values, {number for *_, numbers in common for number in numbers}
