"""Lines of therapy: what one course of anticancer drugs is not.

Whether a drug was a second line takes a judgement of what came before and why. But who was given one
course and no more, in a record that has all of it, had no second line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from trialgraph.concepts import Concepts
from trialgraph.namespaces import TGC
from trialgraph.patients.facts import ExposureFact, PatientRecord, ProcedureFact
from trialgraph.views import Absence

__all__ = ["no_later_line"]

_ANTICANCER = str(TGC.SystemicAnticancerTherapy)
_LATER = str(TGC.LaterLineTherapy)
_BEGINNING = timedelta(days=31)
"""Drugs that are begun within it make one regimen."""
_PAUSE = timedelta(days=92)
"""The same drugs given again after no more than it go on with the course."""


def no_later_line(
    record: PatientRecord, concepts: Concepts, as_of: date, silent: Mapping[str, Absence]
) -> dict[str, Absence]:
    """Return why there was no second line of therapy or later one, by concept; empty where there may be.

    Args:
        record: The record.
        concepts: The class tree.
        as_of: The screening date.
        silent: The concepts of which every instance is recorded.
    """
    given = [
        fact
        for fact in record.facts
        if isinstance(fact, ExposureFact | ProcedureFact)
        and fact.certain
        and fact.began.exists(as_of) is not False
        and any(concepts.is_a(iri, _ANTICANCER) for iri in fact.what.concepts)
    ]
    if any(concepts.is_a(iri, _LATER) for fact in given for iri in fact.what.concepts):
        return {}
    reason = silent.get(_ANTICANCER)
    if not given or reason is None or not _is_one_course(given):
        return {}
    sources = tuple(sorted({fact.source for fact in given}))
    names = ", ".join(dict.fromkeys(fact.what.text for fact in given))
    why = reason.shown.removeprefix("none recorded; ")
    absence = Absence(
        f"one course of anticancer drugs recorded ({names}); {why}", (*sources, *reason.evidence)
    )
    return dict.fromkeys(concepts.descendants(_LATER), absence)


def _is_one_course(given: Collection[ExposureFact | ProcedureFact]) -> bool:
    """Whether drugs were begun together and not again after a pause, as far as the record dates them."""
    if len(given) == 1:
        return True
    dated = []
    for fact in given:
        low, high = fact.began.low, fact.began.high
        if low is None or high is None:
            return False
        ended = fact.ended.high if fact.ended and fact.ended.high else high
        dated.append((low, high, max(ended, high), frozenset(fact.what.concepts)))
    dated.sort(key=lambda each: (each[0], each[1], sorted(each[3])))
    first, end = dated[0][0], dated[0][2]
    regimen: set[str] = set()
    for low, high, until, drugs in dated:
        if high - first <= _BEGINNING:
            regimen |= drugs
        elif not drugs <= regimen or low - end > _PAUSE:
            return False
        end = max(end, until)
    return True
