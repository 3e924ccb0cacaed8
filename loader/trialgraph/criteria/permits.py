"""Permissions that stand as criteria of their own and lift what another criterion bars.

"Patients with vitiligo are eligible" below "autoimmune disease" is an exception to it, though a list has
made two criteria of the two. Without it the patients whom a trial names as eligible would be barred.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialgraph.criteria.chunking.brackets import is_cancer
from trialgraph.criteria.conditions.exempting import with_exception
from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.language.vocabulary import GIVEN, Term, Vocabulary
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms

__all__ = ["lift_bars", "word_conditions"]

_NARROWING = frozenset({"qualifier", "severity"})
_EARLIER = re.compile(r"\b(?:prior|previous\w*|history|past|second|other|another)\b", re.IGNORECASE)


_LETTING = re.compile(
    r"\b(?:unless|eligible|allowed|permitted|provided|must|should|may\s+(?:participate|enrol\w*|be\s+(?:included|enrol\w*)))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.;]*(?:\.(?=\d)[^.;]*)*")
_HAD = frozenset({"condition", "treatment", "procedure"})
_MOST = 40
"""Alternatives of an exclusion that is looked through for what lets people in."""


@dataclass(frozen=True, slots=True)
class _Permission:
    """What a criterion lets in.

    Args:
        terms: What it names.
        words: All that it says.
        order: Its place among the criteria.
        scope: The part of the trial it is for.
    """

    terms: tuple[Term, ...]
    words: str
    order: int
    scope: str | None


def lift_bars(
    criteria: Sequence[Criterion], permitted: Sequence[Sequence[Term]], vocabulary: Vocabulary
) -> list[Criterion]:
    """Return the criteria of a section with the permissions among them as exceptions of what others bar.

    A permission lifts what bars the very disease that it names, or a wider one; among demands, only where
    it stands right behind. A treatment it lifts where the wider is barred, or right behind the bar: "prior
    chemotherapy is allowed" takes nothing from "chemotherapy within 3 weeks".

    Args:
        criteria: The criteria, in order.
        permitted: Whom or what each of them lets in, if it says no more than that.
        vocabulary: Words of the concepts.
    """
    told = {
        at: _Permission(tuple(terms), each.normalized.strip(" .;"), at, each.scope)
        for at, (each, terms) in enumerate(zip(criteria, permitted, strict=True))
        if terms
    }
    if not told:
        return list(criteria)
    lifted = []
    for at, each in enumerate(criteria):
        read = each.expression
        for permission in told.values() if at not in told else ():
            behind = _stands_behind(criteria, told, at, permission.order)
            if permission.scope in (None, each.scope) and (behind or each.kind == "exclusion"):
                read = _lift(read, permission, vocabulary, barring=each.kind == "exclusion", behind=behind)
        changed = read is not each.expression
        lifted.append(replace(each, expression=read) if changed else each)
    return lifted


def word_conditions(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return the criteria of a section, what those whom an exclusion lets in may not need kept as words.

    "Brain metastases. Patients are eligible if treated. They must also be off corticosteroids" bars nobody
    without brain metastases for taking none.

    Args:
        criteria: The criteria, in order.
    """
    return [_worded(each) if each.kind == "exclusion" else each for each in criteria]


def _worded(criterion: Criterion) -> Criterion:
    told = criterion.expression
    if not isinstance(told, AnyOf) or all(isinstance(each, Not) for each in told.operands):
        return criterion
    letting = _LETTING.search(criterion.text) if len(told.operands) <= _MOST else None
    if letting is None:
        return criterion
    operands = [_condition(each, criterion, letting.end()) for each in told.operands]
    if all(one is two for one, two in zip(operands, told.operands, strict=True)):
        return criterion
    return replace(criterion, expression=any_of(operands))


def _condition(operand: Expression, criterion: Criterion, behind: int) -> Expression:
    """Return what an exclusion says of those who lack something, in words behind what lets others in."""
    facts = [each for each in atoms(operand) if isinstance(each, Fact)] if isinstance(operand, Not) else []
    if not all(each.category in _HAD for each in facts) or all(each.is_mention for each in facts):
        return operand
    start = min(each.span[0] for each in facts)
    if start < behind:
        return operand
    sentence = next(each for each in _SENTENCE.finditer(criterion.text) if each.end() > start)
    words = sentence.group().strip()
    left = sentence.start() + sentence.group().index(words)
    said = " ".join(words.split())
    spoken_of = (Not(replace(each, modifiers={**each.modifiers, "context": said})) for each in facts)
    return AllOf((Narrative(said, "not-formalised", (left, left + len(words))), *spoken_of))


def _stands_behind(
    criteria: Sequence[Criterion], told: dict[int, _Permission], bar: int, permission: int
) -> bool:
    """Whether nothing but permissions stands between a bar and one of them."""
    same = criteria[bar].kind == criteria[permission].kind
    return same and bar < permission and all(at in told for at in range(bar + 1, permission))


def _lift(
    expression: Expression, permission: _Permission, vocabulary: Vocabulary, *, barring: bool, behind: bool
) -> Expression:
    match expression:
        case Fact() if barring and not expression.is_mention:
            words = expression.modifiers.get("exception", "")
            lifted = (
                []
                if permission.words in words
                else [
                    term.iri
                    for term in permission.terms
                    if _lifts(term, expression, permission, vocabulary, behind=behind)
                ]
            )
            return _excepting(expression, permission.words, lifted) if lifted else expression
        case AllOf(operands) | AnyOf(operands):
            read = [_lift(each, permission, vocabulary, barring=barring, behind=behind) for each in operands]
            if all(one is two for one, two in zip(read, operands, strict=True)):
                return expression
            return all_of(read) if isinstance(expression, AllOf) else any_of(read)
        case Not(operand):
            told = _lift(operand, permission, vocabulary, barring=not barring, behind=behind)
            return expression if told is operand else Not(told)
        case _:
            return expression


def _excepting(fact: Fact, words: str, concepts: Sequence[str]) -> Fact:
    """Return a fact with a permission as one more exception, known by its concepts if those before are."""
    known = "exception" not in fact.modifiers or fact.exceptions
    told = tuple(dict.fromkeys((*fact.exceptions, *concepts))) if known else ()
    return replace(with_exception(fact, words), exceptions=told)


def _lifts(term: Term, fact: Fact, permission: _Permission, vocabulary: Vocabulary, *, behind: bool) -> bool:
    """Whether a permission for one thing is about what a fact bars, and not some kind of it only."""
    barred = vocabulary.by_iri.get(fact.concept)
    wider = fact.concept in term.ancestors and fact.concept != term.iri
    if barred is None or not (wider or fact.concept == term.iri) or not _NARROWING.isdisjoint(fact.modifiers):
        return False
    earlier = _EARLIER.search(permission.words) is not None
    if is_cancer(term) or is_cancer(barred):
        # The cancer under study is what patients are let in with.
        return behind and earlier and is_cancer(term)
    if fact.category in GIVEN:
        return (behind or wider) and not (fact.within is not None and earlier)
    return fact.category == "condition"
