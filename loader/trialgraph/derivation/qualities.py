"""What is there with a quality or a grade that the record states of it, and what only has others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from trialgraph.concepts import Concepts
from trialgraph.derivation.closure import Closed, close
from trialgraph.derivation.ondemand import OnDemand
from trialgraph.derivation.shown import Shown, Sorted, is_lasting
from trialgraph.derivation.silence import may_show, might_show
from trialgraph.graded import STRETCHES, grade_key
from trialgraph.patients.qualitytables import Quality, qualities, quality_words
from trialgraph.patients.severity import Degree, grade_tables
from trialgraph.views import Absence, Presence

__all__ = ["over_now", "qualified", "without_grades", "without_qualities"]

_MOST = 3
"""How many qualities of one thing are asked for together at most."""


def qualified(
    found: Sorted, closed: Closed, concepts: Concepts, axioms: Collection[str] | None
) -> Iterator[tuple[str, Presence, bool]]:
    """Yield what is there with qualities that are stated of it: the key, the presence, whether it is over.

    Several are had by one and the same thing.
    """
    stated = {tuple(sorted(set(fact.qualities))) for fact in found.shown if fact.qualities}
    asked = {some for each in stated for n in range(1, _MOST + 1) for some in combinations(each, n)}
    for several in sorted(asked):
        having = [fact for fact in found.shown if set(several) <= set(fact.qualities)]
        for iri, presence, over in _there(having, closed, concepts, axioms):
            yield "-".join((iri, *several)), presence, over
    graded = [(fact, fact.grade) for fact in found.shown if fact.grade is not None]
    for low, high in STRETCHES if graded else ():
        within = [fact for fact, grade in graded if low <= grade.low and grade.high <= high]
        for iri, presence, over in _there(within, closed, concepts, axioms):
            yield grade_key(iri, low, high), presence, over


def _there(
    facts: Collection[Shown], closed: Closed, concepts: Concepts, axioms: Collection[str] | None
) -> Iterator[tuple[str, Presence, bool]]:
    shown = close(facts, (), concepts, axioms).present if facts else {}
    over = over_now(facts, shown, concepts, axioms)
    for iri, presence in shown.items():
        if iri in closed.present:
            yield iri, presence, iri in over


def over_now(
    shown: Collection[Shown],
    present: Collection[str],
    concepts: Concepts,
    axioms: Collection[str] | None,
) -> frozenset[str]:
    """Return the conditions that were there and are stated to be over, all of them."""
    still = {
        iri
        for fact in shown
        if fact.active is not False or is_lasting(fact.concept, concepts)
        for iri in concepts.implied(fact.concept, axioms)
    }
    return frozenset(iri for iri in present if iri not in still)


def without_grades(
    found: Sorted,
    closed: Closed,
    silent: Mapping[str, Absence],
    concepts: Concepts,
    axioms: Collection[str] | None,
) -> dict[str, Absence]:
    """Return which conditions are there with other grades only, under the keys of the grades they don't have.

    All that is the condition, or may be it, has a grade, and either the record is complete in it or the
    condition is one that a patient has as a whole (`grades.toml`).
    """
    graded = [fact for fact in found.shown if fact.grade is not None]
    if not graded:
        return {}
    whole = grade_tables().whole
    told = {
        above for fact in graded for above in concepts.implied(fact.concept, axioms)
    } & closed.present.keys()
    known = {iri for iri in told if iri in silent}
    for fact in graded:
        if fact.concept in whole:
            known |= {iri for iri in whole if concepts.is_a(iri, fact.concept)}
    absent: dict[str, Absence] = {}
    for iri in sorted(known - closed.conflicts.keys() - closed.absent.keys()):
        facts = _instances(iri, found, concepts, axioms)
        grades = [fact.grade for fact in facts if fact.grade is not None]
        if grades and len(grades) == len(facts):
            absent |= _outside(iri, facts, grades)
    return absent


def without_qualities(
    found: Sorted,
    closed: Closed,
    silent: Mapping[str, Absence],
    concepts: Concepts,
    axioms: Collection[str] | None,
) -> Mapping[str, Absence]:
    """Return which conditions are there and none of them has a quality, under the keys of the qualities.

    All that is the condition, or may be it, is stated to have a quality that rules the other out, or is over
    where that is of the present. Either the record is complete in it, or the condition is one that a patient
    has as a whole (`qualities.toml`).
    """
    told = [quality for quality in qualities() if quality.without]

    def keys() -> Iterator[str]:
        return (f"{iri}-{quality.name}" for iri in sorted(closed.present) for quality in told)

    def absence(key: str) -> Absence | None:
        for quality in told:
            iri = key.removesuffix(f"-{quality.name}")
            if iri == key or iri not in closed.present or iri in closed.absent or iri in closed.conflicts:
                continue
            facts = _instances(iri, found, concepts, axioms)
            if not facts or not all(_lacks(fact, quality, concepts) for fact in facts):
                return None
            if iri in silent or _is_whole(iri, facts, concepts):
                return _told_by(facts)
        return None

    return OnDemand(keys, absence)


def _lacks(fact: Shown, quality: Quality, concepts: Concepts) -> bool:
    if quality.now and fact.active is False and not is_lasting(fact.concept, concepts):
        return True
    return bool(quality.without & set(fact.qualities)) and quality.name not in fact.qualities


def _is_whole(iri: str, facts: Collection[Shown], concepts: Concepts) -> bool:
    """Whether a patient has a condition as a whole, and something that isn't over tells of it."""
    tops = concepts.ancestors(iri) & quality_words().whole
    still = [fact.concept for fact in facts if fact.active is not False]
    return any(concepts.is_a(each, top) for top in tops for each in still)


def _instances(iri: str, found: Sorted, concepts: Concepts, axioms: Collection[str] | None) -> list[Shown]:
    """Return what is recorded that is a condition or may be; nothing where something unsure may be it."""
    if any(iri == each or iri in might_show(each, concepts) for each in found.possible):
        return []
    return [
        fact
        for fact in found.shown
        if iri in concepts.implied(fact.concept, axioms) or iri in may_show(fact.concept, concepts)
    ]


def _outside(iri: str, facts: Collection[Shown], grades: Collection[Degree]) -> dict[str, Absence]:
    absence = _told_by(facts)
    return {
        grade_key(iri, low, high): absence
        for low, high in STRETCHES
        if all(grade.high < low or high < grade.low for grade in grades)
    }


def _told_by(facts: Collection[Shown]) -> Absence:
    text = "; ".join(dict.fromkeys(fact.text for fact in facts))
    return Absence(text, tuple(dict.fromkeys(fact.source for fact in facts)))
