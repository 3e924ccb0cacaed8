"""Trial pages saved as text: which layout a page has, and its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialgraph.errors import RecordError
from trialgraph.records import Source, TrialRecord
from trialgraph.sources.arms import tie_arms
from trialgraph.sources.descriptions import load_layouts
from trialgraph.sources.layouts import Layout
from trialgraph.sources.lines import Line
from trialgraph.sources.parts import PartReader
from trialgraph.sources.values import put

__all__ = ["PageReport", "read_page", "report_page"]


@dataclass(frozen=True, slots=True)
class PageReport:
    """A page's record, and what its layout left out.

    Args:
        record: The trial.
        unread: Lines that are neither a value, a label nor furniture of the layout. Their words are
            also in ``pageSection.unreadLines``.
    """

    record: TrialRecord
    unread: tuple[Line, ...]


def read_page(text: str, *, name: str, sha256: str, layouts: Sequence[Layout] | None = None) -> TrialRecord:
    """Return the trial that a page describes, in the registry's ``Study`` shape.

    Args:
        text: The page as its file decodes; `EligibilityText.offset` refers to it.
        name: File name, for messages and provenance.
        sha256: Hash of the file's bytes.
        layouts: The layouts to recognise; None means the packaged ones.
    Raises:
        RecordError: when the page is empty, has none of the layouts, or states no registry number.
    """
    return report_page(text, name=name, sha256=sha256, layouts=layouts).record


def report_page(text: str, *, name: str, sha256: str, layouts: Sequence[Layout] | None = None) -> PageReport:
    """Return what `read_page` returns, with the lines that were left unread."""
    layout = _recognised(text, name, load_layouts() if layouts is None else layouts)
    reader = PartReader(layout, text)
    study = reader.study
    nct = study.get("protocolSection", {}).get("identificationModule", {}).get("nctId")
    if nct is None:
        raise RecordError(
            "the page states no NCT number where its layout has it",
            where=name,
            advice=f"compare it with {layout.name!r} in data/layouts",
        )
    tie_arms(study)
    for line in reader.unread:
        put(study, "pageSection.unreadLines[]", line.text)
    updated = study.get("pageSection", {}).get("lastUpdated")
    source = Source(name, sha256, layout.name, updated=updated)
    return PageReport(TrialRecord(nct, study, source, reader.eligibility), reader.unread)


def _recognised(text: str, name: str, layouts: Sequence[Layout]) -> Layout:
    """Return the layout whose signature the page has; the longest one if it has several."""
    if not text.strip("\ufeff \t\r\n"):
        raise RecordError("the page is empty", where=name, advice="save the page's text again")
    found = [layout for layout in layouts if _has_signature(layout, text)]
    if not found:
        raise RecordError(
            f"a text page of an unknown layout (known: {', '.join(layout.name for layout in layouts)})",
            where=name,
            advice="use the registry's JSON, or describe the layout in data/layouts as docs/layouts.md shows",
        )
    return max(found, key=lambda layout: len(layout.signature))


def _has_signature(layout: Layout, text: str) -> bool:
    lines = {line.strip("\ufeff \t\r") for line in text.split("\n")}
    return lines.issuperset(layout.signature) and lines.isdisjoint(layout.without)
