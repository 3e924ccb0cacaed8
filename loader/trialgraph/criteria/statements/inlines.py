"""Lists inside a sentence: "1) …; 2) …", "a) … b) …"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.language.offers import defines_childbearing
from trialgraph.criteria.sections.outline import Outline
from trialgraph.expressions import Span

__all__ = ["with_inline_items"]

_INLINE = re.compile(
    r"(?<![^\s;,:.])\(?(?P<name>[ivx]{1,4}|[a-hA-H]|\d{1,2}|[①-⑳])"
    r"(?:\)|(?<=[①-⑳])|\.(?=\s+[A-Z≥≤<>])|(?<=:\s[a1i])\.(?=\s+[a-z]))\s*(?=[A-Za-z≥≤<>])"
)
_FEWEST_BULLETS = 2
_FEWEST_LIMITS = 3
_COMPARED = re.compile(r"[≥≤<>]")
"""What each item has where the first lost its letter and no sign parts them ("A ≥ 1 b. B ≥ 2 c. C ≥ 3")."""
_CLOSING = (")", ". ", "* ")
"""What stands behind the number or letter of an item, unless it is in a circle, or for it."""
_ORDERS = (
    tuple(str(number) for number in range(1, 30)),
    tuple("abcdefgh"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
    tuple("①②③④⑤⑥⑦⑧⑨⑩"),
)
_SENTENCE = re.compile(r"[.;†]\s+(?=\S)")
_BULLET = re.compile(r"(?<![^\s;,:.])(?:[•●▪◦]\s*|\*\s+)(?=[A-Z≥≤<>])")
_BULLETS = "•●▪◦*"
_DEFINES = re.compile(
    r"(?:^|[.;]\s)(?:definition|definitions|note|where)\b|\b(?:is|are) (?:\w+ )?defined\b", re.IGNORECASE
)


def with_inline_items(words: str, outline: Outline) -> Outline:
    """Return a stretch with the items of a list inside its sentence as nested ones."""
    lead_end, parts = _inline_parts(words[outline.start : outline.end])
    start = outline.start
    items = tuple(Outline(start + first, start + last, start + last) for first, last in parts)
    return Outline(start, start + lead_end, outline.end, items)


def _inline_parts(words: str) -> tuple[int, list[Span]]:
    """Return where the words before a list inside a sentence end, and its items are ("1) …; 2) …")."""
    if words.isascii() and not any(map(words.__contains__, _CLOSING)):
        return len(words), []
    signs = list(_INLINE.finditer(words))
    found = _in_order(words, signs, 0)
    lead = words[: found[0].start()] if found else ""
    if _DEFINES.search(lead) or defines_childbearing(_SENTENCE.split(lead)[-1]):
        return len(words), []
    if len(found) >= 2 and len(words[: found[0].start()].split()) <= 40:
        starts = [match.end() for match in found]
        ends = [*(match.start() for match in found[1:]), len(words)]
        return found[0].start(), list(zip(starts, ends, strict=True))
    if (bulleted := _bulleted(words)) is not None:
        return bulleted
    after_first = _in_order(words, signs, 1)
    apart = after_first and words[: after_first[0].start()].rstrip().endswith((";", ",", "."))
    starts = [0, *(match.end() for match in after_first)]
    ends = [*(match.start() for match in after_first), len(words)]
    parts = list(zip(starts, ends, strict=True))
    limits = len(parts) >= _FEWEST_LIMITS and all(_COMPARED.search(words, *part) for part in parts)
    if apart or limits:
        return 0, parts
    return len(words), []


def _bulleted(words: str) -> tuple[int, list[Span]] | None:
    """Return where the words before bullets that lost their lines end, and the items; None without any."""
    signs = list(_BULLET.finditer(words)) if any(map(words.__contains__, _BULLETS)) else []
    if len(signs) < _FEWEST_BULLETS or not words[: signs[0].start()].rstrip().endswith(":"):
        return None
    kind = signs[0].group()[0]
    if words.count(kind) != len(signs) or any(sign.group()[0] != kind for sign in signs):
        return None
    ends = [*(sign.start() for sign in signs[1:]), len(words)]
    return signs[0].start(), [(sign.end(), end) for sign, end in zip(signs, ends, strict=True)]


def _in_order(words: str, signs: Sequence[re.Match[str]], first: int) -> list[re.Match[str]]:
    """Return those of the numbers and letters in a sentence that count on from the given place, in one order.

    What counts in another order belongs to a list inside an item ("a) A, b) B with i) C, ii) D, iii) E").
    """
    found: list[re.Match[str]] = []
    orders: Sequence[tuple[str, ...]] = _ORDERS
    depth, position = 0, 0
    for match in signs:
        depth = _depth(words, position, match.start(), depth)
        position = match.end()
        place = slice(first + len(found), first + len(found) + 1)
        going_on = [order for order in orders if order[place] == (match["name"].lower(),)]
        if depth == 0 and going_on:
            found.append(match)
            orders = going_on
    return found


def _depth(words: str, start: int, end: int, depth: int) -> int:
    """Return how many brackets are open at `end`, with `depth` open at `start`."""
    for sign in words[start:end]:
        if sign in "([":
            depth += 1
        elif sign in ")]" and depth:
            depth -= 1
    return depth
