"""Malignancies besides the study disease, which a view doesn't know.

Any trial's study disease is at most one of a patient's cancers, with its metastases. So with one
cancer and no more there is no other, and with two at least one is another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from trialgraph.concepts import Concepts
from trialgraph.derivation.closure import presence_of
from trialgraph.derivation.lesions import MALIGNANCY, METASTASIS
from trialgraph.derivation.shown import Shown, Sorted
from trialgraph.derivation.times import spanning
from trialgraph.namespaces import TGC
from trialgraph.patients.facts import ConditionFact
from trialgraph.views import Absence, Presence

__all__ = ["OTHER", "other_malignancies"]

OTHER = (f"{MALIGNANCY}-other", str(TGC.OtherMalignantNeoplasm))
"""Keys of malignancies besides the study disease."""


def other_malignancies(
    found: Sorted, concepts: Concepts, silent: Mapping[str, Absence], absent: Collection[str]
) -> tuple[Presence | None, Absence | None]:
    """Return the presence or absence of malignancies besides the study disease; both None when open.

    Present when two cancers are neither of one kind nor one the metastasis of the other. Absent when
    every malignancy is recorded and all are, or arose from, one cancer.
    """
    shown = [fact for fact in found.shown if concepts.is_a(fact.concept, MALIGNANCY)]
    primaries = [fact for fact in shown if not concepts.is_a(fact.concept, METASTASIS) and not fact.result]
    primaries = [fact for fact in primaries if not concepts.is_assessment(fact.concept)]
    others = [[other for other in primaries if _unrelated(one, other, found, concepts)] for one in primaries]
    if any(others):
        return _whichever([presence_of(each) for each in others if each]), None
    if MALIGNANCY in absent:
        return None, Absence("no malignancy recorded")
    reason = silent.get(MALIGNANCY) or _all_recorded(found, concepts, silent)
    if reason is None or not primaries or not _one_cancer(primaries, found):
        return None, None
    sources = tuple(sorted({fact.source for fact in shown}))
    text = (
        f"no malignancy recorded besides {primaries[0].text}; {reason.shown.removeprefix('none recorded; ')}"
    )
    return None, Absence(text, (*sources, *reason.evidence))


def _unrelated(one: Shown, other: Shown, found: Sorted, concepts: Concepts) -> bool:
    """Whether two cancers are certainly two: of different kinds, neither arising from the other."""
    kinds = concepts.ancestors(one.concept), concepts.ancestors(other.concept)
    if one.concept in kinds[1] or other.concept in kinds[0]:
        return False
    facts = [found.conditions.get(fact.source) for fact in (one, other)]
    linked = any(
        fact is not None and source.source in fact.related
        for fact, source in zip(facts, (other, one), strict=True)
    )
    return not linked and not _may_overlap(one, other, concepts)


def _may_overlap(one: Shown, other: Shown, concepts: Concepts) -> bool:
    """Whether two kinds could be two descriptions of one cancer: they have a kind below both."""
    below = concepts.descendants(one.concept) & concepts.descendants(other.concept)
    return bool(below)


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
    elsewhere = [
        iri
        for iri in concepts.descendants(MALIGNANCY)
        if not concepts.is_assessment(iri) and not _in_lineage(iri, kinds, concepts)
    ]
    if not elsewhere or any(iri not in silent for iri in elsewhere):
        return None
    return silent[elsewhere[0]]


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


def _one_cancer(primaries: Iterable[Shown], found: Sorted) -> bool:
    """Whether records of one kind of cancer are surely of one cancer: it didn't begin twice."""
    facts = [found.conditions.get(fact.source) for fact in primaries]
    known = sorted({fact for fact in facts if isinstance(fact, ConditionFact)}, key=lambda fact: fact.source)
    if len(known) <= 1:
        return True
    return all(_same(known[0], fact) for fact in known[1:])


def _same(one: ConditionFact, other: ConditionFact) -> bool:
    return one.began == other.began and one.active == other.active and one.organ == other.organ
