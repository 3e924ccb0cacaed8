"""What clients ask: a mix of queries such as pages, notebooks and programs send."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from trialgraph.namespaces import GRAPH, TRIAL
from trialgraph.queries import PREFIXES, bind, named_queries
from trialgraph.stores import Store

__all__ = ["KINDS", "Question", "questions"]

_JSON = "application/sparql-results+json"
_TURTLE = "text/turtle"
_LOOK_UP = "SELECT ?p ?o WHERE { %s ?p ?o }"
_FACTS = "SELECT ?title ?status WHERE { %s tg:briefTitle ?title ; tg:overallStatus ?status }"
_CRITERIA = "SELECT ?id ?text WHERE { %s tg:criterion ?c . ?c tg:id ?id ; tg:text ?text } ORDER BY ?id"
_WHOLE = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH %s { ?s ?p ?o } }"
_TALLY = (
    "SELECT ?concept (COUNT(DISTINCT ?trial) AS ?n) WHERE { ?trial tg:criterion ?c . "
    "?c tg:mentions ?concept } GROUP BY ?concept ORDER BY DESC(?n)"
)
_COUNTRIES = (
    "SELECT ?country (COUNT(*) AS ?n) WHERE { ?trial tg:location/tg:country ?country } GROUP BY ?country"
)
_LARGE = "SELECT ?c ?text WHERE { ?trial tg:criterion ?c . ?c tg:text ?text }"
_NAMED = ("child-pugh-limits", "trials-by-condition", "trials-by-drug-class", "eligibility-overview")

KINDS = {"look-up": 60, "criteria": 12, "construct": 12, "named": 10, "aggregate": 3, "large": 3}
"""Each kind of question, and how many of a hundred are of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query, and the media type that its answer is asked in.

    Args:
        kind: One of `KINDS`.
        text: The query, its prefixes declared.
        accept: The Accept header.
    """

    kind: str
    text: str
    accept: str


def questions(store: Store, number: int, *, seed: int = 6) -> list[Question]:
    """Return that many questions about a store's trials, in the proportions of `KINDS`.

    Args:
        store: Whose trials are asked about.
        number: How many.
        seed: The same seed gives the same questions.
    """
    chance, trials = random.Random(seed), store.trials()
    named = [_named(store, name) for name in _NAMED]
    kinds = chance.choices(list(KINDS), weights=list(KINDS.values()), k=number)
    return [_question(kind, chance, trials, named) for kind in kinds]


def _question(kind: str, chance: random.Random, trials: Sequence[str], named: Sequence[str]) -> Question:
    number = chance.choice(trials)
    trial, graph = f"<{TRIAL[number]}>", f"<{GRAPH[number]}>"
    match kind:
        case "look-up":
            return Question(kind, _declared(chance.choice((_LOOK_UP, _FACTS)) % trial), _JSON)
        case "criteria":
            return Question(kind, _declared(_CRITERIA % trial), _JSON)
        case "construct":
            return Question(kind, _declared(_WHOLE % graph), _TURTLE)
        case "named":
            return Question(kind, chance.choice(named), _JSON)
        case "aggregate":
            return Question(kind, _declared(chance.choice((_TALLY, _COUNTRIES))), _JSON)
    return Question(kind, _declared(_LARGE), _JSON)


def _named(store: Store, name: str) -> str:
    values = {"trial": store.trials()[0], "concept": "Child-Pugh score", "string": "cancer"}
    query = named_queries()[name]
    given = {each.name: values[each.type] for each in query.parameters if each.required}
    return _declared(bind(query, given, store))


def _declared(text: str) -> str:
    """Return a query with the prefixes that it uses, for servers that know none."""
    head = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items() if f"{name}:" in text)
    return head + text
