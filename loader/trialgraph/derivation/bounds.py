"""How recent something can have been at most, where the record is complete in all that could show it.

A complete record whose last operation was three years ago shows no major surgery within a month,
though it doesn't say which of its operations were major.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from trialgraph.concepts import Concepts
from trialgraph.derivation.ondemand import OnDemand
from trialgraph.derivation.shown import Sorted
from trialgraph.derivation.silence import contested_by, crossings, may_show, might_show, needed, placed
from trialgraph.derivation.times import NOW, latest_of
from trialgraph.views import Absence, Completeness, Presence, TimeAgo

__all__ = ["latest_possible"]


class _Instance(NamedTuple):
    """Something recorded, with all that it is or may be, and when it last was so."""

    kinds: frozenset[str]
    source: str
    when: TimeAgo


def latest_possible(
    found: Sorted,
    concepts: Concepts,
    reasons: Mapping[Completeness, Absence],
    axioms: Collection[str] | None = None,
) -> Mapping[str, Presence]:
    """Return when the concepts of complete categories may last have been so, with the reason.

    Args:
        found: The facts.
        concepts: The class tree.
        reasons: The complete categories.
        axioms: IRIs of the contestable axioms switched on; None for those on by default.
    Returns:
        By concept, the latest of what is it or may be it; without an entry, nothing is known. An
        instance of a judgement (``tg:assessment``, ``tg:graded``) is recorded as one of its superclasses.
    """
    instances = _instances(found, concepts, axioms)
    crossed = crossings(found, concepts)

    def bound(iri: str) -> Presence | None:
        if not concepts.includes(iri):
            return None
        categories = needed(iri, concepts)
        if not categories or not categories <= reasons.keys():
            return None
        among = _among(iri, instances, concepts)
        if iri in crossed:
            among |= _rarest(concepts[iri].parents, instances, concepts)
        if concepts.is_judged(iri) and not among:
            return None
        for category in categories:
            for source in found.unclassified.get(category, ()):
                among[source] = found.times.get((category, source), NOW)
        return _bound(among, [reasons[category] for category in sorted(categories)]) if among else None

    return OnDemand(lambda: concepts, bound)


def _instances(found: Sorted, concepts: Concepts, axioms: Collection[str] | None) -> list[_Instance]:
    instances = []
    told = placed(found, concepts)
    for fact in found.shown:
        kinds = contested_by(fact.concept, concepts, axioms).union(concepts.implied(fact.concept, axioms))
        kinds = kinds if fact.concept in told else kinds | may_show(fact.concept, concepts)
        instances.append(_Instance(kinds, fact.source, fact.ago))
    for iri, sources in found.possible.items():
        kinds = might_show(iri, concepts).union(
            concepts.implied(iri, axioms), contested_by(iri, concepts, axioms)
        )
        for source in sources:
            instances.append(_Instance(kinds, source, found.times.get((iri, source), NOW)))
    return instances


def _among(iri: str, instances: Iterable[_Instance], concepts: Concepts) -> dict[str, TimeAgo]:
    """Return when what is, or may be, an instance last was so, by source.

    A judgement may be passed on any instance of a superclass.
    """
    wanted, level = {iri}, [iri]
    while level:
        level = [up for each in level if concepts.is_judged(each) for up in concepts[each].parents]
        wanted.update(level)
    among: dict[str, TimeAgo] = {}
    for each in instances:
        if not wanted.isdisjoint(each.kinds):
            known = among.get(each.source)
            among[each.source] = latest_of((each.when, known)) if known else each.when
    return among


def _rarest(parents: Iterable[str], instances: list[_Instance], concepts: Concepts) -> dict[str, TimeAgo]:
    """Return the instances of the kind that was so longest ago, of kinds that one thing would have to be."""
    each = (_among(parent, instances, concepts) for parent in parents)
    known = [among for among in each if among]
    return max(known, key=lambda among: latest_of(among.values()).days_min) if known else {}


def _bound(among: Mapping[str, TimeAgo], why: Collection[Absence]) -> Presence:
    reasons = "; ".join(dict.fromkeys(reason.shown.removeprefix("none recorded; ") for reason in why))
    evidence = [*among, *(source for reason in why for source in reason.evidence)]
    return Presence(
        latest_of(among.values()),
        None,
        f"nothing that recent is recorded; {reasons}",
        tuple(dict.fromkeys(evidence)),
    )
