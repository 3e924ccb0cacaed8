"""Criteria of an eligibility section before they are read, and the pieces that a section is parted into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trialgraph.criteria.criterion import Kind, Part
from trialgraph.expressions import Span

__all__ = ["Item", "Piece", "PieceKind", "Segmentation"]

PieceKind = Literal["criterion", "heading", "separator"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the section; the pieces of a section cover it without gap or overlap."""

    kind: PieceKind
    span: Span


@dataclass(frozen=True, slots=True)
class Item:
    """A criterion's words before they are read.

    Args:
        kind: Inclusion or exclusion, as the nearest heading above says.
        text: Verbatim words without the item's own marker.
        span: Where they are within the section's text.
        parts: Nested items.
        scope: What a heading restricts the item to; None for the whole trial.
    """

    kind: Kind
    text: str
    span: Span
    parts: tuple[Part, ...] = ()
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The criteria of a section, and every character's place."""

    items: tuple[Item, ...]
    pieces: tuple[Piece, ...]
