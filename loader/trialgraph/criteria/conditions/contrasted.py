"""A limit for some patients, and another for all others: "≤ 5 × ULN if metastases, otherwise ≤ 3 × ULN"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.conditions.cases import named_case
from trialgraph.criteria.conditions.further import other_limit
from trialgraph.criteria.conditions.widening import with_limit_for_some
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import Expression, Fact

__all__ = ["read_contrasted"]

_CONTRAST = re.compile(r"\b(?:without|otherwise|absent|absence|others?|not|no|none)\b", re.IGNORECASE)
_ALL_OTHERS = re.compile(
    r"(?:(?:if|in|for|when|with|the|those|all|any|patients?|subjects?|participants?|individuals?|who|do|does"
    r"|have|having|are|is|there|it|must|should|be|then|case|cases)\s+)*"
    r"(?:without|otherwise|absent|absence\s+of|absence|(?:all\s+)?others?|not|no|none)\b"
    r"(?:\s+(?:patients?|subjects?|participants?|individuals?|cases|have|having|present|with|it|them|these|such|any"
    r"|known|documented))*",
    re.IGNORECASE,
)
"""How a text names whoever isn't in the case that it has told before."""
_IN_CASE = frozenset({"if", "with", "in", "for", "when", "in the presence of"})
_PARTING = frozenset({"or", "and", ",", ";", "but"})
_STEM = re.compile(r"\b[a-z]{4,6}", re.IGNORECASE)
"""How a word starts, whether it stands for one or for several."""
Reader = Callable[[Sequence[Chunk]], Expression | None]


def read_contrasted(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read a statement that ends with a limit for some and one for all others; None for any other.

    Args:
        text: The text under reading.
        chunks: A sentence of it.
        read: How what a demand asks before these limits is read.
    """
    if not _CONTRAST.search(text.text, chunks[0].start, chunks[-1].end):
        return None
    last = max((i for i, chunk in enumerate(chunks) if chunk.kind == "limit"), default=0)
    first = max((i for i, chunk in enumerate(chunks[:last]) if chunk.kind == "value"), default=last)
    before, value = trimmed(chunks[:first]), chunks[first]
    told = _parted(text, chunks[first + 1 : last], chunks[last + 1 :]) if first < last else None
    other = other_limit(text, value, [chunks[last]]) if told is not None else None
    if told is None or other is None or value.expression is None:
        return None
    if text.exclusion:
        own = any_of(
            [all_of([told, value.expression]), all_of([negate(told), other.expression])],
        )
    else:
        own = with_limit_for_some(other.expression, told, value.expression)
    if all(is_harmless(chunk, "label") for chunk in before):
        return own
    asked = None if text.exclusion or before[-1].form == "or" else read(before)
    return None if asked is None else all_of([asked, own])


def _parted(text: Text, between: Sequence[Chunk], behind: Sequence[Chunk]) -> Fact | None:
    """Return the case of the first limit, where the second is for whoever isn't in it."""
    at = max((i for i, chunk in enumerate(between) if chunk.form in _PARTING), default=0)
    words = [*between[at + 1 :], *behind]
    opened = len(between) > 1 and (between[0].form in _IN_CASE or "condition" in between[0].classes)
    if not at or not opened or any(chunk.kind in ("value", "limit") for chunk in between):
        return None
    case = named_case(text, between[1:at])
    if not isinstance(case, Fact) or not words:
        return None
    said = " ".join(text.text[chunk.start : chunk.end] for chunk in words)
    others = _ALL_OTHERS.match(said)
    known = set(_STEM.findall(text.text[between[0].start : between[at].start].lower()))
    return case if others and set(_STEM.findall(said[others.end() :].lower())) <= known else None
