"""Treatment "for the study disease": what is known to be for it.

Records hardly say what a treatment was for. But who was given what only cancer is treated with, and had no
cancer but the trial's, was given it for that one.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from functools import lru_cache

from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not
from trialgraph.malignancies import UNTOLD
from trialgraph.namespaces import TGC
from trialgraph.resources import product_folder
from trialgraph.vocabularies import known_concepts

__all__ = ["SINCE", "for_study_disease", "given_for", "never_for"]

SINCE = "sinceCancer"
"""The quality in a view of a treatment that wasn't over before any cancer began."""

_FOR_STUDY = re.compile(
    r"(?:for|of|against|directed at) (?:the|this) (?:study|studied|target|current|index)"
    r" (?:disease|cancer|tumou?r|malignancy|indication)s?",
    re.IGNORECASE,
)


def for_study_disease(expression: Expression, study: tuple[str, ...] | None) -> Expression:
    """Return an expression whose treatments for the study disease know that disease.

    Args:
        expression: As read.
        study: As `trialgraph.malignancies.study_disease` returns it.
    """
    if not study or study == UNTOLD:
        return expression
    return map_facts(expression, lambda fact: replace(fact, disease=study) if _is_for_study(fact) else fact)


def _is_for_study(fact: Fact) -> bool:
    qualities = {name: said for name, said in fact.modifiers.items() if name != "status"}
    said = qualities.get("qualifier", "")
    alone = len(qualities) == 1 and not (fact.is_mention or fact.count or fact.size)
    return alone and _FOR_STUDY.fullmatch(said.strip(" ,;.")) is not None


@lru_cache(maxsize=4096)
def given_for(fact: Fact) -> tuple[tuple[Fact, Expression], ...]:
    """Return facts of what only cancer is treated with, each with what shows that it was for one disease."""
    concepts = known_concepts()
    if not fact.disease or fact.is_planned or fact.concept not in concepts:
        return ()
    status = {name: said for name, said in fact.modifiers.items() if name == "status"}
    about = replace(fact, modifiers=status, disease=())
    malignancy = str(TGC.MalignantNeoplasm)
    other = Fact(malignancy, concepts.label(malignancy), "condition", {"relation": "other"})
    ill = tuple(Fact(iri, concepts.label(iri), "condition", {"status": "history"}) for iri in fact.disease)
    return tuple(
        (
            replace(about, concept=f"{iri}-{SINCE}", concept_label=concepts.label(iri)),
            AllOf((AnyOf(ill), Not(other))),
        )
        for iri in _anticancer()
        if concepts.is_a(iri, fact.concept)
    )


@lru_cache(maxsize=4096)
def never_for(fact: Fact) -> tuple[str, ...]:
    """Return IRIs of operations that are never done for the disease that a treatment has to be for."""
    concepts, disease = known_concepts(), [iri for iri in fact.disease if iri in known_concepts()]
    return tuple(
        iri
        for iri, besides in _other_surgery()
        if disease
        and not any(
            concepts.is_a(one, other) or concepts.is_a(other, one) for one in disease for other in besides
        )
    )


@lru_cache(maxsize=1)
def _other_surgery() -> tuple[tuple[str, tuple[str, ...]], ...]:
    path = product_folder("data") / "records" / "other-surgery.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            (str(TGC[row["concept"]]), tuple(str(TGC[name]) for name in row["besides"].split()))
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def _anticancer() -> tuple[str, ...]:
    path = product_folder("data") / "records" / "anticancer.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(str(TGC[row["concept"]]) for row in csv.DictReader(file))
