"""Expressions as RDF, both ways: a tree of nodes with IRIs, its operands in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

import pyoxigraph as ox

from trialgraph.errors import InputError
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    CalendarUnit,
    Category,
    Expression,
    Fact,
    Limit,
    Narrative,
    NarrativeReason,
    Not,
    Reference,
    Span,
    Value,
    Window,
    judged_operands,
)
from trialgraph.graph.terms import Term, Triple, boolean, decimal, integer, prefixed, text

__all__ = ["expression_from_graph", "expression_to_graph"]

_Facts: TypeAlias = Mapping[str, Mapping[str, list[Term]]]
_Names: TypeAlias = tuple[str, str, str, str]

_CLASSES: Mapping[type, str] = {
    AllOf: "tg:AllOf",
    AnyOf: "tg:AnyOf",
    Not: "tg:NotExpression",
    Value: "tg:ValueAtom",
    Fact: "tg:FactAtom",
    Narrative: "tg:NarrativeAtom",
}
_MENTION = "tg:MentionAtom"
_VALUE: _Names = ("tg:low", "tg:lowInclusive", "tg:high", "tg:highInclusive")
_COUNT: _Names = ("tg:countLow", "tg:countLowInclusive", "tg:countHigh", "tg:countHighInclusive")
_SIZE: _Names = ("tg:sizeLow", "tg:sizeLowInclusive", "tg:sizeHigh", "tg:sizeHighInclusive")


@dataclass(frozen=True, slots=True)
class _Sign:
    """What enrolment asks of a node.

    Args:
        barred: It must not hold.
        alternative: It alone doesn't decide the criterion, since one of several options suffices.
    """

    barred: bool
    alternative: bool = False

    def of_operands(self, node: Expression) -> _Sign:
        """Return the sign of the node's operands, as if negations were pushed down to the atoms."""
        if isinstance(node, Not):
            return _Sign(not self.barred, self.alternative)
        choice = isinstance(node, AnyOf) != self.barred and _offers_several(node)
        return _Sign(self.barred, self.alternative or choice)


def _offers_several(node: Expression) -> bool:
    """Whether a node has more than one operand; what a fact only names besides itself is no other."""
    members = _operands(node)
    if isinstance(node, AllOf | AnyOf) and not any(isinstance(each, Narrative) for each in members):
        members = judged_operands(node)
    return len(members) > 1


def expression_to_graph(
    expression: Expression, node: ox.NamedNode, *, kind: Literal["inclusion", "exclusion"] = "inclusion"
) -> Iterator[Triple]:
    """Yield the triples of an expression.

    Args:
        expression: What the text says.
        node: IRI of the expression; its operands are ``…/1``, ``…/2`` below it.
        kind: Kind of the criterion, for what enrolment asks of each atom.
    """
    yield from _node(expression, node, _Sign(barred=kind == "exclusion"))


def expression_from_graph(triples: Iterable[Triple], node: ox.NamedNode) -> Expression:
    """Return the expression that a graph has at a node.

    Args:
        triples: At least those that `expression_to_graph` yielded for it.
        node: IRI of the expression.
    Raises:
        InputError: when the node, or one below it, is not an expression; names the node.
    """
    facts: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            facts[triple.subject.value][triple.predicate.value].append(cast(Term, triple.object))
    return _expression(facts, node.value)


