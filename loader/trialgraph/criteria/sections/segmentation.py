"""Part an eligibility section into criteria, headings and separators, without losing a character.

Registry text numbers, bullets, nests and wraps its items in many ways. An item belongs to the list
whose indent and marker style it shares; a deeper indent, or another marker style below a lead-in
or inside a numbering that goes on, nests it. Nested items stay inside their top-level criterion.
"""

from __future__ import annotations

import re

from trialgraph.criteria.criterion import Kind
from trialgraph.criteria.sections.gathering import Gathering
from trialgraph.criteria.sections.headings import (
    Heading,
    is_lead_in,
    lets_some_in,
    parse_heading,
    parse_ruling,
    scoped_by_rest,
)
from trialgraph.criteria.sections.items import Segmentation
from trialgraph.criteria.sections.levels import Level, Levels
from trialgraph.criteria.sections.markers import Line, Numbering, lines_of
from trialgraph.criteria.sections.runons import with_run_ons
from trialgraph.criteria.sections.titles import is_topic, names_disease, part_title, title_scope
from trialgraph.records import EligibilityText

__all__ = ["segment"]

_WRAPPED = 100
"""Wider lines than this show that a page doesn't wrap its text."""
_LED_IN = "lead-in"
_LONGEST_TITLE = 140
_FORMULA = re.compile(
    r"\W*(?:estimated\s+)?(?:creatinine|cr?cl|e?gfr)\b[^=<>≤≥]{0,40}=(?!\s*[<>])", re.IGNORECASE
)
"""How a formula opens, above which "males:" tells for whom it is worked out so."""
_NOTE = re.compile(r"(?:note|nb|n\.b\.|\*|\(|exception|see|these|this)", re.IGNORECASE)


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
    builder = Gathering(eligibility.text, kind)
    if eligibility.list_style == "lines":
        _segment_lines(lines, builder)
    else:
        _segment_marked(lines, builder)
    return builder.finish()


def _segment_lines(lines: list[Line], builder: Gathering) -> None:
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


def _take_led_in(filled: list[Line], position: int, builder: Gathering) -> int:
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


def _segment_marked(lines: list[Line], builder: Gathering) -> None:
    text = builder.text
    levels = Levels(Numbering(lines))
    width = max((line.end - line.start for line in lines), default=0)
    previous: Line | None = None
    following = _next_filled(lines)
    last = max((line.index for line in lines if line.marker is not None), default=0)
    by_disease = _are_by_disease(lines, text)
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
            _begin_unmarked(line, levels, builder, following[line.index], by_disease=by_disease)
        previous = line


def _heading(line: Line, text: str, following: Line | None) -> Heading | None:
    """Return what a line says as a heading; right above a list it may be a sentence, or name some people."""
    words = text[line.start : line.end]
    heading = parse_heading(words)
    if following is None or following.marker is None:
        return heading
    if heading is None:
        return parse_ruling(words) if line.marker is None else None
    return scoped_by_rest(heading, words)


def _begin_after_heading(line: Line, heading: Heading, builder: Gathering) -> None:
    start = line.start + heading.length
    while start < line.end and builder.text[start].isspace():
        start += 1
    builder.begin(start, line.end)


def _are_by_disease(lines: list[Line], text: str) -> bool:
    """Whether a section has lists for several diseases, each below its name ("HNSCC:", "CRC patients:")."""
    titles = (_bare(text[line.content : line.end]) for line in lines if line.marker is None and line.leads_in)
    return sum(len(title) <= _LONGEST_TITLE and names_disease(title) for title in titles) > 1


def _begin_unmarked(
    line: Line, levels: Levels, builder: Gathering, following: Line | None, *, by_disease: bool
) -> None:
    """Take an unmarked paragraph: a sub-heading, or a criterion that may lead in a list.

    What lets some people in stands by itself: where the list of what they have to meet ends isn't told.
    """
    words = builder.text[line.content : line.end]
    levels.clear()
    owns_list = following is not None and following.marker is not None and following.indent > line.indent
    leads = owns_list or is_lead_in(words, builder.kind)
    stands = line.leads_in and not leads and lets_some_in(words)
    if line.leads_in and not leads and not stands and len(words.split()) <= 25:
        asked = builder.kind == "inclusion"
        scope = title_scope(_bare(words), colon=True, inclusion=asked)
        if following is not None and _FORMULA.match(builder.text, following.content, following.end):
            scope = None
        parted = by_disease and asked and (not builder.scope or names_disease(builder.scope))
        if scope is None and parted and names_disease(_bare(words)):
            scope = _bare(words)
        builder.heading((line.start, line.end), Heading(None, scope, line.end - line.start))
        return
    builder.begin(line.content, line.end)
    if line.leads_in and not stands:
        levels.stack.append(Level(-1, _LED_IN, 0))


def _title(line: Line, levels: Levels, builder: Gathering, following: Line | None) -> Heading | None:
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


def _marked_part(line: Line, levels: Levels, builder: Gathering, following: Line | None) -> Heading | None:
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


def _ends_list(line: Line, previous: Line | None, levels: Levels, builder: Gathering, width: int) -> bool:
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


def _continues(line: Line, previous: Line | None, levels: Levels, builder: Gathering, width: int) -> bool:
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
