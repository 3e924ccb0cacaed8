"""How many lines or cycles of a treatment there were for something ("2 lines for metastatic disease")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import Expression, Span, Value, atoms

__all__ = ["behind_lines", "counted_for", "counts_lines"]

_COUNT = "{count}"
_LINES = re.compile(r"/Prior\w*LineCount$")
_CONTAINING = frozenset({"containing", "included", "contained"})
_RELATIVE = frozenset({"that", "which", "must", "of which"})
_GIVEN = frozenset({"given", "administered", "received", "used", "provided", "prescribed"})
_TREATING = frozenset({"to treat", "to"})
_NOUN = r"(?:disease|cancer|malignancy|tumou?r|lymphoma|leuka?emia|myeloma)"
_OWN = re.compile(
    rf"for\s+(?:(?:their|this|the|his\s+or\s+her)\s+(?:current\s+|study\s+)?{_NOUN}"
    rf"(?:\s+under\s+(?:study|investigation))?|{_NOUN}\s+under\s+study)\s*\.?",
    re.IGNORECASE,
)
"""The disease that a trial is about, which lines are counted of anyway."""
_PURPOSE = frozenset({"for", "in", "in the", "for the", "against"}) | _TREATING


def counted_for(text: Text, expression: Expression, rest: Sequence[Chunk], end: int) -> Expression | None:
    """Return a number of treatments with what they were for, else None.

    The count of all lines is at least that of those for one thing. So it may be too high without
    telling anything, and where it is low enough, that of the lines meant is too.

    Args:
        text: The text under reading.
        expression: The number.
        rest: The chunks behind it.
        end: Where these end.
    """
    told = [atom for atom in atoms(expression) if isinstance(atom, Value)]
    if len(told) != 1 or told[0].unit != _COUNT:
        return None
    rest = rest[1:] if rest[0].form in _GIVEN else rest
    setting = bool(rest) and rest[0].form.startswith("in ") and rest[0].form.endswith(" setting")
    if not rest or not (rest[0].form in _PURPOSE or setting):
        return None
    if setting:
        return _of_these(text, expression, told[0], (rest[0].start, end))
    if len(rest) == 1 or "persons" in rest[1].classes or rest[1].form.startswith("patient"):
        return None
    if _OWN.fullmatch(text.text, rest[0].start, end):
        return expression
    return _of_these(text, expression, told[0], (rest[0].start, end))


def _of_these(text: Text, expression: Expression, value: Value, place: Span) -> Expression:
    """Return a number of all lines with the words that tell which of them are counted."""
    ceiling = value.limit.high is not None and value.limit.low is None
    if value.limit.high is not None and not ceiling and value.span is not None:
        # Of all lines there may be more than of those meant: how many of these stays words.
        least = replace(value.limit, high=None, high_inclusive=True)
        expression = replace(value, limit=least)
        place = (text.normalized.readable(value.span)[0], place[1])
    words = narrative(text, *place)
    return any_of([expression, words]) if ceiling else all_of([expression, words])


def counts_lines(expression: Expression) -> bool:
    """Whether an expression is a number of lines of therapy, which may have failed."""
    return isinstance(expression, Value) and _LINES.search(expression.concept) is not None


def behind_lines(expression: Expression, rest: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return what lines of therapy that are counted have to include ("2 lines, including A"), else none."""
    if not isinstance(expression, Value) or not counts_lines(expression) or expression.limit.low is None:
        return ()
    told = rest[1:] if rest[0].form in _RELATIVE else rest
    holds = bool(told) and ("example" in told[0].classes or told[0].form in _CONTAINING)
    return told[1:] if holds else ()
