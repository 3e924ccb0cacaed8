"""What counts as a malignancy besides the disease that a trial is about.

"Other malignancies" are others than the study disease, so a criterion that bars them is judged with
the concepts of that disease: melanoma is another malignancy than liver cancer, a liver metastasis
of unstated origin may not be.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import combinations

from trialgraph.concepts import Concepts, packaged_concepts
from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms
from trialgraph.namespaces import TGC
from trialgraph.patients.wording import words
from trialgraph.resources import product_folder
from trialgraph.vocabularies import known_concepts

__all__ = [
    "AGAIN",
    "IN_SITU",
    "OTHER",
    "UNTOLD",
    "are_apart",
    "besides",
    "earlier",
    "excluded_by",
    "shown_by",
    "study_disease",
]

_MALIGNANCY = str(TGC.MalignantNeoplasm)
_METASTASIS = str(TGC.MetastaticMalignantNeoplasm)
IN_SITU = str(TGC.CarcinomaInSitu)
OTHER = f"{_MALIGNANCY}-other"
"""Key of a view: a malignancy besides the study disease, whichever of those recorded that is."""
AGAIN = f"{_MALIGNANCY}-again"
"""Key of a view: a second cancer of one kind."""
UNTOLD = ("",)
"""The study disease of a trial whose record doesn't tell whether it is about a malignancy."""
_EARLIER = "before the disease under study"
_WORD = re.compile(r"[^\W_]+")
_NEVER = AnyOf(())


def study_disease(
    admitting: Iterable[Expression], conditions: Collection[str], *, all_known: bool
) -> tuple[str, ...]:
    """Return the concepts of the malignancy that a trial is about, as far as its record shows it.

    Args:
        admitting: What the inclusion criteria demand.
        conditions: Concepts of the conditions that the record states.
        all_known: Every condition that it states has a concept.
    Returns:
        The malignancies demanded, and those that the words beside them speak of, which may be another
        cohort's; if none are, those among the conditions. Empty when it is about none, and `UNTOLD`
        when that can't be told.
    """
    concepts, admitting = known_concepts(), list(admitting)
    demanded = {fact.concept for each in admitting for fact in _demanded(each)}
    if any(iri in concepts and _is_malignant(iri, concepts) for iri in demanded):
        demanded |= {fact.concept for each in admitting for fact in _spoken_of(each)}
    for named in (demanded, set(conditions)):
        found = {iri for iri in named if iri in concepts and _is_malignant(iri, concepts)}
        if all(concepts.is_a(iri, _METASTASIS) for iri in found):
            found = set[str]().union(*(_spread_from(iri, concepts) for iri in found))
        if not all(concepts.is_a(iri, _METASTASIS) for iri in found):
            return _widest_of(found, concepts)
    if found or not all_known or not conditions:
        return _widest_of(found, concepts) or UNTOLD
    return ()


def _spread_from(iri: str, concepts: Concepts) -> frozenset[str]:
    """Return what a metastatic cancer has spread from, where its name tells, otherwise the concept itself.

    "Metastatic colorectal cancer" is one of the colon or rectum; "liver metastases" may be of any.
    """
    if not concepts.is_a(iri, _METASTASIS):
        return frozenset({iri})
    sites = {up for up in concepts.ancestors(iri) if up in _rows() and not concepts.is_a(up, _METASTASIS)}
    nearest = {up for up in sites if not any(up in concepts.ancestors(each) - {each} for each in sites)}
    return frozenset(nearest or {iri})


def _widest_of(iris: Collection[str], concepts: Concepts) -> tuple[str, ...]:
    """Return concepts without those that are kinds of others among them; of equivalents one stays."""
    wider = {iri: (concepts.ancestors(iri) & set(iris)) - {iri} for iri in iris}
    return tuple(sorted(iri for iri in iris if all(iri in wider[up] and iri < up for up in wider[iri])))


def _demanded(expression: Expression) -> Iterator[Fact]:
    match expression:
        case AllOf(operands) | AnyOf(operands):
            for operand in operands:
                yield from _demanded(operand)
        case Fact() if not expression.is_mention and expression.modifiers.get("status") != "history":
            yield expression


def _spoken_of(expression: Expression) -> Iterator[Fact]:
    return (atom for atom in atoms(expression) if isinstance(atom, Fact) and atom.is_mention)


def _is_malignant(iri: str, concepts: Concepts) -> bool:
    """Whether a concept is of a malignancy, or so general that it may be."""
    return concepts.is_a(iri, _MALIGNANCY) or (
        iri in concepts.ancestors(_MALIGNANCY) and concepts.is_a(iri, str(TGC.Neoplasm))
    )


