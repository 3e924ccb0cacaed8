"""Which names of imported concepts are read in criteria.

A large vocabulary holds many names that mean something else in a sentence, or several things. Such
a name is not read: a phrase that stays words is better than a wrong fact.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from trialgraph.concepts import Concepts
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.names import is_read
from trialgraph.criteria.language.tokens import Token, lookup_form, tokenize
from trialgraph.resources import product_folder
from trialgraph.vocabularies.matching import Matched
from trialgraph.vocabularies.published import Tell

__all__ = ["ReadName", "names_read"]

_READ = frozenset({"condition", "treatment", "procedure", "biomarker", "allergy", "reproductive"})
_SIGNS = re.compile(r"[,;:()\[\]/<>=+&%\"|]")
_WORD = re.compile(r"[^\W\d_]+")
_EVERY = 5_000
_LONG = 4  # letters; a name needs one word of so many that isn't an abbreviation
_CAPITALS = 6  # letters from which on a word in capitals is taken for a word
_MODIFYING = frozenset({"grading", "active", "neutral", "confirmation", "confirmed"})
_MODIFYING_PACKAGED = _MODIFYING | {"qualifier"}
_GRADED = re.compile(r"\b(?:stages?|grades?\s+[0-9IVX]+|AJCC|FIGO|v\d+)\b", re.IGNORECASE)


class ReadName(NamedTuple):
    """A name of an imported vocabulary.

    Args:
        first: The word it is looked up by.
        name: The name.
        iri: The concept that it is read as; None for one that isn't read, which keeps a shorter name
            at its start from being read in its place ("bladder carcinoma" in "… in situ").
    """

    first: str
    name: str
    iri: str | None


@dataclass(slots=True)
class _Owners:
    """The concepts that share a name, and those of them whose preferred name it is."""

    concepts: set[str] = field(default_factory=set)
    preferred: set[str] = field(default_factory=set)
    spellings: list[str] = field(default_factory=list)


def names_read(matched: Sequence[Matched], packaged: Concepts, tell: Tell) -> Iterator[ReadName]:
    """Yield the names of a vocabulary's concepts, each with the concept that it is read as.

    A name isn't read when several concepts have it (unless it is the preferred name of one that all
    the others are kinds of), when it is short, an abbreviation, or made of common words only, when
    its concept is a stage or a grade, or when it is another concept's name with words before it that
    reading keeps as modifiers. A name that a packaged concept has is left out.
    """
    owners = _owners(matched)
    taken = {_key(tokenize(form.form)) for form in packaged.surface_forms()}
    readable = {each.iri for each in matched if _is_read(each, packaged)}
    of_patients = {each.iri for each in matched if each.category in _READ}
    ancestors = _Ancestors(matched)
    for number, (key, owned) in enumerate(owners.items()):
        if number % _EVERY == 0:
            tell("choosing names", number, len(owners))
        if key in taken or not owned.concepts & of_patients:
            continue
        first = key.partition(" ")[0]
        iri = _owner(owned, of_patients, ancestors)
        name = next((each for each in owned.spellings if _is_plain(each)), None)
        if iri in readable and name is not None and not _is_modified(name, owners, taken):
            yield ReadName(first, name, iri)
        elif " " in key:
            yield ReadName(first, owned.spellings[0], None)


def _is_read(each: Matched, packaged: Concepts) -> bool:
    if each.same_as is not None:
        return is_read(packaged, each.same_as) and packaged.category(each.same_as) in _READ
    return each.category in _READ and not _GRADED.search(each.published.label)


def _owners(matched: Sequence[Matched]) -> Mapping[str, _Owners]:
    found: dict[str, _Owners] = defaultdict(_Owners)
    for each in matched:
        for name in (each.published.label, *each.published.synonyms):
            owned = found[_key(tokenize(name))]
            owned.concepts.add(each.iri)
            owned.spellings.append(name)
            if name == each.published.label:
                owned.preferred.add(each.iri)
    found.pop("", None)
    return found


def _owner(owned: _Owners, of_patients: Collection[str], ancestors: _Ancestors) -> str | None:
    """Return the one concept that a name means; None when it may mean several.

    What is no matter of a patient's record, such as a gene or a pathway, gives way to a disease whose
    preferred name it is.
    """
    if len(owned.concepts) == 1:
        return next(iter(owned.concepts))
    if len(owned.preferred) != 1:
        return None
    (one,) = owned.preferred
    others = (each for each in owned.concepts if each in of_patients or one not in of_patients)
    return one if all(one in ancestors.of(other) for other in others) else None


class _Ancestors:
    def __init__(self, matched: Sequence[Matched]) -> None:
        self._parents = {each.iri: each.parents for each in matched}

    def of(self, iri: str) -> set[str]:
        seen, level = {iri}, [iri]
        while level:
            level = [up for each in level for up in self._parents.get(each, ()) if up not in seen]
            seen.update(level)
        return seen


def _key(tokens: Sequence[Token]) -> str:
    return " ".join(token.form for token in tokens if token.form not in "-'’.")


def _is_plain(name: str) -> bool:
    """Whether a name is words that mean nothing else: no sign in it, no abbreviation, nothing common."""
    if _SIGNS.search(name) or _GRADED.search(name):
        return False
    tokens = tokenize(name)
    words = _WORD.findall(name)
    if not any(_is_word(word, alone=len(tokens) == 1) for word in words):
        return False
    end, classes = lexicon().phrase_at(tokens, 0)
    if classes and end == len(tokens):
        return False
    if any(token.form in _remainder_words() for token in tokens):
        return False
    return not all(token.form in _common_words() for token in tokens if token.form.isalpha())


def _is_word(word: str, *, alone: bool) -> bool:
    """Whether it is a word rather than an abbreviation; some publishers write whole names in capitals."""
    capitals = word.isupper() and len(word) >= _CAPITALS and not alone
    return len(word) >= _LONG and (word[1:].islower() or capitals)


def _is_modified(name: str, imported: Collection[str], packaged: Collection[str]) -> bool:
    """Whether a name is another one with words before it that reading keeps as modifiers."""
    tokens = tokenize(name)
    position = 0
    own = True
    while position < len(tokens) - 1:
        end, classes = lexicon().phrase_at(tokens, position)
        course, length = _course(tokens, position)
        own = own and bool(course or classes & _MODIFYING)
        if not course and not classes & _MODIFYING_PACKAGED:
            return False
        position = max(end if classes & _MODIFYING_PACKAGED else position, position + length)
        rest = _key(tokens[position:])
        if rest in packaged or (own and rest in imported):
            return True
    return False


def _course(tokens: Sequence[Token], position: int) -> tuple[bool, int]:
    """Return whether a phrase for the course of a disease stands at a token, and how long it is."""
    for length in (3, 2, 1):
        if " ".join(token.form for token in tokens[position : position + length]) in _course_words():
            return True, length
    return False, 0


@cache
def _table() -> dict[str, list[str]]:
    path = product_folder("data") / "vocabularies" / "names.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _common_words() -> frozenset[str]:
    """Return words that mean no disease or treatment by themselves, in look-up form."""
    return frozenset(lookup_form(word) for word in (*_table()["common"], *_table()["everyday"]))


@cache
def _remainder_words() -> frozenset[str]:
    """Return words that no name which is read has, in look-up form."""
    return frozenset(map(lookup_form, _table()["remainder"]))


@cache
def _course_words() -> frozenset[str]:
    """Return phrases for the course or extent of a disease, as look-up forms with spaces between."""
    return frozenset(" ".join(token.form for token in tokenize(phrase)) for phrase in _table()["course"])