def _operands(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return operands
        case Not(operand):
            return (operand,)
        case _:
            return ()


def _node(expression: Expression, node: ox.NamedNode, sign: _Sign) -> Iterator[Triple]:
    mention = isinstance(expression, Fact) and expression.is_mention
    yield Triple(node, prefixed("rdf:type"), prefixed(_MENTION if mention else _CLASSES[type(expression)]))
    below = sign.of_operands(expression)
    for number, operand in enumerate(_operands(expression), 1):
        child = ox.NamedNode(f"{node.value}/{number}")
        yield Triple(node, prefixed("tg:operand"), child)
        yield Triple(child, prefixed("tg:order"), integer(number))
        yield from _node(operand, child, below)
    if isinstance(expression, Value | Fact | Narrative):
        for name, term in _atom(expression):
            yield Triple(node, prefixed(name), term)
        yield Triple(node, prefixed("tg:polarity"), text("barred" if sign.barred else "required"))
        yield Triple(node, prefixed("tg:alternative"), boolean(sign.alternative))


def _atom(atom: Value | Fact | Narrative) -> Iterator[tuple[str, Term]]:
    yield "tg:spanStart", integer(atom.span[0])
    yield "tg:spanEnd", integer(atom.span[1])
    if isinstance(atom, Narrative):
        yield "tg:text", text(atom.text)
        yield "tg:reason", text(atom.reason)
        return
    mention = isinstance(atom, Fact) and atom.is_mention
    yield "tg:speaksOf" if mention else "tg:concept", ox.NamedNode(atom.concept)
    yield "tg:conceptLabel", text(atom.concept_label)
    yield from _window(atom.within)
    if isinstance(atom, Value):
        yield from _limit(atom.limit, _VALUE)
        if atom.unit is not None:
            yield "tg:unit", text(atom.unit)
        if atom.relative_to is not None:
            yield "tg:relativeTo", text(atom.relative_to)
        return
    yield "tg:category", text(atom.category)
    for name, value in sorted(atom.modifiers.items()):
        yield "tg:modifier", text(f"{name}={value}")
    for concept in atom.exceptions:
        yield "tg:exceptedConcept", ox.NamedNode(concept)
    yield from _limit(atom.count, _COUNT)
    yield from _limit(atom.size, _SIZE)


def _limit(limit: Limit | None, names: _Names) -> Iterator[tuple[str, Term]]:
    if limit is None:
        return
    low, low_inclusive, high, high_inclusive = names
    if limit.low is not None:
        yield low, decimal(limit.low)
        yield low_inclusive, boolean(limit.low_inclusive)
    if limit.high is not None:
        yield high, decimal(limit.high)
        yield high_inclusive, boolean(limit.high_inclusive)


def _window(window: Window | None) -> Iterator[tuple[str, Term]]:
    if window is None:
        return
    yield "tg:withinText", text(window.text)
    yield "tg:withinUnit", text(window.unit)
    if window.amount is not None and window.max_days is not None:
        yield "tg:withinAmount", decimal(window.amount)
        yield "tg:withinMaxDays", integer(window.max_days)
    if window.open:
        yield "tg:withinOpen", boolean(window.open)


class _Reader:
    """What a graph says of one node."""

    def __init__(self, facts: _Facts, iri: str) -> None:
        self.iri = iri
        self._stated = facts.get(iri, {})

    def all(self, name: str) -> list[str]:
        return [term.value for term in self._stated.get(prefixed(name).value, ())]

    def one(self, name: str) -> str | None:
        values = self.all(name)
        if len(values) > 1:
            raise InputError(f"has {len(values)} values of {name}", where=self.iri)
        return values[0] if values else None

    def need(self, name: str) -> str:
        value = self.one(name)
        if value is None:
            raise InputError(f"not an expression: it lacks {name}", where=self.iri)
        return value

    def number(self, name: str) -> float | None:
        value = self.one(name)
        return None if value is None else float(value)


def _expression(facts: _Facts, iri: str) -> Expression:
    node = _Reader(facts, iri)
    types = node.all("rdf:type")
    kind = next((kind for kind, name in _CLASSES.items() if prefixed(name).value in types), None)
    if prefixed(_MENTION).value in types:
        return _fact(node, "tg:speaksOf")
    if kind is None:
        raise InputError("not an expression", where=iri)
    if kind in (AllOf, AnyOf, Not):
        below = sorted(node.all("tg:operand"), key=lambda each: int(_Reader(facts, each).need("tg:order")))
        operands = tuple(_expression(facts, each) for each in below)
        if kind is not Not:
            return AllOf(operands) if kind is AllOf else AnyOf(operands)
        if len(operands) != 1:
            raise InputError(f"a negation of {len(operands)} operands", where=iri)
        return Not(operands[0])
    if kind is Narrative:
        return Narrative(node.need("tg:text"), cast(NarrativeReason, node.need("tg:reason")), _span(node))
    return _value(node) if kind is Value else _fact(node)


def _value(node: _Reader) -> Value:
    return Value(
        concept=node.need("tg:concept"),
        concept_label=node.need("tg:conceptLabel"),
        limit=_read_limit(node, _VALUE) or Limit(),
        unit=node.one("tg:unit"),
        relative_to=cast("Reference | None", node.one("tg:relativeTo")),
        within=_read_window(node),
        span=_span(node),
    )


def _fact(node: _Reader, named: str = "tg:concept") -> Fact:
    pairs = (modifier.partition("=") for modifier in node.all("tg:modifier"))
    return Fact(
        concept=node.need(named),
        concept_label=node.need("tg:conceptLabel"),
        category=cast(Category, node.need("tg:category")),
        modifiers={name: value for name, _, value in sorted(pairs)},
        count=_read_limit(node, _COUNT),
        size=_read_limit(node, _SIZE),
        within=_read_window(node),
        span=_span(node),
        exceptions=tuple(sorted(node.all("tg:exceptedConcept"))),
    )


def _read_limit(node: _Reader, names: _Names) -> Limit | None:
    low, high = node.number(names[0]), node.number(names[2])
    if low is None and high is None:
        return None
    return Limit(
        low=low,
        low_inclusive=low is None or node.need(names[1]) == "true",
        high=high,
        high_inclusive=high is None or node.need(names[3]) == "true",
    )


def _read_window(node: _Reader) -> Window | None:
    words = node.one("tg:withinText")
    if words is None:
        return None
    unit = cast(CalendarUnit, node.need("tg:withinUnit"))
    return Window(node.number("tg:withinAmount"), unit, words, node.one("tg:withinOpen") == "true")


def _span(node: _Reader) -> Span:
    return int(node.need("tg:spanStart")), int(node.need("tg:spanEnd"))
