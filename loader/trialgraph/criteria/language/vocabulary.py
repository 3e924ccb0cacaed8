"""The ontology's words: which concept a phrase of a criterion names."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from trialgraph.criteria.language.names import (
    ARTICLES,
    SILENT,
    Names,
    Term,
    bare,
    is_examination,
    packaged_names,
)
from trialgraph.criteria.language.omissions import is_omitted
from trialgraph.criteria.language.tokens import (
    CLOSING,
    Token,
    ends_sentence,
    hyphenated,
    lookup_form,
    token_texts,
    tokenize,
)

__all__ = ["GIVEN", "Mention", "Term", "Vocabulary", "default_vocabulary"]

GIVEN = frozenset({"treatment", "procedure"})
"""Categories of what is given to a patient, or done."""

_PASSED = SILENT | ARTICLES | frozenset(CLOSING)
"""Signs that a name may go on behind."""
_UNSAID = SILENT | ARTICLES
_LONGEST_ABBREVIATION = 6
_LONGEST_MARKER = 4
_LONGEST_WAIT = 9
_ARMS = frozenset("pq")
"""Arms of a chromosome: a sign behind one tells of its gain or loss ("5q-")."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase that names a concept: tokens `start` up to `end`."""

    term: Term
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """Some words that names start with; most are never looked for, so a branch grows when it is reached."""

    children: dict[str, _Node] = field(default_factory=dict)
    terms: tuple[tuple[Term, str | None], ...] = ()
    later: bool = False
    """Whether it is the end only of names that were given on request, of one that isn't read among them."""
    waiting: str = ""
    """Lines of the names that start so, until the node is reached."""


