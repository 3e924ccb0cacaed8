"""The ontology's words: which concept a phrase of a criterion names."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, cast, get_args

from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.omissions import is_omitted
from trialgraph.criteria.language.tokens import (
    Token,
    ends_sentence,
    hyphenated,
    lookup_form,
    token_texts,
    tokenize,
)
from trialgraph.criteria.language.variants import reworded
from trialgraph.expressions import Category
from trialgraph.namespaces import TGC

if TYPE_CHECKING:
    from trialgraph.concepts import Concepts

__all__ = ["GIVEN", "Mention", "Term", "Vocabulary", "default_vocabulary", "is_read", "vocabulary_entries"]

GIVEN = frozenset({"treatment", "procedure"})
_SEX = str(TGC.Sex)
_DISEASE_STATUS = str(TGC.DiseaseStatus)
"""What becomes of a disease, which "recurrent disease" names with no disease of its own."""
_READ_APART = frozenset({_SEX, str(TGC.HealthyVolunteer), str(TGC.DemographicCharacteristic)})
"""Whom a trial is for: statements about them are read by their form, not as facts of a list."""
"""Categories of what is given to a patient, or done."""

_IGNORED = frozenset("-'’.")
_PASSED = _IGNORED | {"("}
"""Signs that a name may go on behind."""
_LONGEST_ABBREVIATION = 6
_LONGEST_MARKER = 4
_LONGEST_WAIT = 9
_ARMS = frozenset("pq")
"""Arms of a chromosome: a sign behind one tells of its gain or loss ("5q-")."""


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
        members: What a group's name stands for: quantities ("transaminases"), or what it lists
            ("ILD/pneumonitis").
        cause: The drug or class of drugs that an allergy is to.
        judged: It says how bad or at which line, not of what kind.
    """

    iri: str
    label: str
    category: Category | None
    quantity: bool = False
    unit: str | None = None
    ancestors: frozenset[str] = frozenset()
    members: tuple[Term, ...] = ()
    cause: str | None = None
    judged: bool = False


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
    later: bool = False
    """Whether it is the end only of names that were given on request, of one that isn't read among them."""


