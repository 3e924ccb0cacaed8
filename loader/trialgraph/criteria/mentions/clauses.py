"""What words of a clause make of the rest: who is unfit, what a bar is said of, where it starts anew."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content

__all__ = ["ANEW", "clause_after", "heads", "is_said_of", "is_unfit"]

ANEW = frozenset({"have", "has", "had", "are", "is", "receive", "received", "receiving", "must", "on",
                   "taking", "treated", "progressed", "undergone"})  # fmt: skip
"""Verbs with which a clause of its own starts, that a "no" before it doesn't reach."""
_BEING = ("is", "are", "be", "will be", "should be", "must be", "were", "was", "may not", "cannot", "not ")
_RULING = frozenset({"must", "are", "is"})
_UNFIT = frozenset({"ineligible", "not eligible"})


def clause_after(chunks: Sequence[tuple[Chunk, int]]) -> Sequence[tuple[Chunk, int]]:
    """Return what a verb behind a comma says of the patient again ("willing to have A, has B")."""
    for index in range(1, len(chunks)):
        comma, verb = chunks[index - 1][0].form == ",", chunks[index][0].form.split(" ")[0]
        if comma and verb in ANEW - _RULING:
            return chunks[index - 1 :]
    return ()


def is_unfit(chunks: Sequence[tuple[Chunk, int]], at: int) -> bool:
    """Whether a word says what patients aren't fit for ("relapsed or ineligible for A"), and bars nobody."""
    following = chunks[at + 1][0].form if at + 1 < len(chunks) else ""
    before = chunks[at - 1][0].form if at else ""
    return chunks[at][0].form in _UNFIT and following == "for" and (not at or before not in _BEING)


def is_said_of(chunks: Sequence[tuple[Chunk, int]], at: int) -> bool:
    """Whether a word that bars is said of what stands before it ("… are excluded"), and is no adjective."""
    return chunks[at][0].form.startswith(_BEING) or (at > 0 and chunks[at - 1][0].form in _BEING)


def heads(chunks: Sequence[tuple[Chunk, int]]) -> bool:
    """Whether words only say whom what follows is for ("PERIPHERAL T-CELL LYMPHOMA (PTCL) ONLY")."""
    last = next((chunk for chunk, _ in reversed(chunks) if chunk.kind != "sign"), None)
    return last is not None and last.form == "only" and sum(is_content(chunk) for chunk, _ in chunks) <= 2
