"""Quantities that follow from others: age, creatinine clearance, the Child-Pugh score.

A part that isn't recorded makes the result an interval, not a guess.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from trialgraph.concepts import Concepts
from trialgraph.derivation.quantities import hull
from trialgraph.derivation.times import NOW, spanning
from trialgraph.namespaces import TGC
from trialgraph.patients.dates import date_text
from trialgraph.patients.facts import Demographics
from trialgraph.resources import product_folder
from trialgraph.units import conversion
from trialgraph.views import Interval, Quantity, canonical_number

__all__ = ["age", "child_pugh", "creatinine_clearance", "unscored"]

_AGE, _WEIGHT, _CREATININE, _CLEARANCE, _CHILD_PUGH = (
    str(TGC[name])
    for name in ("Age", "BodyWeight", "SerumCreatinine", "CreatinineClearance", "ChildPughScore")
)
_CLINICAL_PARTS = (str(TGC.Ascites), str(TGC.HepaticEncephalopathy))


class _Points(NamedTuple):
    points: tuple[int, int]
    range: Interval
    unit: str


def age(who: Demographics, as_of: date) -> Quantity | None:
    """Return the age in completed years; an interval when the birth date is partial."""
    if who.born is None or who.born.low is None or who.born.low > as_of:
        return None
    youngest = min(who.born.high or as_of, as_of)
    low, high = (relativedelta(as_of, day).years for day in (youngest, who.born.low))
    shown = f"born {date_text(who.born)}, age {low}" + ("" if low == high else f" or {high}")
    return Quantity(Interval(low, high), None, None, NOW, shown, (who.source,))


def creatinine_clearance(quantities: Mapping[str, Quantity], who: Demographics) -> Quantity | None:
    """Return the creatinine clearance in mL/min from age, weight, sex and serum creatinine.

    Returns:
        None when one of the four isn't recorded.
    Source: Cockcroft and Gault, Nephron 1976;16:31-41: (140 - age) x kg / (72 x mg/dL), and 0.85
        of that in women.
    """
    parts = [quantities.get(iri) for iri in (_AGE, _WEIGHT, _CREATININE)]
    known = [part for part in parts if part is not None]
    if who.sex is None or len(known) < len(parts):
        return None
    years, weight, creatinine = (part.value for part in known)
    if creatinine.low <= 0 or math.isinf(weight.high):
        return None
    factor = 0.85 if who.sex == "female" else 1.0

    def clearance(years: float, kilograms: float, creatinine: float) -> float:
        return canonical_number(factor * max(0.0, 140 - years) * kilograms / (72 * creatinine))

    parts_shown = "; ".join(part.shown for part in known)
    value = Interval(
        clearance(years.high, weight.low, creatinine.high), clearance(years.low, weight.high, creatinine.low)
    )
    return Quantity(
        value,
        None,
        None,
        spanning(part.ago for part in known[1:]),
        f"creatinine clearance {_span(value)} mL/min (Cockcroft-Gault: {parts_shown})",
        _evidence(known, (who.source,)),
        any(part.conflict for part in known),
    )


def unscored(
    quantities: Mapping[str, Quantity], who: Demographics, concepts: Concepts
) -> dict[str, tuple[str, ...]]:
    """Return the quantities that are worked out from others and aren't, with the parts they lack."""
    stated: dict[str, object] = {"birth date": who.born, "sex": who.sex}
    measured = {concepts.label(iri): quantities.get(iri) for iri in (_WEIGHT, _CREATININE)}
    parts: dict[str, Mapping[str, object]] = {
        _AGE: {"birth date": who.born},
        _CLEARANCE: {**stated, **measured},
        _CHILD_PUGH: {concepts.label(iri): quantities.get(iri) for iri in (*_parts(), *_CLINICAL_PARTS)},
    }
    return {
        score: tuple(name for name, known in of.items() if known is None)
        for score, of in parts.items()
        if score not in quantities
    }