class Vocabulary:
    """Finds the longest phrases of a text that name a concept.

    Letter case, plural endings and hyphens don't matter, except that an acronym ("ALL", "PE") has
    to be written in capitals. Look-up is by word through a tree, linear in the text.

    Args:
        entries: Names, whether each is an acronym, and what it names.
        more: Gives further names that start with a word, in look-up form, when a text first has it;
            a name that an entry has too keeps that entry's meaning. One that names None isn't read,
            nor is a shorter one of these at its start read in its place.
    """

    def __init__(
        self,
        entries: Iterable[tuple[str, bool, Term]],
        more: Callable[[str], Iterable[tuple[str, Term | None]]] | None = None,
    ) -> None:
        self._root = _Node()
        self._more = more
        self._asked: set[str] = set()
        self._found = lru_cache(maxsize=16_384)(self._find)
        self.by_iri: dict[str, Term] = {}
        self._named: dict[str, Term] = {}
        self._allergies: dict[str, Term] = {}
        for surface, acronym, term in entries:
            self.by_iri.setdefault(term.iri, term)
            self._named.setdefault(term.iri.rpartition("/")[2], term)
            if term.cause is not None:
                self._allergies.setdefault(term.cause, term)
            self._add(surface, term, acronym=acronym)

    def _add(self, surface: str, term: Term, *, acronym: bool) -> None:
        node = self._node(surface)
        if node is not self._root and all(known.iri != term.iri for known, _ in node.terms):
            exact = acronym or _seems_plural(surface)
            node.terms.append((term, _bare(surface) if exact else None))

    def _add_later(self, surface: str, term: Term | None) -> None:
        node = self._node(surface)
        if node.terms or node is self._root:
            return
        node.later = True
        if term is not None:
            self.by_iri.setdefault(term.iri, term)
            node.terms.append((term, None))

    def _node(self, surface: str) -> _Node:
        node = self._root
        for form in map(lookup_form, token_texts(surface)):
            if form not in _IGNORED:
                below = node.children.get(form)
                if below is None:
                    below = node.children[form] = _Node()
                node = below
        return node

    def mentions(self, tokens: list[Token]) -> dict[int, Mention]:
        """Return the longest mention that starts at each token, where one does."""
        starts = self._starts(tokens) if self._more is None else range(len(tokens))
        found = ((start, self.mention_at(tokens, start)) for start in starts)
        named = {start: mention for start, mention in found if mention is not None}
        for start in [start for start, mention in named.items() if is_omitted(tokens, mention, named)]:
            del named[start]
        return named

    def _starts(self, tokens: list[Token]) -> Iterator[int]:
        """Yield the tokens at which a mention may start: most words are out of it by the next one."""
        known = self._root.children
        forms = [*(token.form for token in tokens), "", ""]
        for index in range(len(tokens)):
            node = known.get(forms[index])
            after = forms[index + 1]
            if node is None:
                if after == "-" and hyphenated(tokens, index):
                    yield index
            elif node.terms or after in node.children or after in _PASSED or forms[index + 2] == "-":
                yield index

    def mention_behind(self, opening: Iterable[str], tokens: list[Token], position: int) -> Mention | None:
        """Return the longest mention that starts at a token, had some words stood before it."""
        node: _Node | None = self._root
        for form in opening:
            node = node.children.get(form) if node is not None else None
        return None if node is None else self._followed(node, tokens, position, position)

    def mention_at(self, tokens: list[Token], position: int) -> Mention | None:
        """Return the longest mention that starts at a token; a prefix ("anti-viral") may be part of it."""
        found = self._followed(self._root, tokens, position, position)
        if found is None and hyphenated(tokens, position):
            joined = self._below(self._root, tokens[position].form + tokens[position + 2].form)
            found = None if joined is None else self._followed(joined, tokens, position, position + 3)
        return found

    def _followed(self, node: _Node, tokens: list[Token], position: int, index: int) -> Mention | None:
        term = self._choose(node, tokens, position, index) if node.terms and index > position else None
        best, given = None if term is None else Mention(term, position, index), node.later
        while index < len(tokens):
            form = tokens[index].form
            if form in _IGNORED and index > position and not ends_sentence(tokens, index):
                index += 1
                continue
            child = self._below(node, form) if node is self._root else node.children.get(form)
            step = 1
            if child is None and hyphenated(tokens, index):
                child, step = self._below(node, form + tokens[index + 2].form), 3
            after = _abbreviates(tokens, index) if form == "(" and index > position else 0
            if after and (child is None or (after < len(tokens) and tokens[after].form in node.children)):
                index = after
                continue
            if child is None:
                break
            node = child
            index += step
            if node.terms:
                term = self._choose(node, tokens, position, index)
                if term is not None:
                    best, given = Mention(term, position, index), node.later
            elif node.later and given:
                best = None
        return best

    def _below(self, node: _Node, form: str) -> _Node | None:
        if self._more is not None and node is self._root and form not in self._asked:
            self._asked.add(form)
            for surface, term in self._more(form):
                self._add_later(surface, term)
        return node.children.get(form)

    def signed_at(self, tokens: list[Token], index: int) -> Mention | None:
        """Return the mention that a plus or minus behind a marker's name makes ("HER2-", "ER+")."""
        sign = tokens[index]
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        apart = after is None or not after.joined or not after.text[0].isalnum() or sign.text == "+"
        if not sign.joined or not apart or _goes_on(tokens, index):
            return None
        arm = tokens[index - 1].form in _ARMS
        results = ("gain", "deletion") if arm else ("positive", "negative")
        for start in range(max(0, index - _LONGEST_MARKER), index):
            name = "".join(f"{'' if token.joined else ' '}{token.text}" for token in tokens[start:index])
            term = self.find(f"{name} {results[sign.text != '+']}")
            if term is not None and term.category == "biomarker":
                return Mention(term, start, index + 1)
        return None

    def find(self, words: str) -> Term | None:
        """Return the concept that a phrase as a whole names."""
        return self._found(words)

    def _find(self, words: str) -> Term | None:
        tokens = tokenize(words)
        mention = self.mention_at(tokens, 0) if tokens else None
        return mention.term if mention and mention.end == len(tokens) else None

    def named(self, name: str) -> Term | None:
        """Return the concept with a local name ("SerumCreatinine")."""
        return self._named.get(name)

    def allergy_to(self, drug: Term) -> Term | None:
        """Return the allergy to a drug, or to the narrowest class it is of; None without one."""
        classes = [iri for iri in (drug.iri, *drug.ancestors) if iri in self._allergies]
        narrowest = max(classes, key=lambda iri: (iri == drug.iri, self._depth(iri), iri), default=None)
        return None if narrowest is None else self._allergies[narrowest]

    @property
    def hypersensitivity(self) -> Term | None:
        """The allergy that all others come under; None when the vocabulary names none."""
        return self.general(next(iter(self._allergies.values()))) if self._allergies else None

    def _depth(self, iri: str) -> int:
        return len(self.by_iri[iri].ancestors) if iri in self.by_iri else 0

    def general(self, term: Term) -> Term:
        """Return the concept above a term, of its category, that all others of that category come under."""
        above = [self.by_iri[iri] for iri in term.ancestors if iri in self.by_iri]
        same = [each for each in above if each.category == term.category]
        return min(same, key=lambda each: (len(each.ancestors), each.iri), default=term)

    def _choose(self, node: _Node, tokens: list[Token], start: int, end: int) -> Term | None:
        written = ""
        for term, exact in node.terms:
            if exact is None:
                return term
            written = written or _bare("".join([token.text for token in tokens[start:end]]))
            if written in (exact, f"{exact}s"):
                return term
        return None


