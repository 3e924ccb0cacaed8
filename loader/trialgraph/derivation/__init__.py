"""From a patient record to the screening view as of one date.

The order is fixed: facts that exist by then, what they show with its closure over the class tree,
what silence shows where the record is complete, and the numbers that follow from all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeVar

from trialgraph.concepts import Concepts
from trialgraph.derivation.bounds import latest_possible
from trialgraph.derivation.closure import Closed, close
from trialgraph.derivation.lesions import (
    MALIGNANCY,
    METASTASIS,
    Lesion,
    large_lesions,
    lesion_quantities,
    lesions_of,
    related_metastases,
    shown_by_lesions,
    stated_numbers,
)
from trialgraph.derivation.lines import no_later_line
from trialgraph.derivation.malignancies import (
    OTHERS,
    no_second_cancer,
    other_malignancies,
    since_cancer,
    with_spread,
)
from trialgraph.derivation.ondemand import Layers, OnDemand
from trialgraph.derivation.plans import planned
from trialgraph.derivation.qualities import over_now, qualified, without_grades, without_qualities
from trialgraph.derivation.quantities import convert_scores, measured_quantities
from trialgraph.derivation.scores import age, child_pugh, creatinine_clearance, unscored
from trialgraph.derivation.shown import Denied, Shown, Sorted, sorted_facts
from trialgraph.derivation.silence import completeness_reasons, crossings, is_placed, silent_concepts
from trialgraph.derivation.times import NOW
from trialgraph.exemptions import NAMED
from trialgraph.malignancies import AGAIN
from trialgraph.namespaces import TGC
from trialgraph.patients.facts import CompletenessStatement, Demographics, PatientRecord
from trialgraph.patients.tumours import organs
from trialgraph.views import Absence, Completeness, Quantity, ScreeningView
from trialgraph.vocabularies import known_concepts

__all__ = ["screening_view"]

Entry = TypeVar("Entry")

_AGE, _CHILD_PUGH, _CLEARANCE = (str(TGC[name]) for name in ("Age", "ChildPughScore", "CreatinineClearance"))
_SEXES = {"female": str(TGC.FemaleSex), "male": str(TGC.MaleSex)}


def screening_view(
    record: PatientRecord,
    as_of: date,
    *,
    assume_complete: Collection[Completeness] = (),
    axioms: Collection[str] | None = None,
    concepts: Concepts | None = None,
) -> ScreeningView:
    """Return what a patient's record shows as of a date.

    Args:
        record: The record.
        as_of: The screening date; what is dated after it doesn't exist yet.
        assume_complete: Categories assumed to hold everything there is. Never measurements.
        axioms: IRIs of the contestable axioms switched on; None for those on by default.
        concepts: The ontology; the packaged one and, of imported vocabularies, what the record names
            by default. Include imported concepts whose absence matters.
    """
    concepts = (concepts or known_concepts()).including(_named(record))
    found = sorted_facts(record, concepts, as_of)
    lesions = lesions_of(found, concepts, as_of)
    found.shown += [*shown_by_lesions(lesions), *large_lesions(lesions, found, concepts)]
    _keep_open(found, lesions)
    _keep_sites_open(found, concepts)
    found.shown = [*since_cancer(found, concepts, as_of), *_sex(record.demographics)]
    denied = [*found.denied, *_impossible(record.demographics, concepts)]
    shown = [*found.shown, *related_metastases(found, concepts)]
    closed = close(shown, denied, concepts, axioms, found.doubts)
    reasons = completeness_reasons(found, assume_complete)
    silent = _undisputed(silent_concepts(found, concepts, reasons, axioms), closed)
    recorded = _absent(closed, silent, concepts)
    scored = _quantities(record, found, closed, recorded, silent, concepts, axioms, as_of)
    counted = lesion_quantities(lesions, closed.present, found, concepts, complete="lesions" in reasons)
    other, no_other = other_malignancies(found, concepts, silent, recorded)
    others = dict.fromkeys(OTHERS, no_other) if no_other is not None else {}
    once = no_second_cancer(found, concepts)
    lines = no_later_line(record, concepts, as_of, silent)
    graded = without_grades(found, closed, silent, concepts, axioms)
    other_than = without_qualities(found, closed, silent, concepts, axioms)
    absent = Layers({AGAIN: once} if once is not None else {}, graded, others, lines, recorded, other_than)
    present = closed.present | (dict.fromkeys(OTHERS, other) if other is not None else {})
    present |= planned(record, concepts, axioms, as_of)
    over = over_now(shown, closed.present, concepts, axioms)
    found.shown = with_spread(found, concepts, complete="conditions" in reasons)
    for key, presence, is_over in qualified(found, closed, concepts, axioms):
        present[key] = presence
        over |= {key} if is_over else set()
    return ScreeningView(
        patient=record.id,
        as_of=as_of,
        assumed=tuple(sorted(set(assume_complete))),
        quantities=Layers(stated_numbers(counted, scored), counted, scored),
        present=present,
        absent=absent,
        inactive=Layers(absent, _inactive(closed, silent, found, concepts)),
        complete=Layers(others, recorded, silent),
        conflicts=closed.conflicts,
        over=over,
        unscored=unscored(scored, record.demographics, concepts),
        latest=_undisputed(latest_possible(found, concepts, reasons, axioms), closed),
    )


def _named(record: PatientRecord) -> set[str]:
    stated = (fact for fact in record.facts if not isinstance(fact, CompletenessStatement))
    return {iri for fact in stated for iri in fact.what.concepts}


def _keep_open(found: Sorted, lesions: list[Lesion]) -> None:
    """Note what lesions may be: of one whose nature is open, that it is a metastasis in its organ."""
    for lesion in lesions:
        may_be = set() if lesion.certain else set(lesion.kinds)
        if not lesion.named:
            may_be.add(MALIGNANCY)
        if lesion.open_site:
            there = {entry.metastasis for entry in organs() if entry.name == lesion.fact.organ}
            may_be |= {iri for iri in there if iri} or {METASTASIS}
        for iri in sorted(may_be):
            found.possible[iri].append(lesion.fact.source)


def _keep_sites_open(found: Sorted, concepts: Concepts) -> None:
    """Note that a metastasis may be in any organ, where none is recorded with its organ."""
    spread = [fact for fact in found.shown if concepts.is_a(fact.concept, METASTASIS)]
    if not any(is_placed(fact.concept, concepts) for fact in spread):
        for fact in spread:
            found.possible[METASTASIS].append(fact.source)


def _sex(who: Demographics) -> list[Shown]:
    if who.sex is None:
        return []
    return [Shown(_SEXES[who.sex], NOW, active=True, text=f"{who.sex} patient", source=who.source)]


def _impossible(who: Demographics, concepts: Concepts) -> list[Denied]:
    """Return what can't be in a patient of this sex."""
    if who.sex is None:
        return []
    text = f"{who.sex} patient"
    return [Denied(iri, NOW, text, who.source) for iri in concepts.once(_not_in, _SEXES[who.sex])]


