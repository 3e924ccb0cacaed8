"""Part an eligibility section into criteria, headings and separators, without losing a character.

Registry text numbers, bullets, nests and wraps its items in many ways. An item belongs to the list
whose indent and marker style it shares; a deeper indent, or another marker style below a lead-in
or inside a numbering that goes on, nests it. Nested items stay inside their top-level criterion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from trialgraph.criteria.criterion import Kind, Part
from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.sections.ends import is_over
from trialgraph.criteria.sections.headings import (
    Heading,
    is_lead_in,
    lets_some_in,
    parse_heading,
    parse_ruling,
    scoped_by_rest,
)
from trialgraph.criteria.sections.levels import Level, Levels
from trialgraph.criteria.sections.markers import Line, Marker, Numbering, lines_of
from trialgraph.criteria.sections.runons import with_run_ons
from trialgraph.criteria.sections.titles import asks_for, is_topic, part_title, title_scope
from trialgraph.expressions import Span
from trialgraph.records import EligibilityText

__all__ = ["Item", "Piece", "Segmentation", "segment"]

PieceKind = Literal["criterion", "heading", "separator"]


_WRAPPED = 100
"""Wider lines than this show that a page doesn't wrap its text."""
_LED_IN = "lead-in"
_FEWEST_OFFERED = 2
_LONGEST_TITLE = 140
_NOTE = re.compile(r"(?:note|nb|n\.b\.|\*|\(|exception|see|these|this)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the section; the pieces of a section cover it without gap or overlap."""

    kind: PieceKind
    span: Span


@dataclass(frozen=True, slots=True)
class Item:
    """A criterion's words before they are read.

    Args:
        kind: Inclusion or exclusion, as the nearest heading above says.
        text: Verbatim words without the item's own marker.
        span: Where they are within the section's text.
        parts: Nested items.
        scope: What a heading restricts the item to; None for the whole trial.
    """

    kind: Kind
    text: str
    span: Span
    parts: tuple[Part, ...] = ()
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The criteria of a section, and every character's place."""

    items: tuple[Item, ...]
    pieces: tuple[Piece, ...]


def segment(eligibility: EligibilityText, *, kind: Kind = "inclusion") -> Segmentation:
    r"""Part an eligibility section into its criteria.

    Args:
        eligibility: The section; spans in the result are within its `text`.
        kind: What items are that stand before any heading.
    Returns:
        Criteria in order, and pieces that cover the whole text.
    Example:
        >>> [item.text for item in segment(EligibilityText("Inclusion:\\n1. Age\\n2. ECOG 0-1")).items]
        ['Age', 'ECOG 0-1']
    """
    lines = with_run_ons(eligibility.text, lines_of(eligibility.text))
    builder = _Builder(eligibility.text, kind)
    if eligibility.list_style == "lines":
        _segment_lines(lines, builder)
    else:
        _segment_marked(lines, builder)
    return builder.finish()


@dataclass(slots=True)
class _Open:
    """A criterion that is still growing: its extent and the nested items found so far."""

    start: int
    end: int
    parts: list[tuple[int, int, int, str]] = field(default_factory=list)


class _Builder:
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


def _segment_lines(lines: list[Line], builder: _Builder) -> None:
    """Read a page that lost its markers: each line is an item, a lead-in takes what it leads in."""
    filled = [line for line in lines if not line.blank]
    position = 0
    while position < len(filled):
        line = filled[position]
        position += 1
        heading = parse_heading(builder.text[line.start : line.end])
        if heading is not None and heading.whole:
            builder.heading((line.start, line.end), heading)
            continue
        builder.begin(line.content, line.end)
        if line.leads_in and position < len(filled):
            position = _take_led_in(filled, position, builder)


def _take_led_in(filled: list[Line], position: int, builder: _Builder) -> int:
    if not filled[position].leads_in:
        builder.nest(filled[position], 1)
        return position + 1
    while position < len(filled) and filled[position].leads_in:
        if parse_heading(builder.text[filled[position].start : filled[position].end]):
            break
        builder.nest(filled[position], 1)
        position += 1
        if position < len(filled) and not filled[position].leads_in:
            builder.nest(filled[position], 2)
            position += 1
    return position


def _segment_marked(lines: list[Line], builder: _Builder) -> None:
    text = builder.text
    levels = Levels(Numbering(lines))
    width = max((line.end - line.start for line in lines), default=0)
    previous: Line | None = None
    following = _next_filled(lines)
    last = max((line.index for line in lines if line.marker is not None), default=0)
    for line in lines:
        if line.blank:
            previous = None
            continue
        heading = _heading(line, text, following[line.index])
        if heading is not None and (line.marker is None or heading.kind is not None):
            builder.heading((line.start, line.start + heading.length), heading)
            levels.clear()
            _begin_after_heading(line, heading, builder)
        elif line.marker is not None and (
            named := _marked_part(line, levels, builder, following[line.index])
        ):
            builder.heading((line.start, line.end), named)
            levels.clear()
        elif line.marker is not None:
            depth = levels.place(line, line.marker, led_in=builder.ends_with_colon())
            if depth == 1 and levels.stack[0].style == _LED_IN and builder.is_over(line):
                levels.clear()
                levels.place(line, line.marker, led_in=False)
                depth = 0
            if depth == 0 or builder.open is None:
                builder.count(line.marker)
                builder.begin(line.content, line.end)
            else:
                builder.nest(line, depth)
        elif (
            previous is None and (titled := _title(line, levels, builder, following[line.index])) is not None
        ):
            builder.heading((line.start, line.end), titled)
            levels.clear()
        elif (_continues if line.index < last else _ends_list)(line, previous, levels, builder, width):
            builder.extend(line.end)
        else:
            _begin_unmarked(line, levels, builder, following[line.index])
        previous = line


def _heading(line: Line, text: str, following: Line | None) -> Heading | None:
    """Return what a line says as a heading; right above a list it may be a sentence, and name whom it is for."""
    words = text[line.start : line.end]
    heading = parse_heading(words)
    if following is None or following.marker is None:
        return heading
    if heading is None:
        return parse_ruling(words) if line.marker is None else None
    return scoped_by_rest(heading, words)


def _begin_after_heading(line: Line, heading: Heading, builder: _Builder) -> None:
    start = line.start + heading.length
    while start < line.end and builder.text[start].isspace():
        start += 1
    builder.begin(start, line.end)


def _begin_unmarked(line: Line, levels: Levels, builder: _Builder, following: Line | None) -> None:
    """Take an unmarked paragraph: a sub-heading, or a criterion that may lead in a list.

    What lets some people in stands by itself: where the list of what they have to meet ends isn't told.
    """
    words = builder.text[line.content : line.end]
    levels.clear()
    owns_list = following is not None and following.marker is not None and following.indent > line.indent
    leads = owns_list or is_lead_in(words, builder.kind)
    stands = line.leads_in and not leads and lets_some_in(words)
    if line.leads_in and not leads and not stands and len(words.split()) <= 25:
        scope = title_scope(_bare(words), colon=True, inclusion=builder.kind == "inclusion")
        builder.heading((line.start, line.end), Heading(None, scope, line.end - line.start))
        return
    builder.begin(line.content, line.end)
    if line.leads_in and not stands:
        levels.stack.append(Level(-1, _LED_IN, 0))


def _title(line: Line, levels: Levels, builder: _Builder, following: Line | None) -> Heading | None:
    """Return what an unmarked paragraph right above a list's items says that is only their title, or None.

    At the margin a colon makes it a heading anyhow.
    """
    words = builder.text[line.content : line.end]
    if following is None or following.marker is None or len(words) > _LONGEST_TITLE or words[-1] in ".;,":
        return None
    if line.leads_in and line.indent == 0:
        return None
    scope = title_scope(_bare(words), colon=False, inclusion=builder.kind == "inclusion")
    if scope is None and not is_topic(_bare(words)):
        return None
    outer = levels.stack[0].indent if levels.stack else line.indent
    below = following.indent > (line.indent if scope and not line.leads_in else outer)
    return None if below else Heading(None, scope, line.end - line.start)


def _marked_part(line: Line, levels: Levels, builder: _Builder, following: Line | None) -> Heading | None:
    """Return what an item says that only names the part of the trial that those below it are for, or None."""
    if line.end - line.content > _LONGEST_TITLE or following is None or following.marker is None:
        return None
    inner = levels.stack and line.indent > levels.stack[0].indent
    if inner or following.indent > line.indent:
        return None
    scope = part_title(_bare(builder.text[line.content : line.end]))
    return None if scope is None else Heading(None, scope, line.end - line.start)


def _bare(words: str) -> str:
    """Return the words of a title without what decorates it."""
    return words.strip(" \t:：*_#-–—")


def _next_filled(lines: list[Line]) -> list[Line | None]:
    """Return for each line the next one that isn't blank."""
    following: list[Line | None] = [None] * len(lines)
    for line in reversed(lines[1:]):
        following[line.index - 1] = following[line.index] if line.blank else line
    return following


def _ends_list(line: Line, previous: Line | None, levels: Levels, builder: _Builder, width: int) -> bool:
    """Whether an unmarked line behind the last item goes on with it; one of its own starts at the margin."""
    words = builder.text[line.content : line.end]
    apart = line.indent == 0 and words[:1].isupper() and width > _WRAPPED and not _NOTE.match(words)
    if (
        apart
        and previous is not None
        and previous.end - previous.start <= width - len(words.split(None, 1)[0])
    ):
        return False
    return _continues(line, previous, levels, builder, width)


def _continues(line: Line, previous: Line | None, levels: Levels, builder: _Builder, width: int) -> bool:
    """Whether an unmarked line goes on with the open criterion: wrapped, indented or inside a numbering."""
    if builder.open is None:
        return False
    if previous is None:
        return line.indent > 0 and bool(levels.stack) and line.indent > levels.stack[0].indent
    numbered = bool(levels.stack) and levels.stack[0].number > 0
    inside = bool(levels.stack) and line.indent > levels.stack[0].indent
    if numbered or inside or line.indent > previous.indent:
        return True
    first = builder.text[line.content : line.end].split(None, 1)[0]
    fits = previous.end - previous.start + 1 + len(first) <= min(width, 120)
    return (not fits and previous.end - previous.start <= 120) or (
        not first[0].isupper() and not line.leads_in
    )
