"""A screening as one HTML page that a coordinator can print and file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from textwrap import shorten

from jinja2 import Template

from trialgraph.expressions import Narrative
from trialgraph.grounds import Ground
from trialgraph.reports.templates import template_environment
from trialgraph.reports.terminal import because, uncovered_first
from trialgraph.screening import CriterionVerdict, Screening
from trialgraph.versions import versions

__all__ = ["REASONS", "Shown", "screening_page", "shown_together", "words_in_parts"]

REASONS = {
    "missing": "not in the record",
    "conflict": "the record contradicts itself",
    "imprecise": "the record is too imprecise",
    "narrative": "takes a person",
}
"""Why something is unknown, in words."""

_NOTES = {
    "not used": "not used",
    "not mapped": "not understood",
    "not counted": "doesn't count",
    "not read": "of no use for eligibility",
    "by text": "read by its words",
}
"""What became of a resource, in words: what a reader should look at comes first."""

_ENOUGH = 90
_SIGNS = {"pass": "✓", "fail": "✗", "unknown": "?"}


@dataclass(slots=True)
class Shown:
    """What a record shows of atoms of which it shows the same.

    Args:
        shown: What the record shows, with value and date.
        asked: What the criterion asks, in plain English.
        evidence: The resources that show it.
        axioms: Labels of the contestable axioms it rests on.
    """

    shown: str
    asked: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    axioms: list[str] = field(default_factory=list)


def screening_page(screening: Screening) -> str:
    """Return a self-contained HTML page; it refers to no other file and runs no script."""
    return _template().render(
        screening=screening,
        because=because,
        worklist=uncovered_first(screening.worklist),
        parts=words_in_parts,
        shown=shown_together,
        axioms={axiom.iri: axiom for axiom in screening.axioms},
        reasons=REASONS,
        signs=_SIGNS,
        notes=_NOTES,
        made_with=versions(),
    )


def shown_together(verdict: CriterionVerdict) -> list[Shown]:
    """Return what a verdict rests on, what is shown of several things alike told once."""
    told: dict[str, Shown] = {}
    for ground in verdict.grounds:
        row = told.setdefault(ground.finding.shown, Shown(ground.finding.shown))
        asked = _asked(ground, verdict)
        row.asked += [asked] if asked and asked not in row.asked else []
        row.evidence += [each for each in ground.finding.evidence if each not in row.evidence]
        row.axioms += [each for each in ground.finding.axioms if each not in row.axioms]
    return list(told.values())


def _asked(ground: Ground, verdict: CriterionVerdict) -> str:
    """Return what is asked; of words that no formal atom reads, as much as tells which they are."""
    if not isinstance(ground.asked, Narrative):
        return ground.reading
    words, whole = ("".join(text.split()).strip(".;") for text in (ground.reading, verdict.criterion.text))
    return "" if words == whole else f"“{shorten(ground.reading, _ENOUGH, placeholder='…')}”"


def words_in_parts(verdict: CriterionVerdict) -> Iterator[tuple[str, bool]]:
    """Yield a criterion's words in parts, each with whether a formal atom that decides was read there."""
    text, end = verdict.criterion.text, 0
    formal = (ground for ground in verdict.grounds if not isinstance(ground.asked, Narrative))
    for start, stop in sorted({ground.span for ground in formal}):
        if stop > max(start, end):
            yield text[end : max(start, end)], False
            yield text[max(start, end) : stop], True
            end = stop
    yield text[end:], False


@cache
def _template() -> Template:
    return template_environment("trialgraph.reports", ".").get_template("screening.html")
