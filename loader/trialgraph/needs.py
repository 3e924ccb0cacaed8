"""What a condition has to need ("infection requiring antibiotics"), and what shows that it needs none.

Who was given none of the drugs that answer a need had none (`data/records/needs.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal, NamedTuple, cast

from trialgraph.concepts import packaged_concepts
from trialgraph.expressions import AllOf, Expression, Fact, Not, Window
from trialgraph.graded import is_still
from trialgraph.namespaces import TGC
from trialgraph.resources import product_folder
from trialgraph.vocabularies import known_concepts

__all__ = ["Need", "needs", "unneeded"]

_NUMBERS = {"two": 2.0, "three": 3.0}


class Need(NamedTuple):
    """A need of conditions, the words for it, and the drugs that answer it; concepts as IRIs.

    Those of `replacing` only replace what is missing, so that some criteria except them.
    """

    conditions: frozenset[str]
    words: tuple[re.Pattern[str], ...]
    drugs: tuple[str, ...]
    replacing: tuple[str, ...]
    now: bool


@lru_cache(maxsize=1)
def needs() -> tuple[Need, ...]:
    """Return the needs that criteria ask for."""
    path = product_folder("data") / "records" / "needs.toml"
    return tuple(
        Need(
            frozenset(str(TGC[name]) for name in row["conditions"]),
            tuple(re.compile(each) for each in row["words"]),
            tuple(str(TGC[name]) for name in row["drugs"]),
            tuple(str(TGC[name]) for name in row.get("replacing", ())),
            bool(row.get("now", False)),
        )
        for row in tomllib.loads(path.read_text(encoding="utf-8")).values()
    )


def unneeded(fact: Fact, words: str) -> Iterator[Expression]:
    """Yield what shows that a condition doesn't need what words demand of it: none of the drugs was given.

    Args:
        fact: The fact that demands it.
        words: A part of its qualifier, in small letters.
    """
    if fact.concept not in known_concepts():
        return
    kinds = known_concepts().ancestors(fact.concept)
    for need in needs():
        if need.conditions.isdisjoint(kinds):
            continue
        for pattern in need.words:
            match = pattern.fullmatch(" ".join(words.split()))
            if match:
                excepted = "replacement" in fact.modifiers.get("exception", "").casefold()
                drugs = need.drugs if excepted else (*need.drugs, *need.replacing)
                yield AllOf(tuple(Not(_given(fact, iri, need, _window(match))) for iri in drugs))
                return


def _given(fact: Fact, iri: str, need: Need, window: Window | None) -> Fact:
    """Return that a drug was given when a condition needed it: within a time, now, or ever."""
    concepts = packaged_concepts()
    drug = Fact(iri, concepts.label(iri), "treatment", span=fact.span)
    if window is not None or fact.within is not None:
        within = window or fact.within
        return drug if within is None or within.amount is None else replace(drug, within=within)
    return replace(drug, modifiers={"status": "active"}) if need.now and is_still(fact) else drug


def _window(match: re.Match[str]) -> Window | None:
    told = match.groupdict()
    if not told.get("amount"):
        return None
    amount = _NUMBERS.get(told["amount"]) or float(told["amount"])
    return Window(amount, cast(Literal["month", "year"], told["unit"]), match.group())
