"""Sentences about other people than the patient: caregivers, donors, parents, nurses.

"Caregivers with a psychiatric or cognitive disorder" says nothing of what a patient has.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk

__all__ = ["is_about_others"]

_OPENING = frozenset({"adult", "primary", "informal", "eligible", "unpaid", "and", "or", "/"})
"""What may stand before such people, besides neutral words and their sex."""
_TELLING = frozenset(
    {"who", "whose", "with", "without", "of", "for", "to", "must", "should", "shall", "will", "would", "can",
     "cannot", "may", "is", "are", "was", "were", "be", "has", "have", "had", "do", "does", "who are",
     "who is", "who have", "who has", "show", "shows", "exhibit", "exhibits", "over", "under", "aged",
     "caring", "treating", "not", "no", "unable", "able", "lives", "live", "speaks", "speak", "agrees",
     "agree", "self-identify", "identify", "provide", "provides"}
)  # fmt: skip
"""How a sentence goes on about its subject, which "physician-assessed" and "donor lymphocytes" don't."""


_CONDUCTING = frozenset({"investigator", "staff"})
"""Who conducts the trial: what they do is told of its patients."""


def is_about_others(chunks: Sequence[Chunk]) -> bool:
    """Whether the subject that a sentence opens with is somebody else than the patient."""
    at = 0
    while at < len(chunks) and _may_open(chunks[at]):
        at += 1
    named = at
    while at < len(chunks) and (_names_others(chunks[at]) or (at > named and chunks[at].form in _OPENING)):
        at += 1
    while named < at < len(chunks) and chunks[at].kind == "bracket":
        at += 1
    return named < at < len(chunks) and chunks[at].form.split(" ")[0] in _TELLING


def _may_open(chunk: Chunk) -> bool:
    """Whether a word may stand before such people; a patient beside them is spoken of as well."""
    of_a_sex = bool(chunk.classes & {"female", "male"})
    plain = "neutral" in chunk.classes and "persons" not in chunk.classes and chunk.form != "with"
    return chunk.kind == "word" and not _names_others(chunk) and (of_a_sex or plain or chunk.form in _OPENING)


def _names_others(chunk: Chunk) -> bool:
    return chunk.kind == "word" and "others" in chunk.classes and chunk.form not in _CONDUCTING
