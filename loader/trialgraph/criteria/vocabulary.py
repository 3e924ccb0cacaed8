"""The ontology's words: which concept a phrase of a criterion names."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, cast, get_args

from trialgraph.criteria.lexicon import lexicon
from trialgraph.criteria.tokens import Token, tokenize
from trialgraph.expressions import Category

if TYPE_CHECKING:
    from trialgraph.concepts import Concepts

__all__ = ["Mention", "Term", "Vocabulary", "default_vocabulary"]

_IGNORED = frozenset("-'’.")
_LONGEST_ABBREVIATION = 6
_LONGEST_MARKER = 4
_LONGEST_WAIT = 9


@dataclass(frozen=True, slots=True)
class Term:
    """What reading has to know of a concept.

    Args:
        iri: The concept.
        label: Its label.
        category: Kind of record that shows it; None for a quantity.
        quantity: Whether it is measured.
        unit: UCUM code of its canonical unit; None for a score without one.
        ancestors: IRIs of the concepts above it.
        members: The quantities that a group's name stands for ("transaminases").
    """

    iri: str
    label: str
    category: Category | None
    quantity: bool = False
    unit: str | None = None
    ancestors: frozenset[str] = frozenset()
    members: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase that names a concept: tokens `start` up to `end`."""

    term: Term
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    terms: list[tuple[Term, str | None]] = field(default_factory=list)


class Vocabulary:
    """Finds the longest phrases of a text that name a concept.

    Letter case, plural endings and hyphens don't matter, except that an acronym ("ALL", "PE") has
    to be written in capitals. Look-up is by word through a tree, linear in the text.
    """

    def __init__(self, entries: Iterable[tuple[str, bool, Term]]) -> None:
        self._root = _Node()
        self.by_iri: dict[str, Term] = {}
        self._named: dict[str, Term] = {}
        for surface, acronym, term in entries:
            self.by_iri.setdefault(term.iri, term)
            self._named.setdefault(term.iri.rpartition("/")[2], term)
            self._add(surface, term, acronym=acronym)

    def _add(self, surface: str, term: Term, *, acronym: bool) -> None:
        node = self._root
        forms = [token.form for token in tokenize(surface) if token.form not in _IGNORED]
        if not forms:
            return
        for form in forms:
            node = node.children.setdefault(form, _Node())
        if all(known.iri != term.iri for known, _ in node.terms):
            node.terms.append((term, _bare(surface) if acronym else None))

    def mention_at(self, tokens: list[Token], position: int) -> Mention | None:
        """Return the longest mention that starts at a token."""
        node = self._root
        best: Mention | None = None
        index = position
        while index < len(tokens):
            form = tokens[index].form
            if form in _IGNORED and index > position:
                index += 1
                continue
            child = node.children.get(form)
            step = 1
            if child is None and _hyphenated(tokens, index):
                child, step = node.children.get(form + tokens[index + 2].form), 3
            if child is None and index > position and (closing := _abbreviates(tokens, index)):
                index = closing
                continue
            if child is None:
                break
            node = child
            index += step
            if node.terms:
                term = self._choose(node, tokens, position, index)
                if term is not None:
                    best = Mention(term, position, index)
        return best

    def signed_at(self, tokens: list[Token], index: int) -> Mention | None:
        """Return the mention that a plus or minus behind a marker's name makes ("HER2-", "ER+")."""
        sign = tokens[index]
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        apart = after is None or not after.joined or not after.text[0].isalnum() or sign.text == "+"
        if not sign.joined or not apart or _goes_on(tokens, index):
            return None
        result = "positive" if sign.text == "+" else "negative"
        for start in range(max(0, index - _LONGEST_MARKER), index):
            name = "".join(f"{'' if token.joined else ' '}{token.text}" for token in tokens[start:index])
            term = self.find(f"{name} {result}")
            if term is not None and term.category == "biomarker":
                return Mention(term, start, index + 1)
        return None

    def find(self, words: str) -> Term | None:
        """Return the concept that a phrase as a whole names."""
        tokens = tokenize(words)
        mention = self.mention_at(tokens, 0) if tokens else None
        return mention.term if mention and mention.end == len(tokens) else None

    def named(self, name: str) -> Term | None:
        """Return the concept with a local name ("SerumCreatinine")."""
        return self._named.get(name)

    def general(self, term: Term) -> Term:
        """Return the concept above a term, of its category, that all others of that category come under."""
        above = [self.by_iri[iri] for iri in term.ancestors if iri in self.by_iri]
        same = [each for each in above if each.category == term.category]
        return min(same, key=lambda each: (len(each.ancestors), each.iri), default=term)

    def _choose(self, node: _Node, tokens: list[Token], start: int, end: int) -> Term | None:
        written = _bare("".join(token.text for token in tokens[start:end]))
        for term, exact in node.terms:
            if exact is None or written in (exact, f"{exact}s"):
                return term
        return None


