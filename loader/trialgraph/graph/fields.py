"""From a record to triples, as the table of fields says.

The walk knows kinds of values, not fields: what becomes of a field is in its rows of
``data/registry/fields.csv``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias
from urllib.parse import quote

import pyoxigraph as ox

from trialgraph.graph.doses import Dose, Mention, dosed_concept, find_doses
from trialgraph.graph.terms import (
    PREFIXES,
    Term,
    Triple,
    boolean,
    decimal,
    integer,
    is_blank,
    link,
    partial_date,
    prefixed,
    text,
)
from trialgraph.namespaces import TRIAL
from trialgraph.records import Json
from trialgraph.sources.fields import Branch, Field, field_tree

__all__ = ["MentionFinder", "field_triples"]


MentionFinder: TypeAlias = Callable[[str], Iterable[Mention]]
"""What finds the concepts named in a text, in reading order."""

_TEMPLATE_FIELD = re.compile(r"\{(\w+)\}")


def _named(find: MentionFinder, text: str) -> Iterable[Mention]:
    return find(text)


def _named_in_heading(find: MentionFinder, text: str) -> Iterable[Mention]:
    """Return the concepts of a heading, which may be inverted: ``Carcinoma, Non-Small-Cell Lung``.

    It counts as inverted when the whole of it, turned round, is one name.
    Source: the inverted headings of MeSH.
    """
    plain = " ".join(part.strip() for part in reversed(text.split(",")))
    whole = [each for each in find(plain) if each.start == 0 and each.end == len(plain)]
    return whole if "," in text and whole else find(text)


def _pubmed(value: str) -> ox.NamedNode | None:
    number = value.strip()
    if not (number.isascii() and number.isdecimal()):
        return None
    return ox.NamedNode(f"https://pubmed.ncbi.nlm.nih.gov/{number}")


def _registry_identity(value: str) -> ox.NamedNode:
    return ox.NamedNode(f"https://identifiers.org/clinicaltrials/{quote(value)}")


def _trial(value: str) -> ox.NamedNode:
    return ox.NamedNode(str(TRIAL) + quote(value))


_TERMS: Mapping[str, Callable[[Json], Term | None]] = {
    "text": text,
    "code": text,
    "date": partial_date,
    "boolean": boolean,
    "integer": integer,
    "decimal": decimal,
    "link": link,
    "PubMed": _pubmed,
    "registry identity": _registry_identity,
    "trial": _trial,
}
_NO_TRIPLE = ("omitted", "node identity")


@dataclass(slots=True)
class _Place:
    """A place in the record with its rows sorted by what they make; compiled from a `Branch`."""

    is_list: bool
    node: Field | None
    terms: list[tuple[Field, ox.NamedNode, Callable[[Json], Term | None]]] = field(default_factory=list)
    others: list[Field] = field(default_factory=list)
    below: dict[str, _Place] = field(default_factory=dict)


def _compile(branch: Branch) -> _Place:
    node = next((row for row in branch.fields if row.value == "node"), None)
    place = _Place(branch.is_list, node)
    for row in branch.fields:
        if row.value in _TERMS:
            place.terms.append((row, prefixed(row.predicate.lstrip("^")), _TERMS[row.value]))
        elif row.value not in _NO_TRIPLE and row is not node:
            place.others.append(row)
    place.below = {name: _compile(below) for name, below in branch.below.items()}
    return place


@cache
def _packaged() -> _Place:
    return _compile(field_tree())


def field_triples(
    study: Mapping[str, Json], trial: ox.NamedNode, *, mentions: MentionFinder | None = None
) -> list[Triple]:
    """Return the triples of a record's fields, without duplicates, in the record's order.

    Args:
        study: A checked ``Study`` object, with or without ``pageSection``.
        trial: IRI of the trial.
        mentions: Finds concepts in names and descriptions; None links none.
    """
    walk = _Walk(trial, mentions)
    walk.visit(study, _packaged(), trial)
    walk.link_names()
    return list(dict.fromkeys(walk.triples))


class _Walk:
    """One pass over one record."""

    def __init__(self, trial: ox.NamedNode, mentions: MentionFinder | None) -> None:
        self.trial = trial
        self.triples: list[Triple] = []
        self._mentions = mentions
        self._named: dict[tuple[str, str], set[ox.NamedNode]] = defaultdict(set)
        self._references: list[tuple[Field, ox.NamedNode, str]] = []
        self._doses: Counter[str] = Counter()

    def visit(self, value: Json, place: _Place, subject: ox.NamedNode) -> None:
        if not place.is_list:
            self._visit_item(value, place, subject, None)
        elif value is not None:
            for number, item in enumerate(value, 1):
                self._visit_item(item, place, subject, number)

    def _visit_item(self, value: Json, place: _Place, subject: ox.NamedNode, number: int | None) -> None:
        if is_blank(value):
            return
        if place.node is not None:
            subject = self._node(place.node, value, subject, number)
        for row, predicate, term_of in place.terms:
            term = term_of(value)
            if term is not None:
                self._state(row, predicate, subject, term)
        for row in place.others:
            self._other(row, subject, value)
        if place.below:
            for name, member in value.items():
                below = place.below.get(name)
                if below is not None:
                    self.visit(member, below, subject)

    def link_names(self) -> None:
        """Resolve references by name, now that every node of the record is known."""
        for row, subject, name in self._references:
            how, _, node_class = row.value.partition(" ")
            found = self._named.get((node_class, _key(name)), set())
            only = next(iter(found)) if len(found) == 1 else None
            if how == "link" and only is not None:
                self._state(row, prefixed(row.predicate.lstrip("^")), subject, only)
            elif how == "unmatched" and only is None:
                self._state(row, prefixed(row.predicate), subject, text(name))

    def _other(self, row: Field, subject: ox.NamedNode, value: str) -> None:
        if row.value == "doses":
            self._state_doses(row, subject, value)
        elif row.value in ("concepts", "heading concepts"):
            named = _named_in_heading if row.value == "heading concepts" else _named
            for mention in named(self._mentions, value) if self._mentions else ():
                self._state(row, prefixed(row.predicate), subject, ox.NamedNode(mention.concept))
        else:
            self._references.append((row, subject, value))

    def _state(self, row: Field, predicate: ox.NamedNode, subject: ox.NamedNode, term: Term) -> None:
        about = self.trial if row.subject == "trial" else subject
        if row.predicate[0] == "^" and isinstance(term, ox.NamedNode):
            self.triples.append(Triple(term, predicate, about))
        else:
            self.triples.append(Triple(about, predicate, term))

    def _node(
        self, row: Field, item: Mapping[str, Json], parent: ox.NamedNode, number: int | None
    ) -> ox.NamedNode:
        iri, inside = _iri(row, item, parent, number)
        node = ox.NamedNode(iri)
        self.triples.append(Triple(parent, prefixed(row.predicate), node))
        if row.node:
            self.triples.append(Triple(node, prefixed("rdf:type"), prefixed(row.node)))
        if inside and number is not None:
            self.triples.append(Triple(node, prefixed("tg:order"), integer(number)))
        for name, value in row.states:
            self.triples.append(Triple(node, prefixed(name), text(value)))
        for template in row.names:
            name_of_node = _fill(template, item, number)
            if name_of_node is not None:
                self._named[row.node, _key(name_of_node)].add(node)
        return node

    def _state_doses(self, row: Field, subject: ox.NamedNode, value: str) -> None:
        mentions, end = None, 0
        for dose in find_doses(value):
            if mentions is None:
                mentions = deque(self._mentions(value) if self._mentions else ())
            self._doses[subject.value] += 1
            node = ox.NamedNode(f"{subject.value}/dose/{self._doses[subject.value]}")
            self.triples.append(Triple(subject, prefixed(row.predicate), node))
            self.triples.extend(_dose_triples(node, dose, self._doses[subject.value]))
            while mentions and mentions[0].start < end:
                mentions.popleft()
            named = dosed_concept(value, dose, mentions, end)
            if named is not None:
                self.triples.append(Triple(node, prefixed("tg:concept"), ox.NamedNode(named.concept)))
            end = max(dose.span[1], named.end if named else 0)


def _dose_triples(node: ox.NamedNode, dose: Dose, number: int) -> Iterable[Triple]:
    yield Triple(node, prefixed("rdf:type"), prefixed("tg:Dose"))
    yield Triple(node, prefixed("tg:order"), integer(number))
    yield Triple(node, prefixed("tg:doseText"), text(dose.text))
    yield Triple(node, prefixed("tg:unit"), text(dose.unit))
    amounts = {"tg:doseLow": dose.low, "tg:doseHigh": dose.high, "tg:dosePerFraction": dose.per_fraction}
    for name, amount in amounts.items():
        if amount is not None:
            yield Triple(node, prefixed(name), decimal(amount))
    if dose.fractions is not None:
        yield Triple(node, prefixed("tg:fractions"), integer(dose.fractions))


def _iri(row: Field, item: Mapping[str, Json], parent: ox.NamedNode, number: int | None) -> tuple[str, bool]:
    """Return a node's IRI, and whether it is below its parent's."""
    filled = _fill(row.iri, item, number, escape=True)
    if filled is None:
        return f"{parent.value}/{row.predicate.partition(':')[2]}/{number}", True
    prefix, colon, local = filled.partition(":")
    return (PREFIXES[prefix] + local, False) if colon else (f"{parent.value}/{filled}", True)


def _fill(template: str, item: Mapping[str, Json], number: int | None, *, escape: bool = False) -> str | None:
    """Return a template with the item's own fields in it; None when the item lacks one."""
    values = {name: number if name == "n" else item.get(name) for name in _TEMPLATE_FIELD.findall(template)}
    if any(is_blank(value) for value in values.values()):
        return None
    return _TEMPLATE_FIELD.sub(
        lambda found: quote(str(values[found[1]]), safe="") if escape else str(values[found[1]]), template
    )


def _key(name: str) -> str:
    """Return a name as it is compared: "Dietary Supplement: X" and "DIETARY_SUPPLEMENT: X" are one."""
    return " ".join(name.replace("_", " ").casefold().split())
