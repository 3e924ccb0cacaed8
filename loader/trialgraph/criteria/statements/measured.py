"""Measurable disease that a demand opens with, where words around it aren't understood.

"At least one measurable lesion outside of the cranial vault": who has no measurable disease doesn't meet it,
wherever it has to be. What is said of it stays with the fact as its qualifier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.measurability import measuring_end
from trialgraph.expressions import Expression, Fact

__all__ = ["read_measurable"]

_NAME = "MeasurableDisease"
_FOUND = re.compile(
    r"\b(?:(?:bi|uni|two|one)-?\s?dimensionally\s+)?measurable\s+(?P<kind>(?:\([^()]*\)\s*)?"
    r"(?:(?!(?:or|and|in|by|per|defined|as|of|with|on|at|is|are|must|according|residual)\b)[\w-]+\s+){0,4}?)"
    r"(?:disease|lesions?|tumou?rs?|mass(?:es)?|sites?(?:\s+of\s+disease)?)\b(?:\(s\))?",
    re.IGNORECASE,
)
_PLAIN = frozenset({"neutral", "persons", "qualifier", "confirmation", "confirmed", "label", "value_tail"})
_LINKS = frozenset({"or", "and/or", "/", ",", "one", "more", "1", ":", "and", "-"})
_TURNING = frozenset(
    {"negation", "exception", "allowance", "barring", "condition", "regardless", "planned", "others"}
)
_GOING_ON = re.compile(
    r"\b(?:must|should|shall|may|is|are|will|required|necessary|considered|eligible|allowed|unless|except|if"
    r"|not\s+have|no)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|which|who|where|as|defined|and)\s+(?:\w+\s+)?$", re.IGNORECASE)
_OFFERED = re.compile(
    r"(?:\b(?:or|and/or|and)\b|/|;)[^;]*?\b(?:evaluable|measurable|non-?\s?measurable|unmeasurable|detectable|assessable"
    r"|elevated|markers?|PSA|CA-?125|bones?|involvement|ascites|effusions?|disease|lesions?|progressi\w+|response|m-protein|protein)\b",
    re.IGNORECASE,
)
"""What may be offered in place of measurable disease, or asked of it."""


def read_measurable(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read the measurable disease that a demand opens with, the words around it its qualifier; else None."""
    start, end = chunks[0].start, chunks[-1].end
    if text.exclusion or "measurable" not in text.lowered:
        return None
    found = _FOUND.search(text.text, start, end)
    if found is None or text.text[max(0, found.start() - 4) : found.start()].lower().startswith(
        ("non", "un")
    ):
        return None
    if not all(_is_plain(chunk) for chunk in chunks if chunk.end <= found.start()):
        return None
    rest = text.text[found.end() : end]
    onward = (rest[: each.start()] for each in _GOING_ON.finditer(rest))
    term = text.vocabulary.named(_NAME)
    if term is None or _OFFERED.search(rest) or not all(map(_RELATIVE.search, onward)):
        return None
    after = max(found.end(), measuring_end(text.text, found.end(), end))
    times = [chunk.window for chunk in chunks if chunk.start >= found.end() and chunk.window is not None]
    time = times[0] if len(times) == 1 and not times[0].narrowed else None
    window = time.window if time is not None else None
    behind = (
        text.text[after:end] if time is None else text.text[after : time.start] + text.text[time.end : end]
    )
    qualifier = "; ".join(filter(None, (found["kind"].strip(), behind.strip(" ,.;:-"))))
    modifiers = {"qualifier": qualifier} if qualifier else {}
    span = text.span(found.start(), found.end())
    return Fact(term.iri, term.label, "lesion", modifiers, within=window, span=span)


def _is_plain(chunk: Chunk) -> bool:
    """Whether a chunk before the measurable disease asks for nothing else."""
    if chunk.classes & _TURNING:
        return False
    return chunk.kind == "limit" or bool(chunk.classes & _PLAIN) or chunk.form in _LINKS
