"""What can't be true, or can't be compared, is left out of a record, with a note."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from trialgraph.concepts import Concepts
from trialgraph.patients.facts import (
    Amount,
    CompletenessStatement,
    Demographics,
    Fact,
    ImportNote,
    ImportReport,
    LesionFact,
    Measurement,
    PatientRecord,
    in_order,
)
from trialgraph.units import conversion
from trialgraph.views import canonical_number

__all__ = ["amount_text", "checked", "size_in_mm"]

_LARGEST_LESION_MM = 1000.0


def checked(record: PatientRecord, concepts: Concepts, *, today: date | None = None) -> PatientRecord:
    """Return a record without values that can't be true or compared.

    Args:
        record: As read.
        concepts: For units, molar masses and plausible values.
        today: The day after which nobody can have been born; the real one by default.
    """
    notes = set(record.report.notes)
    facts: list[Fact] = []
    for fact in record.facts:
        kept, note = _checked_fact(fact, concepts)
        if kept is not None:
            facts.append(kept)
        if note is not None:
            notes.add(note)
    demographics, note = _checked_demographics(record.demographics, today or date.today())
    if note is not None:
        notes.add(note)
    report = ImportReport(record.report.resources, tuple(sorted(notes)))
    return replace(record, demographics=demographics, facts=in_order(facts), report=report)


def _checked_demographics(who: Demographics, today: date) -> tuple[Demographics, ImportNote | None]:
    if who.born is not None and who.born.low is not None and who.born.low > today:
        why = f"birth date {who.born} is in the future"
        return replace(who, born=None), ImportNote(who.source, "not used", why)
    return who, None


def _checked_fact(fact: Fact, concepts: Concepts) -> tuple[Fact | None, ImportNote | None]:
    if isinstance(fact, Measurement):
        why = _implausible(fact, concepts)
        return (None, ImportNote(fact.source, "not used", why)) if why else (fact, None)
    if isinstance(fact, LesionFact):
        bad = [size for size in fact.sizes if size_in_mm(size.value) is None]
        if bad:
            why = f"{amount_text(bad[0].value)} is not the size of a lesion"
            sizes = tuple(size for size in fact.sizes if size not in bad)
            return replace(fact, sizes=sizes), ImportNote(bad[0].source, "not used", why)
        return fact, None
    if not isinstance(fact, CompletenessStatement):
        unknown = [iri for iri in fact.what.concepts if iri not in concepts]
        if unknown:
            known = tuple(iri for iri in fact.what.concepts if iri in concepts)
            why = f"there is no concept {unknown[0]}"
            return replace(fact, what=replace(fact.what, concepts=known)), ImportNote(
                fact.source, "not mapped", why
            )
    return fact, None


def _implausible(fact: Measurement, concepts: Concepts) -> str:
    """Say why a measurement can't be used; empty when it can."""
    if len(fact.what.concepts) != 1 or fact.what.concepts[0] not in concepts:
        return f"{fact.what.text}: not exactly one known quantity"
    concept = concepts[fact.what.concepts[0]]
    shown = f"{concept.label} {amount_text(fact.value)}"
    if concept.unit is None:
        return f"{shown}: not a quantity"
    factor = conversion(fact.value.unit, concept.unit, concept.molar_mass)
    if factor is None:
        unit = f"unit {fact.value.unit!r}" if fact.value.unit else "no unit"
        return f"{shown}: {unit} can't be converted to {concept.unit}"
    low, high = concept.plausible or (0.0, float("inf"))
    ends = [canonical_number(end * factor) for end in (fact.value.low, fact.value.high) if end is not None]
    if any(not low <= end <= high for end in ends):
        return f"{shown}: not possible (expected {low:g} to {high:g} {concept.unit})"
    if fact.value.low is not None and fact.value.high is not None and fact.value.low > fact.value.high:
        return f"{shown}: ends below where it begins"
    return ""


def size_in_mm(amount: Amount) -> tuple[float, float] | None:
    """Return the range of a lesion's size in millimetres; None when it isn't one."""
    factor = conversion(amount.unit, "mm")
    if factor is None:
        return None
    low = canonical_number((amount.low or 0.0) * factor)
    high = _LARGEST_LESION_MM if amount.high is None else canonical_number(amount.high * factor)
    return (low, high) if 0 <= low <= high <= _LARGEST_LESION_MM else None


def amount_text(amount: Amount) -> str:
    """Return an amount in words: ``128 g/L``, ``<0.5 mg/dL``, ``5 to 6``."""
    unit = "" if amount.unit.startswith("{") else f" {amount.unit}" if amount.unit else ""
    if amount.low is not None and amount.low == amount.high:
        return f"{amount.low:g}{unit}"
    if amount.low is None and amount.high is not None:
        return f"{'<' if amount.high_open else '≤'}{amount.high:g}{unit}"
    if amount.high is None and amount.low is not None:
        return f"{'>' if amount.low_open else '≥'}{amount.low:g}{unit}"
    return f"{amount.low:g} to {amount.high:g}{unit}"
