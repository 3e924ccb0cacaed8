"""What a sentence is about, where that says nothing itself: "tumors must be MSI-H" asks for MSI-H."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.namespaces import TGC

__all__ = ["is_any_tumour", "without_subject"]

_ANY = frozenset({str(TGC.Neoplasm), str(TGC.MalignantNeoplasm)})
_VERBS = frozenset({"is", "are", "has", "have", "must", "should", "harbor", "carry"})
_TOLD = frozenset({"neutral", "negation", "confirmed"})


def is_any_tumour(chunk: Chunk) -> bool:
    """Whether a concept is a tumour or cancer of no kind in particular."""
    return chunk.term is not None and chunk.term.iri in _ANY


def without_subject(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return a sentence about any tumour, of which a marker is told, without the tumour."""
    first = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), len(chunks))
    if first + 1 >= len(chunks) or not is_any_tumour(chunks[first]):
        return chunks
    after = first + 1
    while after < len(chunks) and not is_content(chunks[after]) and chunks[after].classes & _TOLD:
        after += 1
    if after == len(chunks) or category_of(chunks[after]) != "biomarker":
        return chunks
    told = {word for chunk in chunks[first + 1 : after] for word in chunk.form.split()}
    plain = all("neutral" in chunk.classes for chunk in chunks[:first])
    return chunks if not plain or told.isdisjoint(_VERBS) else [*chunks[:first], *chunks[first + 1 :]]
