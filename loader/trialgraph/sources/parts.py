"""Read the lines of a page, part by part, into the registry's ``Study`` shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from trialgraph.records import EligibilityText, Json
from trialgraph.sources.layouts import Layout, Part, Records, Repeats
from trialgraph.sources.lines import Line, fill, fits, joined, page_lines
from trialgraph.sources.rows import listed, split_rows
from trialgraph.sources.values import put

__all__ = ["PartReader"]

_Record = dict[str, Json]


@dataclass
class _Piece:
    """A part with its lines; `head` is the line of its label."""

    part: Part
    head: Line
    lines: list[Line] = field(default_factory=list)
    closed: bool = False


class PartReader:
    """Reads one page.

    Args:
        layout: The page's layout.
        page: The page's text as it came; offsets refer to it.
    Attributes:
        study: What was read.
        eligibility: The eligibility section; None when the page has none.
        unread: The lines that the layout doesn't describe, in page order.
    """

    def __init__(self, layout: Layout, page: str) -> None:
        self.study: _Record = {}
        self.eligibility: EligibilityText | None = None
        self._layout = layout
        self._page = page
        self._lines = page_lines(layout, page)
        self._read: set[int] = set()
        self._later: list[Callable[[], None]] = []
        self._read_part(layout.page, self._lines, self.study)
        for read in self._later:
            read()
        self.unread = tuple(line for line in self._lines if line.number not in self._read)

    def _read_part(self, part: Part, lines: Sequence[Line], target: _Record, head: Line | None = None) -> None:
        own, pieces = _divided(part.parts, lines)
        for piece in pieces:
            self._read.add(piece.head.number)
            self._read_part(piece.part, piece.lines, target, piece.head)
        if part.records:
            self._read_records(part.records, own)
        elif part.eligibility:
            self._read_eligibility(part, own, head)
        else:
            self._fill(part, own, target)

    def _fill(self, part: Part, lines: Sequence[Line], target: _Record) -> None:
        values, numbers = fill(self._layout, part.lines, lines, wrapped=part.wrapped)
        # A value on the line of its label that doesn't fit leaves the whole line unread.
        self._read -= {line.number for line in lines}
        self._read |= numbers
        for path, value in values:
            self._put(target, path, value)

    def _put(self, target: _Record, path: str, value: Json) -> None:
        if put(target, path, value) is not None:
            put(self.study, "pageSection.otherValues[]", {"field": path, "value": str(value)})

    def _read_eligibility(self, part: Part, own: Sequence[Line], head: Line | None) -> None:
        most = min(len(part.lines), len(own))
        after = next((n for n in range(most, 0, -1) if fits(self._layout, part.lines, own[-n:])), 0)
        criteria = own[: len(own) - after]
        self._fill(part, own[len(own) - after :], self.study)
        if not criteria or self.eligibility is not None:
            return
        start = head.start if head and part.with_label else criteria[0].start
        text = self._page[start : criteria[-1].end]
        self._read |= {line.number for line in criteria}
        layout = self._layout
        self.eligibility = EligibilityText(text, start, layout.list_style, layout.lost_line_breaks)
        self._put(self.study, "protocolSection.eligibilityModule.eligibilityCriteria", text)

    def _read_records(self, records: Records, lines: Sequence[Line]) -> None:
        if records.row:
            row = records.row
            self._when(bool(row.known), lambda: self._read_rows(records, lines))
        elif records.repeats:
            repeats = records.repeats
            self._later.append(lambda: self._read_repeating(records, repeats, lines))
        else:
            self._when(bool(records.attach), lambda: self._read_each(records, _cut(records, lines)))

    def _when(self, later: bool, read: Callable[[], None]) -> None:  # noqa: FBT001  the only argument of its kind
        """Read now, or once the parts that this one refers to are read."""
        if later:
            self._later.append(read)
        else:
            read()

    def _read_each(self, records: Records, groups: Sequence[Sequence[Line]]) -> None:
        for place, group in enumerate(groups):
            record: _Record = {}
            self._read_part(records.body or Part(), group, record)
            self._place(records, record, place)

    def _place(self, records: Records, record: _Record, place: int) -> None:
        """Put a record where its layout says that it belongs."""
        route = records.routes.get(str(record.pop(records.route_key, None)))
        path = route or (records.first if place == 0 and records.first else records.path)
        if not record:
            return
        if records.attach:
            candidates = listed(self.study, records.attach.to)
            if len(candidates) == 1:
                put(candidates[0], records.attach.path, record)
                return
        self._put(self.study, path, record)

    def _read_rows(self, records: Records, lines: Sequence[Line]) -> None:
        assert records.row is not None  # noqa: S101  the caller asked
        for record, numbers in split_rows(self._layout, records.row, lines, self.study):
            self._read |= numbers
            self._put(self.study, records.path, record)

    def _read_repeating(self, records: Records, repeats: Repeats, lines: Sequence[Line]) -> None:
        for place, (group, names) in enumerate(_repeating(records, repeats, lines, self._known(repeats), self._read)):
            record: _Record = {}
            self._read_part(records.body or Part(), group, record)
            for name in names:
                put(record, repeats.path, name)
            self._place(records, record, place)

    def _known(self, repeats: Repeats) -> list[tuple[str, str]]:
        known = listed(self.study, repeats.records)
        return [(record.get(repeats.name, ""), record.get(repeats.text, "")) for record in known]


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


def _divided(parts: Sequence[Part], lines: Sequence[Line]) -> tuple[list[Line], list[_Piece]]:
    """Part lines into those outside all parts and the parts' own; a part opens once."""
    own: list[Line] = []
    pieces: list[_Piece] = []
    for line in lines:
        found = _label([part for part in parts if all(part is not piece.part for piece in pieces)], line)
        if found:
            part, _, value = found
            many = any(slot.many for slot in part.lines) or part.records is not None
            piece = _Piece(part, line, closed=bool(value) and not many)
            if value:
                piece.lines.append(replace(line, text=value, marked=False))
            pieces.append(piece)
        elif pieces and not pieces[-1].closed:
            pieces[-1].lines.append(line)
        else:
            own.append(line)
    return own, pieces


