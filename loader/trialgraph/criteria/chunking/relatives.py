"""A patient's own disease told with that of relatives ("personal or family history of long QT syndrome")."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.kin import KIN
from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import tokenize
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.namespaces import TGC

__all__ = ["with_own_history"]

_RELATIVES = str(TGC.FamilyHistory)
_OWN = frozenset({"personal", "personal history", "history", "past history", "known history"})
_JOINTS = CONJUNCTIONS | {"/"}
_ARTICLES = frozenset({"a", "the", "any"})
_OF = "history of"
_HISTORY = tokenize(_OF)
_OF_THEIRS = re.compile(r"famil\w+ history of (?:an? )?", re.IGNORECASE)


def with_own_history(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return chunks with a history of X for "personal" in "personal or family history of X"."""
    if "famil" not in text.lowered:
        return chunks
    return [each for at, chunk in enumerate(chunks) for each in _own(text, chunks, at) or [chunk]]


def _own(text: Text, chunks: Sequence[Chunk], at: int) -> list[Chunk]:
    """Return what a word for the patient's own history stands for; nothing for any other."""
    word = chunks[at]
    if word.form not in _OWN or word.kind != "word":
        return []
    following = at + 1
    if following >= len(chunks) or chunks[following].form not in _JOINTS:
        return []
    following += 1
    if following < len(chunks) and chunks[following].form in _ARTICLES:
        following += 1
    term = _theirs(text, chunks, following)
    if term is None or term.category != "condition":
        return []
    had = Chunk("word", word.start, word.end, _OF, lexicon().phrase_at(_HISTORY, 0)[1])
    own = [had, Chunk("concept", word.start, word.end, word.form, term=term)]
    for joint, named in _others(chunks, following):
        own += [joint, had, replace(named, start=word.start, end=word.end)]
    return own


def _others(chunks: Sequence[Chunk], at: int) -> Iterator[tuple[Chunk, Chunk]]:
    """Yield what else the relatives had, with its joint ("family history of X or Y")."""
    at += 1 + (chunks[at].kind == "word")
    while at < len(chunks) and chunks[at].kind == "bracket":
        at += 1
    for joint, named in itertools.pairwise(chunks[at : at + 2]):
        term = named.term
        if joint.form in _JOINTS and term is not None and term.category == "condition":
            yield joint, named


def _theirs(text: Text, chunks: Sequence[Chunk], at: int) -> Term | None:
    """Return the disease that a family history at a place is one of."""
    if at >= len(chunks):
        return None
    chunk = chunks[at]
    led = _OF_THEIRS.match(text.text, chunk.start)
    theirs = chunk.term is not None and _RELATIVES in chunk.term.ancestors
    if led is None:
        label = chunk.term.label if chunk.term is not None and theirs else ""
        return text.vocabulary.find(label[len(KIN) :]) if label.startswith(KIN) else None
    if theirs:
        return text.vocabulary.find(text.text[led.end() : chunk.end].partition(" (")[0])
    named = chunks[at + 1] if chunk.kind == "word" and at + 1 < len(chunks) else None
    return named.term if named is not None and named.kind == "concept" else None
