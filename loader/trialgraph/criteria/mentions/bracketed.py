"""Whom a bracket says to be excluded, whatever it stands in ("… (patients with arthritis are excluded)").

Such a bracket often ends a permission or narrows what is let in, which bars nobody. Its own words bar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.mentions.clauses import is_said_of
from trialgraph.criteria.mentions.topics import topics_of
from trialgraph.expressions import Fact

__all__ = ["barred_in_brackets"]

_TURNING = frozenset({"allowance", "exception", "negation", "condition", "others"})
_TURNED = frozenset({"other", "any other", "all other", "others", "requirement"})
_PARTING = frozenset({";", "."})
Deep = tuple[Chunk, int]


def barred_in_brackets(text: Text, chunks: Sequence[Deep]) -> Iterator[Fact]:
    """Yield what the brackets of a text say that excludes a patient.

    Args:
        text: The text.
        chunks: Its chunks with brackets opened, each with its depth in them.
    """
    for clause in _clauses(text, chunks):
        if _bars(clause):
            yield from (topic.fact for topic in topics_of(text, clause) if topic.denied != text.exclusion)


def _clauses(text: Text, chunks: Sequence[Deep]) -> Iterator[list[Deep]]:
    """Yield the clauses in the brackets."""
    clause: list[Deep] = []
    for chunk, depth in chunks:
        apart = clause and text.text.find(")", clause[-1][0].end, chunk.start) >= 0
        if clause and (apart or not depth or chunk.form in _PARTING):
            yield clause
            clause = []
        if depth and chunk.form not in _PARTING:
            clause.append((chunk, depth))
    if clause:
        yield clause


def _bars(clause: Sequence[Deep]) -> bool:
    """Whether a clause says "are excluded" and nothing in it turns that."""
    at = next((i for i, (chunk, _) in enumerate(clause) if "barring" in chunk.classes), 0)
    told = any(chunk.classes & _TURNING or chunk.form in _TURNED for chunk, _ in clause)
    return at > 0 and is_said_of(clause, at) and not told
