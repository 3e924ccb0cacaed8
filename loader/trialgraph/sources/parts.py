"""Read the lines of a page, part by part, into the registry's ``Study`` shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from trialgraph.records import EligibilityText, Json
from trialgraph.sources.groups import cut_records, cut_repeating, divide
from trialgraph.sources.layouts import Layout, Part, Records, Repeats, Row
from trialgraph.sources.lines import Line, fill, fits, page_lines
from trialgraph.sources.rows import listed, split_rows
from trialgraph.sources.values import put

__all__ = ["PartReader"]

_Record = dict[str, Json]


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

    def _read_part(
        self, part: Part, lines: Sequence[Line], target: _Record, head: Line | None = None
    ) -> None:
        own, pieces = divide(part.parts, lines)
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
            words = ", ".join(value) if isinstance(value, list) else str(value)
            put(self.study, "pageSection.otherValues[]", {"field": path, "value": words})

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
        """Read records now, or once the records that they refer to are read."""
        if records.row:
            read = partial(self._read_rows, records, records.row, lines)
            later = bool(records.row.known)
        elif records.repeats:
            read = partial(self._read_repeating, records, records.repeats, lines)
            later = True
        else:
            read = partial(self._read_each, records, lines)
            later = records.attach is not None
        if later:
            self._later.append(read)
        else:
            read()

    def _read_each(self, records: Records, lines: Sequence[Line]) -> None:
        for place, group in enumerate(cut_records(records, lines)):
            record: _Record = {}
            self._read_part(records.body or Part(), group, record)
            if all(need in record for need in records.needs):
                self._place(records, record, place)
            else:
                self._read -= {line.number for line in group}

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

    def _read_rows(self, records: Records, row: Row, lines: Sequence[Line]) -> None:
        for record, numbers in split_rows(self._layout, row, lines, self.study):
            self._read |= numbers
            self._put(self.study, records.path, record)

    def _read_repeating(self, records: Records, repeats: Repeats, lines: Sequence[Line]) -> None:
        known = [
            (record.get(repeats.name, ""), record.get(repeats.text, ""))
            for record in listed(self.study, repeats.records)
        ]
        for place, group in enumerate(cut_repeating(records, lines, known)):
            self._read |= {line.number for line in group.repeated}
            record: _Record = {}
            self._read_part(records.body or Part(), group.lines, record)
            for name in group.names:
                put(record, repeats.path, name)
            self._place(records, record, place)