def child_pugh(
    quantities: Mapping[str, Quantity], clinical: Callable[[str], bool | None], concepts: Concepts
) -> Quantity | None:
    """Return the Child-Pugh score from its parts, or the recorded one.

    Args:
        quantities: The latest results.
        clinical: Whether a condition is shown to be there (True) or not (False).
        concepts: For the units of the results.
    Returns:
        The recorded score where it agrees with the parts; where it contradicts them, a conflict
        that spans both. Without one, the sum of the parts: 1 to 3 points for each that is not
        recorded. None when no part is measured.
    Source: Pugh et al., Br J Surg 1973;60:646-9; INR in place of the prothrombin time, with the
        range 2.2 to 2.3, on which published versions differ, counted as 2 or 3 points.
    """
    recorded, computed = quantities.get(_CHILD_PUGH), _computed(quantities, clinical, concepts)
    if recorded is None or computed is None:
        return recorded or computed
    if recorded.value.low <= computed.value.high and computed.value.low <= recorded.value.high:
        return recorded
    return replace(
        recorded,
        value=hull([recorded.value, computed.value]),
        ago=spanning([recorded.ago, computed.ago]),
        shown=f"{recorded.shown}, but {computed.shown}",
        evidence=tuple(dict.fromkeys([*recorded.evidence, *computed.evidence])),
        conflict=True,
    )


def _computed(
    quantities: Mapping[str, Quantity], clinical: Callable[[str], bool | None], concepts: Concepts
) -> Quantity | None:
    measured = {part: quantities[part] for part in _parts() if part in quantities}
    if not measured:
        return None
    lacking = [concepts.label(part) for part in _parts() if part not in measured]
    low = high = 0
    for part in _parts():
        points = _points(measured[part].value, part, concepts) if part in measured else (1, 3)
        low, high = low + points[0], high + points[1]
    for part in _CLINICAL_PARTS:
        present = clinical(part)
        low += 2 if present else 1
        high += 1 if present is False else 3
        if present is not False:
            lacking.append(f"how severe the {concepts.label(part)} is" if present else concepts.label(part))
    value = Interval(low, high)
    shown = "; ".join(part.shown for part in measured.values())
    open_parts = f"; not recorded: {', '.join(lacking)}" if lacking else ""
    return Quantity(
        value,
        None,
        None,
        spanning(part.ago for part in measured.values()),
        f"Child-Pugh score {_span(value)} from {shown}{open_parts}",
        _evidence(list(measured.values())),
        any(part.conflict for part in measured.values()),
        lacking=tuple(lacking),
    )


def _points(value: Interval, part: str, concepts: Concepts) -> tuple[int, int]:
    """Return the least and most points that a result allows."""
    concept = concepts[part]
    allowed = []
    for row in _parts()[part]:
        factor = conversion(row.unit, concept.unit or "", concept.molar_mass)
        if factor is None:
            return 1, 3
        low, high = canonical_number(row.range.low * factor), canonical_number(row.range.high * factor)
        if _meets(value, Interval(low, high, row.range.low_open, row.range.high_open)):
            allowed.append(row.points)
    return min(points[0] for points in allowed), max(points[1] for points in allowed)


def _meets(one: Interval, other: Interval) -> bool:
    def below(first: Interval, second: Interval) -> bool:
        if first.high == second.low:
            return first.high_open or second.low_open
        return first.high < second.low

    return not below(one, other) and not below(other, one)


@lru_cache(maxsize=1)
def _parts() -> dict[str, list[_Points]]:
    found: dict[str, list[_Points]] = {}
    path = product_folder("data") / "records" / "child-pugh.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            stretch = Interval(
                float(row["low"]),
                float(row["high"] or math.inf),
                row["low_inclusive"] == "no",
                row["high_inclusive"] == "no",
            )
            points = int(row["points_low"]), int(row["points_high"])
            found.setdefault(str(TGC[row["part"]]), []).append(_Points(points, stretch, row["unit"]))
    return found


def _span(value: Interval) -> str:
    low, high = (f"{end:.3g}" for end in (value.low, value.high))
    return low if low == high else f"{low} to {high}"


def _evidence(parts: list[Quantity], further: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(source for part in parts for source in part.evidence), *further]))
