"""Where the nested items of a criterion are in its readable text: a tree of stretches."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from trialgraph.criteria.criterion import Part
from trialgraph.criteria.sections.normalization import NormalizedText

__all__ = ["Outline", "outline", "with_bullets"]

_BULLET = "*"
_NOTHING = "\u200b"  # a space of no width, which reading leaves out
_DEEPEST = 20  # levels; what lies deeper counts as of the deepest, since reading follows each by a call


@dataclass(frozen=True, slots=True)
class Outline:
    """A stretch of readable text: words that lead in, then the items of a list.

    Args:
        start: Its first character.
        lead_end: Where the words before its first item end; `end` without items.
        end: The character after its last.
        items: The items right below it.
    """

    start: int
    lead_end: int
    end: int
    items: tuple[Outline, ...] = ()


def outline(text: str, parts: Sequence[Part], normalized: NormalizedText) -> Outline:
    """Return the tree of a criterion's nested items in its readable text.

    Args:
        text: The criterion, verbatim.
        parts: Its nested items.
        normalized: Its readable text.
    """
    places = [
        (
            min(part.level, _DEEPEST),
            bisect_left(normalized.starts, _marker_start(text, part)),
            bisect_left(normalized.starts, part.span[0]),
        )
        for part in parts
    ]
    return _nested(0, len(normalized.text), places)


def with_bullets(text: str, parts: Sequence[Part]) -> str:
    """Return a criterion with the same bullet before each nested item, every other character in its place.

    How a list is marked doesn't change what it says: "6 g. Hemoglobin" names no grams.

    Args:
        text: The criterion, verbatim.
        parts: Its nested items.
    """
    pieces = []
    position = 0
    for part in parts:
        start = _marker_start(text, part)
        end = start + len(part.marker)
        bullet = _BULLET if text[end : end + 1].isspace() else f"{_BULLET} "
        if position <= start and len(bullet) <= end - start:
            pieces += [text[position:start], bullet, _NOTHING * (end - start - len(bullet))]
            position = end
    return "".join((*pieces, text[position:])) if pieces else text


def _nested(start: int, end: int, places: Sequence[tuple[int, int, int]]) -> Outline:
    """Return a stretch with its items: those of the least level, each with the deeper ones after it."""
    if not places:
        return Outline(start, end, end)
    top = min(level for level, _, _ in places)
    heads = [index for index, (level, _, _) in enumerate(places) if level == top]
    items = []
    for head, following in zip(heads, [*heads[1:], len(places)], strict=True):
        stop = places[following][1] if following < len(places) else end
        items.append(_nested(places[head][2], stop, places[head + 1 : following]))
    return Outline(start, places[heads[0]][1], end, tuple(items))


def _marker_start(text: str, part: Part) -> int:
    start = part.span[0]
    return text.rfind(part.marker, 0, start) if part.marker else start
