"""Malignancies besides the study disease, which a view doesn't know.

Any trial's study disease is at most one of a patient's cancers, with its metastases. So with one
cancer and no more there is no other than that, and with two at least one is another. Which of them
the study disease is, a trial's criteria know (`trialgraph.malignancies`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from trialgraph.concepts import Concepts
from trialgraph.derivation.closure import presence_of
from trialgraph.derivation.lesions import MALIGNANCY, METASTASIS
from trialgraph.derivation.shown import Shown, Sorted
from trialgraph.derivation.times import spanning
from trialgraph.malignancies import IN_SITU, OTHER, are_apart
from trialgraph.namespaces import TGC
from trialgraph.patients.facts import ConditionFact
from trialgraph.patients.qualities import METASTATIC
from trialgraph.purposes import SINCE
from trialgraph.views import Absence, Presence

__all__ = ["OTHERS", "no_second_cancer", "other_malignancies", "since_cancer", "with_spread"]

_DISTANT = str(TGC.DistantMetastasis)
_ANTITUMOR = str(TGC.AntitumorTherapy)
_BEFORE = 31
"""Days by which a cancer may be recorded after it is treated, as a polyp may turn out to be one."""
OTHERS = (OTHER, str(TGC.OtherMalignantNeoplasm))
"""Keys of malignancies besides the study disease."""


def other_malignancies(
    found: Sorted, concepts: Concepts, silent: Mapping[str, Absence], absent: Collection[str]
) -> tuple[Presence | None, Absence | None]:
    """Return the presence or absence of malignancies besides the study disease; both None when open.

    Present when two cancers are surely two, and neither is the metastasis of the other. Absent when
    every malignancy is recorded and all are, or arose from, one cancer. A carcinoma in situ leaves it
    open: careful people differ on whether it is a malignancy.
    """
    shown = [fact for fact in found.shown if concepts.is_a(fact.concept, MALIGNANCY)]
    primaries = _primaries(found, concepts)
    others = [[other for other in primaries if _unrelated(one, other, found, concepts)] for one in primaries]
    if any(others):
        return _whichever([presence_of(each) for each in others if each]), None
    if IN_SITU not in absent and _may_be_in_situ(found, concepts):
        return None, None
    if MALIGNANCY in absent:
        return None, Absence("no malignancy recorded")
    reason = silent.get(MALIGNANCY) or _all_recorded(found, concepts, silent)
    pairs = combinations(primaries, 2)
    if reason is None or not primaries or not all(_are_one(*pair, found, concepts) for pair in pairs):
        return None, None
    sources = tuple(sorted({fact.source for fact in shown}))
    text = (
        f"no malignancy recorded besides {primaries[0].text}; {reason.shown.removeprefix('none recorded; ')}"
    )
    return None, Absence(text, (*sources, *reason.evidence))


def no_second_cancer(found: Sorted, concepts: Concepts) -> Absence | None:
    """Return why no cancer is recorded as a second one of its kind; None when one may be, or none is."""
    primaries = _primaries(found, concepts)
    if not primaries:
        return None
    for one, other in combinations(primaries, 2):
        if not (are_apart(one.concept, other.concept, concepts) or _are_one(one, other, found, concepts)):
            return None
    return Absence("no second cancer of one kind recorded")


def since_cancer(found: Sorted, concepts: Concepts, as_of: date) -> list[Shown]:
    """Return what is shown, with the quality `SINCE` of treatments not over before any cancer began."""
    conditions = [
        fact
        for fact in found.conditions.values()
        if any(concepts.is_a(iri, MALIGNANCY) for iri in fact.what.concepts)
    ]
    begun = [fact.began.low for fact in conditions]
    first = min((day for day in begun if day is not None), default=as_of) if None not in begun else date.min
    longest = (as_of - first).days + _BEFORE
    return [
        replace(fact, qualities=(*fact.qualities, SINCE))
        if begun and fact.ago.days_min <= longest and concepts.is_a(fact.concept, _ANTITUMOR)
        else fact
        for fact in found.shown
    ]


def with_spread(found: Sorted, concepts: Concepts, *, complete: bool) -> list[Shown]:
    """Return what is shown, with cancers that have spread called metastatic.

    Those that a distant metastasis is recorded to be of; or the only cancer, where conditions are complete.
    """
    metastases = [
        fact for fact in found.shown if fact.active is not False and concepts.is_a(fact.concept, _DISTANT)
    ]
    if not metastases:
        return found.shown
    primaries = _primaries(found, concepts)
    only = complete and all(_are_one(*pair, found, concepts) for pair in combinations(primaries, 2))
    spread = {
        one.source for one in primaries if only or any(_linked(one, each, found) for each in metastases)
    }
    return [
        replace(fact, qualities=(*fact.qualities, METASTATIC))
        if fact.source in spread and concepts.is_a(fact.concept, MALIGNANCY)
        else fact
        for fact in found.shown
    ]


def _primaries(found: Sorted, concepts: Concepts) -> list[Shown]:
    return [
        fact
        for fact in found.shown
        if concepts.is_a(fact.concept, MALIGNANCY)
        and not concepts.is_a(fact.concept, METASTASIS)
        and not concepts.is_assessment(fact.concept)
        and not fact.result
    ]


def _may_be_in_situ(found: Sorted, concepts: Concepts) -> bool:
    recorded = {fact.concept for fact in found.shown}
    return any(concepts.is_a(iri, IN_SITU) for iri in (*recorded, *found.possible))


def _unrelated(one: Shown, other: Shown, found: Sorted, concepts: Concepts) -> bool:
    """Whether two cancers are certainly two: of kinds that are apart, neither arising from the other."""
    return not _linked(one, other, found) and are_apart(one.concept, other.concept, concepts)


def _linked(one: Shown, other: Shown, found: Sorted) -> bool:
    facts = [found.conditions.get(fact.source) for fact in (one, other)]
    return any(
        fact is not None and source.source in fact.related
        for fact, source in zip(facts, (other, one), strict=True)
    )


def _are_one(one: Shown, other: Shown, found: Sorted, concepts: Concepts) -> bool:
    """Whether two records are of one cancer: it can be of both kinds, and didn't begin twice."""
    if one.source == other.source or _linked(one, other, found):
        return True
    below = concepts.descendants(one.concept) & concepts.descendants(other.concept)
    facts = [found.conditions.get(fact.source) for fact in (one, other)]
    known = [fact for fact in facts if isinstance(fact, ConditionFact)]
    return bool(below) and (len(known) < len(facts) or _same(*known))


