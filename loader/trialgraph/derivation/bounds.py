"""How recent something can have been at most, where the record is complete in all that could show it.

A complete record whose last operation was three years ago shows no major surgery within a month,
though it doesn't say which of its operations were major.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from trialgraph.concepts import Concepts
from trialgraph.derivation.shown import Sorted
from trialgraph.derivation.silence import contested, crossings, may_show, might_show, needed
from trialgraph.derivation.times import NOW, latest_of
from trialgraph.views import Absence, Completeness, Presence, TimeAgo

__all__ = ["latest_possible"]

_Instances = dict[str, dict[str, TimeAgo]]
"""Concept → the sources that are, or may be, instances of it, with when they last were."""


def latest_possible(
    found: Sorted,
    concepts: Concepts,
    reasons: Mapping[Completeness, Absence],
    axioms: Collection[str] | None = None,
) -> dict[str, Presence]:
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
    crossed, open_kinds = crossings(found, concepts), contested(found, concepts, axioms)
    bounds: dict[str, Presence] = {}
    for iri in concepts.widest_first:
        if concepts.is_judged(iri):
            _add_above(iri, instances, concepts)
        categories = needed(iri, concepts)
        if iri in open_kinds or not categories or not categories <= reasons.keys():
            continue
        among = dict(instances.get(iri, {}))
        if iri in crossed:
            among |= _rarest(concepts[iri].parents, instances)
        if concepts.is_judged(iri) and not among:
            continue
        for category in categories:
            for source in found.unclassified.get(category, ()):
                among[source] = found.times.get((category, source), NOW)
        if among:
            why = [reasons[category] for category in sorted(categories)]
            bounds[iri] = _bound(among, why)
    return bounds


def _instances(found: Sorted, concepts: Concepts, axioms: Collection[str] | None) -> _Instances:
    instances: _Instances = defaultdict(dict)

    def add(iris: Collection[str], source: str, when: TimeAgo) -> None:
        for iri in iris:
            known = instances[iri].get(source)
            instances[iri][source] = latest_of((when, known)) if known else when

    for fact in found.shown:
        add(
            {*concepts.implied(fact.concept, axioms), *may_show(fact.concept, concepts)},
            fact.source,
            fact.ago,
        )
    for iri, sources in found.possible.items():
        for source in sources:
            kinds = {*might_show(iri, concepts), *concepts.implied(iri, axioms)}
            add(kinds, source, found.times.get((iri, source), NOW))
    return instances


def _add_above(iri: str, instances: _Instances, concepts: Concepts) -> None:
    """Count what a judgement may have been passed on: any instance of a superclass."""
    for parent in concepts[iri].parents:
        for source, when in instances.get(parent, {}).items():
            known = instances[iri].get(source)
            instances[iri][source] = latest_of((when, known)) if known else when


def _rarest(parents: Collection[str], instances: _Instances) -> dict[str, TimeAgo]:
    """Return the instances of the kind that was so longest ago, of kinds that one thing would have to be."""
    known = [instances[parent] for parent in parents if instances.get(parent)]
    return max(known, key=lambda each: latest_of(each.values()).days_min) if known else {}


def _bound(among: Mapping[str, TimeAgo], why: Collection[Absence]) -> Presence:
    reasons = "; ".join(dict.fromkeys(reason.shown.removeprefix("none recorded; ") for reason in why))
    evidence = [*among, *(source for reason in why for source in reason.evidence)]
    return Presence(
        latest_of(among.values()),
        None,
        f"nothing that recent is recorded; {reasons}",
        tuple(dict.fromkeys(evidence)),
    )
