"""What may be concluded from silence, where a category of the record is complete.

A concept is absent when the record is complete in all that could show it, and nothing recorded is
it, may be it, or is so general or so unclear that it might be it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from trialgraph.concepts import Concepts
from trialgraph.derivation.lesions import MALIGNANCY
from trialgraph.derivation.shown import Sorted
from trialgraph.views import Absence, Completeness

__all__ = [
    "COVERED_BY",
    "completeness_reasons",
    "contested",
    "crossings",
    "may_show",
    "might_show",
    "needed",
    "silent_concepts",
]

COVERED_BY: Mapping[str, Completeness] = {
    "allergy": "allergies",
    "condition": "conditions",
    "lesion": "lesions",
    "procedure": "procedures",
    "treatment": "treatments",
}
"""The category of the record that a concept's own category is covered by; others never are."""


def completeness_reasons(found: Sorted, assumed: Collection[Completeness]) -> dict[Completeness, Absence]:
    """Return why each complete category is complete; what the record states comes first."""
    reasons = {
        category: Absence(f"none recorded; {category} assumed complete") for category in sorted(assumed)
    }
    for category, statement in found.complete.items():
        text = f"none recorded; record states its {category} complete: {statement.text}".rstrip(": ")
        reasons[category] = Absence(text, (statement.source,))
    return reasons


def silent_concepts(
    found: Sorted,
    concepts: Concepts,
    reasons: Mapping[Completeness, Absence],
    axioms: Collection[str] | None = None,
) -> dict[str, Absence]:
    """Return the concepts of which every instance is recorded, with the reason.

    Those of them that aren't present are absent. A judgement (``tg:assessment``, ``tg:graded``) is never
    among them: a silent record doesn't show that a disease is resectable.
    """
    blocked = _blocked(found, concepts, axioms) | contested(found, concepts, axioms)
    silent = {}
    for iri in concepts:
        if iri in blocked or concepts.is_judged(iri):
            continue
        categories = needed(iri, concepts)
        if not categories or any(each not in reasons or found.unclassified.get(each) for each in categories):
            continue
        why = [reasons[each] for each in sorted(categories)]
        text = "; ".join(dict.fromkeys(reason.shown for reason in why))
        evidence = tuple(dict.fromkeys(source for reason in why for source in reason.evidence))
        silent[iri] = Absence(text, evidence)
    return silent | _judged(silent, found, concepts)


def _judged(silent: Mapping[str, Absence], found: Sorted, concepts: Concepts) -> dict[str, Absence]:
    """Return the judgements of which every instance is recorded all the same.

    Where all surgery is recorded, and all of what is recorded is major surgery, no other major
    surgery was done.
    """
    shown = {fact.concept for fact in found.shown}
    judged: dict[str, Absence] = {}
    for iri in concepts.widest_first:
        if not concepts.is_judged(iri) or iri in found.possible:
            continue
        for parent in concepts[iri].parents:
            kinds = {each for each in shown if concepts.is_a(each, parent)}
            reason = silent.get(parent) or judged.get(parent)
            if reason and kinds and all(concepts.is_a(each, iri) for each in kinds):
                judged[iri] = reason
    return judged


def needed(iri: str, concepts: Concepts) -> frozenset[Completeness]:
    """Return the categories that have to be complete; empty when completeness can't cover it."""
    return _covering(concepts.categories_below(iri))


@cache
def _covering(categories: frozenset[str]) -> frozenset[Completeness]:
    if not categories <= COVERED_BY.keys():
        return frozenset()
    return frozenset(COVERED_BY[category] for category in categories)


def _blocked(found: Sorted, concepts: Concepts, axioms: Collection[str] | None) -> set[str]:
    """Return the concepts that something recorded might be, without the record saying so.

    A "metastatic malignant neoplasm" may be a brain metastasis; a stroke may be ischaemic, and so
    an arterial thromboembolism.
    """
    blocked: set[str] = set()
    for iri in {fact.concept for fact in found.shown}:
        blocked |= may_show(iri, concepts)
    for iri in found.possible:
        blocked |= might_show(iri, concepts) | concepts.implied(iri, axioms).keys()
    return blocked | crossings(found, concepts)


def may_show(iri: str, concepts: Concepts) -> set[str]:
    """Return what an instance of a concept may be, beside what it surely is."""
    own = concepts.ancestors(iri)
    return {*concepts.descendants(iri), *_may_also_be(iri, concepts)} - own


def might_show(iri: str, concepts: Concepts) -> set[str]:
    """Return what something may be that may be an instance of a concept."""
    return {*concepts.descendants(iri), *concepts.ancestors(iri), *_may_also_be(iri, concepts)}


def _may_also_be(iri: str, concepts: Concepts) -> set[str]:
    """Return what the narrower kinds of a concept are; a regimen is no kind of its drugs."""
    narrower = (each for each in concepts.descendants(iri) if iri in _kinds(each, concepts))
    return {above for each in narrower for above in _kinds(each, concepts)}


def _kinds(iri: str, concepts: Concepts) -> set[str]:
    """Return the superclasses and equivalents of a concept, itself included."""
    found, level = {iri}, [iri]
    while level:
        above = {up for each in level for up in (*concepts[each].parents, *concepts[each].equivalents)}
        level = sorted(above - found)
        found |= above
    return found


def crossings(found: Sorted, concepts: Concepts) -> set[str]:
    """Return the cancers at the crossing of kinds that are all there: site, histology, spread.

    Who has colorectal cancer and a distant metastasis may have metastatic colorectal cancer.
    """
    shown = frozenset[str]().union(*(concepts.ancestors(fact.concept) for fact in found.shown))
    cancers = (concepts[iri] for iri in concepts.descendants(MALIGNANCY))
    return {each.iri for each in cancers if len(each.parents) > 1 and shown.issuperset(each.parents)}


def contested(found: Sorted, concepts: Concepts, axioms: Collection[str] | None) -> set[str]:
    """Return what is there by a reading that is switched off: careful people differ on it."""
    enabled = concepts.default_axioms if axioms is None else axioms
    shown = {above for fact in found.shown for above in concepts.implied(fact.concept, axioms)}
    contested: set[str] = set()
    for iri, axiom in concepts.axioms.items():
        if iri not in enabled and axiom.sub_concept in shown and axiom.super_concept is not None:
            contested |= concepts.ancestors(axiom.super_concept)
    return contested
