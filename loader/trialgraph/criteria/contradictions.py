"""Criteria that nobody could meet together: what bars whom others ask for is held to be for some only.

A trial that asks for prostate cancer and bars "clinically localized prostate cancer that was treated", or
asks for adults and, of its caregivers, for children, has said more of these than was read, or says it of
others. Where a trial contradicts itself, a fail of what contradicts the rest isn't certain.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import is_cancer
from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.language.vocabulary import Vocabulary
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Not, Value
from trialgraph.namespaces import TGC

__all__ = ["UNASKED", "without_contradictions"]

UNASKED = "doesn't ask for"
"""How the scope of a criterion ends that contradicts another one."""
_Atom = Fact | Value
_SEXES = {str(TGC.FemaleSex), str(TGC.MaleSex)}


def without_contradictions(criteria: Sequence[Criterion], vocabulary: Vocabulary) -> list[Criterion]:
    """Return the criteria of a section, those that contradict what the trial asks of everyone for some only.

    An exclusion that bars whoever meets an inclusion criterion is, also one of a part of the trial, and so is
    one that says word for word what an inclusion criterion does; of two inclusion criteria for everyone of
    which one rules out the other, both are.

    Args:
        criteria: The criteria, in order.
        vocabulary: Words of the concepts.
    """
    told: dict[tuple[_Atom, bool, bool], list[Criterion]] = {}
    for each in criteria:
        # What whoever meets a criterion certainly has is what it is enough to lack for not meeting it.
        for atom, lacking in _enough(each.expression, denied=True) if each.kind == "inclusion" else ():
            denied = not lacking
            named = told.setdefault((replace(atom, span=(0, 0)), denied, each.scope is None), [])
            if len(named) <= 1:  # one other than the criterion that is held against them is enough
                named.append(each)
    asked = [(each, atom, denied) for (atom, denied, _), named in told.items() for each in named]
    worded = {_plain(each): each.id for each in reversed(criteria) if each.kind == "inclusion"}
    return [each if each.scope else _limited(each, asked, worded, vocabulary) for each in criteria]


def _plain(criterion: Criterion) -> str:
    return criterion.normalized.strip(" .;,*").lower()


def _limited(
    criterion: Criterion,
    asked: Sequence[tuple[Criterion, _Atom, bool]],
    worded: Mapping[str, str],
    vocabulary: Vocabulary,
) -> Criterion:
    """Return a criterion, of some patients only if it bars whoever meets one of the demands."""
    copied = worded.get(_plain(criterion)) if criterion.kind == "exclusion" else None
    if copied is not None:
        return replace(criterion, scope=f"those whom {copied} {UNASKED}")
    for barred, denied in _bars(criterion):
        for other, demand, lacks in asked:
            if other is criterion or (other.scope is not None and criterion.kind == "inclusion"):
                continue
            if _rules_out(demand, barred, vocabulary, lacks=lacks, lacking=denied):
                return replace(criterion, scope=f"those whom {other.id} {UNASKED}")
    return criterion


def _bars(criterion: Criterion) -> Iterator[tuple[_Atom, bool]]:
    """Yield each thing that by itself keeps a patient from enrolling, and each whose lack does."""
    barring = criterion.expression if criterion.kind == "exclusion" else Not(criterion.expression)
    yield from _enough(barring, denied=False)


def _enough(expression: Expression, *, denied: bool) -> Iterator[tuple[_Atom, bool]]:
    """Yield what is enough for an expression to hold."""
    match expression:
        case Fact() if not expression.is_mention:
            yield expression, denied
        case Value():
            yield expression, denied
        case Not(operand):
            yield from _enough(operand, denied=not denied)
        case AnyOf(operands) if not denied:
            for each in operands:
                yield from _enough(each, denied=denied)
        case AllOf(operands) if denied:
            for each in operands:
                yield from _enough(each, denied=denied)


def _rules_out(demand: _Atom, barred: _Atom, vocabulary: Vocabulary, *, lacks: bool, lacking: bool) -> bool:
    """Whether whoever meets a demand is barred.

    Args:
        demand: What is demanded.
        barred: What bars.
        vocabulary: Words of the concepts.
        lacks: It is demanded that the patient lacks it.
        lacking: Whoever lacks it is barred.
    """
    match demand, barred:
        case Value(), Value() if not lacks and _same_quantity(demand, barred):
            return _apart(demand.limit, barred.limit) if lacking else _is_within(demand.limit, barred.limit)
        case Fact(), Fact() if lacks and lacking:
            return _is_plain(demand) and _implies(barred, demand, vocabulary)
        case Fact(), Fact() if not lacks and not lacking:
            return _implies(demand, barred, vocabulary)
        case Fact(), Fact() if not lacks:
            return {demand.concept, barred.concept} == _SEXES
    return False


def _implies(fact: Fact, other: Fact, vocabulary: Vocabulary) -> bool:
    """Whether who has one thing certainly has the other, as whom it is asked of now."""
    term, wider = (vocabulary.by_iri.get(each.concept) for each in (fact, other))
    if term is None or wider is None or not _is_plain(other) or not _is_had(fact):
        return False
    if other.concept != fact.concept and other.concept not in term.ancestors:
        return False
    now = other.modifiers.get("status") != "active" or fact.modifiers.get("status") == "active"
    if fact.category == "condition" or is_cancer(term):
        return (now or is_cancer(wider)) and fact.modifiers.get("status") != "history"
    return now and other.within is None and set(fact.modifiers) <= {"status"}


def _is_plain(fact: Fact) -> bool:
    """Whether nothing narrows a fact but that it is going on, or its time."""
    narrowed = bool(set(fact.modifiers) - {"status"}) or fact.modifiers.get("status") in (
        "history",
        "planned",
    )
    return not (narrowed or fact.exceptions or fact.count or fact.size)


def _is_had(fact: Fact) -> bool:
    """Whether it is the patient's own disease or treatment that is demanded, and at least one of it."""
    some = fact.count is None or bool(fact.count.low)
    return some and "relation" not in fact.modifiers and fact.modifiers.get("status", "active") == "active"


def _same_quantity(one: Value, other: Value) -> bool:
    return (one.concept, one.unit, one.relative_to) == (other.concept, other.unit, other.relative_to)


def _ends(limit: Limit) -> tuple[tuple[float, bool], tuple[float, bool]]:
    """Return both ends of a limit, each with whether it is left out."""
    low = (-math.inf, False) if limit.low is None else (limit.low, not limit.low_inclusive)
    high = (math.inf, False) if limit.high is None else (limit.high, not limit.high_inclusive)
    return low, high


def _is_within(inner: Limit, outer: Limit) -> bool:
    """Whether all that is in one limit is in another."""
    (low, over), (high, under) = _ends(inner)
    (least, above), (most, below) = _ends(outer)
    return (low > least or (low == least and over >= above)) and (
        high < most or (high == most and under >= below)
    )


def _apart(one: Limit, other: Limit) -> bool:
    """Whether nothing is in both of two limits."""
    (low, over), (high, under) = _ends(one)
    (least, above), (most, below) = _ends(other)
    return (
        low > most
        or high < least
        or (low == most and (over or below))
        or (high == least and (under or above))
    )
