"""Lesions: which kinds of lesion each is, and how many, in how many organs, how large they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from trialgraph.concepts import Concepts
from trialgraph.derivation.ondemand import OnDemand
from trialgraph.derivation.quantities import Dated, hull, latest
from trialgraph.derivation.shown import Shown, Sorted
from trialgraph.derivation.times import NOW, spanning
from trialgraph.namespaces import TGC
from trialgraph.patients import tumours
from trialgraph.patients.checks import amount_text, size_in_mm
from trialgraph.patients.dates import date_text
from trialgraph.patients.facts import LesionFact, LesionSize
from trialgraph.views import Interval, Presence, Quantity

__all__ = [
    "MALIGNANCY",
    "METASTASIS",
    "Lesion",
    "large_lesions",
    "lesion_quantities",
    "lesions_of",
    "related_metastases",
    "shown_by_lesions",
    "stated_numbers",
]

MALIGNANCY = str(TGC.MalignantNeoplasm)
METASTASIS = str(TGC.MetastaticMalignantNeoplasm)
_LESION = str(TGC.TumorLesion)
_FINDING = str(TGC.LesionFinding)
_STATUS = str(TGC.DiseaseStatus)
_LOCAL = (str(TGC.LocalTherapy), str(TGC.Radiotherapy))
_LARGE = str(TGC.LesionOfTenMillimeters)
_LARGE_MM = 10
_NUMBERS = ("count", "organs", "size")


@dataclass(frozen=True, slots=True)
class Lesion:
    """A lesion as of one date.

    Args:
        fact: What the record states of it.
        certain: It is known to have been there by then.
        kinds: What it surely is: a lesion of its organ, of a cancer, a metastasis.
        named: Its cancer is known.
        open_site: Whether it is a metastasis is open: it isn't known to lie where its primary does.
        size: Its latest largest diameter in millimetres; None when never measured.
    """

    fact: LesionFact
    certain: bool
    kinds: frozenset[str]
    named: bool
    open_site: bool
    size: Quantity | None


def lesions_of(found: Sorted, concepts: Concepts, as_of: date) -> list[Lesion]:
    """Return the lesions that a record shows as of a day."""
    return [_lesion(fact, found, concepts, as_of, exists=exists) for fact, exists in found.lesions]


def _lesion(
    fact: LesionFact, found: Sorted, concepts: Concepts, as_of: date, *, exists: bool | None
) -> Lesion:
    related = [found.conditions[source] for source in fact.related if source in found.conditions]
    cancers = set(fact.what.concepts)
    at_primary = False
    for condition in related:
        for iri in condition.what.concepts:
            cancers |= _of_cancer(iri, fact.organ, concepts)
            metastatic = concepts.is_a(iri, METASTASIS)
            at_primary |= not metastatic and bool(fact.organ) and fact.organ == condition.organ
    general = {
        above for iri in cancers for above in concepts.ancestors(iri) if iri not in concepts.ancestors(above)
    }
    cancers = {iri for iri in cancers - general if concepts.is_a(iri, MALIGNANCY)}
    if any(_lies_elsewhere(iri, fact.organ) for iri in cancers):
        cancers = set()
    metastatic = any(concepts.is_a(iri, METASTASIS) for iri in cancers)
    place = {organ.lesion for organ in tumours.organs() if organ.name == fact.organ and organ.lesion} or {
        _LESION
    }
    sizes = [dated for size in fact.sizes if (dated := _dated(size)) is not None]
    return Lesion(
        fact,
        exists is True,
        frozenset(cancers | place),
        bool(cancers),
        not metastatic and not at_primary,
        latest(sizes, as_of) if sizes else None,
    )


def _of_cancer(iri: str, organ: str, concepts: Concepts) -> set[str]:
    """Return what a lesion of a condition is; one of a metastasis is that of its organ."""
    there = {each.metastasis for each in tumours.organs() if each.name == organ and each.metastasis}
    return {iri} | {metastasis for metastasis in there if concepts.is_a(metastasis, iri)}


def _lies_elsewhere(iri: str, organ: str) -> bool:
    """Whether a kind of lesion is of another organ than the one a lesion lies in."""
    if not organ:
        return False
    of = {each.name for each in tumours.organs() if iri in (each.metastasis, each.lesion)}
    return bool(of) and organ not in of


def _dated(size: LesionSize) -> Dated | None:
    bounds = size_in_mm(size.value)
    if bounds is None:
        return None
    interval = Interval(*bounds, size.value.low_open, size.value.high_open)
    shown = f"{amount_text(size.value)} on {date_text(size.when)}"
    return Dated(interval, size.when, size.source, shown)


def shown_by_lesions(lesions: Iterable[Lesion]) -> list[Shown]:
    """Return what the lesions show to be there: they are ongoing."""
    return [
        Shown(iri, NOW, active=True, text=f"lesion: {lesion.fact.what.text}", source=lesion.fact.source)
        for lesion in lesions
        if lesion.certain
        for iri in sorted(lesion.kinds)
    ]


def large_lesions(lesions: Iterable[Lesion], found: Sorted, concepts: Concepts) -> list[Shown]:
    """Return the lesions that are large enough to be measured; none where one may have been treated."""
    soft = {organ.name for organ in tumours.organs() if organ.soft}
    if any(concepts.is_a(fact.concept, kind) for fact in found.shown for kind in _LOCAL):
        return []
    return [
        Shown(_LARGE, lesion.size.ago, active=True, text=_measured(lesion), source=lesion.fact.source)
        for lesion in lesions
        if lesion.certain and lesion.named and lesion.size and lesion.fact.organ in soft
        if lesion.size.value.low >= _LARGE_MM
    ]


def _measured(lesion: Lesion) -> str:
    return f"lesion: {lesion.fact.what.text} {lesion.size.shown if lesion.size else ''}"


def related_metastases(found: Sorted, concepts: Concepts) -> list[Shown]:
    """Return what metastases are by the cancers that they are stated to have arisen from.

    A liver metastasis of a rectal cancer is a colorectal liver metastasis.
    """
    joint = []
    for fact in found.shown:
        condition = found.conditions.get(fact.source)
        if condition is None or not concepts.is_a(fact.concept, METASTASIS):
            continue
        origins = [found.conditions[each] for each in condition.related if each in found.conditions]
        above = concepts.ancestors(fact.concept).union(
            *(concepts.ancestors(iri) for origin in origins for iri in origin.what.concepts)
        )
        kinds = _crossed(above, concepts) if origins else frozenset()
        joint += [replace(fact, concept=iri) for iri in sorted(kinds)]
    return joint


def _crossed(above: frozenset[str], concepts: Concepts) -> frozenset[str]:
    """Return the kinds of metastasis that lie at the crossing of kinds that one is of.

    What was judged of the cancer, such as that it is unresectable, isn't so of the metastasis.
    """
    plain = {iri for iri in above if not concepts.is_judged(iri)}
    found: set[str] = set()
    while True:
        more = {
            iri
            for iri in concepts.descendants(METASTASIS) - above - found
            if len(concepts[iri].parents) > 1 and (plain | found).issuperset(concepts[iri].parents)
        }
        if not more:
            return frozenset(found)
        found |= more


def lesion_quantities(
    lesions: Sequence[Lesion],
    present: Mapping[str, Presence],
    found: Sorted,
    concepts: Concepts,
    *,
    complete: bool,
) -> Mapping[str, Quantity]:
    """Return, per kind of lesion, ``-count``, ``-organs`` and ``-size`` (largest diameter, mm).

    At least the lesions surely of the kind; at most those that may be, when the lesions are complete,
    otherwise any number. Quantities of the ontology that mean such a number are there too.
    """
    theirs = {above for lesion in lesions for kind in lesion.kinds for above in concepts.ancestors(kind)}
    meant = {quantity: f"{kind}-{number}" for quantity, kind, number in tumours.lesion_quantities()}

    def of_kind(iri: str) -> Mapping[str, Quantity]:
        if not _is_counted(iri, theirs, concepts):
            return {}
        sure = [each for each in lesions if each.certain and _is(each, iri, concepts)]
        if not sure and not complete:
            return {}
        may_be = [each for each in lesions if each in sure or _may_be(each, iri, concepts)]
        closed = complete and not _recorded_otherwise(iri, lesions, found, concepts)
        least = 1 if not sure and iri in present and present[iri].active else len(sure)
        return _numbers(iri, concepts.label(iri), sure, may_be, least=least, closed=closed)

    kinds = OnDemand(lambda: concepts, of_kind)

    def quantity(key: str) -> Quantity | None:
        key = meant.get(key, key)
        iri, _, number = key.rpartition("-")
        return kinds[iri].get(key) if number in _NUMBERS and concepts.includes(iri) else None

    return OnDemand(
        lambda: [*(f"{iri}-{number}" for iri in concepts for number in _NUMBERS), *meant], quantity
    )


def stated_numbers(counted: Mapping[str, Quantity], measured: Mapping[str, Quantity]) -> dict[str, Quantity]:
    """Return the numbers of lesions that results state ("number of liver metastases: 6").

    One that the recorded lesions allow is the number; one that they don't is a conflict that spans both.

    Args:
        counted: The numbers that recorded lesions give, see `lesion_quantities`.
        measured: The latest results.
    """
    stated: dict[str, Quantity] = {}
    for name, kind, number in tumours.lesion_quantities():
        told, known = measured.get(name), counted.get(f"{kind}-{number}")
        if told is None or number == "size":
            continue
        if known and not (told.value.low <= known.value.high and known.value.low <= told.value.high):
            told = replace(
                told,
                value=hull([told.value, known.value]),
                shown=f"{told.shown}, but {known.shown}",
                evidence=tuple(dict.fromkeys([*told.evidence, *known.evidence])),
                conflict=True,
            )
        stated |= {f"{kind}-{number}": told, name: told}
    return stated


def _is_counted(iri: str, theirs: Set[str], concepts: Concepts) -> bool:
    """Whether lesions are counted by a kind: one of theirs, any metastasis, and what is judged of them."""
    above = concepts.ancestors(iri)
    if above & {METASTASIS, _FINDING, _STATUS}:
        return True
    if MALIGNANCY not in above:
        return False
    return iri in theirs or (concepts.is_assessment(iri) and not theirs.isdisjoint(concepts[iri].parents))


def _recorded_otherwise(iri: str, lesions: Sequence[Lesion], found: Sorted, concepts: Concepts) -> bool:
    """Whether a condition shows, or may show, lesions of a kind beside those recorded as lesions."""
    own = {lesion.fact.source for lesion in lesions}
    named = {fact.concept for fact in found.shown if fact.active is not False and fact.source not in own}
    named |= {each for each, sources in found.possible.items() if not own.issuperset(sources)}
    cancers = {each for each in named if concepts.is_a(each, MALIGNANCY)}
    kinds = {above for lesion in lesions for kind in lesion.kinds for above in concepts.ancestors(kind)}
    among = iri if concepts.is_a(iri, MALIGNANCY) else MALIGNANCY
    return any(concepts.is_a(each, among) for each in cancers - kinds)


def _is(lesion: Lesion, iri: str, concepts: Concepts) -> bool:
    return any(iri in concepts.ancestors(kind) for kind in lesion.kinds)


def _may_be(lesion: Lesion, iri: str, concepts: Concepts) -> bool:
    """Whether a lesion may be of a kind that it isn't stated to be of."""
    if _is(lesion, iri, concepts):
        return True
    if _lies_elsewhere(iri, lesion.fact.organ):
        return False
    if concepts.is_assessment(iri):
        narrower = [each for each in concepts[iri].parents if concepts.is_a(each, MALIGNANCY)]
        return all(_may_be(lesion, each, concepts) for each in narrower)
    if any(kind in concepts.ancestors(iri) for kind in lesion.kinds):
        return True
    if concepts.is_a(iri, METASTASIS):
        parents = [each for each in concepts[iri].parents if concepts.is_a(each, MALIGNANCY)]
        metastatic = any(concepts.is_a(kind, METASTASIS) for kind in lesion.kinds)
        shared = len(parents) > 1 and all(_may_be(lesion, each, concepts) for each in parents)
        return shared or (lesion.open_site and not metastatic)
    # A metastasis is a lesion of the cancer that it came from, whichever that is.
    of_another = any(concepts.is_a(kind, METASTASIS) for kind in lesion.kinds)
    return concepts.is_a(iri, MALIGNANCY) and (of_another or not lesion.named)


