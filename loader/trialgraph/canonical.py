"""Expressions in the units that screening views use.

An expression keeps the unit of the criterion's words; a view holds each quantity in its concept's
canonical unit. Limits are brought to that unit before anything is compared.
"""

from dataclasses import replace
from functools import lru_cache

from trialgraph.concepts import packaged_concepts
from trialgraph.expressions import AllOf, AnyOf, Expression, Limit, Narrative, Not, Value
from trialgraph.units import conversion

__all__ = ["in_canonical_units"]


@lru_cache(maxsize=65536)
def in_canonical_units(expression: Expression) -> Expression:
    """Return an expression whose limits are in the canonical units of their quantities.

    A limit whose unit measures something else becomes narrative: it is unknown, never compared.
    Multiples of a reference have no unit and stay as they are.
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
        case _:
            return expression


def _converted(value: Value) -> Value | Narrative:
    concept = packaged_concepts().get(value.concept)
    if concept is None or concept.unit is None or value.unit == concept.unit:
        return value
    factor = conversion(value.unit or "", concept.unit, concept.molar_mass)
    if factor is None:
        unit = value.unit or "no unit"
        return Narrative(f"a limit of {value.concept_label} in {unit}", "not-formalised", value.span)
    return replace(value, limit=_scaled(value.limit, factor), unit=concept.unit)


def _scaled(limit: Limit, factor: float) -> Limit:
    low, high = (None if bound is None else bound * factor for bound in (limit.low, limit.high))
    return replace(limit, low=low, high=high)
