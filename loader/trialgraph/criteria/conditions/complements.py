"""A limit, and what is asked of those who don't meet it: together they are an alternative."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.vocabulary import Term, Vocabulary
from trialgraph.criteria.members.cancers import are_several, names_cancer
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.trees import all_of, any_of, asks_of_some, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = [
    "asks_too_much",
    "contradicts_itself",
    "join_complements",
    "lists_ways",
    "without_denied_limits",
    "without_met",
]

_MALIGNANT = str(TGC.MalignantNeoplasm)
_PARAPROTEINS = frozenset(map(str, (TGC.SerumMProtein, TGC.UrineMProtein, TGC.InvolvedFreeLightChain)))
"""By any of which a myeloma can be measured."""
_FERTILE = str(TGC.ChildbearingPotential)
_STEPS = "{plus}"
_ASTRAY = re.compile(
    r"\W*(?:the\s+)?(?:[\w-]+\s+){0,4}?(?:is\s+|are\s+)?(?:abnormal\b|(?:not\s+within|out(?:side)?(?:\s+of)?)\s+(?:the\s+)?"
    r"(?:institutional\s+|laboratory\s+)?(?:normal|reference)\s+(?:range|limits?)\b)",
    re.IGNORECASE,
)
"""How words say that what was asked before isn't so."""
_LET_IN = re.compile(r"\b(?:eligib|allowed|permitted|may enroll)", re.IGNORECASE)


def join_complements(expression: Expression) -> Expression:
    """Read "protein <2+; for those with protein ≥2+, B" as one or the other, anywhere in a tree.

    The first limit bars nobody whom the second statement provides for.
    """
    match expression:
        case AllOf(operands):
            return _joined(_with_fertile([join_complements(each) for each in operands]))
        case AnyOf(operands):
            return any_of(_each_in_its_case([join_complements(each) for each in operands]))
        case Not(operand):
            return Not(join_complements(operand))
        case _:
            return expression


def _each_in_its_case(operands: list[Expression]) -> list[Expression]:
    """Read "A from 16 years on, or B below 16 years" as two cases: who is in neither of them isn't meant."""
    for index, denied in enumerate(operands):
        for last in range(index + 2, len(operands)):
            case = operands[last]
            if not isinstance(case, AllOf) or not isinstance(denied, Not):
                continue
            if any(isinstance(each, Value) and _denies_rest(denied, each) for each in case.operands):
                first = all_of([denied.operand, any_of(operands[index + 1 : last])])
                return [*operands[:index], first, *operands[last:]]
    return operands


def _with_fertile(operands: list[Expression]) -> list[Expression]:
    """Leave out that nobody may bear children where those who may are asked for something.

    "Women of non-childbearing potential; those who can bear children must have a test" lets in both.
    """
    asked = any(isinstance(each, AnyOf) and any(map(_is_infertile, each.operands)) for each in operands)
    return [each for each in operands if not _is_infertile(each)] if asked else operands


def _is_infertile(expression: Expression) -> bool:
    told = expression.operand if isinstance(expression, Not) else None
    return isinstance(told, Fact) and told.concept == _FERTILE


def without_met(barred: Expression) -> Expression:
    """Leave out of what bars someone who keeps a limit that bars on its other side, whatever words say of it.

    "QTc ≥ 470 ms. Abnormalities require a mean QTc < 470 ms" bars nobody whose QTc is less.
    """
    if not isinstance(barred, AnyOf):
        return barred
    kept: list[Expression] = []
    for each in barred.operands:
        if not any(isinstance(limit, Value) and _meets(each, limit) for limit in kept):
            kept.append(each)
    return any_of(kept)


def _meets(expression: Expression, limit: Value) -> bool:
    """Whether those who keep a limit are all that is told of, or told to be eligible."""
    members = expression.operands if isinstance(expression, AllOf) else (expression,)
    values = [each for each in members if isinstance(each, Value)]
    words = [each for each in members if isinstance(each, Narrative)]
    if len(values) != 1 or len(values) + len(words) < len(members):
        return False
    let_in = not words or any(_LET_IN.search(each.text) for each in words) or is_wanted(values[0])
    return let_in and _denies_rest(Not(limit), values[0])