@lru_cache(maxsize=65536)
def besides(expression: Expression, study: tuple[str, ...] | None) -> Expression:
    """Return an expression whose facts of other malignancies know the study disease.

    In a trial that is about no malignancy, any is meant.

    Args:
        expression: As read.
        study: As `study_disease` returns it; None to leave the expression as it is.
    """
    return expression if study is None else map_facts(expression, partial(_besides, study=study))


def earlier(barring: Expression, study: tuple[str, ...] | None) -> Expression:
    """Return what an exclusion says with an earlier cancer of the study disease told from that disease.

    "Prior history of breast cancer" bars nobody for the breast cancer that a trial treats; which one a record
    has first isn't told by its being there. Malignancy as such ("active malignancy within 2 years") is
    another one in a trial about one.

    Args:
        barring: What an exclusion says.
        study: As `study_disease` returns it.
    """
    match barring:
        case AllOf(operands) if study:
            return AllOf(tuple(earlier(each, study) for each in operands))
        case AnyOf(operands) if study:
            return AnyOf(tuple(earlier(each, study) for each in operands))
        case Fact() if study and _is_any_malignancy(barring) and (any(study) or _is_timed(barring)):
            return replace(barring, modifiers={**barring.modifiers, "relation": "other"})
        case Fact() if study and _may_be_under_study(barring, study):
            told = barring.modifiers.get("qualifier")
            words = f"{told}; {_EARLIER}" if told else _EARLIER
            return replace(barring, modifiers={**barring.modifiers, "qualifier": words})
        case _:
            return barring


def _is_any_malignancy(fact: Fact) -> bool:
    """Whether malignancy as such bars, of whatever kind, besides what is excepted."""
    told = set(fact.modifiers) - {"status", "exception"} or fact.modifiers.get("status") == "history"
    return fact.concept == _MALIGNANCY and not (told or fact.is_mention)


def _is_timed(fact: Fact) -> bool:
    return fact.within is not None or "status" in fact.modifiers


def _may_be_under_study(fact: Fact, study: tuple[str, ...]) -> bool:
    """Whether what was there once may be the study disease, or a kind of it."""
    concepts = known_concepts()
    told = fact.modifiers.get("status") == "history" and not (fact.is_mention or _is_other(fact))
    if not told or fact.concept not in concepts or not _is_malignant(fact.concept, concepts):
        return False
    return any(
        concepts.is_a(fact.concept, each) or concepts.is_a(each, fact.concept) for each in study if each
    )


def _besides(fact: Fact, study: tuple[str, ...]) -> Fact:
    if fact.concept != _MALIGNANCY or not _is_other(fact):
        return fact
    if study == ():
        plain = {name: said for name, said in fact.modifiers.items() if name != "relation"}
        return replace(fact, modifiers=plain)
    return replace(fact, study=() if study == UNTOLD else study)


def _is_other(fact: Fact) -> bool:
    return fact.modifiers.get("relation") == "other"


def are_apart(one: str, other: str, concepts: Concepts) -> bool:
    """Whether instances of two concepts are surely two cancers (`data/records/cancers.csv`)."""
    kinds, others = (concepts.ancestors(iri).intersection(_rows()) for iri in (one, other))
    return any(
        row != beside and concepts.descendants(row).isdisjoint(concepts.descendants(beside))
        for row in kinds
        for beside in others
    )


@lru_cache(maxsize=4096)
def shown_by(fact: Fact) -> Expression:
    """Return what shows a malignancy besides the study disease: one that is surely no kind of that.

    Nor may it be what is excepted. Without exceptions, two cancers that are surely two show it too.
    Where only what is cured is excepted, besides what the exception names, one that is going on does.
    """
    concepts, said = known_concepts(), fact.modifiers.get("exception", "")
    if set(fact.modifiers) - {"status", "relation", "exception"}:
        return _NEVER
    plain = replace(fact, study=None, exceptions=())
    status = {name: words for name, words in fact.modifiers.items() if name == "status"}
    among = {_unjudged(each, concepts) for each in (*fact.exceptions, *(fact.study or ()))}
    if said and not fact.exceptions:
        if not _tokens(said) & words().cure:
            return _NEVER
        status = {"status": "active"}
        among |= _named(said)
    shown: list[Expression] = [] if said else [plain]
    for row in _rows() if fact.study else ():
        if not any(_may_meet(row, each, concepts) for each in among):
            shown.append(replace(plain, concept=row, concept_label=concepts.label(row), modifiers=status))
    return AnyOf(tuple(shown))


