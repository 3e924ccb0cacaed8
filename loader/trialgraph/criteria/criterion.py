"""A criterion: one item of the eligibility section, in its own words and as an expression."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from trialgraph.expressions import Expression, Span

__all__ = ["Criterion", "Curation", "Kind", "Part"]

Kind = Literal["inclusion", "exclusion"]


@dataclass(frozen=True, slots=True)
class Part:
    """A nested item of a criterion.

    Args:
        text: Its own words, verbatim, without its marker.
        span: Where those words are, within the criterion's verbatim text.
        level: 1 for an item right below the criterion, 2 for one below that.
        marker: The bullet or number as written ("1.", "*"); empty on a page that lost them.
    """

    text: str
    span: Span
    level: int = 1
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Curation:
    """How a reading came to be set by hand.

    Args:
        who: The person who answers for it.
        when: Day or moment, as ISO 8601 writes it.
        why: What was wrong with the reading that it replaces.
        file: Name of the file that states it.
    """

    who: str
    when: str
    why: str
    file: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One numbered or bulleted item of an eligibility section, or a statement of the structured fields.

    Args:
        id: ``I1``, ``E2`` … in the section's order; ``AGE`` and ``SEX`` for the structured fields.
        kind: Whether meeting it admits or bars the patient.
        order: Position among the criteria of its kind, from 1.
        text: Its words, verbatim, without its own marker; nested items keep theirs.
        span: Where `text` is within the source text (page, registry string or given text);
            ``(0, 0)`` for a statement of the structured fields.
        normalized: The same words made readable: lines unwrapped, escapes undone, lost spaces put back.
        parts: Its nested items.
        scope: The part of the trial it is for, as a heading names it ("part B"), or those
            of a list that it is among ("one of the following"); None for the whole.
        curation: Who set the expression by hand; None when it was read.
        replaced: The reading that was set aside for it.
        expression: What it says, formally.
    """

    id: str
    kind: Kind
    order: int
    text: str
    span: Span
    normalized: str
    parts: tuple[Part, ...] = ()
    scope: str | None = None
    curation: Curation | None = None
    replaced: Expression | None = None
    expression: Expression = field(kw_only=True)