def _joined(operands: list[Expression]) -> Expression:
    kept = list(operands)
    for value in [each for each in operands if isinstance(each, Value)]:
        for case in [each for each in kept if isinstance(each, AnyOf)]:
            rests = [_rest_of_case(each, value) for each in case.operands]
            told = [rest for rest in rests if rest is not None]
            if len(told) == 1 and value in kept:
                others = [each for each, rest in zip(case.operands, rests, strict=True) if rest is None]
                both = all_of([*told[0], any_of(others)]) if told[0] else any_of(others)
                kept[kept.index(value)] = any_of([value, both])
                kept.remove(case)
    return all_of(_with_astray(kept))


def _with_astray(operands: list[Expression]) -> list[Expression]:
    """Read "TSH within normal limits. If it isn't, free T4 has to be normal" as one or the other."""
    for at, case in enumerate(operands):
        if not at or not isinstance(case, AnyOf):
            continue
        denied = case.operands[0]
        words = denied.operand if isinstance(denied, Not) else None
        asked = operands[at - 1]
        if not isinstance(words, Narrative) or not isinstance(asked, Value) or not _ASTRAY.match(words.text):
            continue
        first = at - 1
        while first and _is_of(operands[first - 1], asked):
            first -= 1
        told = all_of([words, any_of(case.operands[1:])])
        return [*operands[:first], any_of([all_of(operands[first:at]), told]), *operands[at + 1 :]]
    return operands


def _is_of(expression: Expression, value: Value) -> bool:
    return isinstance(expression, Value) and expression.concept == value.concept


def _rest_of_case(expression: Expression, value: Value) -> Sequence[Expression] | None:
    """Return what else is said of those in a denied case whose values a limit leaves out; None of others."""
    if not isinstance(expression, Not):
        return None
    case = expression.operand
    members = case.operands if isinstance(case, AllOf) else (case,)
    rest = [each for each in members if not _denies_rest(Not(each), value)]
    return rest if len(rest) + 1 == len(members) else None


def _denies_rest(expression: Expression, value: Value) -> bool:
    """Whether an expression denies just the values that a limit leaves out."""
    if not isinstance(expression, Not) or not isinstance(expression.operand, Value):
        return False
    other = expression.operand
    same = (other.concept, other.unit, other.relative_to) == (value.concept, value.unit, value.relative_to)
    one, two = value.limit, other.limit
    if value.unit == _STEPS and one.high is not None and two.low == one.high + 1 and two.low_inclusive:
        return same and one.high_inclusive and one.low is None and two.high is None
    below = one.low is None and two.high is None and one.high == two.low is not None
    above = one.high is None and two.low is None and one.low == two.high is not None
    touching = (below and one.high_inclusive != two.low_inclusive) or (
        above and one.low_inclusive != two.high_inclusive
    )
    return same and touching


def asks_too_much(text: Text, expression: Expression) -> bool:
    """Whether a demand asks for several unrelated cancers at once."""
    cancers = 2 if " or " in text.text else 3
    return not text.exclusion and _demands_cancers(expression, text.vocabulary, cancers)


def _demands_cancers(expression: Expression, vocabulary: Vocabulary, number: int) -> bool:
    """Whether a tree asks for that many unrelated cancers at once: a list of choices was misread."""
    match expression:
        case AllOf(operands):
            asked = [_cancers_of(each, vocabulary) for each in operands]
            several = are_several(asked, number)
            return several or any(_demands_cancers(each, vocabulary, number) for each in operands)
        case AnyOf(operands):
            return any(_demands_cancers(each, vocabulary, number) for each in operands)
        case _:
            return False


def _cancers_of(expression: Expression, vocabulary: Vocabulary) -> list[Term]:
    """Return the cancer that is asked for, or those of which any is enough; none where it isn't one."""
    if isinstance(expression, AnyOf):
        each = [_cancers_of(operand, vocabulary) for operand in expression.operands]
        return [term for terms in each for term in terms] if all(each) else []
    term = vocabulary.by_iri.get(expression.concept) if isinstance(expression, Fact) else None
    return [term] if term is not None and names_cancer(term) else []


def lists_ways(lead: str, items: Sequence[Expression], vocabulary: Vocabulary) -> bool:
    """Whether any of a list's items must be enough, as nobody has all: cancers, ways to measure one."""
    return _lists_cancers(items, vocabulary) or _lists_paraproteins(lead, items)


