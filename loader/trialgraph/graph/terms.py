"""RDF terms from JSON values, and the IRIs of a trial's graph."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeAlias

import pyoxigraph as ox
from rdflib.namespace import XSD

from trialgraph.namespaces import BASE, TG, TRIAL
from trialgraph.records import Json

__all__ = [
    "Term",
    "Triple",
    "boolean",
    "decimal",
    "integer",
    "link",
    "partial_date",
    "prefixed",
    "text",
    "trial_iri",
]

Triple: TypeAlias = ox.Triple
Term: TypeAlias = ox.NamedNode | ox.Literal

PREFIXES = {
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "tg": str(TG),
    "tgc": f"{BASE}concept/",
    "trial": str(TRIAL),
}
"""Prefixes by which the table of fields and this package name terms."""

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)

_BOOLEAN = ox.NamedNode(str(XSD.boolean))
_DECIMAL = ox.NamedNode(str(XSD.decimal))
_INTEGER = ox.NamedNode(str(XSD.integer))
_ANY_URI = ox.NamedNode(str(XSD.anyURI))
_DAY_TYPE = ox.NamedNode(str(XSD.date))
_MONTH_TYPE = ox.NamedNode(str(XSD.gYearMonth))
_YEAR_TYPE = ox.NamedNode(str(XSD.gYear))


@cache
def prefixed(name: str) -> ox.NamedNode:
    """Return the term of a prefixed name such as ``tg:arm``.

    Raises:
        AttributeError: when it is a `tg:` term that the ontology lacks.
    """
    prefix, _, local = name.partition(":")
    return ox.NamedNode(str(TG[local]) if prefix == "tg" else PREFIXES[prefix] + local)


def trial_iri(nct: str) -> ox.NamedNode:
    """Return the IRI of a trial."""
    return ox.NamedNode(str(TRIAL[nct]))


def text(value: str) -> ox.Literal:
    """Return a plain literal, verbatim."""
    return ox.Literal(value)


def boolean(value: bool) -> ox.Literal:  # noqa: FBT001 - the value itself, not an option
    """Return an ``xsd:boolean``."""
    return ox.Literal("true" if value else "false", datatype=_BOOLEAN)


def integer(value: float) -> ox.Literal:
    """Return an ``xsd:integer``."""
    return ox.Literal(str(int(value)), datatype=_INTEGER)


def decimal(value: Decimal | float) -> ox.Literal:
    """Return an ``xsd:decimal`` with the digits that the number prints with."""
    return ox.Literal(format(Decimal(str(value)), "f"), datatype=_DECIMAL)


def link(value: str) -> ox.Literal:
    """Return an ``xsd:anyURI`` literal; registered links are not always valid IRIs."""
    return ox.Literal(value, datatype=_ANY_URI)


def partial_date(value: str) -> ox.Literal:
    """Return a date as precisely as it is stated: a day, a month, a year; otherwise its own words.

    Example:
        >>> partial_date("2025-05").datatype.value
        'http://www.w3.org/2001/XMLSchema#gYearMonth'
    """
    if _DATE.fullmatch(value) and _is_day(value):
        return ox.Literal(value, datatype=_DAY_TYPE)
    if _MONTH.fullmatch(value):
        return ox.Literal(value, datatype=_MONTH_TYPE)
    if _YEAR.fullmatch(value):
        return ox.Literal(value, datatype=_YEAR_TYPE)
    return ox.Literal(value)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_blank(value: Json) -> bool:
    """Return whether a JSON value states nothing: null or an empty string."""
    return value is None or value == ""
