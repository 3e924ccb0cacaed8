"""A concept without some of its instances, as one key of a view.

Malignancies other than colorectal cancer, autoimmune diseases except vitiligo: what shows, or rules
out, such a fact are dozens of concepts. A trial's shapes look for one key instead, which is worked out
for the trial from the view's own entries. The reference evaluator asks those entries themselves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from trialgraph.derivation.ondemand import Layers
from trialgraph.derivation.times import latest_of
from trialgraph.evaluation import asks_history, fact_key, is_qualified, is_shown
from trialgraph.exemptions import exempted, ruled_out_by, unmet_by
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, Window, atoms
from trialgraph.instances import excepted, showing_instances
from trialgraph.malignancies import excluded_by, shown_by
from trialgraph.namespaces import TGC
from trialgraph.purposes import given_for
from trialgraph.views import Absence, Presence, ScreeningView, TimeAgo

__all__ = ["narrowed_facts", "narrowed_key", "with_narrowed"]

_FEW = 5
_DIGITS = 8


@lru_cache(maxsize=16384)
def narrowed_key(fact: Fact) -> str | None:
    """Return the key of a view that a fact is looked for under; None when it is its concept's.

    Its presence proves the fact. Of a malignancy besides the study disease its absence disproves it;
    of other facts their concept's does.
    """
    if fact.is_planned:
        return None
    if fact.study:
        suffix = [_kind(fact), "otherThan", *_short(map(_name, fact.study))]
        if said := fact.modifiers.get("exception", ""):
            suffix += ["except", *_short(_words(said))]
    elif fact.disease and given_for(fact):
        suffix = [_kind(fact), "for", *_short(map(_name, fact.disease))]
    elif _has_exceptions(fact):
        asked = " ".join(fact.modifiers.get(name, "") for name in ("relation", "severity", "qualifier"))
        suffix = [_kind(fact), *_words(asked), "except"]
        conditional = any(each.condition.operands for each in exempted(fact))
        suffix += _short(_words(fact.modifiers["exception"]) if conditional else map(_name, _left_out(fact)))
    else:
        return None
    return "-".join([fact.concept, *filter(None, suffix)])


def _left_out(fact: Fact) -> tuple[str, ...]:
    return excepted(fact) or fact.examples


def _has_exceptions(fact: Fact) -> bool:
    if fact.count or fact.size or fact.is_mention:
        return False
    return bool(excepted(fact) and showing_instances(fact)) or ruled_out_by(fact) is not None


def _kind(fact: Fact) -> str:
    """Name whether it has to be going on: now, or also within a window."""
    if fact.modifiers.get("status") != "active":
        return ""
    return "active" if fact.within is None else "activeThen"


def _name(iri: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", iri.removeprefix(str(TGC)).rsplit("/", 1)[-1])


def _words(said: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", said.casefold())


def _short(words: Iterable[str]) -> list[str]:
    """Return words, or of many the first with a hash that tells them from others that begin alike."""
    every = list(words)
    if len(every) <= _FEW:
        return every
    return [*every[:_FEW], sha256(" ".join(every).encode()).hexdigest()[:_DIGITS]]


def narrowed_facts(expression: Expression) -> tuple[Fact, ...]:
    """Return the facts of an expression that are looked for under keys of their own."""
    facts = (atom for atom in atoms(expression) if isinstance(atom, Fact))
    return tuple(fact for fact in facts if narrowed_key(fact) is not None)


def with_narrowed(view: ScreeningView, facts: Iterable[Fact]) -> ScreeningView:
    """Return a view with the keys of narrowed facts beside its own."""
    present: dict[str, Presence] = {}
    absent: dict[str, Absence] = {}
    latest: dict[str, Presence] = {}
    over: set[str] = set()
    for each in facts:
        fact = replace(each, count=None, size=None)
        key = narrowed_key(each) or fact_key(each)
        shown = [fact_key(row) for row in _rows(fact) if _is_there(row, view)]
        shown += [
            fact_key(excepted)
            for excepted, needed in (*unmet_by(fact), *given_for(fact))
            if _is_there(excepted, view) and is_shown(needed, view)
        ]
        if shown:
            when = latest_of(view.present[each].ago for each in shown)
            present[key] = Presence(when, None, "one of what it stands for", ())
            over |= {key} if view.over and all(each in view.over for each in shown) else set()
        ruling_out = excluded_by(fact) if fact.study else ruled_out_by(fact)
        bound = _last(ruling_out, view, fact.within) if ruling_out is not None else _NEVER
        if bound == _ALWAYS:
            absent[key] = Absence("ruled out")
        elif bound != _NEVER and fact.within is not None:
            ago = TimeAgo(bound.days, math.inf, bound.months, math.inf)
            latest[key] = Presence(ago, None, "none since", ())
    return replace(
        view,
        present=Layers(present, view.present),
        absent=Layers(absent, view.absent),
        latest=Layers(latest, view.latest),
        over={*view.over, *over},
    )


def _rows(fact: Fact) -> Iterator[Fact]:
    """Yield the facts, each with a key of the view's own, of which any shows a narrowed one."""
    for each in atoms(shown_by(fact)) if fact.study else showing_instances(fact):
        if isinstance(each, Fact):
            yield from _rows(each) if showing_instances(each) else (each,)


def _is_there(row: Fact, view: ScreeningView) -> bool:
    key = fact_key(row)
    if key not in view.present or key in view.conflicts or is_qualified(row):
        return False
    return row.modifiers.get("status") != "active" or view.present[key].active is True


class _Bound(NamedTuple):
    """Since when something is ruled out: for any window that is shorter."""

    days: float
    months: float


_NEVER, _ALWAYS = _Bound(-math.inf, -math.inf), _Bound(math.inf, math.inf)


def _last(ruling_out: Expression, view: ScreeningView, within: Window | None) -> _Bound:
    """Return for which windows a view proves an expression of absences, and of what is there anyhow.

    What has another window of its own has to hold within that.
    """
    match ruling_out:
        case AllOf(operands) | AnyOf(operands):
            decides = _NEVER if isinstance(ruling_out, AllOf) else _ALWAYS
            bounds: list[_Bound] = []
            for operand in operands:
                bounds.append(_last(operand, view, within))
                if bounds[-1] == decides:
                    return decides
            days, months = zip(*bounds, strict=True) if bounds else ((), ())
            if isinstance(ruling_out, AllOf):
                return _Bound(min(days, default=math.inf), min(months, default=math.inf))
            return _Bound(max(days, default=-math.inf), max(months, default=-math.inf))
        case Not(Fact(within=own)) | Fact(within=own) if own not in (None, within):
            return _ALWAYS if is_shown(ruling_out, view) else _NEVER
        case Not(Fact() as fact):
            return _absent_for(fact, view)
        case Fact() as fact:
            counts = asks_history(fact) or fact_key(fact) not in view.over
            return _ALWAYS if counts and _is_there(fact, view) else _NEVER
        case _:
            return _NEVER


def _absent_for(fact: Fact, view: ScreeningView) -> _Bound:
    key = fact_key(fact)
    if key in view.conflicts:
        return _NEVER
    now = fact.modifiers.get("status") == "active" and fact.within is None
    if key in view.absent or (now and key in view.inactive):
        return _ALWAYS
    if fact.within is None or fact.within.amount is None or key not in view.latest:
        return _NEVER
    ago = view.latest[key].ago
    finite = (each if math.isfinite(each) else -math.inf for each in (ago.days_min, ago.months_min))
    return _Bound(*finite)
