"""What may be concluded from silence, where a category of the record is complete.

A concept is absent when the record is complete in all that could show it, and nothing recorded is
it, may be it, or is so general or so unclear that it might be it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from trialgraph.concepts import Concepts
from trialgraph.derivation.lesions import MALIGNANCY, METASTASIS
from trialgraph.derivation.ondemand import OnDemand
from trialgraph.derivation.shown import Sorted
from trialgraph.exemptions import NAMED
from trialgraph.namespaces import TGC
from trialgraph.patients.tables import systemic_drugs
from trialgraph.patients.tumours import organs
from trialgraph.views import Absence, Completeness

__all__ = [
    "COVERED_BY",
    "completeness_reasons",
    "contested",
    "contested_by",
    "crossings",
    "is_placed",
    "may_show",
    "might_show",
    "needed",
    "placed",
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

_ANY_ORGAN = frozenset({MALIGNANCY, str(TGC.SolidTumor), str(TGC.HematologicMalignancy)})
"""Cancers that may be anywhere: a judgement on them leaves none of them open."""

_NONE = "none recorded; "


def completeness_reasons(found: Sorted, assumed: Collection[Completeness]) -> dict[Completeness, Absence]:
    """Return why each complete category is complete; what the record states comes first."""
    reasons = {category: Absence(f"{_NONE}{category} assumed complete") for category in sorted(assumed)}
    for category, statement in found.complete.items():
        text = f"{_NONE}record states its {category} complete: {statement.text}".rstrip(": ")
        reasons[category] = Absence(text, (statement.source,))
    return reasons


def silent_concepts(
    found: Sorted,
    concepts: Concepts,
    reasons: Mapping[Completeness, Absence],
    axioms: Collection[str] | None = None,
) -> Mapping[str, Absence]:
    """Return the concepts of which every instance is recorded, with the reason.

    Those of them that aren't present are absent. A judgement (``tg:assessment``, ``tg:graded``) is among
    them only where all that it could be passed on has it: a silent record doesn't show that a disease is
    resectable, but where all of the recorded surgery is major surgery, no other major surgery was done.
    A drug wasn't given systemically where all that is recorded of it is given where it acts.
    The key of a judgement with `NAMED` behind it is there where nothing is recorded that is called so.
    """
    blocked = _blocked(found, concepts, axioms) | contested(found, concepts, axioms)
    shown = sorted({fact.concept for fact in found.shown})

    def reason(key: str) -> Absence | None:
        iri = key.removesuffix(NAMED)
        if not concepts.includes(iri):
            return None
        if key != iri:
            return None if _is_named(iri, found, concepts) else recorded(needed(iri, concepts))
        if concepts.is_judged(iri):
            return None if iri in found.possible else judged(iri) or systemic(iri)
        if iri in blocked:
            return None
        return recorded(needed(iri, concepts))

    @cache
    def recorded(categories: frozenset[Completeness]) -> Absence | None:
        if not categories or any(each not in reasons or found.unclassified.get(each) for each in categories):
            return None
        why = [reasons[each] for each in sorted(categories)]
        text = "; ".join(each.shown.removeprefix(_NONE) for each in why)
        evidence = tuple(dict.fromkeys(source for each in why for source in each.evidence))
        return Absence(f"{_NONE}{text}", evidence)

    def judged(iri: str) -> Absence | None:
        for parent in concepts[iri].parents:
            kinds = [each for each in shown if concepts.is_a(each, parent)]
            if kinds and all(concepts.is_a(each, iri) for each in kinds) and parent in silent:
                return silent[parent]
        return None

    def systemic(iri: str) -> Absence | None:
        drugs = {
            below
            for drug, kind in systemic_drugs().items()
            if kind == iri
            for below in concepts.descendants(drug)
        }
        sources = {fact.source for fact in found.shown if fact.concept in drugs}
        sources |= {source for each in drugs & found.possible.keys() for source in found.possible[each]}
        return recorded(needed(iri, concepts)) if drugs and sources <= found.local else None

    silent = OnDemand(lambda: concepts, reason)
    return silent


def _is_named(iri: str, found: Sorted, concepts: Concepts) -> bool:
    """Whether something recorded is called by a concept, or may be meant to be."""
    shown = any(concepts.is_a(fact.concept, iri) for fact in found.shown)
    return shown or any(concepts.is_a(each, iri) or concepts.is_a(iri, each) for each in found.possible)


def needed(iri: str, concepts: Concepts) -> frozenset[Completeness]:
    """Return the categories that have to be complete; empty when completeness can't cover it."""
    return concepts.once(_covering, iri)


def _covering(concepts: Concepts, iri: str) -> frozenset[Completeness]:
    categories = concepts.categories_below(iri)
    if not categories <= COVERED_BY.keys():
        return frozenset()
    return frozenset(COVERED_BY[category] for category in categories)


def _blocked(found: Sorted, concepts: Concepts, axioms: Collection[str] | None) -> set[str]:
    """Return the concepts that something recorded might be, without the record saying so.

    A "metastatic malignant neoplasm" may be a brain metastasis; a stroke may be ischaemic, and so
    an arterial thromboembolism.
    """
    blocked: set[str] = set()
    told = placed(found, concepts)
    for iri in {fact.concept for fact in found.shown} - told:
        blocked |= may_show(iri, concepts)
    for iri in found.possible:
        blocked |= might_show(iri, concepts) | concepts.implied(iri, axioms).keys()
    return blocked | crossings(found, concepts) | _sequels(found, concepts)


