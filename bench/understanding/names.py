"""From an annotator's name of a concept to the ontology's concept, through the product's own words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from bench.understanding.annotations import Annotation, Polarity
from bench.understanding.leaves import leaves
from trialgraph.concepts import Concepts, packaged_concepts
from trialgraph.criteria import read_text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import tokenize
from trialgraph.expressions import Fact

__all__ = ["Named", "Names", "content_words"]

_BRACKET = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_RESULT = re.compile(r"(?:negative|positive)\b")
_NARROWING = frozenset({"qualifier", "active", "grading", "neutral", "confirmation"})
_SILENT = frozenset(
    [
        "of",
        "the",
        "a",
        "an",
        "to",
        "in",
        "on",
        "with",
        "and",
        "or",
        "for",
        "by",
        "as",
        "at",
        "from",
        "per",
        "is",
        "are",
        "be",
        "known",
        "prior",
        "previous",
        "history",
        "documented",
    ]
)
_NEAR = 2
_OPPOSITE: dict[Polarity, Polarity] = {"required": "barred", "barred": "required"}
_ADDS_NOTHING = frozenset({"status"})
"""Modifiers of a fact with which a name still says no more than its concept."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name means.

    Args:
        iris: The concepts it may name; empty when the vocabulary lacks it.
        words: Its content words, for concepts outside the vocabulary.
        narrowing: Words before the concept's name that belong to the status.
    """

    iris: frozenset[str]
    words: frozenset[str]
    narrowing: str = ""


class Names:
    """Looks up names among the labels, synonyms and abbreviations of all concepts."""

    def __init__(self, concepts: Concepts | None = None) -> None:
        self.concepts = concepts or packaged_concepts()
        self._by_form: dict[str, set[str]] = defaultdict(set)
        for surface in self.concepts.surface_forms():
            self._by_form[_form(surface.form)].add(surface.iri)

    def resolve(self, atom: Annotation) -> Named:
        """Return what a name means: the whole of it first, then without brackets and narrowing words."""
        short = _BRACKET.sub("", atom.name).strip() or atom.name
        for name, narrowing in ((atom.name, ""), *self._readings(short)):
            if found := self._fitting(self._by_form.get(_form(name), set()), atom):
                return Named(frozenset(found), content_words(name), narrowing)
        return Named(frozenset(), content_words(short))

    def stated(self, atom: Annotation) -> tuple[tuple[Annotation, Named], ...]:
        """Return what an atom's name means, with the atom as it speaks of that.

        The name of a fact that no concept has is read as the software reads it: "HER2-positive breast
        cancer" is two facts, a required "negative pregnancy test" is a barred one, whether "negative"
        stands in its name or in its status.
        """
        named = self.resolve(atom)
        parts = () if named.iris or atom.kind == "value" else _read(_with_result(atom))
        if not parts or (atom.polarity not in _OPPOSITE and any(denied for _, denied in parts)):
            return ((atom, named),)
        return tuple(
            (replace(atom, polarity=_OPPOSITE[atom.polarity]) if denied else atom, replace(named, iris=iris))
            for iris, denied in parts
        )

    def members(self, named: Named) -> tuple[Named, ...]:
        """Return the quantities of a group's name ("transaminases"), or nothing."""
        iris = (each for iri in sorted(named.iris) for each in self.concepts.quantity_members(iri))
        return tuple(Named(frozenset([iri]), named.words) for iri in iris)

    def match(self, named: Named, iri: str) -> int:
        """Return 2 when a concept is the one named or its equal, 1 when it is near, else 0.

        Near is one or two steps above or below within the same category. A name that the vocabulary
        lacks is matched by its words.
        """
        if not named.iris:
            return 2 if any(named.words == content_words(form) for form in self._forms(iri)) else 0
        if iri in named.iris or any(iri in self._steps(each, 0) for each in named.iris):
            return 2
        near = any(
            self.concepts.category(iri) == self.concepts.category(each)
            and (iri in self._steps(each, _NEAR) or each in self._steps(iri, _NEAR))
            for each in named.iris
        )
        return 1 if near else 0

    def _readings(self, name: str) -> Iterator[tuple[str, str]]:
        yield name, ""
        tokens = tokenize(name)
        position = 0
        while position < len(tokens) - 1:
            end, classes = lexicon().phrase_at(tokens, position)
            if not classes & _NARROWING or end >= len(tokens):
                return
            position = end
            yield name[tokens[position].start :], name[: tokens[position].start].strip()

    def _fitting(self, iris: Iterable[str], atom: Annotation) -> set[str]:
        """Keep the concepts of the annotated kind, if any; an allergy's is the one to the drug."""
        found = set(iris)
        if atom.kind == "value":
            return {each for each in found if self._measured(each)}
        if atom.category == "allergy":
            allergies = {self.concepts.allergy_to(each) for each in found} - {None}
            found |= {each for each in allergies if each is not None}
        same = {each for each in found if self.concepts.category(each) == atom.category}
        return same or found

    def _measured(self, iri: str) -> bool:
        return self.concepts.is_quantity(iri) or bool(self.concepts.quantity_members(iri))

    def _forms(self, iri: str) -> tuple[str, ...]:
        concept = self.concepts[iri]
        return (concept.label, *concept.synonyms, *concept.abbreviations)

    def _steps(self, iri: str, most: int) -> set[str]:
        """Return the concepts at most so many steps above one; equivalents are no step away."""
        seen = self._equal({iri})
        level = seen
        for _ in range(most):
            above = {up for each in level for up in self.concepts[each].parents if up in self.concepts}
            level = self._equal(above) - seen
            seen = seen | level
        return seen

    def _equal(self, iris: set[str]) -> set[str]:
        return iris | {other for each in iris for other in self.concepts[each].equivalents}


@cache
def _read(name: str) -> tuple[tuple[frozenset[str], bool], ...]:
    """Return the concepts that a name is read as, and which of them it denies; none where words are left."""
    criteria = read_text(name)
    facts = list(leaves(criteria[0].expression)) if len(criteria) == 1 else []
    if not all(isinstance(fact, Fact) and fact.modifiers.keys() <= _ADDS_NOTHING for fact, _ in facts):
        return ()
    return tuple(
        dict.fromkeys((frozenset([fact.concept]), denied) for fact, denied in facts if isinstance(fact, Fact))
    )


def content_words(words: str) -> frozenset[str]:
    """Return the words that carry meaning, in the form in which the vocabulary looks them up."""
    return frozenset(
        token.form for token in tokenize(words) if token.form not in _SILENT and token.text[0].isalnum()
    )


def _form(name: str) -> str:
    return " ".join(token.form for token in tokenize(name) if token.text[0].isalnum())


def _with_result(atom: Annotation) -> str:
    """Return a name, that of a test with the result that the status says."""
    result = _RESULT.match(atom.status) if atom.name.endswith(" test") else None
    return f"{result.group()} {atom.name}" if result else atom.name
