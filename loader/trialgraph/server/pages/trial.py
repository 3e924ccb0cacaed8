"""A trial: its facts, its arms as a picture, its criteria with their readings, its contradictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.responses import Response

from trialgraph.catalogue import screenable_trial, stale_curations
from trialgraph.expressions import Fact, Narrative, atoms
from trialgraph.namespaces import OA, TRIAL
from trialgraph.server.pages import portraits
from trialgraph.server.pages.demands import demands_of
from trialgraph.server.pages.frame import page
from trialgraph.server.pages.memory import memory_of
from trialgraph.server.pages.readings import REASONS, Piece, Reading, concept_address, pieces, reading
from trialgraph.server.pages.records import Record, read_record
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial, compile_shapes
from trialgraph.shapes.quality import Finding, Severity, check_trial
from trialgraph.stores import Store

__all__ = ["SHOWN", "trial_page"]

SHOWN = ("all", "formal", "narrative")
"""Which criteria the page shows."""

_MOST_SIMILAR = 5


@dataclass(frozen=True, slots=True)
class _Criterion:
    """A criterion as the page shows it.

    Args:
        spoken: Concepts that its unread words only speak of, each with its page.
        reasons: Why what stays words does.
        shape: Its SHACL, and `rdf` what its graph states, in Turtle.
        span: Where its words begin and end, and in what; None when they are made of a field.
    """

    criterion: ScreenableCriterion
    pieces: Sequence[Piece]
    reading: Reading
    spoken: Sequence[tuple[str, str | None]]
    reasons: Sequence[str]
    shape: str
    rdf: str
    span: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class _Finding:
    """Something found about the record, in all the parts where it was found."""

    severity: Severity
    message: str
    parts: Sequence[str]


def trial_page(store: Store, nct: str, shown: str = "all") -> Response:
    """Return the page of a trial.

    Args:
        store: Where the trial is.
        nct: Registry number.
        shown: Which criteria, of `SHOWN`.
    Raises:
        HTTPException: 404 when the store has no such trial.
    """
    record = read_record(store, nct)
    if record is None:
        raise HTTPException(404, f"There is no trial {nct} in the store.")
    alone = record.alone()
    trial = screenable_trial(alone, nct)
    found = memory_of(store).recall(("findings", nct), partial(check_trial, alone, nct))
    criteria = [_criterion(record, trial, each) for each in trial.criteria if _is_shown(each, shown)]
    return page(
        "trial.html",
        trial=trial,
        record=record,
        facts=list(portraits.facts(record)),
        picture=portraits.picture(record),
        outcomes=portraits.outcomes(record),
        places=portraits.places(record),
        contacts=portraits.contacts(record),
        references=portraits.references(record),
        sources=portraits.sources(record),
        stale=stale_curations(alone, nct),
        findings=_findings(found),
        groups=_groups(criteria),
        shown=shown,
        counts=Counter("narrative" if each.is_narrative else "formal" for each in trial.criteria),
        similar=demands_of(store).similar(nct, _MOST_SIMILAR),
    )


def _is_shown(criterion: ScreenableCriterion, shown: str) -> bool:
    return shown == "all" or criterion.is_narrative == (shown == "narrative")


def _criterion(record: Record, trial: ScreenableTrial, criterion: ScreenableCriterion) -> _Criterion:
    iri = f"{TRIAL[trial.nct]}/criterion/{criterion.id}"
    selector = record.text(str(OA.hasSelector), iri)
    read = list(atoms(criterion.expression))
    mentions = [each for each in read if isinstance(each, Fact) and each.is_mention]
    span = (
        record.text(str(OA.start), selector),
        record.text(str(OA.end), selector),
        record.text("spanOf", selector),
    )
    return _Criterion(
        criterion=criterion,
        pieces=pieces(criterion.text, criterion.expression),
        reading=reading(criterion.expression),
        spoken=list(dict.fromkeys((each.concept_label, concept_address(each.concept)) for each in mentions)),
        reasons=list(dict.fromkeys(REASONS[each.reason] for each in read if isinstance(each, Narrative))),
        shape=compile_shapes(ScreenableTrial(trial.nct, trial.title, (criterion,))),
        rdf=record.turtle(iri),
        span=span if selector else None,
    )


def _groups(criteria: Sequence[_Criterion]) -> dict[str, list[_Criterion]]:
    """Return the criteria under the headings that the page has for them."""
    groups: dict[str, list[_Criterion]] = {"fields": [], "inclusion": [], "exclusion": []}
    for each in criteria:
        # what comes from the age and sex fields has no place in the source's text
        groups[each.criterion.kind if each.span else "fields"].append(each)
    return {name: found for name, found in groups.items() if found}


def _findings(found: Sequence[Finding]) -> list[_Finding]:
    def alike(finding: Finding) -> tuple[Severity, str]:
        return finding.severity, finding.message

    return [
        _Finding(severity, message, [each.part for each in same if each.part])
        for (severity, message), same in groupby(found, key=alike)
    ]