def _whichever(choices: Sequence[Presence]) -> Presence:
    """Return what holds whichever of the cancers is the study disease, and the rest are others."""
    states = {choice.active for choice in choices}
    return Presence(
        spanning(choice.ago for choice in choices),
        states.pop() if len(states) == 1 else None,
        "more than one cancer: " + "; ".join(dict.fromkeys(choice.shown for choice in choices)),
        tuple(dict.fromkeys(source for choice in choices for source in choice.evidence)),
    )


def _all_recorded(found: Sorted, concepts: Concepts, silent: Mapping[str, Absence]) -> Absence | None:
    """Return why all malignancies are recorded, though the one cancer may be of some narrower kind."""
    kinds = {fact.concept for fact in found.shown if concepts.is_a(fact.concept, MALIGNANCY)}
    if not _within_lineage(kinds, found, concepts):
        return None
    if any(concepts.is_a(iri, MALIGNANCY) and not concepts.is_a(iri, METASTASIS) for iri in found.pending):
        return None
    lineage = [concepts.ancestors(kind) | concepts.descendants(kind) for kind in kinds]
    apart = concepts.descendants(MALIGNANCY).difference(concepts.descendants(METASTASIS), *lineage)
    elsewhere = [iri for iri in apart if not concepts.is_assessment(iri)]
    if not elsewhere or any(iri not in silent for iri in elsewhere):
        return None
    return silent[min(elsewhere)]


def _within_lineage(kinds: Collection[str], found: Sorted, concepts: Concepts) -> bool:
    possible = [iri for iri in found.possible if concepts.is_a(iri, MALIGNANCY)]
    if any(iri in concepts.ancestors(MALIGNANCY) and iri != MALIGNANCY for iri in found.possible):
        return False
    return all(_in_lineage(iri, kinds, concepts) for iri in possible)


def _in_lineage(iri: str, kinds: Collection[str], concepts: Concepts) -> bool:
    """Whether a kind is above or below one that is recorded, or a metastasis."""
    if concepts.is_a(iri, METASTASIS):
        return True
    return any(iri in concepts.ancestors(kind) or kind in concepts.ancestors(iri) for kind in kinds)


def _same(one: ConditionFact, other: ConditionFact) -> bool:
    """Whether two records of a cancer are of one that began once, as a list and a visit both name it."""
    if one.organ and other.organ and one.organ != other.organ:
        return False
    lows, highs = [one.began.low, other.began.low], [one.began.high, other.began.high]
    latest_start = max((day for day in lows if day is not None), default=None)
    earliest_end = min((day for day in highs if day is not None), default=None)
    return latest_start is None or earliest_end is None or latest_start <= earliest_end
