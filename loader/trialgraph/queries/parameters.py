"""Parameters: what a user writes becomes RDF terms, and never a piece of query text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import pyoxigraph as ox
from rdflib.namespace import XSD

from trialgraph.errors import QueryError
from trialgraph.namespaces import GRAPH, TGC, TRIAL
from trialgraph.queries.files import Parameter, Query, parameter_places
from trialgraph.queries.terms import PREFIXES, concept_names
from trialgraph.stores import Store
from trialgraph.stores.syntax import tokens

__all__ = ["bind", "insert_values"]

_NCT = re.compile(r"NCT[0-9]{8}", re.IGNORECASE)
_IRI = re.compile(r"<?(?P<iri>https?://[^\s<>\"{}|\\^`]+)>?")
_CURIE = re.compile(r"(?P<prefix>[a-z]+):(?P<local>[\w.-]+)")


def bind(query: Query, values: Mapping[str, str | Sequence[str]], store: Store) -> str:
    """Return the text of a query with its parameters set.

    Args:
        query: The query.
        values: One value, or several, for each parameter by name; as a user writes them.
        store: Where concepts and trials are looked up.
    Raises:
        QueryError: when a parameter is missing, unknown, or a value isn't of its type; says which,
            and what it means.
    """
    _check_names(query, values)
    text = query.text
    for name, given in values.items():
        parameter = query.parameter(name) or Parameter(name, "any", "", None, required=False)
        terms = [_term(parameter, value, store) for value in ([given] if isinstance(given, str) else given)]
        text = insert_values(text, name, " ".join(str(term) for term in terms), where=query.name)
    return text


def _check_names(query: Query, values: Mapping[str, str | Sequence[str]]) -> None:
    for parameter in query.parameters:
        if parameter.required and not values.get(parameter.name):
            raise QueryError(
                f"parameter {parameter.name!r} is missing: {parameter.description}",
                where=query.name,
                advice=f"give it with -p {parameter.name}=…",
            )
    for name in values:
        known = [parameter.name for parameter in query.parameters]
        if query.columns and name not in known:
            advice = f"it takes {', '.join(known)}" if known else "it takes none"
            raise QueryError(f"the query has no parameter {name!r}", where=query.name, advice=advice)


def insert_values(text: str, name: str, terms: str, *, where: str) -> str:
    """Put terms between the braces of a variable's VALUES, or open the query's WHERE with one.

    Raises:
        QueryError: when the query has neither a VALUES for the variable nor a WHERE in which it occurs.
    """
    place = parameter_places(text).get(name)
    if place is not None:
        return f"{text[: place[0]]} {terms} {text[place[1] :]}"
    words = list(tokens(text))
    used = any(kind == "variable" and token[1:] == name for kind, token, _ in words)
    for (_, word, _), (_, brace, start) in pairwise(words):
        if used and word.upper() == "WHERE" and brace == "{":
            return f"{text[: start + 1]} VALUES ?{name} {{ {terms} }} {text[start + 1 :]}"
    raise QueryError(
        f"the query has no parameter {name!r}",
        where=where,
        advice=f"give it one with a line VALUES ?{name} {{ UNDEF }}",
    )


def _term(parameter: Parameter, value: str, store: Store) -> ox.NamedNode | ox.Literal:
    try:
        return _TERMS[parameter.type](value.strip(), store)
    except ValueError as error:
        raise QueryError(
            f"parameter {parameter.name!r}: {error}", advice=parameter.description or None
        ) from error


def _trial(value: str, store: Store) -> ox.NamedNode:
    number = value.removeprefix("<").removesuffix(">").removeprefix(str(TRIAL)).upper()
    if not _NCT.fullmatch(number):
        raise ValueError(f"{value!r} is no registry number (NCT and eight digits)")
    if not store.ask(f"ASK {{ GRAPH <{GRAPH[number]}> {{ ?s ?p ?o }} }}"):
        raise ValueError(f"the store has no trial {number}")
    return ox.NamedNode(str(TRIAL[number]))


def _concept(value: str, store: Store) -> ox.NamedNode:
    named = _named(value)
    wanted = named.value.removeprefix(str(TGC)) if named else value
    names = concept_names(store)
    found = names.get(" ".join(wanted.lower().split()))
    if found:
        return ox.NamedNode(found)
    near = difflib.get_close_matches(wanted.lower(), names, n=3)
    raise ValueError(f"no concept is called {value!r}" + (f" (near: {', '.join(near)})" if near else ""))


def _number(value: str, store: Store) -> ox.Literal:
    del store
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{value!r} is no number")
    return ox.Literal(f"{number:f}", datatype=ox.NamedNode(str(XSD.decimal)))


def _string(value: str, store: Store) -> ox.Literal:
    del store
    return ox.Literal(value)


def _any(value: str, store: Store) -> ox.NamedNode | ox.Literal:
    named = ox.NamedNode(str(TRIAL[value.upper()])) if _NCT.fullmatch(value) else _named(value)
    if named is not None:
        return named
    try:
        return _number(value, store)
    except ValueError:
        return ox.Literal(value)


def _named(value: str) -> ox.NamedNode | None:
    """Return the node that a full or a prefixed IRI names, or None."""
    full, short = _IRI.fullmatch(value), _CURIE.fullmatch(value)
    if full:
        return ox.NamedNode(full["iri"])
    if short and short["prefix"] in PREFIXES:
        return ox.NamedNode(PREFIXES[short["prefix"]] + short["local"])
    return None


_TERMS: Mapping[str, Callable[[str, Store], ox.NamedNode | ox.Literal]] = {
    "trial": _trial,
    "concept": _concept,
    "string": _string,
    "number": _number,
    "any": _any,
}
