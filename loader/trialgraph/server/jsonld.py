"""JSON-LD that reads as JSON: a context with short names, and an object for each thing.

Source: JSON-LD 1.1, sections 4.1.2 (default vocabulary) and 4.2.3 (type coercion).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from rdflib import RDF, XSD

from trialgraph.namespaces import TG
from trialgraph.queries import PREFIXES

__all__ = ["to_jsonld"]

_TYPE, _STRING, _BOOLEAN, _INTEGER = str(RDF.type), str(XSD.string), str(XSD.boolean), str(XSD.integer)
_LOCAL = re.compile(r"[A-Za-z][\w-]*")
_CANONICAL = re.compile(r"0|-?[1-9]\d{0,14}")
_ID = "@id"


def to_jsonld(triples: Iterable[ox.Triple], first: str = "") -> bytes:
    """Return triples as JSON-LD, in their order.

    Properties of the schema are called by their local names, others by prefixes. A property that only
    leads to things has their IRIs as strings, one of a single datatype has plain values.

    Args:
        triples: The graph; none of them is about another triple.
        first: IRI of the thing that comes first.
    """
    said: dict[str, dict[str, list[Any]]] = {}
    for triple in triples:
        subject = said.setdefault(_name(triple.subject), {})
        subject.setdefault(triple.predicate.value, []).append(triple.object)
    values: dict[str, list[Any]] = {}
    for properties in said.values():
        for predicate, objects in properties.items():
            values.setdefault(predicate, []).extend(objects)
    coercions = {predicate: _coercion(objects) for predicate, objects in values.items() if predicate != _TYPE}
    used = [*values, *(term.value for term in values.get(_TYPE, ())), *coercions.values()]
    prefixes = {
        name: iri for name, iri in PREFIXES.items() if any(each.startswith(iri) for each in used if each)
    }
    terms: dict[str, Any] = {}
    for predicate, coercion in coercions.items():
        if coercion and coercion != _STRING:
            short = coercion if coercion == _ID else _short(coercion, prefixes)
            terms[_short(predicate, prefixes)] = {"@id": predicate, "@type": short}
    context = {"@vocab": str(TG), **prefixes, **dict(sorted(terms.items()))}
    said = {name: said[name] for name in sorted(said, key=lambda name: name != first)}
    graph = [_node(name, properties, coercions, prefixes) for name, properties in said.items()]
    return json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1).encode()


def _node(
    name: str,
    properties: Mapping[str, Sequence[Any]],
    coercions: Mapping[str, str | None],
    prefixes: Mapping[str, str],
) -> dict[str, Any]:
    node: dict[str, Any] = {_ID: name}
    for predicate, objects in properties.items():
        if predicate == _TYPE:
            key, shown = "@type", [_short(_name(each), prefixes) for each in objects]
        else:
            key = _short(predicate, prefixes)
            shown = [_value(each, coercions[predicate]) for each in objects]
        node[key] = shown[0] if len(shown) == 1 else shown
    return node


def _coercion(objects: Sequence[Any]) -> str | None:
    """Return what all values of a property are: ``@id``, a datatype, or None when they differ."""
    kinds = {
        _ID if not isinstance(each, ox.Literal) else each.datatype.value if each.language is None else None
        for each in objects
    }
    return kinds.pop() if len(kinds) == 1 else None


def _value(term: Any, coercion: str | None) -> Any:
    if not isinstance(term, ox.Literal):
        return _name(term) if coercion == _ID else {_ID: _name(term)}
    if term.language is not None:
        return {"@value": term.value, "@language": term.language}
    kind = term.datatype.value
    if coercion == kind or (coercion is None and kind == _STRING):
        if kind == _BOOLEAN and term.value in ("true", "false"):
            return term.value == "true"
        if kind == _INTEGER and _CANONICAL.fullmatch(term.value):
            return int(term.value)
        return term.value
    return {"@value": term.value, "@type": kind}


def _name(term: Any) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return a property, class or datatype by its short name, or by its IRI where it has none."""
    local = iri.removeprefix(str(TG))
    if local != iri and _LOCAL.fullmatch(local) and local not in PREFIXES:
        return local
    for name, base in prefixes.items():
        rest = iri.removeprefix(base)
        if rest != iri and _LOCAL.fullmatch(rest):
            return f"{name}:{rest}"
    return iri
