"""Taking part in other trials: the drugs that are given there, and the time that it is shared with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.vocabulary import Mention
from trialgraph.criteria.quantities.windows import STARTERS, parse_window
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, atoms
from trialgraph.namespaces import TGC

__all__ = ["add_investigational", "participated_in_time"]

_PARTICIPATION = str(TGC.TrialParticipation)
_DRUG = str(TGC.InvestigationalDrug)
_ENDS = frozenset({".", ";"})
_OVER = re.compile(
    r"\b(?:prior|previous\w*|past|earlier|recent\w*|ever|history|participated|has|have|had|was|were)\b",
    re.IGNORECASE,
)
_GIVEN = frozenset({_PARTICIPATION, _DRUG, str(TGC.InvestigationalDevice)})


def add_investigational(expression: Expression, text: Text) -> Expression:
    """Return the expression with the investigational drug beside the trial that was to give it.

    Taking part bars for what was given there, so the drug is spoken of, though the words only name the trial.
    """
    if not text.exclusion:
        return expression
    trials = [fact for fact in _barred(expression) if fact.concept == _PARTICIPATION]
    if not trials or any(isinstance(atom, Fact) and atom.concept == _DRUG for atom in atoms(expression)):
        return expression
    told = next((drug for trial in trials if (drug := _given(text, trial)) is not None), None)
    return expression if told is None else any_of([expression, told])


def participated_in_time(expression: Expression, text: Text) -> Expression:
    """Return trials that bar in the time of what was given there, which the same sentence tells.

    "Has participated in a trial and received an investigational therapy within 30 days": nobody is barred
    for having taken part long ago.
    """
    if not text.exclusion:
        return expression
    if not isinstance(expression, AnyOf):
        return _going_on(expression, text)
    operands = list(expression.operands)
    for index in range(len(operands) - 2, -1, -1):
        each, behind = operands[index], operands[index + 1]
        if _is_undated(each) and isinstance(behind, Fact) and behind.concept in _GIVEN and behind.within:
            apart = text.text[
                text.normalized.readable(each.span)[1] : text.normalized.readable(behind.span)[0]
            ]
            if _ENDS.isdisjoint(apart):
                operands[index] = replace(each, within=behind.within)
    return any_of([_going_on(each, text) for each in operands])


def _going_on(expression: Expression, text: Text) -> Expression:
    """Return taking part as going on, if nothing says that it is over ("participating in another trial")."""
    if not _is_undated(expression):
        return expression
    start, end = text.normalized.readable(expression.span)
    start = max(text.text.rfind(sign, 0, start) for sign in (*_ENDS, ",")) + 1
    timed = re.search(r"\d|\blast\b|\bprior\b", expression.modifiers.get("qualifier", ""))
    if timed or _OVER.search(text.text, start, end):
        return expression
    return replace(expression, modifiers={"status": "active", **expression.modifiers})


def _is_undated(each: Expression) -> TypeGuard[Fact]:
    """Whether an expression is having taken part in a trial, whenever that was."""
    if not isinstance(each, Fact) or each.concept != _PARTICIPATION:
        return False
    return each.within is None and "status" not in each.modifiers


def _barred(expression: Expression) -> Iterator[Fact]:
    match expression:
        case Fact():
            yield expression
        case AllOf(operands) | AnyOf(operands):
            for each in operands:
                yield from _barred(each)


def _given(text: Text, trial: Fact) -> Fact | None:
    """Return the investigational drug named in a trial's words, or behind them in their sentence."""
    start, _ = text.normalized.readable(trial.span)
    named: Mention | None = None
    window = trial.within
    for index, token in enumerate(text.tokens):
        if token.start >= start and token.text in _ENDS:
            break
        mention = text.mentions.get(index) if token.start >= start else None
        if named is None and mention is not None and mention.term.iri == _DRUG:
            named = mention
        if named is not None and window is None and token.form in STARTERS:
            found = parse_window(text.text, token.start)
            window = found.window if found is not None else None
    if named is None:
        return None
    first, last = text.tokens[named.start].start, text.tokens[named.end - 1].end
    told = {"context": text.text[min(start, first) : last]}
    return Fact(_DRUG, named.term.label, "treatment", told, None, None, window, text.span(first, last))
