"""Expressions in the units that screening views use.

An expression keeps the unit of the criterion's words; a view holds each quantity in its concept's
canonical unit. Limits are brought to that unit before anything is compared.
"""

import math
from dataclasses import replace
from functools import lru_cache

from trialgraph.concepts import packaged_concepts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value, Window
from trialgraph.namespaces import TGC
from trialgraph.patients.tables import episodes
from trialgraph.units import conversion

__all__ = ["in_canonical_units"]

_AGE = str(TGC.Age)


@lru_cache(maxsize=65536)
def in_canonical_units(expression: Expression) -> Expression:
    """Return an expression whose limits are in the canonical units of their quantities.

    A limit whose unit measures something else becomes narrative: it is unknown, never compared.
    Multiples of a reference have no unit and stay as they are. An episode, such as a bleeding, that has to
    have been active within a window was so whenever it was there.
    """
    match expression:
        case AllOf(operands):
            return AllOf(tuple(in_canonical_units(operand) for operand in operands))
        case AnyOf(operands):
            return AnyOf(tuple(in_canonical_units(operand) for operand in operands))
        case Not(operand):
            return Not(in_canonical_units(operand))
        case Value(relative_to=None):
            return _converted(expression)
        case Fact(within=Window()) if expression.modifiers.get("status") == "active":
            return _in_its_time(expression)
        case _:
            return expression


def _in_its_time(fact: Fact) -> Fact:
    """Return a fact of an episode without asking it to be active now: within its window it was."""
    concepts = packaged_concepts()
    if fact.concept not in concepts or not concepts.ancestors(fact.concept) & episodes():
        return fact
    modifiers = {name: said for name, said in fact.modifiers.items() if name != "status"}
    return replace(fact, modifiers=modifiers)


def _converted(value: Value) -> Expression:
    concepts = packaged_concepts()
    if value.concept not in concepts:
        return value  # What the ontology doesn't know has no canonical unit, and no view has a result of it.
    concept = concepts[value.concept]
    if concept.unit is None or value.unit == concept.unit:
        return value
    if value.concept == _AGE:
        return _age_in_years(value)
    factor = conversion(value.unit or "", concept.unit, concept.molar_mass)
    if factor is None:
        unit = value.unit or "no unit"
        return Narrative(f"a limit of {value.concept_label} in {unit}", "not-formalised", value.span)
    return replace(value, limit=_scaled(value.limit, factor), unit=concept.unit)


def _age_in_years(value: Value) -> Expression:
    """Return a limit on age that isn't in years, over the completed years that a view holds.

    Completed years say less than months do: who is one is 12 to 23 months old. What they leave open
    takes the birth date, so it stays with a person.
    """
    factor = conversion(value.unit or "", "mo")
    if factor is None:
        return Narrative(f"a limit of age in {value.unit or 'no unit'}", "not-formalised", value.span)
    between = Narrative(f"age within the year of {value.unit}", "not-formalised", value.span)
    sides: list[Expression] = []
    limit = _scaled(value.limit, factor)
    if limit.low is not None:
        sure, possible = math.ceil(limit.low / 12), math.ceil((limit.low - 11) / 12)
        sides += [_years(value, Limit(low=possible)), AnyOf((_years(value, Limit(low=sure)), between))]
    if limit.high is not None:
        sure, possible = math.floor((limit.high - 11) / 12), math.floor(limit.high / 12)
        sides += [_years(value, Limit(high=possible)), AnyOf((_years(value, Limit(high=sure)), between))]
    return AllOf(tuple(sides))


def _years(value: Value, limit: Limit) -> Value:
    return replace(value, limit=limit, unit="a")


def _scaled(limit: Limit, factor: float) -> Limit:
    low, high = (None if bound is None else bound * factor for bound in (limit.low, limit.high))
    return replace(limit, low=low, high=high)
