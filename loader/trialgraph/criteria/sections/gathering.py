"""What a section's lines are gathered into: the open criterion with its nested items, and headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from trialgraph.criteria.criterion import Kind, Part
from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.sections.ends import is_over
from trialgraph.criteria.sections.headings import Heading
from trialgraph.criteria.sections.items import Item, Piece, PieceKind, Segmentation
from trialgraph.criteria.sections.markers import Line, Marker
from trialgraph.criteria.sections.titles import asks_for
from trialgraph.expressions import Span

__all__ = ["Gathering"]

_FEWEST_OFFERED = 2
"""Fewer items than this are no choice, so that a list of them isn't over."""


@dataclass(slots=True)
class _Open:
    """A criterion that is still growing: its extent and the nested items found so far."""

    start: int
    end: int
    parts: list[tuple[int, int, int, str]] = field(default_factory=list)


class Gathering:
    """Collects criteria and headings; what lies between them is separator."""

    def __init__(self, text: str, kind: Kind) -> None:
        self.text = text
        self.kind: Kind = kind
        self.stated: Kind = kind
        self.scope: str | None = None
        self.open: _Open | None = None
        self.items: list[Item] = []
        self.headings: list[Span] = []
        self.headed = -1
        self.numbered: tuple[str, int] | None = None
        self.inner: str | None = None

    def heading(self, span: Span, heading: Heading) -> None:
        """Close the open criterion and take over what a heading says of those below it.

        One right below another that names a part of the trial is of that part, too ("Arm A", "Inclusion:").
        Among exclusions a title of what makes eligible is of demands, up to the next title of a part.
        """
        self.close()
        self.headings.append(span)
        below = len(self.items) == self.headed and heading.kind == self.kind
        if heading.scope is not None or (heading.kind is not None and not below):
            self.scope = heading.scope or None
        self.stated = heading.kind or self.stated
        if heading.kind is not None or heading.scope is not None:
            self.kind = self.stated
        if heading.kind is None and asks_for(self.text[slice(*span)]):
            self.kind = "inclusion"
        self.headed = len(self.items)
        self.inner = None
        if heading.kind is not None:
            self.numbered = None

    def count(self, marker: Marker) -> None:
        """Take note of an item's marker; a number that goes on from before a part's list ends that list."""
        if self.scope is None:
            self.numbered = marker.counted or self.numbered
        elif (
            self.inner in (None, marker.style) or marker.counted is None or not self._goes_on(marker.counted)
        ):
            self.inner = marker.style
        else:
            self.close()
            self.kind, self.scope, self.numbered, self.inner = self.stated, None, marker.counted, None

    def _goes_on(self, counted: tuple[str, int]) -> bool:
        return self.numbered is not None and counted == (self.numbered[0], self.numbered[1] + 1)

    def begin(self, start: int, end: int) -> None:
        """Start a criterion at a line's content."""
        self.close()
        if start < end:
            self.open = _Open(start, end)

    def extend(self, end: int) -> None:
        """Let the open criterion, and its last nested item, reach to `end`."""
        if self.open is None:
            return
        self.open.end = end
        if self.open.parts:
            start, _, level, marker = self.open.parts[-1]
            self.open.parts[-1] = (start, end, level, marker)

    def nest(self, line: Line, level: int) -> None:
        """Add a line to the open criterion as a nested item."""
        if self.open is None:
            self.begin(line.content, line.end)
            return
        self.open.end = max(self.open.end, line.end)
        marker = line.marker.text if line.marker else ""
        if line.content < line.end:
            self.open.parts.append((line.content, line.end, level, marker))

    def ends_with_colon(self) -> bool:
        """Whether the words so far lead in what follows."""
        return self.open is not None and self.text[self.open.end - 1] == ":"

    def is_over(self, line: Line) -> bool:
        """Whether a line on the level of the open criterion's own items goes on with the section instead."""
        if self.open is None or not self.open.parts:
            return False
        start, end, level, _ = self.open.parts[-1]
        if self.kind == "exclusion" and level > 1 and self.text[start:end].endswith(":"):
            return True
        lead = self.text[self.open.start : self.open.parts[0][0]]
        listed = [self.text[left:right] for left, right, level, _ in self.open.parts if level == 1]
        choice = offers_choice(lead)
        if choice and len(listed) < _FEWEST_OFFERED:
            return False
        return is_over(lead, listed, self.text[line.content : line.end], self.kind, choice=choice)

    def close(self) -> None:
        """Finish the open criterion."""
        if self.open is None:
            return
        start, end = self.open.start, self.open.end
        parts = tuple(
            Part(self.text[left:right], (left - start, right - start), level, marker)
            for left, right, level, marker in self.open.parts
        )
        if any(map(str.isalnum, self.text[start:end])):
            self.items.append(Item(self.kind, self.text[start:end], (start, end), parts, self.scope))
        self.open = None

    def finish(self) -> Segmentation:
        """Return what was collected, with separators filled in.

        A part of the trial that everything is for is the whole of it.
        """
        self.close()
        if len({item.scope for item in self.items}) == 1:
            self.items = [replace(item, scope=None) for item in self.items]
        taken: list[tuple[PieceKind, Span]] = [("criterion", item.span) for item in self.items]
        taken += [("heading", span) for span in self.headings]
        return Segmentation(
            tuple(self.items), tuple(_cover(sorted(taken, key=lambda t: t[1]), len(self.text)))
        )


def _cover(taken: list[tuple[PieceKind, Span]], length: int) -> Iterator[Piece]:
    position = 0
    for kind, (start, end) in taken:
        if position < start:
            yield Piece("separator", (position, start))
        yield Piece(kind, (start, end))
        position = end
    if position < length:
        yield Piece("separator", (position, length))
