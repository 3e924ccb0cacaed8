"""What an allergy to "the study drugs" is surely not: one to something that the trial doesn't give.

A trial rarely says what its drugs are made of, so an allergy to one of them is hardly ever ruled out by
name. But someone allergic to penicillin and nothing else isn't allergic to a cancer drug.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial
from typing import NamedTuple

from trialgraph.concepts import packaged_concepts
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import Expression, Fact, atoms
from trialgraph.namespaces import TGC
from trialgraph.outlines import treatments_in
from trialgraph.resources import product_folder

__all__ = ["concerns_own_drugs", "of_trial_drugs"]

_OWN = re.compile(
    r"\b(?:components?|parts?|any|all) of the (?:study |trial |investigational )?(?:therap|treatment|regimen)"
    r"|\b(?:drugs?|medications?|agents?|treatments?) (?:related to|involved in) (?:this|the) (?:study|trial)",
    re.IGNORECASE,
)
_MADE_OF = re.compile(r"\b(?:excipient|ingredient|formulation|additive|constituent)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_BESIDE = frozenset(
    {"a", "an", "and", "any", "component", "components", "known", "of", "or", "other", "the", "to"}
)
_FOOD = str(TGC.FoodHypersensitivity)


class _Row(NamedTuple):
    """An allergy, and what in a trial's own words may be its cause."""

    allergy: str
    cause: re.Pattern[str]


def concerns_own_drugs(expression: Expression) -> bool:
    """Return whether an expression speaks of an allergy to a trial's own drugs."""
    facts = (atom for atom in atoms(expression) if isinstance(atom, Fact) and atom.category == "allergy")
    return any(_is_own(_agent(fact)) for fact in facts)


@lru_cache(maxsize=4096)
def of_trial_drugs(expression: Expression, given: str) -> Expression:
    """Return an expression whose allergies to the trial's drugs leave out those that surely aren't.

    So do allergies to what has a name, such as "other monoclonal antibodies".

    Args:
        expression: As read.
        given: The words in which the trial's record tells what it gives; empty when it doesn't.
    """
    return map_facts(expression, partial(_without_others, given=given))


def _without_others(fact: Fact, given: str) -> Fact:
    said = _agent(fact) if fact.category == "allergy" else ""
    if not said:
        return fact
    known = bool(given) if _is_own(said) else _is_named(said)
    others = tuple(row.allergy for row in _rows() if known and _is_other(row, said, given))
    return replace(fact, exceptions=others)


def _agent(fact: Fact) -> str:
    """Return the words for what an allergy is to; none of one that has to be severe, or known to be."""
    plain = fact.modifiers.keys() - {"status"} == {"agent"} and not (fact.count or fact.size)
    return fact.modifiers["agent"] if plain else ""


def _is_own(said: str) -> bool:
    return bool(lexicon().own_drugs.search(said) or _OWN.search(said))


def _is_named(said: str) -> bool:
    """Whether words for what an allergy is to are names of drugs or of their kinds, and nothing else."""
    tokens = [each for each in _WORD.findall(said.casefold()) if each not in _BESIDE]
    named = sum(end - start for start, end, _ in treatments_in(tokens))
    return bool(tokens) and named == len(tokens)


def _is_other(row: _Row, said: str, given: str) -> bool:
    if row.allergy == _FOOD and _MADE_OF.search(said):
        return False
    return not row.cause.search(f"{given} {said}")


@lru_cache(maxsize=1)
def _rows() -> tuple[_Row, ...]:
    path = product_folder("data") / "records" / "allergies.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Row(str(TGC[row["allergy"]]), re.compile("|".join(_causes(row)), re.IGNORECASE))
            for row in csv.DictReader(file)
        )


def _causes(row: dict[str, str]) -> Iterator[str]:
    """Yield patterns of the words that name a cause: given ones, and the names of drugs and their kinds."""
    concepts = packaged_concepts()
    drugs = {below for name in row["agents"].split() for below in concepts.descendants(str(TGC[name]))}
    if row["words"]:
        yield rf"\b(?:{row['words']})"
    for form in concepts.surface_forms():
        if form.iri in drugs:
            yield rf"\b{re.escape(form.form)}s?\b"
