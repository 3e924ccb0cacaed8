"""A criterion for a page: its words cut where its reading begins and ends, and the reading as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from trialgraph.criteria.plain import plain
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Atom,
    Expression,
    Fact,
    Narrative,
    NarrativeReason,
    Not,
    Value,
    atoms,
)
from trialgraph.namespaces import TGC

__all__ = ["REASONS", "Piece", "Reading", "concept_address", "pieces", "reading"]

REASONS: dict[NarrativeReason, str] = {
    "judgement": "takes a person's judgement",
    "consent": "is a matter of consent",
    "remark": "asks nothing of the patient",
    "not-formalised": "stays words: it isn't formalised",
}
"""Why words stay words, for people."""

Kind = Literal["value", "fact", "mention", "words"]
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_STRONGEST: tuple[Kind, ...] = ("value", "fact", "mention", "words")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a criterion's words within which the same parts of the reading begin and end.

    Args:
        text: The words, without the registry's escapes.
        kind: Of the parts read from it, the kind that says most; None for words that were not read.
        tip: What was read from it, in plain English; empty without a reading.
        address: The page of the concept; None when there is none.
    """

    text: str
    kind: Kind | None = None
    tip: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A node of a reading, as a person reads it.

    Args:
        joint: ``all``, ``any`` or ``not`` for a node with parts; None for a leaf.
        words: What a leaf demands, in plain English.
        note: Why words stay words; what else is to be said of a leaf.
        address: The page of a leaf's concept.
    """

    joint: Literal["all", "any", "not"] | None = None
    parts: tuple[Reading, ...] = ()
    kind: Kind | None = None
    words: str = ""
    note: str = ""
    address: str | None = None


def pieces(text: str, expression: Expression) -> list[Piece]:
    """Return the words of a criterion in pieces, each with what was read from it.

    Spans may overlap and lie within each other: words are cut at every beginning and end, and a piece
    tells all that was read from it. Words that stay words are marked only beside others that don't.
    """
    found = [each for each in atoms(expression) if _is_within(each, text)]
    if all(isinstance(each, Narrative) for each in found):
        found = []
    ends = sorted({0, len(text), *(end for each in found for end in each.span)})
    cut = [_piece(text, start, end, found) for start, end in pairwise(ends)]
    return [piece for piece in _joined(cut) if piece.text]


def reading(expression: Expression) -> Reading:
    """Return a reading as a tree of words."""
    match expression:
        case AllOf(operands):
            return Reading(joint="all", parts=tuple(map(reading, operands)))
        case AnyOf(operands):
            return Reading(joint="any", parts=tuple(map(reading, operands)))
        case Not(Fact() | Value() as operand):
            return _leaf(operand, plain(expression))
        case Not(operand):
            return Reading(joint="not", parts=(reading(operand),))
        case Narrative(text, reason):
            return Reading(kind="words", words=_readable(text), note=REASONS[reason])
        case _:
            return _leaf(expression, plain(expression))


def concept_address(iri: str) -> str | None:
    """Return the address of a concept's page; None for one that isn't of the packaged ontology."""
    local = iri.removeprefix(str(TGC))
    return f"/concept/{local}" if local != iri else None


def _leaf(atom: Value | Fact, words: str) -> Reading:
    if isinstance(atom, Fact) and atom.is_mention:
        note = "only spoken of: the words around it aren't read, so it is never judged"
        return Reading(kind="mention", words=atom.concept_label, note=note, address=_address(atom))
    return Reading(kind=_kind(atom), words=words, address=_address(atom))


def _is_within(atom: Atom, text: str) -> bool:
    start, end = atom.span
    return 0 <= start < end <= len(text)


def _piece(text: str, start: int, end: int, found: Sequence[Atom]) -> Piece:
    here = [each for each in found if each.span[0] <= start and end <= each.span[1]]
    words = _readable(text[start:end])
    if not here:
        return Piece(words)
    # The shortest span says most exactly what these words are about.
    here.sort(key=lambda each: (_STRONGEST.index(_kind(each)), each.span[1] - each.span[0]))
    tips = dict.fromkeys(map(_tip, here))
    return Piece(words, _kind(here[0]), "; ".join(tips), _address(here[0]))


def _joined(cut: Sequence[Piece]) -> Iterator[Piece]:
    """Join neighbours that tell the same, so that a reader doesn't stumble over seams."""
    last: Piece | None = None
    for piece in cut:
        if last is not None and (last.kind, last.tip, last.address) == (piece.kind, piece.tip, piece.address):
            last = Piece(last.text + piece.text, last.kind, last.tip, last.address)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _kind(atom: Atom) -> Kind:
    match atom:
        case Value():
            return "value"
        case Fact():
            return "mention" if atom.is_mention else "fact"
        case Narrative():
            return "words"


def _tip(atom: Atom) -> str:
    match atom:
        case Narrative():
            return REASONS[atom.reason]
        case Fact() if atom.is_mention:
            return f"speaks of {atom.concept_label}"
        case _:
            return plain(atom)


def _address(atom: Atom) -> str | None:
    return None if isinstance(atom, Narrative) else concept_address(atom.concept)


def _readable(text: str) -> str:
    return _ESCAPE.sub("", text)
