"""Where another demand starts behind how long a treatment must be over ("4 weeks since X and no fever")."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import is_undergone
from trialgraph.criteria.facts.facts import is_content

__all__ = ["ASKING", "DEMAND_JOINTS", "clause_after"]

ASKING = ("must", "should", "need", "has to", "have to")
"""What an exclusion that asks for a time says with it ("surgery must be completed 30 days before")."""
DEMAND_JOINTS = frozenset({"and", ",", ";"})


def clause_after(text: Text, chunks: Sequence[Chunk]) -> int | None:
    """Return the joint behind which something else than a treatment is demanded, or None."""
    named = False
    for index, chunk in enumerate(chunks):
        named = named or is_undergone(chunk)
        joins = chunk.form in DEMAND_JOINTS or _adds_demand(chunks, index)
        if named and joins and _demands_anew(text, chunks[index + 1 :]):
            return index
    return None


def _adds_demand(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether "with" leads to what there must or mustn't be ("since transplantation with no sign of X")."""
    denied = any("negation" in chunk.classes for chunk in chunks[at + 1 : at + 2])
    return chunks[at].form == "with" and (denied or is_undergone(chunks[at - 1]))


def _demands_anew(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether what stands behind a joint is denied, asked for, or no treatment."""
    if chunks and chunks[0].form.split(" ")[0] == "to":
        return False
    for chunk in chunks:
        if chunk.form in DEMAND_JOINTS:
            continue
        if chunk.classes & {"negation", "persons"} or chunk.form.startswith((*ASKING, "recovered", "has ")):
            return True
        if chunk.kind == "value" or (chunk.term is not None and is_content(chunk)):
            return not is_undergone(chunk)
        if chunk.kind == "limit":
            return text.text[chunk.start].lower() in "am≥>"
    return False