def _seems_plural(surface: str) -> bool:
    """Whether a name is initials with an S at their end ("AIDS"), which "AID" isn't one of."""
    return surface.isupper() and surface.isalpha() and lookup_form(surface) != surface.lower()


def _bare(words: str) -> str:
    """Return the words without spaces and hyphens, their case kept."""
    return words if words.isalnum() else "".join(filter(str.isalnum, words))


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
    """Return where an abbreviation in a name ends ("small cell (SCLC) lung cancer"), 0 for other brackets.

    Another bracket right behind it would be an explanation, so a name never goes on over two.
    """
    for place in range(index + 1, min(index + _LONGEST_ABBREVIATION, len(tokens) - 1)):
        if tokens[place].text == ")":
            written = [token.text for token in tokens[index + 1 : place] if token.text[0].isalpha()]
            short = bool(written) and all(word.isupper() or not word.islower() for word in written)
            return place + 1 if short and tokens[place + 1].text != "(" else 0
    return 0


@cache
def default_vocabulary() -> Vocabulary:
    """Return the vocabulary of the packaged ontology."""
    from trialgraph.concepts import packaged_concepts

    # Nothing of what is built is garbage, and looking for some takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        entries = list(vocabulary_entries(packaged_concepts()))
        return Vocabulary([*entries, *reworded(entries)])
    finally:
        if collecting:
            gc.enable()


def vocabulary_entries(concepts: Concepts) -> Iterator[tuple[str, bool, Term]]:
    """Yield the names that criteria are read by, whether each is an acronym, and what it names."""
    forms = concepts.surface_forms()
    terms = {iri: _term(concepts, iri) for iri in concepts if is_read(concepts, iri)}
    assessments = {iri for iri in concepts if concepts.is_assessment(iri)}
    plain = {form.form.lower() for form in forms if form.iri not in assessments}
    for surface, case_sensitive, iri in forms:
        if iri not in terms or (
            _DISEASE_STATUS not in terms[iri].ancestors and _says_more(surface, terms[iri].label)
        ):
            continue
        if iri in assessments and _plain_name(surface) in plain:
            continue
        yield surface, case_sensitive, terms[iri]


def _plain_name(surface: str) -> str | None:
    """Return a name without the grading word it starts with; None when it starts with none."""
    end, classes = lexicon().opening(surface)
    return surface[end:].lstrip().lower() if end and "grading" in classes else None


def is_read(concepts: Concepts, iri: str) -> bool:
    """Return whether criteria are read as naming a concept.

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
    sexed = _SEX in concepts[iri].parents or iri in _READ_APART
    return not (stretch or root or apart or sexed)


def _says_more(surface: str, label: str) -> bool:
    """Whether a name has a narrowing word that the concept hasn't ("severe arrhythmia"): it is read apart."""
    end, classes = lexicon().opening(surface)
    return end > 0 and "grading" in classes and surface[:end].lower() not in label.lower()


def _term(concepts: Concepts, iri: str) -> Term:
    quantities = concepts.quantity_members(iri)
    members = tuple(_term(concepts, each) for each in quantities or concepts.named_each(iri))
    quantity = bool(quantities) or concepts.is_quantity(iri)
    category = None if quantity else cast(Category, concepts.category(iri))
    return Term(
        iri,
        concepts.label(iri),
        category,
        quantity,
        concepts[iri].unit,
        concepts.ancestors(iri),
        members,
        concepts[iri].caused_by if category == "allergy" else None,
        concepts.is_judged(iri),
    )
