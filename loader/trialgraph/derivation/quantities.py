"""The latest usable result of each quantity, in canonical units, as an interval."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from trialgraph.concepts import Axiom, Concept, Concepts
from trialgraph.derivation.times import ago, spanning
from trialgraph.patients.checks import amount_text
from trialgraph.patients.dates import DateRange, date_text
from trialgraph.patients.facts import Amount, Measurement, Standing
from trialgraph.units import conversion
from trialgraph.views import Interval, Quantity, canonical_number

__all__ = ["Dated", "convert_scores", "hull", "latest", "measured_quantities"]


_OF_UPPER: Mapping[str, Interval] = {
    "below": Interval(0.0, 1.0),
    "normal": Interval(0.0, 1.0),
    "above": Interval(1.0, math.inf, low_open=True),
}
_OF_LOWER: Mapping[str, Interval] = {
    "below": Interval(0.0, 1.0, high_open=True),
    "normal": Interval(1.0, math.inf),
    "above": Interval(1.0, math.inf),
}
"""Multiples of the limits of normal, by where a result is stated to lie."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A value with the days on which it may have been so."""

    value: Interval
    when: DateRange
    source: str
    shown: str
    times_uln: Interval | None = None
    times_lln: Interval | None = None
    at: datetime | None = None
    certain: bool = True


def measured_quantities(
    measurements: Iterable[Measurement], concepts: Concepts, as_of: date
) -> dict[str, Quantity]:
    """Return the latest result of each measured quantity, by concept IRI."""
    by_concept: dict[str, list[Dated]] = defaultdict(list)
    for measurement in measurements:
        (iri,) = measurement.what.concepts
        dated = _dated(measurement, concepts[iri])
        if dated is not None:
            by_concept[iri].append(dated)
    found = {iri: latest(each, as_of) for iri, each in by_concept.items()}
    return {iri: quantity for iri, quantity in sorted(found.items()) if quantity is not None}


def _dated(measurement: Measurement, concept: Concept) -> Dated | None:
    factor = conversion(measurement.value.unit, concept.unit or "", concept.molar_mass)
    if factor is None:
        return None
    floor = -math.inf if concept.plausible and concept.plausible.low < 0 else 0.0
    value = _interval(measurement.value, factor, floor)
    high, low = measurement.normal_high, measurement.normal_low
    return Dated(
        value,
        measurement.when,
        measurement.source,
        f"{concept.label} {amount_text(measurement.value)}{_on(measurement.when)}",
        _multiple(measurement.value, high, floor) or _stated(measurement.standing, _OF_UPPER),
        _multiple(measurement.value, low, floor) or _stated(measurement.standing, _OF_LOWER),
        measurement.at,
        measurement.certain,
    )


def _stated(standing: Standing, multiples: Mapping[str, Interval]) -> Interval | None:
    """Return the multiple of a limit of normal that a laboratory's interpretation leaves open."""
    return multiples.get(standing)


def _interval(amount: Amount, factor: float, floor: float) -> Interval:
    low = floor if amount.low is None else canonical_number(amount.low * factor)
    high = math.inf if amount.high is None else canonical_number(amount.high * factor)
    return Interval(low, high, amount.low is not None and amount.low_open, amount.high_open)


def _multiple(amount: Amount, limit: float | None, floor: float) -> Interval | None:
    return _interval(amount, 1 / limit, floor) if limit is not None and limit > 0 else None


def _on(when: DateRange) -> str:
    text = date_text(when)
    return " (undated)" if text == "../.." else f" on {text}"


def latest(results: Sequence[Dated], as_of: date) -> Quantity | None:
    """Return the latest of dated values as of a day; None when none is known to exist by then.

    A result that another one surely follows is out of date. Where imprecise dates leave open which
    is the latest, the value spans all that may be; where results of the very same day can't both
    be true, it spans them and is a conflict. A result whose date straddles the day may not exist
    yet: alone it isn't used, beside others the value spans it too. So it is with a
    result that isn't verified, unless a verified one of its day or later takes its place.
    """
    certain = [each for each in results if each.certain and each.when.exists(as_of) is True]
    if not certain:
        return None
    straddling = [
        each
        for each in results
        if each not in certain
        and each.when.exists(as_of) is not False
        and (each.certain or not any(_replaces(other, each) for other in certain))
    ]
    current = [each for each in certain if not any(_after(other, each) for other in certain)]
    current = sorted(
        [*current, *straddling], key=lambda each: (date_text(each.when), each.source, each.shown)
    )
    same_day = (
        len({(each.when.low, each.when.high) for each in current}) == 1 and current[0].when.low is not None
    )
    exact_day = same_day and current[0].when.low == current[0].when.high
    value = _common([each.value for each in current]) if exact_day else None
    conflict = exact_day and value is None
    return Quantity(
        value or hull([each.value for each in current]),
        _hull_of([each.times_uln for each in current]),
        _hull_of([each.times_lln for each in current]),
        spanning(ago(each.when, as_of) for each in current),
        "; ".join(dict.fromkeys(each.shown for each in current)),
        tuple(dict.fromkeys(each.source for each in current)),
        conflict,
    )


def _replaces(verified: Dated, other: Dated) -> bool:
    low, high = verified.when.low, other.when.high
    return low is not None and high is not None and low >= high


def _after(later: Dated, earlier: Dated) -> bool:
    low, high = later.when.low, earlier.when.high
    if later.at is not None and earlier.at is not None:
        return later.at > earlier.at
    return low is not None and high is not None and low > high


def hull(intervals: Sequence[Interval]) -> Interval:
    """Return the smallest interval that covers all."""
    low = min(each.low for each in intervals)
    high = max(each.high for each in intervals)
    return Interval(
        low,
        high,
        all(each.low_open for each in intervals if each.low == low),
        all(each.high_open for each in intervals if each.high == high),
    )


def _hull_of(intervals: Sequence[Interval | None]) -> Interval | None:
    known = [each for each in intervals if each is not None]
    return hull(known) if known and len(known) == len(intervals) else None


def _common(intervals: Sequence[Interval]) -> Interval | None:
    """Return what all intervals share; None when they have nothing in common."""
    low = max(each.low for each in intervals)
    high = min(each.high for each in intervals)
    low_open = any(each.low_open for each in intervals if each.low == low)
    high_open = any(each.high_open for each in intervals if each.high == high)
    if low > high or (low == high and (low_open or high_open)):
        return None
    return Interval(low, high, low_open, high_open)


def convert_scores(
    quantities: dict[str, Quantity], axioms: Iterable[Axiom], enabled: Collection[str]
) -> dict[str, Quantity]:
    """Return the quantities that contestable axioms read from others, where nothing is measured."""
    found = {}
    for axiom in axioms:
        source = quantities.get(axiom.converts_from or "")
        target = axiom.converts_to
        if axiom.iri not in enabled or source is None or target is None or target in quantities:
            continue
        steps = [
            Interval(step.target.low, step.target.high)
            for step in axiom.conversion
            if _common([source.value, Interval(step.source.low, step.source.high)]) is not None
        ]
        if steps:
            found[target] = replace(
                source,
                value=hull(steps),
                times_uln=None,
                times_lln=None,
                shown=f"{source.shown}, by {axiom.label}",
                axioms=(*source.axioms, axiom.iri),
            )
    return found
