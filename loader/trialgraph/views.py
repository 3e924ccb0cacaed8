"""The screening view: what a patient's record shows as of one date.

The view is derived, never stored. It holds intervals for quantities, what the record shows to be
present, and what it shows (or the caller assumes) to be absent. Whatever it doesn't hold is
unknown.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from urllib.parse import quote

from rdflib import RDF, Graph, URIRef
from rdflib import Literal as RdfLiteral

from trialgraph.namespaces import BASE, TG, TGC

__all__ = [
    "Absence",
    "Completeness",
    "Interval",
    "Presence",
    "Quantity",
    "ScreeningView",
    "TimeAgo",
    "canonical_number",
    "view_graph",
]

Completeness = Literal["conditions", "treatments", "procedures", "lesions", "allergies"]


def canonical_number(number: float) -> float:
    """Return a number rounded to twelve significant digits, so that conversions compare as equal."""
    return float(f"{number:.12g}")


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a number lies; an infinite or open end says that the record doesn't pin it down."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class TimeAgo:
    """How long before the screening date something last was, as a range of what the dates allow.

    Days are calendar days. Months are the least number of calendar months that, taken from the
    screening date, reach back to it or before; "within 6 months" is months <= 6. An infinite
    maximum says that the record doesn't date it.
    """

    days_min: float
    days_max: float
    months_min: float
    months_max: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """The latest usable measurement of one quantity.

    Args:
        value: In the concept's canonical unit.
        times_uln: As a multiple of the result's own upper limit of normal; None without one.
        times_lln: The same for the lower limit.
        ago: When it was measured.
        shown: The result in the record's own words, such as ``128 g/L on 2025-08-26``.
        evidence: Resources it was read from, such as ``Observation/hb-1``.
        conflict: Results of the same day disagree; the interval spans them.
        axioms: Contestable axioms used.
        lacking: Of what is worked out, the parts that aren't recorded and would narrow it.
    """

    value: Interval
    times_uln: Interval | None
    times_lln: Interval | None
    ago: TimeAgo
    shown: str
    evidence: tuple[str, ...]
    conflict: bool = False
    axioms: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Presence:
    """Something the record shows of the patient, at any time up to the screening date.

    Args:
        ago: When it was last so; zero for what is ongoing.
        active: True when it is shown to be ongoing, False when shown to be over, None otherwise.
        shown: The record's own words with the date.
        evidence: Resources it was read from.
        axioms: Contestable axioms used.
    """

    ago: TimeAgo
    active: bool | None
    shown: str
    evidence: tuple[str, ...]
    axioms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """Something the record shows the patient not to have.

    Args:
        shown: Why: the statement of completeness, the negative result, the assumption.
        evidence: Resources it was read from; empty for an assumption.
        axioms: Contestable axioms used.
    """

    shown: str
    evidence: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """What one patient's record shows as of one date. Keys are concept IRIs.

    Args:
        patient: Identifier of the patient in the record.
        as_of: The screening date.
        assumed: Categories that the caller assumes to be complete.
        quantities: Latest measurement per quantity; derived scores and counts among them.
        present: What is shown present, closed upwards over the class tree.
        absent: What is shown absent, closed downwards. A concept is never in both, unless the
            record contradicts itself: then it is in `conflicts` and in neither.
        inactive: What is shown to be not ongoing (absent altogether, or resolved).
        complete: Concepts of which every instance up to the screening date is recorded, so that the
            latest recorded one is the latest; the reason is given. What is absent is also complete.
        conflicts: Concepts on which the record contradicts itself, with the evidence.
        over: Concepts of `present` that are stated to be over, and are of a kind that passes: a
            condition, not a treatment, an acute event or a cancer. They are there as history only.
        latest: Where a record is complete in all that could show a concept, when it may last have
            been so at the latest: the least days and months of its time count.
        unscored: Quantities that could be worked out, by the names of the parts that aren't recorded.
    """

    patient: str
    as_of: date
    assumed: tuple[Completeness, ...] = ()
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    present: Mapping[str, Presence] = field(default_factory=dict)
    absent: Mapping[str, Absence] = field(default_factory=dict)
    inactive: Mapping[str, Absence] = field(default_factory=dict)
    complete: Mapping[str, Absence] = field(default_factory=dict)
    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    over: Collection[str] = frozenset()
    latest: Mapping[str, Presence] = field(default_factory=dict)
    unscored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def view_graph(view: ScreeningView, read: Collection[tuple[str, str]] | None = None) -> Graph:
    """Return a view as the flat RDF that eligibility shapes are validated over.

    One node of class ``tg:ScreeningView``; numbers are ``xsd:decimal`` and infinite ends are left
    out, so that a shape that needs one finds none.

    Args:
        view: The view.
        read: What the shapes read of a view: keys with ends of their numbers, or with lists that they
            are looked for in, such as ``(tgc:ECOG, "low")`` and ``(tgc:Pregnancy, "lacks")``. The
            rest is left out then. None for all.
    """
    graph = Graph(bind_namespaces="none" if read is not None else "rdflib")
    if read is None:
        graph.bind("tg", TG)
        graph.bind("tgc", TGC)
    node = URIRef(f"{BASE}view/{quote(view.patient, safe='')}")
    graph.add((node, RDF.type, TG.ScreeningView))
    graph.add((node, TG.asOf, RdfLiteral(view.as_of)))
    for category in view.assumed:
        graph.add((node, TG.assumedComplete, RdfLiteral(category)))
    view = view if read is None else _cut(view, read)
    for list_name, keys in _lists(view):
        for key in keys:
            if read is None or (key, list_name) in read:
                graph.add((node, TG[list_name], URIRef(key)))
    for key, end, number in _numbers(view):
        if math.isfinite(number) and (read is None or (key, end) in read):
            decimal = Decimal(repr(canonical_number(number)))
            graph.add((node, URIRef(f"{key}-{end}"), RdfLiteral(decimal)))
    return graph


_TOLD_BY: Mapping[str, tuple[str, ...]] = {
    "has": ("present",),
    "hasActive": ("present",),
    "hasStill": ("present",),
    "lacks": ("absent",),
    "lacksActive": ("absent", "inactive"),
    "hasResultOf": ("quantities",),
    **dict.fromkeys(("low", "high", "above", "below"), ("quantities",)),
    **dict.fromkeys(("daysAgoMin", "daysAgoMax", "monthsAgoMin", "monthsAgoMax"), ("present", "quantities")),
    **dict.fromkeys(("daysAgoLatest", "monthsAgoLatest"), ("latest",)),
}
"""The parts of a view that a list, or an end of a key's number, is written from."""