def placed(found: Sorted, concepts: Concepts) -> frozenset[str]:
    """Return the metastases of no stated site that are recorded, where one with its site is recorded too.

    Who has metastatic cancer and liver metastases is recorded to have it spread to the liver.
    """
    shown = {fact.concept for fact in found.shown if concepts.is_a(fact.concept, METASTASIS)}
    there = {iri for iri in shown if is_placed(iri, concepts)}
    return frozenset(shown - there) if there else frozenset()


def is_placed(iri: str, concepts: Concepts) -> bool:
    """Whether a kind of metastasis is one of a known organ."""
    return any(entry.metastasis in concepts.ancestors(iri) for entry in organs() if entry.metastasis)


def may_show(iri: str, concepts: Concepts) -> frozenset[str]:
    """Return what an instance of a concept may be, beside what it surely is."""
    return concepts.once(_may_show, iri)


def might_show(iri: str, concepts: Concepts) -> frozenset[str]:
    """Return what something may be that may be an instance of a concept."""
    return concepts.once(_may_also_be, iri) | concepts.descendants(iri) | concepts.ancestors(iri)


def _may_show(concepts: Concepts, iri: str) -> frozenset[str]:
    named = {iri} | (_judged_of(iri, concepts) if concepts.is_a(iri, MALIGNANCY) else set())
    kinds = frozenset[str]().union(
        *(concepts.descendants(each) | concepts.once(_may_also_be, each) for each in named)
    )
    return kinds - concepts.ancestors(iri)


def _judged_of(iri: str, concepts: Concepts) -> set[str]:
    """Return the cancers that a judgement is passed on: it says nothing of their cells, or where they are.

    Who has castration-resistant prostate cancer may have an adenocarcinoma of the prostate.
    """
    if not concepts.is_judged(iri):
        return set()
    kinds: set[str] = set()
    for parent in concepts[iri].parents:
        within = concepts.is_a(parent, MALIGNANCY) and not concepts.is_a(parent, METASTASIS)
        kinds |= {parent, *_judged_of(parent, concepts)} if within and parent not in _ANY_ORGAN else set()
    return kinds


def _may_also_be(concepts: Concepts, iri: str) -> frozenset[str]:
    """Return what the narrower kinds of a concept are; a regimen is no kind of its drugs."""
    kinds = (concepts.once(_kinds, each) for each in concepts.descendants(iri))
    return frozenset[str]().union(*(above for above in kinds if iri in above))


def _kinds(concepts: Concepts, iri: str) -> frozenset[str]:
    """Return the superclasses and equivalents of a concept, itself included."""
    found, level = {iri}, [iri]
    while level:
        above = {up for each in level for up in (*concepts[each].parents, *concepts[each].equivalents)}
        level = sorted(above - found)
        found |= above
    return frozenset(found)


def crossings(found: Sorted, concepts: Concepts) -> set[str]:
    """Return the cancers at the crossing of kinds that are all there: site, histology, spread.

    Who has colorectal cancer and a distant metastasis may have metastatic colorectal cancer.
    """
    shown = frozenset[str]().union(*(concepts.ancestors(fact.concept) for fact in found.shown))
    return {iri for iri, parents in concepts.once(_crossed, MALIGNANCY) if shown.issuperset(parents)}


def _crossed(concepts: Concepts, iri: str) -> list[tuple[str, tuple[str, ...]]]:
    below = (concepts[each] for each in sorted(concepts.descendants(iri)))
    return [(each.iri, each.parents) for each in below if len(each.parents) > 1]


def _sequels(found: Sorted, concepts: Concepts) -> set[str]:
    """Return what may have followed from what is recorded, without being recorded apart."""
    recorded = {fact.concept for fact in found.shown} | found.possible.keys()
    above = frozenset[str]().union(*(concepts.ancestors(iri) for iri in recorded))
    followed = concepts.once(_following, str(TGC.ClinicalConcept))
    kinds = (might_show(iri, concepts) for iri, diseases in followed if not above.isdisjoint(diseases))
    return set().union(*kinds)


def _following(concepts: Concepts, top: str) -> list[tuple[str, tuple[str, ...]]]:
    below = (concepts[each] for each in sorted(concepts.descendants(top)))
    return [(each.iri, each.sequel_of) for each in below if each.sequel_of]


def contested(found: Sorted, concepts: Concepts, axioms: Collection[str] | None) -> set[str]:
    """Return what is, or may be, there by a reading that is switched off: careful people differ on it."""
    recorded = {fact.concept for fact in found.shown} | found.possible.keys()
    return {above for iri in recorded for above in contested_by(iri, concepts, axioms)}


def contested_by(iri: str, concepts: Concepts, axioms: Collection[str] | None) -> frozenset[str]:
    """Return what an instance of a concept shows by readings that are switched off."""
    enabled = concepts.default_axioms if axioms is None else axioms
    shown = concepts.implied(iri, axioms)
    return frozenset[str]().union(
        *(
            concepts.ancestors(axiom.super_concept)
            for each, axiom in concepts.axioms.items()
            if each not in enabled and axiom.sub_concept in shown and axiom.super_concept is not None
        )
    )
