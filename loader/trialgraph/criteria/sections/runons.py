"""Items and headings that run on in the line of another: "… are allowed. 3. Presence of … 4. Malignant …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.sections.headings import parse_heading
from trialgraph.criteria.sections.markers import Line, Marker, Numbering, RunOn, run_ons
from trialgraph.criteria.sections.rulings import ruled_kind

__all__ = ["with_run_ons"]

_REFERS = re.compile(
    r"\b(?:section|appendix|table|figure|fig|criteri(?:on|a)|number|nos?|items?|versions?|v|ver|days?|cycles?|stages?"
    r"|grades?|phases?|parts?|cohorts?|arms?|groups?|types?|classe?s?|levels?|notes?)\W{0,2}$",
    re.IGNORECASE,
)
"""What a number belongs to that stands behind it."""
_ANEW = re.compile(r"criteria\b", re.IGNORECASE)
_LAST = 30
_FEWEST_WORDS = 4
_LONGEST_TAIL = 220
"""How far from a line's end a heading in it is sought, so that no line makes that slow."""
_BULLET = re.compile(
    r"(?<=[:;,.])\s*(?P<sign>[•●▪◦■])\s*(?=\w)|(?<=[^\s*])\s+(?P<other>[•●▪◦■])\s*(?=[A-Z≥≤<>])(?!Mass\b|Weight\b)"
)
"""A bullet inside a line, rather than the sign of a product."""
_EXPLAINS = re.compile(
    r"(?:note|exceptions?|nb)\b|[^.;•●▪◦■]*\b(?:allowed|permitted|eligible|acceptable)\b", re.IGNORECASE
)
"""How an item opens that is about what stands before it."""
_DEEPER = 2
_HEADING = re.compile(
    r"(?P<before>\S+)\s+(?P<heading>(?:(?:Main|Key|Major)\s+)?"
    r"(?:(?:Ex|In)clusion\s+Criteria\s*:?|(?:EX|IN)CLUSION\s+CRITERIA\s*:?|(?:Ex|In)clusion\s+criteria\s*:))"
    r"(?P<rest>\s*$|\s+[^\s.][^.:]*\.?$)"
)
_SPOKEN_OF = frozenset({
    "the", "all", "any", "these", "following", "other", "meet", "meets", "meeting", "fulfill", "fulfil",
    "study", "trial", "protocol", "of", "and", "or", "to", "per", "with", "in", "additional", "for", "no",
    "none", "above", "below", "see", "both", "and/or", "/", "by", "under", "satisfy", "main", "key",
})  # fmt: skip
"""Words before "Exclusion Criteria" that speak of them."""
_ENDS = (".", ";", ":", ")", "]")
_UNENDED = re.compile(
    r"(?:[^a-z]|\b(?:an?|the|and|or|to|of|than|least|most|is|are|be|was|were|been|has|have|had|from|between|at|in|on|by"
    r"|with|for|within|over|under|above|below|about|every|each|per|plus|minus|only|score|scores|scale|status|performance"
    r"|ecog|who|kps|ps|asa|nyha|ctcae|her|pugh|child|equals?|up|through|week|month|year|dose|line|lines|range|approximately"
    r"|exceeding|x|times|last|first|next|past|minimum|maximum|either|any|all|both|no))$",
    re.IGNORECASE,
)
"""What goes on with a number behind it, so that the number starts no item though a capital follows."""


def with_run_ons(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return lines, one that goes on with the next number of its list parted there.

    A number starts an item where it counts on from the last one at the start of a line, stands before a
    capital, and behind the end of a sentence or a word that no number belongs to, and the list doesn't have
    it in a line of its own further down.
    """
    lines = _with_bullets(text, _with_headings(text, lines))
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


def _with_headings(text: str, lines: Sequence[Line]) -> Sequence[Line]:
    """Return lines, one that ends in the heading of those below it parted there."""
    parted: list[Line] = []
    for line in lines:
        tail = max(line.content, line.end - _LONGEST_TAIL)
        named = "clusion" in text[tail : line.end].lower()
        match = _HEADING.search(text, tail, line.end) if named else None
        if match is None or line.index == len(lines) - 1 or not _heads_what_follows(text, line, match):
            parted.append(line)
            continue
        end = match.end("before")
        parted.append(replace(line, end=end, leads_in=text[end - 1] == ":"))
        start = match.start("heading")
        parted.append(replace(line, start=start, content=start, marker=None, indent=0))
    if len(parted) == len(lines):
        return lines
    return [replace(line, index=index) for index, line in enumerate(parted)]


def _with_bullets(text: str, lines: Sequence[Line]) -> Sequence[Line]:
    """Return lines, one with bullets inside parted there: into items of its own list, or below its lead-in.

    What allows or explains something of the words before it is nested below them, too.
    """
    parted: list[Line] = []
    for line in lines:
        last = line
        led = False
        for bullet in _BULLET.finditer(text, line.content, line.end):
            if last is line:
                led = text[bullet.start() - 1] == ":" or " " not in text[line.content : bullet.start()]
            leads_in = text[bullet.start() - 1] == ":" or (led and last is line)
            parted.append(replace(last, end=bullet.start(), leads_in=leads_in))
            nested = led or line.marker is None or _EXPLAINS.match(text, bullet.end(), line.end) is not None
            last = _item(line, bullet, nested=nested)
        parted.append(last)
    if len(parted) == len(lines):
        return lines
    return [replace(line, index=index) for index, line in enumerate(parted)]


def _item(line: Line, bullet: re.Match[str], *, nested: bool) -> Line:
    """Return the rest of a line behind a bullet in it: an item like the line, or one below it."""
    own = line.marker
    marker = Marker("•", "•", 0) if nested or own is None else Marker("•", own.style, own.number)
    indent = line.indent + _DEEPER if nested else line.indent
    start = bullet.start(bullet.lastgroup or 0)
    return replace(line, start=start, content=bullet.end(), marker=marker, indent=indent)


def _heads_what_follows(text: str, line: Line, match: re.Match[str]) -> bool:
    """Whether a line ends in a heading, rather than is one, or speaks of the criteria."""
    words = text[line.content : match.end("before")].split()
    apart = line.marker is not None or match["before"].endswith((".", ";"))
    if match["before"].lower() in _SPOKEN_OF or len(words) < _FEWEST_WORDS or not apart:
        return False
    rest = match["rest"].strip()
    own = (
        not rest or (match["heading"].endswith(":") and len(rest.split()) < _FEWEST_WORDS) or ruled_kind(rest)
    )
    return bool(own) and parse_heading(text[line.start : line.end]) is None


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

    Where a line further down tells which numbers a list lacks, they may stand anywhere; else not within a
    sentence that a number goes on ("ECOG 0 or 1. Patients …").
    """
    kept: list[RunOn] = []
    number = wanted[0] if wanted else first
    for found in numbers:
        before = text[max(0, found.start - _LAST) : found.start].rstrip()
        placed = wanted is not None or before[-1:] in _ENDS or _UNENDED.search(before) is None
        if found.counted == (style, number) and placed and not _REFERS.search(before):
            kept.append(found)
            number += 1
    return kept if wanted is None or len(kept) == len(wanted) else []