def _numbers(
    iri: str, label: str, sure: list[Lesion], may_be: list[Lesion], *, least: int, closed: bool
) -> dict[str, Quantity]:
    evidence = tuple(dict.fromkeys(lesion.fact.source for lesion in [*sure, *may_be]))
    most = max(len(may_be), least) if closed else math.inf
    found = {f"{iri}-count": _counted(Interval(least, most), f"lesions: {label}", evidence)}
    places = {lesion.fact.organ for lesion in sure if lesion.fact.organ}
    unplaced = sum(1 for lesion in may_be if not lesion.fact.organ)
    others = {lesion.fact.organ for lesion in may_be if lesion.fact.organ} | places
    fewest = max(len(places), 1 if least else 0)
    top = max(len(others) + unplaced, fewest) if closed else math.inf
    found[f"{iri}-organs"] = _counted(Interval(fewest, top), f"organs with {label}", evidence)
    if may_be:
        found[f"{iri}-size"] = _largest(sure, may_be, label, closed=closed)
    return found


def _counted(value: Interval, what: str, evidence: tuple[str, ...]) -> Quantity:
    low, high = (f"{end:g}" for end in (value.low, value.high))
    number = low if low == high else f"at least {low}" if math.isinf(value.high) else f"{low} to {high}"
    return Quantity(value, None, None, NOW, f"{what}: {number}", evidence)


def _largest(sure: list[Lesion], may_be: list[Lesion], label: str, *, closed: bool) -> Quantity:
    lows = [lesion.size.value.low if lesion.size else 0.0 for lesion in sure]
    highs = [lesion.size.value.high if lesion.size else math.inf for lesion in may_be]
    sizes = [lesion.size for lesion in may_be if lesion.size]
    shown = "; ".join(f"{lesion.fact.what.text} {lesion.size.shown}" for lesion in may_be if lesion.size)
    return Quantity(
        Interval(max(lows, default=0.0), max(highs) if closed else math.inf),
        None,
        None,
        spanning(size.ago for size in sizes) if sizes else NOW,
        f"largest {label}: {shown or 'not measured'}",
        tuple(dict.fromkeys(source for size in sizes for source in size.evidence)),
        any(size.conflict for size in sizes),
    )
