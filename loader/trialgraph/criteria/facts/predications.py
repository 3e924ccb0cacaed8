"""What a demand says of a thing without asking for it: what became of it, or how bad it may be at most."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import are_related, category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.connectives import OR
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.quantities.lesions import counts_lesions
from trialgraph.namespaces import TGC

__all__ = ["PREDICATES", "asks_otherwise", "is_counted", "is_none", "tells_inability"]

_DEMANDS = frozenset({"must", "should", "shall", "must be", "must have", "are required to", "is required to"})
_RELATIVE = frozenset({"that", "which", "who", "whose", "whom", "where", "if", "when", "patient who"})
PREDICATES = frozenset({
    "must", "should", "shall", "will", "can", "could", "may", "might", "would", "is", "are", "was", "were",
    "has", "have", "had", "agree", "need",
})  # fmt: skip
_TAKEN = ("considered", "interpreted", "regarded", "construed", "deemed", "counted", "evaluated", "defined")
_CEILINGS = frozenset({"≤", "<"})
_NEOPLASM = str(TGC.Neoplasm)
_UNABLE = re.compile(
    r"(?:(?:^|\b(?:who|they)\s+|[.;:,]\s*)(?:cannot|can\s+not|can't)\s+(?:\w+ly\s+)?"
    r"(?:undergo|receive|tolerate|take|be\s+(?:given|treated))"
    r"|\b(?:patients?|subjects?|participants?)\s+(?:cannot|can\s+not|can't)\s+(?:\w+ly\s+)?(?:undergo|tolerate))\b",
    re.IGNORECASE,
)
"""How words tell that somebody can't be given something, which isn't that it wasn't given."""


def asks_otherwise(head: Chunk, chunks: Sequence[Chunk], *, negated: bool) -> bool:
    """Whether what follows a concept in a demand asks something of it, or offers something else."""
    ruled = any(chunk.form in _DEMANDS for chunk in chunks)
    heading = len(chunks) == 1 and chunks[0].form == "only"
    if ruled or heading or _sets_ceiling(chunks[0]) or _offers_other(head, chunks):
        return True
    return not negated and _tells_outcome(head, chunks)


def _tells_outcome(head: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether a sentence goes on to say what became of a thing ("toxicity from X has resolved")."""
    plain = ("is", "are") if is_counted(head) else ()
    verbs = (i for i, chunk in enumerate(chunks) if chunk.form in PREDICATES and chunk.form not in plain)
    told = next(verbs, None)
    return told is not None and not any(chunk.form in _RELATIVE for chunk in chunks[:told])


def _sets_ceiling(chunk: Chunk) -> bool:
    """Whether a demand says how bad a thing may be at most ("toxicity ≤ grade 2"), without asking for it."""
    found = chunk.limit
    return chunk.form in _CEILINGS or (found is not None and found.limit.low is None)


def _offers_other(head: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether another tumour is offered in the words behind one, which would make it an alternative."""
    if head.term is None or not head.term.is_a(_NEOPLASM):
        return False
    either = next((i for i, chunk in enumerate(chunks) if chunk.form in OR), len(chunks))
    others = [chunk.term for chunk in chunks[either:] if chunk.term is not None]
    return any(
        str(TGC.MalignantNeoplasm) in term.ancestors and not are_related(head.term, term) for term in others
    )


def tells_inability(text: Text, head: Chunk) -> bool:
    """Whether somebody can't be given what is named ("who cannot undergo surgery"): this denies nothing."""
    if "can" not in text.lowered or category_of(head) not in GIVEN:
        return False
    opened = max(text.text.rfind(mark, 0, head.start) for mark in ".;:")
    return _UNABLE.search(text.text[opened + 1 : head.start].strip()) is not None


def is_counted(head: Chunk) -> bool:
    """Whether a chunk names lesions, which are counted and measured."""
    return head.term is not None and counts_lesions(head.term)


def is_none(chunks: Sequence[Chunk]) -> bool:
    """Whether a sentence says what a thing isn't taken for ("fever will not be interpreted as infection")."""
    forms = [word for chunk in chunks if chunk.kind == "word" for word in chunk.form.split(" ")]
    denied = next((i for i, word in enumerate(forms) if word == "not"), len(forms))
    told = any(word.startswith(_TAKEN) for word in forms[denied + 1 : denied + 3])
    return told and _RELATIVE.isdisjoint(forms[:denied])
