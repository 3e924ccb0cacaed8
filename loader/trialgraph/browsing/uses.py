"""Where the trials of a store name concepts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trialgraph.namespaces import TG
from trialgraph.stores import Store

__all__ = ["Use", "uses"]

_NAMED = f"""
PREFIX tg: <{TG}>
SELECT DISTINCT ?concept ?nct ?title ?part ?words WHERE {{
  ?trial tg:nctId ?nct ; tg:briefTitle ?title .
  {{
    ?trial tg:criterion ?criterion .
    ?criterion tg:mentions ?concept ; tg:id ?part ; tg:text ?words .
  }} UNION {{
    ?trial tg:conditionConcept ?concept .
    BIND ("condition" AS ?part)
    BIND ("" AS ?words)
  }} UNION {{
    ?trial tg:intervention ?intervention .
    ?intervention tg:interventionConcept ?concept ; tg:name ?words .
    BIND ("intervention" AS ?part)
  }}
}}
ORDER BY ?concept ?nct ?part
"""


class Use(NamedTuple):
    """A place where a trial names a concept.

    Args:
        part: ``condition``, ``intervention``, or the id of a criterion.
        words: The criterion's words or the intervention's name; empty for a condition.
    """

    nct: str
    title: str
    part: str
    words: str


def uses(store: Store) -> Mapping[str, Sequence[Use]]:
    """Return where the trials of a store name each concept, by the concept's IRI."""
    found: dict[str, list[Use]] = defaultdict(list)
    for row in store.select(_NAMED):
        nct, title, part, words = (str(row[name].value) for name in ("nct", "title", "part", "words"))
        found[row["concept"].value].append(Use(nct, title, part, " ".join(words.split())))
    return found
