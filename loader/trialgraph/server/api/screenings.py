"""The contract's JSON of a screening, as the JSON interface documents it.

Source: the design, section 7.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from trialgraph.patients.facts import NoteKind
from trialgraph.views import Completeness

__all__ = ["Screenings"]


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class CriterionVerdict(_Open):
    """The verdict on a criterion."""

    id: str
    kind: Literal["inclusion", "exclusion"]
    text: str
    verdict: Literal["pass", "fail", "unknown"] = Field(
        description="`pass`: it doesn't bar enrolment; `fail`: it does; `unknown`: the record doesn't show."
    )
    reason: Literal["missing", "conflict", "imprecise", "narrative"] | None
    explanation: str
    evidence: list[str] = Field(description="Resources of the record that it rests on.")
    axioms: list[str] = Field(description="Contestable axioms that it rests on.")
    changes: str | None = Field(None, description="Of a failed one, whether that may change.")


class Missing(_Open):
    """A fact that isn't in the record."""

    need: str
    settles: list[str] = Field(description="Ids of the criteria that it would settle.")


class TrialVerdict(_Open):
    """The verdict on a trial."""

    trial: str
    title: str
    verdict: Literal["eligible", "possible", "ineligible"]
    criteria: list[CriterionVerdict]
    missing: list[Missing]


class WorklistItem(_Open):
    """A fact that isn't in the record, and how much it would settle."""

    need: str
    trials: int
    criteria: int


class Note(_Open):
    """What became of a resource that isn't simply a fact."""

    resource: str
    kind: NoteKind
    why: str


class ImportReport(_Open):
    """What was read of the record, and what wasn't."""

    resources: int
    notes: list[Note]


class Screening(_Open):
    """A patient screened against trials."""

    patient: str
    as_of: date
    assumed_complete: list[Completeness]
    trials: list[TrialVerdict]
    worklist: list[WorklistItem]
    report: ImportReport


class Screenings(RootModel[Screening | list[Screening]]):
    """One patient's screening; of several, or of none, an array."""
