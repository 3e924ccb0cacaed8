"""How many lesions are asked for by the words around a concept."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import count_in
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.quantities.lesions import counts_lesions
from trialgraph.expressions import Limit
from trialgraph.namespaces import TGC

__all__ = ["asks_for_any", "lesions_defined"]

_LEAST = frozenset(map(str, (TGC.MeasurableDisease, TGC.BiopsiableLesion)))
"""What is asked for by the one lesion that is enough."""
_BREAKS = frozenset({",", "."})


def asks_for_any(head: Chunk, chunk: Chunk) -> bool:
    """Whether a number asks for no more than one ("one or more activating mutations")."""
    if chunk.form in ("1", "one") and head.term is not None and head.term.iri in _LEAST:
        return True
    limit = chunk.limit.limit if chunk.limit is not None and chunk.limit.unit is None else None
    return limit is not None and (limit.low, limit.low_inclusive, limit.high) == (1, True, None)


def lesions_defined(head: Chunk, chunks: Sequence[Chunk]) -> Limit | None:
    """Return how many lesions a disease is said to be ("oligometastases, defined as up to 5 lesions")."""
    while chunks and chunks[-1].kind == "sign" and chunks[-1].form in _BREAKS:
        chunks = chunks[:-1]
    return count_in(chunks) if chunks and head.term and counts_lesions(head.term) else None
