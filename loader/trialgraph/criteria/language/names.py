"""The names that criteria are read by, of every concept of the packaged ontology, in look-up form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import lookup_form, token_texts
from trialgraph.criteria.language.variants import reworded
from trialgraph.expressions import Category
from trialgraph.garbage import collection_paused
from trialgraph.keeping import kept
from trialgraph.namespaces import TGC
from trialgraph.ontology import statement_files
from trialgraph.resources import product_folder

if TYPE_CHECKING:
    from trialgraph.concepts import Concepts

__all__ = [
    "ARTICLES",
    "SILENT",
    "Names",
    "Term",
    "bare",
    "is_examination",
    "is_read",
    "packaged_names",
    "vocabulary_entries",
]

_MODULES = ("concepts.py", "expressions.py", "namespaces.py", "ontology.py")
"""Modules of the package that names depend on, beside those of this folder."""
_WORDS = ("lexicon.toml", "places.toml", "spellings.toml", "words.txt")
"""Tables of words that names depend on."""
SILENT = frozenset("-'’.")
"""Signs that stand in a name without telling it from others."""
ARTICLES = frozenset({"the", "an"})
"""Words within a name that may be missing in a text, or stand only there ("cancer of the bladder")."""
_SEX = str(TGC.Sex)
_EXAMINATION = str(TGC.Examination)
_OPERATION = str(TGC.OpenBiopsy)
"""The examination that is barred as an operation is, whatever stands around it."""
_DISEASE_STATUS = str(TGC.DiseaseStatus)
"""What becomes of a disease, which "recurrent disease" names with no disease of its own."""
_READ_APART = frozenset({_SEX, str(TGC.HealthyVolunteer), str(TGC.DemographicCharacteristic)})
"""Whom a trial is for: statements about them are read by their form, not as facts of a list."""


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

    def is_a(self, iri: str) -> bool:
        """Whether it is a concept, or one below it."""
        return iri == self.iri or iri in self.ancestors


class Names:
    """The names of the packaged concepts, by their first word in look-up form.

    Args:
        table: What `_packaged_table` returns.
        made: Whether names that English makes by rule of others are among them.
    """

    def __init__(self, table: dict[str, Any], *, made: bool) -> None:
        self._listed = table["named"]
        self.terms = {term.iri: term for term in self._listed}
        """What the names stand for, by IRI."""
        self._tables: list[dict[str, str]] = [table["own"], table["made"]] if made else [table["own"]]

    def first_words(self) -> set[str]:
        """Return the words that names start with."""
        return {word for table in self._tables for word in table}

    def starting_with(self, first: str) -> str:
        """Return the names that start with a word, the ontology's own before those that are made by rule.

        Each is a line of its further words, in look-up form, each behind a space, and of what `told` reads.
        """
        return "\n".join([table[first] for table in self._tables if first in table])

    def told(self, line: str) -> tuple[Term, str | None]:
        """Return what a name's line says that it names.

        Beside it, for an acronym, is what has to be written, without spaces and hyphens.
        """
        _, term, *exact = line.split("\t")
        return self._listed[int(term)], exact[0] if exact else None


def _terms(rows: list[list[Any]], iris: list[str]) -> dict[str, Term]:
    """Return the terms of a table's rows, by IRI; what is a member of another stands before it."""
    terms: dict[str, Term] = {}
    for iri, label, category, quantity, unit, ancestors, members, cause, judged in rows:
        above = frozenset([iris[each] for each in ancestors])
        parts = tuple([terms[each] for each in members])
        terms[iri] = Term(iri, label, category, quantity, unit, above, parts, cause, judged)
    return terms


@cache
def packaged_names(*, made: bool = True) -> Names:
    """Return the names of the packaged concepts, with or without those that are made by rule of others."""
    return Names(_packaged_table(), made=made)


@cache
def _packaged_table() -> dict[str, Any]:
    """Return what `_table` makes, in ``named`` the terms themselves; what they are made of isn't kept."""
    folder = Path(__file__).parent
    modules = [*folder.glob("*.py"), *(folder.parents[1] / name for name in _MODULES)]
    language = product_folder("data") / "language"
    words = [language / name for name in _WORDS]
    sources = [*statement_files(product_folder("ontology")), *words, *sorted(modules)]
    table: dict[str, Any] = kept("names", sources, _table)
    terms = _terms(table.pop("terms"), table.pop("iris"))
    return {**table, "named": [terms[iri] for iri in table["named"]]}


