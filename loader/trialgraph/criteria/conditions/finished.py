"""How long a treatment must be over, asked of those who had it: "allowed if completed 4 weeks before"."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.conditions.intervals import FINISHED, SINCE_GIVEN
from trialgraph.criteria.facts.washouts import in_time
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.quantities.windows import (
    FoundWindow,
    is_narrowed,
    length_in,
    parse_window,
    tells_time,
    window_of,
)
from trialgraph.criteria.trees import all_of, any_of, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms

__all__ = ["finished_in_time"]

_ENDED = re.compile(r"(?P<more>\s*,?\s*(?:and|but|;)\s.*)?\W*$", re.IGNORECASE | re.DOTALL)
"""What may follow the time: nothing, or what else is asked of those who had the treatment."""

_LASTING = re.compile(r"\S+?[\s-]*[a-z]+\s+of\b", re.IGNORECASE)
"""How long something was given ("received at least 4 weeks of treatment"), not how long ago."""

_ONE = re.compile(
    r"\b(?:radiotherapy|radiation|chemotherapy|immunotherapy|surger(?:y|ies)|transplant|SCT|HSCT|HCT|vaccine)",
    re.IGNORECASE,
)
"""What is named where only one of several treatments is meant."""


def finished_in_time(expression: Expression, *, exclusion: bool) -> Expression:
    """Return an expression with the time that treatments must be over for, wherever that was left in words.

    "Prior X is allowed if the last dose was ≥ 4 weeks before enrolment" is asked of those who had X, and
    bars X within 4 weeks.

    Args:
        expression: What a criterion says.
        exclusion: Whether it says what bars.
    """
    match expression:
        case AnyOf((Not(case), asked)) if not exclusion and _is_given(case):
            return _asked(case, asked)
        case AllOf((case, Not(Narrative() as words))) if exclusion and _is_given(case):
            return _barred(case, words)
        case AllOf(operands):
            return all_of([finished_in_time(each, exclusion=exclusion) for each in operands])
        case AnyOf(operands):
            return any_of([finished_in_time(each, exclusion=exclusion) for each in operands])
        case _:
            return expression


def _is_given(case: Expression) -> bool:
    """Whether a case is that any of some treatments was given, at a time that isn't told."""
    facts = [atom for atom in atoms(case) if isinstance(atom, Fact)]
    told = len(facts) == sum(1 for _ in atoms(case)) and not isinstance(case, AllOf | Not)
    return told and all(
        fact.category in GIVEN
        and not fact.is_mention
        and fact.within is None
        and "status" not in fact.modifiers
        for fact in facts
    )


def _asked(case: Expression, asked: Expression) -> Expression:
    parts = asked.operands if isinstance(asked, AllOf) else (asked,)
    for index, each in enumerate(parts):
        told = _finished(case, each) if isinstance(each, Narrative) else None
        if told is None:
            continue
        recent, more = told
        rest = [*parts[:index], *([each] if more else []), *parts[index + 1 :]]
        return any_of([Not(case), all_of([negate(recent), *rest])]) if rest else negate(recent)
    return any_of([Not(case), asked])


def _barred(case: Expression, words: Narrative) -> Expression:
    told = _finished(case, words)
    if told is None:
        return all_of([case, Not(words)])
    recent, more = told
    return any_of([recent, all_of([case, Not(words)])]) if more else recent


def _finished(case: Expression, words: Narrative) -> tuple[Expression, bool] | None:
    """Return treatments in the time that they must be over for, and whether the words ask more; or None."""
    found = _time_in(words.text) if tells_time(words.text.lower()) else None
    if found is None:
        return None
    rest = _ENDED.match(words.text, found.end)
    named = _ONE.search(words.text, 0, found.end) is not None and not isinstance(case, Fact)
    if rest is None or named:
        return None
    window = replace(found.window, text=words.text[: found.end])
    recent = map_facts(case, lambda fact: in_time(fact, window, narrowed=found.narrowed))
    return recent, rest["more"] is not None


def _time_in(words: str) -> FoundWindow | None:
    """Return the time of words that say of a treatment how long ago its end is, and nothing before it."""
    ended = FINISHED.match(words)
    found = parse_window(words, ended.end()) if ended is not None else None
    if found is not None and not _LASTING.match(found.window.text):
        return found
    since = next(filter(None, (length_in(each).match(words) for each in SINCE_GIVEN)), None)
    if since is None:
        return None
    window = window_of(since, since.group())
    return FoundWindow(window, 0, since.end(), narrowed=is_narrowed(since))