def _not_in(concepts: Concepts, sex: str) -> list[str]:
    others = concepts.excludes(sex)
    return [iri for iri in concepts if concepts.only_in(iri) in others]


def _undisputed(entries: Mapping[str, Entry], closed: Closed) -> Mapping[str, Entry]:
    """Return entries without those of concepts on which the record contradicts itself."""
    return OnDemand(lambda: entries, lambda iri: None if iri in closed.conflicts else entries.get(iri))


def _absent(closed: Closed, silent: Mapping[str, Absence], concepts: Concepts) -> Mapping[str, Absence]:
    """Return what is not there, with its subclasses: by a fact first, otherwise by silence."""

    def absence(iri: str) -> Absence | None:
        if iri in closed.absent:
            return closed.absent[iri]
        if iri.endswith(NAMED):
            return silent.get(iri)
        if iri in closed.present or iri in closed.conflicts or not concepts.includes(iri):
            return None
        for above in concepts.once(_upwards, iri):
            if above not in closed.present and (reason := silent.get(above)) is not None:
                return reason
        return None

    return OnDemand(lambda: sorted(concepts), absence)


def _upwards(concepts: Concepts, iri: str) -> tuple[str, ...]:
    return (iri, *sorted(concepts.ancestors(iri)))


def _inactive(
    closed: Closed, silent: Mapping[str, Absence], found: Sorted, concepts: Concepts
) -> dict[str, Absence]:
    """Return what is there and not ongoing: all of it over, and nothing unrecorded."""
    over = {
        iri: Absence(presence.shown, presence.evidence, presence.axioms)
        for iri, presence in closed.present.items()
        if presence.active is False and iri in silent
    }
    looked_for = {
        iri: reason
        for iri, reason in closed.over.items()
        if iri in closed.present and closed.present[iri].active is False
    }
    crossed = {
        iri: over[parent]
        for iri in sorted(crossings(found, concepts))
        for parent in concepts[iri].parents
        if parent in over
    }
    return {**crossed, **over, **looked_for}


def _quantities(
    record: PatientRecord,
    found: Sorted,
    closed: Closed,
    absent: Mapping[str, Absence],
    silent: Mapping[str, Absence],
    concepts: Concepts,
    axioms: Collection[str] | None,
    as_of: date,
) -> dict[str, Quantity]:
    quantities = measured_quantities(found.measurements, concepts, as_of)
    # An age that was once recorded is not today's.
    quantities.pop(_AGE, None)
    years = age(record.demographics, as_of)
    if years is not None:
        quantities[_AGE] = years
    clearance = creatinine_clearance(quantities, record.demographics)
    if clearance is not None:
        quantities.setdefault(_CLEARANCE, clearance)

    def clinical(iri: str) -> bool | None:
        if iri in absent:
            return False
        presence = closed.present.get(iri)
        if presence is None or iri in closed.conflicts:
            return None
        return True if presence.active else (False if presence.active is False and iri in silent else None)

    score = child_pugh(quantities, clinical, concepts)
    if score is not None:
        quantities[_CHILD_PUGH] = score
    enabled = concepts.default_axioms if axioms is None else axioms
    return quantities | convert_scores(quantities, concepts.axioms.values(), enabled)