def _table() -> dict[str, Any]:
    """Return all names and what they stand for, as JSON has it.

    ``terms`` are rows of what a term is, with the ancestors as places in ``iris``; ``named`` are those that
    names stand for. ``own`` and ``made`` have a text for each first word: a line for each name, of its other
    words, each behind a space, the place of its term in ``named`` and, of an acronym, what has to be written.
    """
    from trialgraph.concepts import packaged_concepts

    with collection_paused():
        entries = list(vocabulary_entries(packaged_concepts()))
        made = list(reworded(entries))
    named = {term.iri: term for _, _, term in entries}
    terms = {term.iri: term for top in named.values() for term in _with_members(top)}
    above = sorted({iri for term in terms.values() for iri in term.ancestors})
    iris = {iri: place for place, iri in enumerate(above)}
    places = {iri: place for place, iri in enumerate(named)}
    return {
        "iris": above,
        "terms": [_row(term, iris) for term in terms.values()],
        "named": list(named),
        "own": _by_first_word(entries, places),
        "made": _by_first_word(made, places),
    }


def _with_members(term: Term) -> Iterator[Term]:
    for member in term.members:
        yield from _with_members(member)
    yield term


def _row(term: Term, places: Mapping[str, int]) -> list[Any]:
    return [
        term.iri,
        term.label,
        term.category,
        term.quantity,
        term.unit,
        [places[iri] for iri in sorted(term.ancestors)],
        [member.iri for member in term.members],
        term.cause,
        term.judged,
    ]


def _by_first_word(entries: Iterable[tuple[str, bool, Term]], places: Mapping[str, int]) -> dict[str, str]:
    lines: dict[str, dict[str, None]] = {}
    for surface, acronym, term in entries:
        forms = [form for form in map(lookup_form, token_texts(surface)) if form not in SILENT]
        if forms:
            exact = [bare(surface)] if acronym or _seems_plural(surface) else []
            # an apostrophe's form is empty
            rest = "".join(f" {form}" for form in forms[1:] if form not in ARTICLES)
            line = "\t".join([rest, str(places[term.iri]), *exact])
            lines.setdefault(forms[0], {})[line] = None
    return {first: "\n".join(each) for first, each in lines.items()}


def bare(words: str) -> str:
    """Return the words without spaces and hyphens, their case kept."""
    return words if words.isalnum() else "".join(filter(str.isalnum, words))


def vocabulary_entries(concepts: Concepts) -> Iterator[tuple[str, bool, Term]]:
    """Yield the names that criteria are read by, whether each is an acronym, and what it names."""
    forms = concepts.surface_forms()
    terms = {iri: _term(concepts, iri) for iri in concepts if is_read(concepts, iri)}
    assessments = {iri for iri in concepts if concepts.is_assessment(iri)}
    plain = {form.form.lower() for form in forms if form.iri not in assessments}
    graded = tuple(f"{term.label} " for term in terms.values() if _plain_name(term.label) is not None)
    for surface, case_sensitive, iri in forms:
        if iri not in terms or (
            _DISEASE_STATUS not in terms[iri].ancestors
            and _says_more(surface, terms[iri].label)
            and not surface.startswith(graded)
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
    examined = iri != _EXAMINATION and _EXAMINATION in concepts.ancestors(iri)
    apart = category == "other" and not (examined or concepts.is_quantity(iri) or concepts.is_assessment(iri))
    sexed = _SEX in concepts[iri].parents or iri in _READ_APART
    return not (stretch or root or apart or sexed)


def is_examination(term: Term) -> bool:
    """Whether a concept is a procedure that finds something out and treats nothing."""
    return _EXAMINATION in term.ancestors and term.iri != _OPERATION


def _says_more(surface: str, label: str) -> bool:
    """Whether a name has a narrowing word that the concept hasn't ("severe arrhythmia"): it is read apart."""
    end, classes = lexicon().opening(surface)
    return end > 0 and "grading" in classes and surface[:end].lower() not in label.lower()


def _term(concepts: Concepts, iri: str) -> Term:
    quantities = concepts.quantity_members(iri)
    members = tuple(_term(concepts, each) for each in quantities or concepts.named_each(iri))
    quantity = bool(quantities) or concepts.is_quantity(iri)
    category = None if quantity else cast(Category, concepts.category(iri))
    if category == "other" and _EXAMINATION in concepts.ancestors(iri):
        category = "procedure"
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


def _seems_plural(surface: str) -> bool:
    """Whether a name is initials with an S at their end ("AIDS"), which "AID" isn't one of."""
    return surface.isupper() and surface.isalpha() and lookup_form(surface) != surface.lower()
