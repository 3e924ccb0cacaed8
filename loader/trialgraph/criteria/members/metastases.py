"""Metastases of the site that the member before names: "central nervous system malignancy or metastasis"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.segments import Segment
from trialgraph.namespaces import TGC

__all__ = ["share_sites"]

_METASTASIS = str(TGC.MetastaticMalignantNeoplasm)
_SITED = re.compile(
    r"(?P<site>.+?)\s+(?:tumou?rs?|malignanc(?:y|ies)|neoplasms?|lesions?|disease|involvement|metastas[ei]s)",
    re.IGNORECASE,
)
"""A name of what may as well be a metastasis, by its site."""
_ABBREVIATED = re.compile(r"\s*\([^()]*\)")
_BESIDE = frozenset({"window", "bracket", "sign"})
"""What may stand behind metastases without telling which are meant."""


def share_sites(text: Text, segments: Sequence[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Let metastases whose site isn't told be those of the site that the member before them names.

    Any metastasis else would be barred where those of the brain are meant.
    """
    for before, segment in itertools.pairwise(segments):
        at = _bare_metastases(segment)
        lender = next((chunk for chunk in reversed(before.chunks) if is_content(chunk)), None)
        if at is None or lender is None or segment.joint == ";":
            continue
        chunk = segment.chunks[at]
        named = _metastases_of(text, lender, chunk)
        if named is not None:
            segment.chunks = [
                *segment.chunks[:at],
                replace(chunk, term=named),
                *segment.chunks[at + 1 :],
            ]
            read(text, segment)


def _bare_metastases(segment: Segment) -> int | None:
    """Return the place of metastases of which no words tell where they are, if nothing else is named."""
    named = [index for index, chunk in enumerate(segment.chunks) if is_content(chunk)]
    if len(named) != 1:
        return None
    at = named[0]
    term = segment.chunks[at].term
    bare = all(chunk.kind in _BESIDE or "neutral" in chunk.classes for chunk in segment.chunks[at + 1 :])
    return at if bare and term is not None and term.iri == _METASTASIS else None


def _metastases_of(text: Text, lender: Chunk, chunk: Chunk) -> Term | None:
    """Return the metastases of the site that a name starts with; None where it starts with none."""
    name = _ABBREVIATED.sub("", text.text[lender.start : lender.end])
    found = _SITED.fullmatch(name)
    if found is None:
        return None
    term = text.vocabulary.find(f"{found['site']} {text.text[chunk.start : chunk.end]}")
    return term if term is not None and _METASTASIS in term.ancestors else None