@lru_cache(maxsize=4096)
def excluded_by(fact: Fact) -> AnyOf:
    """Return what rules out a malignancy besides the study disease, each way that does.

    There is none at all; or only one, and it is the study disease; or none outside the study
    disease and its metastases, and outside what is excepted, which is over where it has to be cured.
    A part of an exception that isn't understood excepts nothing here.
    """
    concepts, said = known_concepts(), fact.modifiers.get("exception", "")
    about = replace(fact, study=None, exceptions=(), modifiers={})
    none = Not(replace(about, concept=_MALIGNANCY))
    if not fact.study:
        return AnyOf((none,))
    study = AnyOf(tuple(replace(about, concept=each, within=None) for each in fact.study))
    only = Not(replace(fact, study=None, exceptions=()))
    status = {name: words for name, words in fact.modifiers.items() if name == "status"}
    excepted = _excepted(said)
    going_on = [
        replace(
            about,
            concept=each,
            concept_label=concepts.label(each),
            modifiers={"status": "active"},
            within=None,
        )
        for each in (excepted if _tokens(said) & words().cured else ())
    ]
    outside = [
        replace(about, concept=each, concept_label=concepts.label(each), modifiers=status)
        for each in _outside([*fact.study, *excepted, _METASTASIS], concepts)
    ]
    again = replace(about, concept=AGAIN, within=None)
    if any(are_apart(one, other, concepts) for one, other in combinations(fact.study, 2)):
        return AnyOf((none, AllOf((only, study))))  # one of its diseases is another malignancy than the other
    rest = AllOf(tuple(Not(each) for each in (*outside, *going_on, again)))
    return AnyOf((none, AllOf((only, study)), AllOf((rest, study))))


def _excepted(said: str) -> list[str]:
    """Return the cancers that parts of an exception name, with no more asked of them than cure."""
    found: set[str] = set()
    beside = words().joining | words().cured
    for part in re.split(r"[;,]|\b(?:or|and)\b|(?<=[a-z]) (?=[A-Z])", said):
        tokens = _WORD.findall(part.casefold())
        while tokens and tokens[0] in beside:
            tokens.pop(0)
        while tokens and tokens[-1] in beside:
            tokens.pop()
        found |= _cancer_names().get(" ".join(tokens), set())
    return sorted(found)


@lru_cache(maxsize=1)
def _cancer_names() -> dict[str, set[str]]:
    """Return the cancers, also in situ, by their names, and by those with an s."""
    concepts = packaged_concepts()
    cancers = concepts.descendants(_MALIGNANCY) | concepts.descendants(IN_SITU)
    found: dict[str, set[str]] = {}
    for form in concepts.surface_forms():
        if form.iri in cancers:
            name = " ".join(_WORD.findall(form.form.casefold()))
            for each in (name, f"{name}s"):
                found.setdefault(each, set()).add(form.iri)
    return found


def _named(said: str) -> set[str]:
    """Return the kinds of cancer that words name, also in passing; malignancies as such are no kind."""
    text = f" {' '.join(_WORD.findall(said.casefold()))} "
    kinds = {iri for row in _rows() for iri in packaged_concepts().descendants(row)}
    return {iri for name, iris in _cancer_names().items() if f" {name} " in text for iri in iris & kinds}


def _tokens(said: str) -> frozenset[str]:
    return frozenset(_WORD.findall(said.casefold()))


def _outside(inside: Collection[str], concepts: Concepts) -> list[str]:
    """Return the widest cancers, also in situ, that share no instance with any of some concepts."""
    within = frozenset(below for each in inside for below in concepts.descendants(each))
    above = frozenset(up for each in inside for up in concepts.ancestors(each))
    return sorted(_widest(_MALIGNANCY, within, above, concepts) | _widest(IN_SITU, within, above, concepts))


def _widest(iri: str, within: frozenset[str], above: frozenset[str], concepts: Concepts) -> set[str]:
    if iri in within or concepts.is_judged(iri):
        return set()
    if iri not in above and not concepts.descendants(iri) & within:
        return {iri}
    children = (each for each in concepts.descendants(iri) if iri in concepts[each].parents)
    return {found for each in children for found in _widest(each, within, above, concepts)}


def _may_meet(row: str, other: str, concepts: Concepts) -> bool:
    below = concepts.descendants(row) & concepts.descendants(other)
    return bool(below) or concepts.is_a(row, other) or concepts.is_a(other, row)


def _unjudged(iri: str, concepts: Concepts) -> str:
    """Return what a judgement is passed on: of early-stage prostate cancer, prostate cancer."""
    while iri in concepts and concepts.is_judged(iri) and concepts[iri].parents:
        iri = min(concepts[iri].parents)
    return iri


@lru_cache(maxsize=1)
def _rows() -> tuple[str, ...]:
    path = product_folder("data") / "records" / "cancers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(str(TGC[row["concept"]]) for row in csv.DictReader(file))
