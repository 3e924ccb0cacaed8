"""Items of one level of which one is enough: "* NSCLC, or", "* melanoma", "OR" in a line of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from trialgraph.criteria.criterion import Part
from trialgraph.criteria.sections.items import Item

__all__ = ["joined"]

_OFFERS = re.compile(r"(?<![\w/])(?:and/)?or[\s,;:.]*$", re.IGNORECASE)
_JOINT = re.compile(r"\W*(?:(?P<either>(?:and/)?or)|and)\W*", re.IGNORECASE)
_BETWEEN = re.compile(r"\W*(?:\w{1,3}\W*)?")
"""What stands between two items that nothing parts: the marker of the second."""

_LEADING_IN = re.compile(r":\s*(?:[^\w\s]|\w{1,3}[.)])?\s*$")
"""How the words before a nested item end that lead it in, with the item's marker."""


def joined(items: Iterable[Item], text: str) -> list[Item]:
    """Return items, those that "or" joins as one with each of them nested in it.

    Among exclusions each bars anyhow. A line that is nothing but "and" says nothing.

    Args:
        items: The items of a section in order.
        text: The section.
    """
    made: list[Item] = []
    alternatives = False
    offered: Item | None = None
    for item in items:
        joint = _JOINT.fullmatch(item.text) if item.kind == "inclusion" else None
        if joint is not None:
            offered = item if joint["either"] else None
            continue
        before = made[-1] if made else None
        if before is None or not _is_other(before, item, offered, text):
            made.append(item)
            alternatives = False
        elif before.parts and offered is None and not alternatives:
            # The "or" ends what is nested in the item before, so it joins this one to that.
            made[-1] = _with(before, item, text, before.parts[-1].level)
        else:
            made[-1] = _with(before if alternatives else _outer(before), item, text, 1)
            alternatives = True
        offered = None
    return made


def _is_other(before: Item, item: Item, offered: Item | None, text: str) -> bool:
    """Whether a demand is the other of a choice with the one right before it."""
    if before.kind != "inclusion" or item.kind != "inclusion" or before.scope != item.scope:
        return False
    if item.parts and _LEADING_IN.search(item.text, 0, item.parts[0].span[0]) is None:
        return False  # What is nested in it without being led in may be asked of everyone.
    if offered is not None:
        start, end = offered.span
        return all(_BETWEEN.fullmatch(text, *gap) for gap in ((before.span[1], start), (end, item.span[0])))
    ends = _OFFERS.search(before.text) is not None
    return ends and _BETWEEN.fullmatch(text, before.span[1], item.span[0]) is not None


def _outer(item: Item) -> Item:
    """Return an item that is the first nested one of itself."""
    own = Part(item.text, (0, len(item.text)), 1)
    return replace(item, parts=(own, *(replace(each, level=each.level + 1) for each in item.parts)))


def _with(before: Item, item: Item, text: str, level: int) -> Item:
    """Return an item that goes on with another one, which is nested in it."""
    start, end = before.span[0], item.span[1]
    at = item.span[0] - start
    marker = _marker(text[before.span[1] : item.span[0]])
    own = Part(item.text, (at, at + len(item.text)), level, marker)
    nested = (
        replace(each, span=(each.span[0] + at, each.span[1] + at), level=each.level + level)
        for each in item.parts
    )
    return replace(before, text=text[start:end], span=(start, end), parts=(*before.parts, own, *nested))


def _marker(between: str) -> str:
    """Return the marker at the end of what stands between two items."""
    return (between.split() or [""])[-1]
