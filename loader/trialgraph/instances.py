"""Which instances of a concept show a fact that has exceptions, or demands a quality.

"Autoimmune disease, except vitiligo" is shown by rheumatoid arthritis, not by vitiligo, and not by
what a record just calls an autoimmune disease. A "severe infection" is shown by what the record states
to be a severe one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from trialgraph.concepts import Concepts
from trialgraph.expressions import Fact
from trialgraph.graded import demanded, grade_key, without_grade
from trialgraph.namespaces import TGC
from trialgraph.outlines import most_excepted
from trialgraph.patients.tables import qualities
from trialgraph.vocabularies import known_concepts

__all__ = ["excepted", "showing_instances"]

_MALIGNANT = str(TGC.MalignantNeoplasm)
_PRIMARY = str(TGC.PrimaryMalignantNeoplasm)


@lru_cache(maxsize=16384)
def showing_instances(fact: Fact) -> tuple[Fact, ...]:
    """Return facts without exceptions, any of which shows the given one; none when none is known.

    Of a fact that demands a quality they are those stated to have it. Otherwise, their concepts are the
    widest below the fact's own that share no instance with what is excepted; or its own, where an exception
    that is meant for another of several things is stated to be disjoint from it.
    """
    concepts, exceptions = known_concepts(), excepted(fact)
    if not exceptions:
        return tuple(_of_quality(fact))
    if fact.concept not in concepts:
        return ()
    if fact.concept == _PRIMARY or concepts.is_a(_MALIGNANT, fact.concept):
        return ()  # A cancer may be the study disease, which is never what is barred.
    modifiers = {name: words for name, words in fact.modifiers.items() if name != "exception"}
    if all(each in concepts[fact.concept].disjoint for each in exceptions):
        return (replace(fact, modifiers=modifiers, exceptions=()),)
    if any(each not in concepts or concepts.is_judged(each) for each in exceptions):
        return ()
    named = [told for each in exceptions for told in (each, *concepts[each].sequel_of)]
    those = frozenset(below for each in named for below in concepts.descendants(each))
    above = frozenset(up for each in named for up in concepts.ancestors(each))
    return tuple(
        replace(fact, concept=iri, concept_label=concepts.label(iri), modifiers=modifiers, exceptions=())
        for iri in sorted(_apart(fact.concept, those, above, concepts))
    )


def excepted(fact: Fact) -> tuple[str, ...]:
    """Return the concepts that are excepted from a fact, or that its exception may be about at most."""
    if fact.exceptions or fact.category != "treatment" or fact.is_mention:
        return fact.exceptions
    return most_excepted(fact.modifiers.get("exception", ""))


def _of_quality(fact: Fact) -> Iterator[Fact]:
    """Yield the fact of what is stated to have the quality that is demanded, or any of several, or the grade.

    A view's key of it is that of the concept with the quality's name, or with its grades.
    """
    grade = demanded(fact)
    if grade is not None and grade.alone and "exception" not in fact.modifiers:
        concept = grade_key(fact.concept, grade.low, grade.high)
        yield replace(fact, concept=concept, modifiers=without_grade(fact), examples=())
        return
    asked = {name: words for name, words in fact.modifiers.items() if name in ("qualifier", "severity")}
    if len(asked) != 1 or set(fact.modifiers) - asked.keys() - {"status"} or fact.count or fact.size:
        return
    (words,) = asked.values()
    named = [
        next((each.name for each in qualities() if part.strip() in each.demanded), "")
        for part in words.casefold().split(" or ")
    ]
    modifiers = {name: said for name, said in fact.modifiers.items() if name not in asked}
    for quality in named if all(named) else ():
        yield replace(fact, concept=f"{fact.concept}-{quality}", modifiers=modifiers, examples=())


def _apart(iri: str, excepted: frozenset[str], above: frozenset[str], concepts: Concepts) -> set[str]:
    """Return the widest concepts below one that share nothing with what is excepted.

    A concept that says how bad or at which line, not of what kind, may be about anything.
    """
    found: set[str] = set()
    for below in _children(iri, concepts):
        if concepts.is_judged(below):
            continue
        if below not in above and not concepts.descendants(below) & excepted:
            found.add(below)
        elif below not in excepted:
            found |= _apart(below, excepted, above, concepts)
    return found


def _children(iri: str, concepts: Concepts) -> Iterator[str]:
    for below in concepts.descendants(iri):
        if iri in concepts[below].parents:
            yield below