class Vocabulary:
    """Finds the longest phrases of a text that name a concept.

    Letter case, plural endings and hyphens don't matter, except that an acronym ("ALL", "PE") has
    to be written in capitals. Look-up is by word through a tree, linear in the text; a branch of it
    grows when a text first has the words that lead there.

    Args:
        names: The packaged concepts' names; a text's words decide which of them are put into the tree.
        more: Gives further names that start with a word, in look-up form, when a text first has it;
            a name that is packaged too keeps that meaning. One that names None isn't read,
            nor is a shorter one of these at its start read in its place.
    """

    def __init__(
        self, names: Names, more: Callable[[str], Iterable[tuple[str, Term | None]]] | None = None
    ) -> None:
        self._root = _Node()
        self._names = names
        self._waiting = names.first_words()
        self._more = more
        self._asked: set[str] = set()
        self._own: Mapping[str, Term | None] = {}
        self._plain = self
        self._found = lru_cache(maxsize=65_536)(self._find)
        self.by_iri = dict(names.terms)
        self._named: dict[str, Term] = {}
        self._allergies: dict[str, Term] = {}
        for term in names.terms.values():
            self._named.setdefault(term.iri.rpartition("/")[2], term)
            if term.cause is not None:
                self._allergies.setdefault(term.cause, term)

    def having(self, own: Mapping[str, Term | None]) -> Vocabulary:
        """Return the vocabulary of a text that gives abbreviations a meaning of its own.

        Args:
            own: The concept that each stands for, as it is written; None where it is to name none.
        """
        given = copy.copy(self)
        given._own = own
        given._found = lru_cache(maxsize=1024)(given._find)
        given._plain = self
        return given

    def for_words(self, words: str) -> Vocabulary:
        """Return the vocabulary without a text's own abbreviations, where words have none of them.

        It finds the same there, and remembers more.
        """
        return self if any(map(words.__contains__, self._own)) else self._plain

    def _first(self, form: str) -> _Node | None:
        """Return the node of a first word, after its names were put below it; None when there are none."""
        if form in self._waiting:
            self._root.children[form] = _Node(waiting=self._names.starting_with(form))
            self._waiting.discard(form)
            return self._reached(self._root, form)
        return self._root.children.get(form)

    def _reached(self, node: _Node, form: str) -> _Node | None:
        """Return the node that a word leads to, after what is below it was put there; None without one."""
        below = node.children.get(form)
        if below is None or not below.waiting:
            return below
        lines: dict[str, list[str]] = {}
        for line in below.waiting.splitlines():
            if line[0] == "\t":
                term, exact = self._names.told(line)
                if all(known.iri != term.iri for known, _ in below.terms):
                    below.terms = (*below.terms, (term, exact))
                continue
            end = line.find(" ", 1)
            end = end if end > 0 else line.index("\t")
            lines.setdefault(line[1:end], []).append(line[end:])
        below.waiting = ""
        below.children = {word: _Node(waiting="\n".join(each)) for word, each in lines.items()}
        return below

    def _add_later(self, surface: str, term: Term | None) -> None:
        node = self._node(surface)
        if node.terms or node is self._root:
            return
        node.later = True
        if term is not None:
            self.by_iri.setdefault(term.iri, term)
            node.terms = (*node.terms, (term, None))

    def _node(self, surface: str) -> _Node:
        node = self._root
        for form in map(lookup_form, token_texts(surface)):
            if form not in (SILENT if node is self._root else _UNSAID):
                below = self._first(form) if node is self._root else self._reached(node, form)
                if below is None:
                    below = node.children[form] = _Node()
                node = below
        return node

    def mentions(self, tokens: list[Token]) -> dict[int, Mention]:
        """Return the longest mention that starts at each token, where one does."""
        ready = self._more is None and not self._own
        starts = self._starts(tokens) if ready else range(len(tokens))
        named: dict[int, Mention] = {}
        for start in starts:
            mention = self.mention_at(tokens, start)
            if mention is not None:
                named[start] = mention
        for start in [start for start, mention in named.items() if is_omitted(tokens, mention, named)]:
            del named[start]
        return named

    def _starts(self, tokens: list[Token]) -> Iterator[int]:
        """Yield the tokens at which a mention may start: most words are out of it by the next one."""
        known, waiting = self._root.children, self._waiting
        forms = [token.form for token in tokens] + ["", ""]
        for index in range(len(tokens)):
            form = forms[index]
            node = self._first(form) if form in waiting else known.get(form)
            after = forms[index + 1]
            if node is None:
                if after == "-" and hyphenated(tokens, index):
                    yield index
            elif node.terms or after in node.children or after in _PASSED or forms[index + 2] == "-":
                yield index

    def mention_behind(self, opening: Iterable[str], tokens: list[Token], position: int) -> Mention | None:
        """Return the longest mention that starts at a token, had some words stood before it."""
        node: _Node | None = self._root
        for form in (form for form in opening if form not in ARTICLES):
            node = node if node is None else self._below(node, form)
        return None if node is None else self._followed(node, tokens, position, position)

    def opens_name(self, form: str, term: Term) -> bool:
        """Whether a packaged name of a concept starts with a word, in look-up form."""
        lines = self._names.starting_with(form).splitlines()
        return any(self._names.told(line)[0].iri == term.iri for line in lines)

    def mention_at(self, tokens: list[Token], position: int) -> Mention | None:
        """Return the longest mention that starts at a token; a prefix ("anti-viral") may be part of it."""
        found = self._followed(self._root, tokens, position, position)
        if found is None and hyphenated(tokens, position):
            joined = self._below(self._root, tokens[position].form + tokens[position + 2].form)
            found = None if joined is None else self._followed(joined, tokens, position, position + 3)
        if self._own and (found is None or found.end == position + 1):
            return self._given(tokens, position, found)
        return found

    def _given(self, tokens: list[Token], position: int, found: Mention | None) -> Mention | None:
        """Return the mention of a text's own abbreviation at a token, or what else was found there.

        Where it is explained it says what the words before it say.
        """
        written = tokens[position].text
        short = written if written in self._own else written.removesuffix("s")
        if short not in self._own:
            return found
        term = self._own[short]
        around = tokens[max(0, position - 1)].text + tokens[min(position + 1, len(tokens) - 1)].text
        return None if term is None or around in ("()", "[]") else Mention(term, position, position + 1)

    def _followed(self, node: _Node, tokens: list[Token], position: int, index: int) -> Mention | None:
        term = self._choose(node, tokens, position, index) if node.terms and index > position else None
        best, given = None if term is None else Mention(term, position, index), node.later
        while index < len(tokens):
            form = tokens[index].form
            if form in _UNSAID and index > position and not ends_sentence(tokens, index):
                index += 1
                continue
            child = self._below(node, form) if node is self._root else node.children.get(form)
            if child is not None and child.waiting:
                child = self._reached(node, form)
            step = 1
            if child is None and hyphenated(tokens, index):
                child, step = self._below(node, form + tokens[index + 2].form), 3
            after = _abbreviates(tokens, index, node) if form in CLOSING and index > position else 0
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
        return self._first(form) if node is self._root else self._reached(node, form)

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
        """Return the concept that a phrase as a whole names; no examination, which needs its own words."""
        return self.for_words(words)._found(words)

    def _find(self, words: str) -> Term | None:
        tokens = tokenize(words)
        mention = self.mention_at(tokens, 0) if tokens else None
        whole = mention is not None and mention.end == len(tokens) and not is_examination(mention.term)
        return mention.term if mention is not None and whole else None

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
            written = written or bare("".join([token.text for token in tokens[start:end]]))
            if written in (exact, f"{exact}s"):
                return term
        return None


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


def _abbreviates(tokens: list[Token], index: int, node: _Node) -> int:
    """Return where an abbreviation in a name ends ("small cell (SCLC) lung cancer"), 0 for other brackets.

    Another bracket right behind it would be an explanation, unless it is part of the name. One within a
    word is part of the word: "PD-(L)1" isn't PD-1.
    """
    closing = CLOSING[tokens[index].text]
    for place in range(index + 1, min(index + _LONGEST_ABBREVIATION, len(tokens) - 1)):
        if tokens[place].text == closing:
            written = [token.text for token in tokens[index + 1 : place] if token.text[0].isalpha()]
            short = bool(written) and all(word.isupper() or not word.islower() for word in written)
            following = tokens[place + 1].form
            if tokens[index].joined and tokens[place + 1].joined and tokens[place + 1].text.isalnum():
                return 0
            return place + 1 if short and (following not in CLOSING or following in node.children) else 0
    return 0


@cache
def default_vocabulary() -> Vocabulary:
    """Return the vocabulary of the packaged ontology."""
    return Vocabulary(packaged_names())
