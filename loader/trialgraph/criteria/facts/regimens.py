"""What a treatment's name is joined to behind it: "bortezomib-based therapy", "bortezomib chemotherapy"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.namespaces import TGC

__all__ = ["ends_in_dose", "of_unread_drugs", "regimen_after"]

_PART_OF = frozenset({"based", "containing"})
_KINDS = frozenset(
    map(
        str,
        (
            TGC.BiologicTherapy,
            TGC.Chemotherapy,
            TGC.HormoneTherapy,
            TGC.Immunotherapy,
            TGC.SystemicAnticancerTherapy,
            TGC.TargetedTherapy,
        ),
    )
)
"""Kinds of treatment, which behind a drug only say what kind it is of."""

_NEAR = 50
_AMOUNTS = frozenset({"value", "limit"})
_DESCRIBING = frozenset({"neutral", "qualifier", "active", "other"})
_SYSTEMIC = str(TGC.SystemicAnticancerTherapy)
_AGAINST_CANCER = re.compile(r"cancer|tumou?r|neoplas|oncolog|cytotoxic|myeloma|lymphoma|leuk", re.IGNORECASE)
_DRUGS = re.compile(
    r"with\s+(?:(?:any|other|either|some)\s+)*(?:[\w-]+\s+){0,2}?"
    r"(?:medications?|drugs?|agents?|medicines?|products?|supplements?)\b",
    re.IGNORECASE,
)


def of_unread_drugs(text: Text, head: Chunk, following: Chunk) -> bool:
    """Whether "systemic treatment" is one with drugs that need not be against a cancer."""
    if head.term is None or head.term.iri != _SYSTEMIC or _DRUGS.match(text.text, following.start) is None:
        return False
    return _AGAINST_CANCER.search(text.text, head.start, following.end + _NEAR) is None


def ends_in_dose(chunks: Sequence[Chunk], following: Sequence[Chunk]) -> bool:
    """Whether a treatment ends in its dose, and another follows.

    "Steroids at a dose of > 10 mg daily or other immunosuppressants": these bar at any dose.
    """
    at = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), len(chunks))
    behind = chunks[at + 1 :]
    if not behind or category_of(chunks[at]) not in GIVEN:
        return False
    dosed = any(chunk.kind in _AMOUNTS or any(map(_is_amount, chunk.inner)) for chunk in behind)
    plain = not any(chunk.kind in ("concept", "window") for chunk in behind)
    named = next((chunk for chunk in following if not chunk.classes & _DESCRIBING), None)
    return dosed and plain and named is not None and named.kind == "concept" and category_of(named) in GIVEN


def _is_amount(chunk: Chunk) -> bool:
    return chunk.kind in _AMOUNTS or chunk.form == "dose"


def regimen_after(head: Chunk, chunks: Sequence[Chunk]) -> int:
    """Return how many chunks behind a treatment only say that it is part of a regimen, or of what kind.

    Args:
        head: The treatment.
        chunks: What follows it.
    """
    if category_of(head) != "treatment":
        return 0
    at = 1 if chunks[0].form == "-" and len(chunks) > 1 else 0
    parted = chunks[at].form in _PART_OF
    if parted:
        at += 1
    elif at or head.term is None or head.term.iri in _KINDS:
        return 0
    kind = chunks[at].term if at < len(chunks) else None
    return at + 1 if kind is not None and kind.iri in _KINDS else at
