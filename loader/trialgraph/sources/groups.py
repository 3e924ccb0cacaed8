"""Cut the lines of a page: into the parts that its labels open, and into records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from trialgraph.sources.layouts import Part, Records
from trialgraph.sources.lines import Line, joined

__all__ = ["Piece", "Repeating", "cut_records", "cut_repeating", "divide"]


@dataclass
class Piece:
    """A part with its lines; `head` is the line of its label."""

    part: Part
    head: Line
    lines: list[Line] = field(default_factory=list)
    closed: bool = False


def _label(parts: Sequence[Part], line: Line) -> tuple[Part, str, str] | None:
    """Return the part that a line opens, its label, and the value on the same line if any."""
    best: tuple[Part, str, str] | None = None
    for part in parts:
        for label in part.labels:
            rest = line.text.removeprefix(label) if line.text.startswith(label) else None
            spaced = rest is not None and (rest.startswith(" ") or label.endswith(":"))
            opens = rest == "" or (part.inline and spaced)
            if rest is not None and opens and (best is None or len(label) > len(best[1])):
                best = part, label, rest.strip()
    return best


def divide(parts: Sequence[Part], lines: Sequence[Line]) -> tuple[list[Line], list[Piece]]:
    """Part lines into those outside all parts and the parts' own; a part opens once."""
    own: list[Line] = []
    pieces: list[Piece] = []
    for line in lines:
        found = _label([part for part in parts if all(part is not piece.part for piece in pieces)], line)
        if found:
            part, _, value = found
            many = any(slot.many for slot in part.lines) or part.records is not None
            piece = Piece(part, line, closed=bool(value) and not many)
            if value:
                start = line.end - len(value)
                piece.lines.append(replace(line, start=start, text=value, marked=False))
            pieces.append(piece)
        elif pieces and not pieces[-1].closed:
            pieces[-1].lines.append(line)
        else:
            own.append(line)
    return own, pieces


def cut_records(records: Records, lines: Sequence[Line]) -> list[list[Line]]:
    """Cut lines into records, the way that the layout names."""
    opens = _openers(records, lines)
    groups: list[list[Line]] = []
    for line, opening in zip(lines, opens, strict=True):
        if opening or not groups:
            groups.append([])
        groups[-1].append(line)
    return groups


def _openers(records: Records, lines: Sequence[Line]) -> list[bool]:
    """Say for each line whether it opens a record."""
    parts = records.body.parts if records.body else ()
    labels = [found[1] if (found := _label(parts, line)) else "" for line in lines]
    if records.starts:
        return [label in records.starts for label in labels]
    if records.before:
        return [label in records.before for label in [*labels[1:], ""][: len(labels)]]
    if records.ends:
        ended = [label in records.ends for label in labels]
        return [before and not now for before, now in zip([False, *ended], ended, strict=False)]
    if records.bullets:
        return [line.marked for line in lines]
    opens, count = [], 0
    for label in labels:
        opens.append(not label and count % records.size == 0)
        count += not label
    return opens


@dataclass
class Repeating:
    """A record's own lines, the names of the records repeated in it, and the lines that repeat them."""

    lines: list[Line] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    repeated: list[Line] = field(default_factory=list)


def cut_repeating(
    records: Records, lines: Sequence[Line], known: Sequence[tuple[str, str]]
) -> list[Repeating]:
    """Cut lines into records that repeat others; a line that doesn't, after one that does, opens a record.

    So does a line after a labelled one: a record's own text comes before its labels.

    Args:
        records: How the layout describes the records.
        lines: The lines to cut.
        known: Name and text of the records that may be repeated.
    """
    labels = records.repeats.labels if records.repeats else ()
    between = tuple(Part((label,), inline=True) for label in labels)
    own_parts = records.body.parts if records.body else ()
    cut: list[Repeating] = []
    full = True
    place = 0
    while place < len(lines):
        run = _run(between, lines[place:], known)
        labelled = _label(own_parts, lines[place]) is not None
        if not cut or (full and not run and not labelled):
            cut.append(Repeating())
        if run:
            name, length = run
            cut[-1].names.append(name)
            cut[-1].repeated += lines[place : place + length]
        else:
            cut[-1].lines.append(lines[place])
        full = labelled or run is not None
        place += run[1] if run else 1
    return cut


def _run(
    between: Sequence[Part], lines: Sequence[Line], known: Sequence[tuple[str, str]]
) -> tuple[str, int] | None:
    """Return the name of the record that the lines begin by repeating, and how many lines that takes."""
    head = 1
    while head < len(lines) and _label(between, lines[head]):
        head += 1
    for name, text in known:
        if lines[0].text != name:
            continue
        ends = range(head + 1, len(lines) + 1) if text else ()
        end = next((end for end in ends if joined(lines[head:end], wrapped=False) == text), None)
        # A bare name is no proof of repetition: an arm may be called like its intervention.
        if end or (head > 1 and not text):
            return name, end or head
    return None
