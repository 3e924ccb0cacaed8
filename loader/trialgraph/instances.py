"""Which instances of a concept show a fact that has exceptions, or demands a quality.

"Autoimmune disease, except vitiligo" is shown by rheumatoid arthritis, not by vitiligo, and not by
what a record just calls an autoimmune disease. A "severe infection" is shown by what the record states
to be a severe one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain, product

from trialgraph.concepts import Concepts
from trialgraph.expressions import Fact
from trialgraph.graded import demanded, grade_key, without_grade
from trialgraph.namespaces import TGC
from trialgraph.outlines import most_excepted
from trialgraph.patients.qualitytables import either_of, qualities, quality_words
from trialgraph.vocabularies import known_concepts

__all__ = ["excepted", "showing_instances"]

_QUALITIES = ("qualifier", "severity", "confirmation")
_ACTIVE = "active"
"""Among qualities it is a status, which a view tells by a list of its own."""
_BRACKETED = re.compile(
    r"\b(?:an?|the|of|by|confirm\w+|pro(?:ven|ved|of)|document\w+|verif\w+|established|diagnos\w+|evidence)\b"
)
"""Words around what a diagnosis was proved by ("histologically confirmed diagnosis of")."""
_WRAPPING = re.compile(rf"{_BRACKETED.pattern}|[()]")
_BRACKET = re.compile(r"\([^()]*\)")
_FAR = re.compile(r"\bmetastatic \((?:stage iv[abc]?|m1[abc]?|[,/ ])+\)")
"""What says no more than that a cancer has spread."""
_MALIGNANT = str(TGC.MalignantNeoplasm)
_PRIMARY = str(TGC.PrimaryMalignantNeoplasm)


@lru_cache(maxsize=16384)
def showing_instances(fact: Fact) -> tuple[Fact, ...]:
    """Return facts without exceptions, any of which shows the given one; none when none is known.

    Of a fact that demands a quality they are those stated to have it. Otherwise, their concepts are the
    widest below the fact's own that share no instance with what is excepted; or its own, where an exception
    that is meant for another of several things is stated to be disjoint from it.
    """
    if fact.is_planned:
        return ()
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
    if any(each not in concepts for each in exceptions):
        return ()
    kinds = [kind for each in exceptions for kind in _kinds(each, concepts)]
    named = [told for each in kinds for told in (each, *concepts[each].sequel_of)]
    those = frozenset(below for each in named for below in concepts.descendants(each))
    above = frozenset(up for each in named for up in concepts.ancestors(each))
    return tuple(
        replace(fact, concept=iri, concept_label=concepts.label(iri), modifiers=modifiers, exceptions=())
        for iri in sorted(_apart(fact.concept, those, above, concepts))
    )


def _kinds(iri: str, concepts: Concepts) -> tuple[str, ...]:
    """Return a concept, or of a judgement the kinds right above it: what is none of them is none of it."""
    if not concepts.is_judged(iri) or not concepts[iri].parents:
        return (iri,)
    return tuple(kind for parent in concepts[iri].parents for kind in _kinds(parent, concepts))


def excepted(fact: Fact) -> tuple[str, ...]:
    """Return the concepts that are excepted from a fact, or that its exception may be about at most."""
    if fact.exceptions or fact.category != "treatment" or fact.is_mention:
        return fact.exceptions
    return most_excepted(fact.modifiers.get("exception", ""))


def _of_quality(fact: Fact) -> Iterator[Fact]:
    """Yield the fact of what is stated to have the qualities asked for, one of several, or the grade.

    A view's key of it is that of the concept with the qualities' names, or with its grades.
    """
    grade = demanded(fact)
    if grade is not None and grade.alone and "exception" not in fact.modifiers:
        concept = grade_key(fact.concept, grade.low, grade.high)
        yield replace(fact, concept=concept, modifiers=without_grade(fact), examples=())
        return
    asked = {name: words for name, words in fact.modifiers.items() if name in _QUALITIES}
    if not asked or set(fact.modifiers) - asked.keys() - {"status"} or fact.count or fact.size:
        return
    modifiers = {name: said for name, said in fact.modifiers.items() if name not in asked}
    named = [_named(words) for words in asked.values()]
    for several in sorted({tuple(sorted({*chain(*each)})) for each in product(*named)}):
        status = {"status": _ACTIVE} if _ACTIVE in several else {}
        concept = "-".join((fact.concept, *(name for name in several if name != _ACTIVE)))
        yield replace(fact, concept=concept, modifiers=modifiers | status, examples=())


def _named(words: str) -> list[tuple[str, ...]]:
    """Return the names of qualities, of which one or several together are what words demand.

    None when one of them isn't known; no name at all where whatever there is has one or the other. What a
    bracket says more of ("locally advanced (T4) or metastatic") isn't shown by the quality alone.
    """
    told = _FAR.sub("metastatic", words.casefold())
    if told in quality_words().either:
        return [()]
    told = told.replace("-proven", "")
    parts = either_of(_WRAPPING.sub(" ", told))
    found = [_called(part) or _together(part) for part in parts]
    if all(found):
        return [*_called(" or ".join(parts)), *(names for several in found for names in several)]
    parts = either_of(_BRACKETED.sub(" ", _BRACKET.sub(" () ", told)))
    found = [_called(bare) or _together(bare) for bare in (part.removesuffix(" ()") for part in parts)]
    if not all(found):
        return []
    pairs = zip(parts, found, strict=True)
    return [names for part, several in pairs if not part.endswith("()") for names in several]


def _together(words: str) -> list[tuple[str, ...]]:
    """Return the names of several qualities that words demand side by side: "uncontrolled, symptomatic"."""
    told = [_called(word) for word in re.split(r"\s*,\s*|\s+and\s+|\s+", words)]
    return [tuple(name for (name,) in each) for each in product(*told)] if len(told) > 1 else []


def _called(words: str) -> list[tuple[str, ...]]:
    status = [(_ACTIVE,)] if words == _ACTIVE else []
    return [*status, *((quality.name,) for quality in qualities() if words in quality.demanded)]


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
