"""What a record shows to be planned, under keys of its own: nothing of it was done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from trialgraph.concepts import Concepts
from trialgraph.derivation.closure import close
from trialgraph.derivation.shown import Shown
from trialgraph.derivation.times import NOW
from trialgraph.expressions import PLANNED
from trialgraph.patients.facts import PatientRecord, PlanFact
from trialgraph.views import Presence

__all__ = ["planned"]


def planned(
    record: PatientRecord, concepts: Concepts, axioms: Collection[str] | None, as_of: date
) -> dict[str, Presence]:
    """Return what is planned on a day, with everything that it is a kind of.

    A plan stands once it was stated and until the day comes that it is for: then it may have been done, or
    given up.

    Args:
        record: The record.
        concepts: The class tree.
        axioms: IRIs of the contestable axioms switched on; None for those on by default.
        as_of: The day.
    """
    shown = [
        Shown(iri, NOW, active=True, text=f"{fact.what.text} (planned for {fact.due})", source=fact.source)
        for fact in record.facts
        if isinstance(fact, PlanFact) and _stands(fact, as_of)
        for iri in fact.what.concepts
    ]
    return {f"{iri}{PLANNED}": there for iri, there in close(shown, (), concepts, axioms).present.items()}


def _stands(plan: PlanFact, as_of: date) -> bool:
    return plan.due.low is not None and plan.due.low > as_of and plan.stated.exists(as_of) is True