def _cut(view: ScreeningView, read: Collection[tuple[str, str]]) -> ScreeningView:
    """Return the part of a view that some lists and numbers are written from: the rest isn't worked out."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for key, end in read:
        for part in _TOLD_BY[end]:
            wanted[part].add(key)
    measured = {key.removesuffix("-timesULN").removesuffix("-timesLLN") for key in wanted["quantities"]}
    return replace(
        view,
        quantities={key: view.quantities[key] for key in measured if key in view.quantities},
        present={key: view.present[key] for key in wanted["present"] if key in view.present},
        absent={key: view.absent[key] for key in wanted["absent"] if key in view.absent},
        inactive={key: view.inactive[key] for key in wanted["inactive"] if key in view.inactive},
        latest={key: view.latest[key] for key in wanted["latest"] if key in view.latest},
    )


def _numbers(view: ScreeningView) -> Iterator[tuple[str, str, float]]:
    """Yield the numbers of a view: key, end, number."""
    for key, presence in view.present.items():
        yield from _ago_numbers(key, presence.ago)
    for key, bound in view.latest.items():
        if key not in view.conflicts:
            yield key, "daysAgoLatest", bound.ago.days_min
            yield key, "monthsAgoLatest", bound.ago.months_min
    for key, quantity in view.quantities.items():
        yield from _ago_numbers(key, quantity.ago)
        yield from _interval_numbers(key, quantity.value)
        for suffix, multiple in (("-timesULN", quantity.times_uln), ("-timesLLN", quantity.times_lln)):
            if multiple is not None:
                yield from _interval_numbers(key + suffix, multiple)


def _lists(view: ScreeningView) -> Iterator[tuple[str, Iterable[str]]]:
    certain = {key: presence for key, presence in view.present.items() if key not in view.conflicts}
    yield "has", certain
    yield "hasActive", (key for key, presence in certain.items() if presence.active)
    yield "lacks", (key for key in view.absent if key not in view.conflicts)
    yield "lacksActive", (key for key in {**view.absent, **view.inactive} if key not in view.conflicts)
    yield "hasStill", (key for key in certain if key not in view.over)
    yield "hasResultOf", view.quantities


def _interval_numbers(key: str, interval: Interval) -> Iterator[tuple[str, str, float]]:
    yield key, "low", interval.low
    yield key, "high", interval.high
    if interval.low_open:
        yield key, "above", interval.low
    if interval.high_open:
        yield key, "below", interval.high


def _ago_numbers(key: str, ago: TimeAgo) -> Iterator[tuple[str, str, float]]:
    yield key, "daysAgoMin", ago.days_min
    yield key, "daysAgoMax", ago.days_max
    yield key, "monthsAgoMin", ago.months_min
    yield key, "monthsAgoMax", ago.months_max