def _cut(records: Records, lines: Sequence[Line]) -> list[list[Line]]:
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
        return [following in records.before for following in [*labels[1:], ""]]
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


def _repeating(
    records: Records, repeats: Repeats, lines: Sequence[Line], known: Sequence[tuple[str, str]], read: set[int]
) -> Iterator[tuple[list[Line], list[str]]]:
    """Yield each record's own lines with the names of the records it repeats."""
    parts = (*(records.body.parts if records.body else ()), *(Part((label,), inline=True) for label in repeats.labels))
    group: list[Line] = []
    names: list[str] = []
    full = False
    place = 0
    while place < len(lines):
        run = _run(repeats, lines[place:], known)
        if run:
            name, length = run
            names.append(name)
            read |= {line.number for line in lines[place : place + length]}
            place, full = place + length, True
            continue
        labelled = _label(parts, lines[place]) is not None
        if full and not labelled:
            yield group, names
            group, names, full = [], [], False
        group.append(lines[place])
        full = full or labelled
        place += 1
    if group or names:
        yield group, names


def _run(repeats: Repeats, lines: Sequence[Line], known: Sequence[tuple[str, str]]) -> tuple[str, int] | None:
    """Return the name of the record that the lines begin by repeating, and how many lines that takes."""
    for name, text in known:
        if lines[0].text != name:
            continue
        length = 1
        label_parts = [Part((label,), inline=True) for label in repeats.labels]
        while length < len(lines) and _label(label_parts, lines[length]):
            length += 1
        labelled = length > 1
        ends = range(length + 1, len(lines) + 1)
        end = next((end for end in ends if joined(lines[length:end], wrapped=False) == text), None)
        if end or (labelled and not text):
            return name, end or length
    return None