def _bare(words: str) -> str:
    """Return the words without spaces and hyphens, their case kept."""
    return "".join(letter for letter in words if letter.isalnum())


def _goes_on(tokens: list[Token], index: int) -> bool:
    """Whether a hyphen waits for what a later word is joined to ("EGFR- or ALK-positive")."""
    following = tokens[index + 1 : index + 1 + _LONGEST_WAIT]
    if not following or tokens[index].text == "+":
        return False
    if following[0].form in ("positive", "negative"):
        return True
    waits = following[0].form in (",", "/", "and", "or")
    pairs = itertools.pairwise(following)
    return waits and any(one.text == "-" and two.joined and two.text[0].isalpha() for one, two in pairs)


def _abbreviates(tokens: list[Token], index: int) -> int:
    """Return where a bracketed abbreviation in a name ends ("small cell (SCLC) lung cancer"), 0 without one.

    Another bracket right behind it would be an explanation, so a name never goes on over two.
    """
    if tokens[index].text != "(":
        return 0
    for place in range(index + 1, min(index + _LONGEST_ABBREVIATION, len(tokens) - 1)):
        if tokens[place].text == ")":
            written = [token.text for token in tokens[index + 1 : place] if token.text[0].isalpha()]
            short = bool(written) and all(word.isupper() or not word.islower() for word in written)
            return place + 1 if short and tokens[place + 1].text != "(" else 0
    return 0


def _hyphenated(tokens: list[Token], index: int) -> bool:
    """Whether a hyphen joins a word to the next ("extra-hepatic")."""
    return index + 2 < len(tokens) and tokens[index + 1].text == "-" and tokens[index + 1].joined


@cache
def default_vocabulary() -> Vocabulary:
    """Return the vocabulary of the packaged ontology."""
    from trialgraph.concepts import packaged_concepts

    return Vocabulary(_entries(packaged_concepts()))


def _entries(concepts: Concepts) -> Iterator[tuple[str, bool, Term]]:
    terms: dict[str, Term] = {}
    plain = {form.form.lower() for form in concepts.surface_forms() if not concepts.is_assessment(form.iri)}
    for surface, case_sensitive, iri in concepts.surface_forms():
        if not _is_read(concepts, iri) or _says_more(surface, concepts.label(iri)):
            continue
        if concepts.is_assessment(iri) and _plain_name(surface) in plain:
            continue
        if iri not in terms:
            terms[iri] = _term(concepts, iri)
        yield surface, case_sensitive, terms[iri]


def _plain_name(surface: str) -> str | None:
    """Return a name without the grading word it starts with; None when it starts with none."""
    tokens = tokenize(surface)
    end, classes = lexicon().phrase_at(tokens, 0)
    graded = "grading" in classes and end < len(tokens)
    return surface[tokens[end].start :].lower() if graded else None


def _is_read(concepts: Concepts, iri: str) -> bool:
    """Whether criteria are read as naming a concept.

    Classes of a score are read as limits of the score; the roots of the categories say nothing; what
    isn't about a patient (endpoints, response criteria) makes no fact.
    """
    category = concepts.category(iri)
    if (
        category not in get_args(Category)
        and not concepts.is_quantity(iri)
        and not concepts.quantity_members(iri)
    ):
        return False
    stretch = concepts[iri].score_of is not None
    parents = concepts[iri].parents
    top = category == "other" and all(not concepts[each].parents for each in parents)
    root = concepts.label(iri) == category or top
    apart = category == "other" and not concepts.is_quantity(iri) and not concepts.is_assessment(iri)
    return not (stretch or root or apart or (category == "demographic" and not concepts.is_quantity(iri)))


def _says_more(surface: str, label: str) -> bool:
    """Whether a name has a narrowing word that the concept hasn't ("severe arrhythmia"): it is read apart."""
    tokens = tokenize(surface)
    end, classes = lexicon().phrase_at(tokens, 0)
    narrowing = "grading" in classes and end < len(tokens)
    return narrowing and surface[: tokens[end - 1].end].lower() not in label.lower()


def _term(concepts: Concepts, iri: str) -> Term:
    members = tuple(_term(concepts, each) for each in concepts.quantity_members(iri))
    quantity = bool(members) or concepts.is_quantity(iri)
    category = None if quantity else cast(Category, concepts.category(iri))
    return Term(
        iri, concepts.label(iri), category, quantity, concepts[iri].unit, concepts.ancestors(iri), members
    )