def _lists_cancers(items: Sequence[Expression], vocabulary: Vocabulary) -> bool:
    """Whether each item of a list asks for a cancer, unrelated ones, so that any of them must be enough.

    Whom an item is asked of, in words ("Cohort A: …"), is no part of what it asks for.
    """
    items = [_in_its_case(item) for item in items]
    each_one = all(any(_is_cancer(fact, vocabulary) for fact in _asked_at_once(item)) for item in items)
    return each_one and _demands_cancers(all_of(items), vocabulary, 2)


def _in_its_case(item: Expression) -> Expression:
    """Return what an item asks, of whomever it is asked in words."""
    told = asks_of_some(item) and isinstance(negate(item.operands[0]), Narrative)
    return any_of(item.operands[1:]) if isinstance(item, AnyOf) and told else item


def _lists_paraproteins(lead: str, items: Sequence[Expression]) -> bool:
    """Whether a list below "measurable disease, defined as:" tells how a myeloma may be measured."""
    named = [{each.concept for each in atoms(item) if isinstance(each, Value)} for item in items]
    several = len(set().union(*named) & _PARAPROTEINS) > 1 and sum(map(bool, named)) > 1
    return several and "measurable" in lead.lower()


def _asked_at_once(item: Expression) -> Sequence[Expression]:
    return item.operands if isinstance(item, AllOf | AnyOf) else (item,)


def _is_cancer(expression: Expression, vocabulary: Vocabulary) -> bool:
    term = vocabulary.by_iri.get(expression.concept) if isinstance(expression, Fact) else None
    return term is not None and _MALIGNANT in term.ancestors


def without_denied_limits(text: Text, expression: Expression) -> Expression:
    """Return a demand whose denials bar nobody for a limit that patients have to keep: these stay words.

    "Without marrow involvement: platelets ≥ 100 × 10^9/L" denies the involvement, and no platelets.
    """
    if text.exclusion:
        return expression
    match expression:
        case AllOf(operands):
            return all_of([without_denied_limits(text, each) for each in operands])
        case Not(operand) if _asks_limit(operand):
            places = [text.normalized.readable(atom.span) for atom in atoms(operand)]
            return narrative(text, min(start for start, _ in places), max(end for _, end in places))
        case _:
            return expression


def _asks_limit(expression: Expression) -> bool:
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return any(map(_asks_limit, operands))
        case Value():
            return is_wanted(expression)
        case _:
            return False


def contradicts_itself(expression: Expression) -> bool:
    """Whether a tree asks for two values of a quantity at once, or joins nothing: then it was misread."""
    match expression:
        case AllOf(()) | AnyOf(()):
            return True
        case AllOf(operands):
            values = {replace(each, span=(0, 0)) for each in operands if isinstance(each, Value)}
            apart = any(_disjoint(one, two) for one, two in itertools.combinations(values, 2))
            return apart or _denies_another(operands) or any(map(contradicts_itself, operands))
        case AnyOf(operands):
            return any(map(contradicts_itself, operands))
        case Not(operand):
            return contradicts_itself(operand)
        case _:
            return False


def _denies_another(operands: Sequence[Expression]) -> bool:
    """Whether a thing is asked for and denied at once ("smokers and non-smokers")."""
    denied = [each.operand for each in operands if isinstance(each, Not)]
    bare = {each.concept for each in denied if isinstance(each, Fact) and not (each.modifiers or each.within)}
    return any(isinstance(each, Fact) and each.concept in bare for each in operands)


def _disjoint(one: Value, two: Value) -> bool:
    if (one.concept, one.unit, one.relative_to) != (two.concept, two.unit, two.relative_to):
        return False
    highs = [value.limit.high for value in (one, two) if value.limit.high is not None]
    lows = [value.limit.low for value in (one, two) if value.limit.low is not None]
    if not highs or not lows:
        return False
    high, low = min(highs), max(lows)
    closed = all(
        (value.limit.high != high or value.limit.high_inclusive)
        and (value.limit.low != low or value.limit.low_inclusive)
        for value in (one, two)
    )
    return high < low or (high == low and not closed)
