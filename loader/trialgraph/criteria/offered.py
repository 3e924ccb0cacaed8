"""Cancers that are demands of their own: nobody has them all, so one is enough.

"Ovarian cancer", "Endometrial cancer" and "Small cell lung cancer" under a heading are three criteria of
an eligibility section, though none of them is asked of everyone. Of cancers of different organs, wherever
they stand, two are enough to tell so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import is_cancer
from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.language.vocabulary import Term, Vocabulary
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, atoms
from trialgraph.namespaces import TGC

__all__ = ["with_offered"]

_FEWEST = 3
_SCOPE = "one of several diseases"
_ORIGINS = frozenset(
    str(each)
    for each in (
        TGC.AcuteLeukemia,
        TGC.BrainNeoplasm,
        TGC.BreastCancer,
        TGC.CervicalCancer,
        TGC.ColorectalCancer,
        TGC.GastroesophagealCancer,
        TGC.HeadAndNeckCancer,
        TGC.KidneyCancer,
        TGC.Lymphoma,
        TGC.Melanoma,
        TGC.MerkelCellCarcinoma,
        TGC.NonSmallCellLungCancer,
        TGC.OvarianTubalOrPeritonealCancer,
        TGC.PancreaticCancer,
        TGC.PlasmaCellNeoplasm,
        TGC.PrimaryLiverCancer,
        TGC.ProstateCancer,
        TGC.Sarcoma,
        TGC.SmallCellLungCancer,
        TGC.ThyroidCancer,
        TGC.UrothelialCarcinoma,
        TGC.UterineCancer,
    )
)
"""Where cancers arise: a trial is for those of one of these, or for several of which a patient has one."""


def with_offered(criteria: Sequence[Criterion], vocabulary: Vocabulary) -> list[Criterion]:
    """Return the criteria of a section with those that list cancers as ones for some patients only.

    Args:
        criteria: The criteria, in order.
        vocabulary: Words of the concepts.
    """
    offered = _of_other_origins(criteria, vocabulary)
    for demanded, run in itertools.groupby(criteria, lambda each: _goes_on(each, vocabulary)):
        if demanded:
            told = [(each, _cancers(each.expression, vocabulary)) for each in run]
            offered |= _alternatives([(each, terms) for each, terms in told if terms])
    return [replace(each, scope=_SCOPE) if each.id in offered else each for each in criteria]


def _of_other_origins(criteria: Sequence[Criterion], vocabulary: Vocabulary) -> set[str]:
    """Return the names of those criteria that ask everyone for cancers of different organs."""
    asked = [
        (each.id, origins)
        for each in criteria
        if each.kind == "inclusion" and each.scope is None
        for origins in _origins(each.expression, vocabulary)
    ]
    return {
        name
        for (one, origins), (two, others) in itertools.combinations(asked, 2)
        if origins.isdisjoint(others)
        for name in (one, two)
    }


def _origins(expression: Expression, vocabulary: Vocabulary) -> Iterator[frozenset[str]]:
    """Yield, of each demand that cancers meet now, where they arise; nothing where one isn't known."""
    if isinstance(expression, AllOf):
        for each in expression.operands:
            yield from _origins(each, vocabulary)
    else:
        told = [
            _ORIGINS & term.ancestors | _ORIGINS & {term.iri} for term in _cancers(expression, vocabulary)
        ]
        past = any(
            isinstance(atom, Fact) and atom.modifiers.get("status") == "history" for atom in atoms(expression)
        )
        if told and all(told) and not past:
            yield frozenset(itertools.chain(*told))


def _goes_on(criterion: Criterion, vocabulary: Vocabulary) -> bool:
    """Whether a criterion may be one of a list of cancers, or stands unread among them."""
    if criterion.kind != "inclusion" or criterion.scope is not None:
        return False
    return isinstance(criterion.expression, Narrative) or bool(_cancers(criterion.expression, vocabulary))


def _cancers(expression: Expression, vocabulary: Vocabulary) -> tuple[Term, ...]:
    """Return the cancers any of which a criterion asks for first; none where it starts otherwise."""
    match expression:
        case Fact() if not expression.is_mention and "relation" not in expression.modifiers:
            term = vocabulary.by_iri.get(expression.concept)
            return (term,) if term is not None and is_cancer(term) else ()
        case AllOf(operands):
            return _cancers(operands[0], vocabulary)
        case AnyOf(operands):
            told = [_cancers(each, vocabulary) for each in operands]
            return tuple(itertools.chain(*told)) if all(told) else ()
        case _:
            return ()


def _alternatives(told: Sequence[tuple[Criterion, tuple[Term, ...]]]) -> set[str]:
    """Return the names of those criteria whose cancers no patient has all of, if they are several.

    What is wider than another's cancer ("solid tumor") may be asked besides. Two are enough where the words
    around a cancer weren't understood, which may say that it is one of several.
    """
    apart = [
        (criterion, terms)
        for criterion, terms in told
        if not any(_is_wider(one, two) for one in terms for _, others in told for two in others)
    ]
    chosen: list[tuple[Term, ...]] = []
    for _, terms in apart:
        if all(_are_apart(one, two) for one in terms for others in chosen for two in others):
            chosen.append(terms)
    unread = any(
        isinstance(atom, Narrative) for criterion, _ in apart for atom in atoms(criterion.expression)
    )
    several = len(chosen) >= _FEWEST - unread
    return {criterion.id for criterion, _ in apart} if several else set()


def _is_wider(one: Term, two: Term) -> bool:
    return one.iri != two.iri and one.iri in two.ancestors


def _are_apart(one: Term, two: Term) -> bool:
    """Whether neither of two cancers is a kind of the other."""
    return one.iri not in two.ancestors and two.iri not in one.ancestors
