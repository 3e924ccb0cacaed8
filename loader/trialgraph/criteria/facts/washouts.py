"""Lengths of washouts, and other ones that a bracket sets ("4 weeks (6 weeks for nitrosoureas)")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.connectives import JOINTS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.quantities.windows import FoundWindow, parse_window
from trialgraph.expressions import CalendarUnit, Fact, Window

__all__ = ["OtherTime", "in_time", "is_shorter", "length_of", "other_time", "time_off", "time_without"]

_UNITS: dict[str, CalendarUnit] = {"d": "day", "wk": "week", "mo": "month", "a": "year"}
_LEADING = frozenset({"for", "if", "since", "from", "after", "following", "if prior", "in case of"})
_FEWEST = 3
_AT_LEAST = re.compile(r"(?:for|in|during)\s+(?:at\s+least|a\s+minimum\s+of|≥)\s*", re.IGNORECASE)


class OtherTime(NamedTuple):
    """A time, and the chunks of the treatments that it is for."""

    window: Window
    chunks: Sequence[Chunk]


def other_time(text: Text, inner: Sequence[Chunk]) -> OtherTime | None:
    """Return the time that a bracket sets for treatments that it names, when it says nothing else."""
    inner = inner[1:] if inner and inner[0].form == "or" else inner
    if len(inner) < _FEWEST or inner[1].form not in _LEADING:
        return None
    found = inner[0].window
    window = found.window if found is not None else length_of(text, inner[0])
    rest = inner[2:]
    named = [chunk for chunk in rest if chunk.kind == "concept"]
    words = [chunk for chunk in rest if chunk.kind != "concept" and chunk.form not in JOINTS]
    if window is None or not named or not all("neutral" in chunk.classes for chunk in words):
        return None
    return OtherTime(window, rest) if all(category_of(chunk) in GIVEN for chunk in named) else None


def time_off(text: Text, chunks: Sequence[Chunk], index: int) -> Window | None:
    """Return the time of "for at least 2 weeks" behind what there must have been none of, or None."""
    if chunks[index].form != "for" or index + 1 >= len(chunks):
        return None
    length = length_of(text, chunks[index + 1])
    return (
        None
        if length is None
        else replace(length, text=text.text[chunks[index].start : chunks[index + 1].end])
    )


def time_without(text: Text, chunk: Chunk) -> FoundWindow | None:
    """Return the time in which there must have been none ("no transfusion for at least 7 days before …")."""
    opening = _AT_LEAST.match(text.text, chunk.start)
    found = parse_window(text.text, opening.end()) if opening else None
    if found is None:
        return None
    return replace(found, window=replace(found.window, text=text.text[chunk.start : found.end]))


def in_time(fact: Fact, window: Window, *, narrowed: bool) -> Fact:
    """Return a treatment within a time; half-lives that may be shorter leave open whether it was in it."""
    if fact.within is not None:
        return fact
    if not narrowed:
        return replace(fact, within=window)
    words = "; ".join(filter(None, (fact.modifiers.get("qualifier"), window.text)))
    return replace(fact, modifiers={**fact.modifiers, "qualifier": words}, within=window)


def is_shorter(window: Window, other: Window | None) -> bool:
    """Whether a time is shorter than another, so that it lets in some of what the other bars."""
    return other is not None and (window.max_days or 0) < (other.max_days or 0)


def length_of(text: Text, chunk: Chunk) -> Window | None:
    """Return the time of "at least 4 weeks", in which there must have been nothing of a kind."""
    found = chunk.limit
    if found is None or found.unit is None or found.unit.ucum not in _UNITS or found.limit.low is None:
        return None
    return Window(found.limit.low, _UNITS[found.unit.ucum], text.text[chunk.start : chunk.end])
