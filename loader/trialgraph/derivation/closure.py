"""Closure over the class tree: presence upwards, absence downwards, and where the two collide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from trialgraph.concepts import Concepts
from trialgraph.derivation.shown import DISEASE_STATUS, Denied, Shown
from trialgraph.derivation.times import latest_of
from trialgraph.views import Absence, Presence

__all__ = ["Closed", "close", "presence_of"]

_MOST_WORDS = 3
"""Facts that are quoted for one concept; all of them are in the evidence."""


@dataclass
class Closed:
    """What facts show by themselves, silence aside.

    Args:
        present: What is there or was, with everything that follows.
        absent: What is shown not to be there.
        conflicts: What is shown both to be there and not, with the sources of both.
        over: What was looked for and is no longer there, though it once was.
    """

    present: dict[str, Presence] = field(default_factory=dict)
    absent: dict[str, Absence] = field(default_factory=dict)
    conflicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    over: dict[str, Absence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Implied:
    fact: Shown
    concepts: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Excluded:
    fact: Denied
    concepts: frozenset[str]
    axioms: tuple[str, ...] = ()


def close(
    shown: Iterable[Shown],
    denied: Iterable[Denied],
    concepts: Concepts,
    axioms: Collection[str] | None,
    doubts: Iterable[Shown | Denied] = (),
) -> Closed:
    """Return what facts show by themselves.

    Args:
        shown: Facts of what is there.
        denied: Facts of what is not.
        concepts: The class tree.
        axioms: IRIs of the contestable axioms switched on; None for those on by default.
        doubts: Results that aren't verified. They show nothing, but contradict facts that aren't newer.
    """
    positive = [_Implied(fact, dict(concepts.implied(fact.concept, axioms))) for fact in shown]
    negative = [_Excluded(fact, concepts.descendants(fact.concept)) for fact in denied]
    negative += _exclusions(positive, concepts)
    closed = Closed()
    contested: dict[str, set[str]] = defaultdict(set)
    disputed: set[int] = set()
    for index, yes in enumerate(positive):
        for place, no in enumerate(negative, len(positive)):
            if not no.concepts & yes.concepts.keys():
                continue
            if _is_over(yes.fact):
                closed.over |= {iri: Absence(no.fact.text, (no.fact.source,)) for iri in no.concepts}
                disputed.add(place)
            elif not _is_newer(yes.fact, no.fact):
                disputed |= {index, place}
                for iri in {*yes.concepts, *no.concepts}:
                    contested[iri] |= {yes.fact.source, no.fact.source}
    for index, yes, no in _doubted(positive, negative, doubts, concepts, axioms):
        disputed.add(index)
        for iri in {*yes.concepts, *no.concepts}:
            contested[iri] |= {yes.fact.source, no.fact.source}
    sure = [yes for index, yes in enumerate(positive) if index not in disputed]
    closed.present = _presences(sure)
    denials = [no for place, no in enumerate(negative, len(positive)) if place not in disputed]
    closed.absent = {
        iri: Absence(no.fact.text, (no.fact.source,), no.axioms)
        for no in denials
        for iri in sorted(no.concepts)
        if iri not in closed.present
    }
    closed.conflicts = {
        iri: tuple(sorted(sources))
        for iri, sources in sorted(contested.items())
        if iri not in closed.present and iri not in closed.absent
    }
    return closed


def _doubted(
    positive: Collection[_Implied],
    negative: Collection[_Excluded],
    doubts: Iterable[Shown | Denied],
    concepts: Concepts,
    axioms: Collection[str] | None,
) -> Iterator[tuple[int, _Implied, _Excluded]]:
    """Yield what unverified results contradict that isn't newer: its place among the facts, and both."""
    perhaps: list[_Implied] = []
    perhaps_not: list[_Excluded] = []
    for fact in doubts:
        if isinstance(fact, Shown):
            perhaps.append(_Implied(fact, dict(concepts.implied(fact.concept, axioms))))
        else:
            perhaps_not.append(_Excluded(fact, concepts.descendants(fact.concept)))
    perhaps_not += _exclusions(perhaps, concepts)
    for index, yes in enumerate(positive):
        for no in perhaps_not:
            newer = yes.fact.ago.days_max < no.fact.ago.days_min
            if no.concepts & yes.concepts.keys() and not (newer or _is_over(yes.fact)):
                yield index, yes, no
    for place, no in enumerate(negative, len(positive)):
        for yes in perhaps:
            newer = no.fact.ago.days_max < yes.fact.ago.days_min
            if no.concepts & yes.concepts.keys() and not newer:
                yield place, yes, no


def _exclusions(positive: Iterable[_Implied], concepts: Concepts) -> list[_Excluded]:
    """Return what is not there because something that excludes it is.

    How a cancer stands on one day says nothing of other days, so it excludes nothing.
    """
    found = []
    for yes in positive:
        if yes.fact.active is False or concepts.is_a(yes.fact.concept, DISEASE_STATUS):
            continue
        for axioms in sorted(set(yes.concepts.values())):
            shown = [iri for iri, used in yes.concepts.items() if used == axioms]
            others = frozenset[str]().union(*(concepts.excludes(iri) for iri in shown)) - yes.concepts.keys()
            if others:
                fact = Denied(yes.fact.concept, yes.fact.ago, yes.fact.text, yes.fact.source)
                found.append(_Excluded(fact, others, axioms))
    return found


def _is_over(yes: Shown) -> bool:
    """Whether what was found not to be there is only what is stated to be over."""
    return yes.active is False and not yes.result


def _is_newer(yes: Shown, no: Denied) -> bool:
    """Whether something surely came after it was found not to be there."""
    return not yes.result and yes.active is not True and yes.ago.days_max < no.ago.days_min


def _presences(implied: Iterable[_Implied]) -> dict[str, Presence]:
    by_concept: dict[str, list[tuple[Shown, tuple[str, ...]]]] = defaultdict(list)
    for yes in implied:
        for iri, axioms in yes.concepts.items():
            by_concept[iri].append((yes.fact, axioms))
    return {iri: _presence(facts) for iri, facts in sorted(by_concept.items())}


def _presence(facts: list[tuple[Shown, tuple[str, ...]]]) -> Presence:
    """Merge the facts that show one concept; axioms are named where leaving them out would show less."""
    by_all = presence_of(fact for fact, _ in facts)
    plain = [fact for fact, axioms in facts if not axioms]
    if plain:
        without = presence_of(plain)
        if (without.ago, without.active) == (by_all.ago, by_all.active):
            return without
    return replace(by_all, axioms=tuple(sorted({axiom for _, used in facts for axiom in used})))


def presence_of(facts: Iterable[Shown]) -> Presence:
    """Return the presence that several facts of one thing show: the most recent of them counts."""
    ordered = sorted(facts, key=lambda fact: (fact.ago.days_max, fact.ago.days_min, fact.text, fact.source))
    states = {fact.active for fact in ordered}
    words = list(dict.fromkeys(fact.text for fact in ordered))
    more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
    return Presence(
        latest_of(fact.ago for fact in ordered),
        True if True in states else (False if states == {False} else None),
        "; ".join(words[:_MOST_WORDS]) + more,
        tuple(dict.fromkeys(fact.source for fact in ordered)),
    )
