"""What a limit demands of a quantity, in a form in which equal demands are equal.

A barred ``< 1.5`` is a demand of at least 1.5; a score of 0 to 1 is one of at most 1, since scores
start at 0; numbers are in the quantity's canonical unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bench.understanding.annotations import Annotation
from trialgraph.concepts import Concepts
from trialgraph.criteria.language.wording import wording
from trialgraph.expressions import Limit, Value
from trialgraph.units import conversion

__all__ = ["Demand", "annotated_demand", "is_limit", "read_demand", "same_demand", "same_side"]

_REFERENCES = {"ULN": "ULN", "LLN": "LLN", "BASELINE": "baseline"}
_NUMBER = r"-?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_BOUND = re.compile(rf"(>=|<=|≥|≤|>|<|=)\s*({_NUMBER})")
_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class Demand:
    """A limit on a quantity, and whether enrolling needs it or needs its contrary.

    Args:
        limit: Bounds in the canonical unit, or as written where the unit couldn't be converted.
        written: Bounds as written.
        relative_to: ``ULN``, ``LLN``, ``baseline``; None for plain numbers.
        required: False for a stretch that bars, which happens with two bounds only.
        converted: Whether `limit` is in the canonical unit.
    """

    limit: Limit
    written: Limit
    relative_to: str | None
    required: bool
    converted: bool


def annotated_demand(atom: Annotation, concept: str, concepts: Concepts) -> Demand:
    """Return what an annotated value, whose limit is one, demands of a concept."""
    limit = _parsed(atom.limit)
    unit = atom.unit.strip()
    reference = _REFERENCES.get(unit.upper().removeprefix("X ").removeprefix("×").strip())
    factor = 1.0 if reference else _factor(unit, concept, concepts)
    return _demand(limit, factor, reference, concept, concepts, required=atom.polarity != "barred")


def is_limit(words: str) -> bool:
    """Return whether words are a limit as the guide has them."""
    return bool(_RANGE.search(words) or _BOUND.search(words))


def read_demand(value: Value, concepts: Concepts, *, required: bool) -> Demand:
    """Return what a value atom that was read demands."""
    factor = 1.0 if value.relative_to else _factor(value.unit or "", value.concept, concepts)
    return _demand(value.limit, factor, value.relative_to, value.concept, concepts, required=required)


def same_demand(one: Demand, other: Demand) -> bool:
    """Return whether two demands are equal."""
    if (one.relative_to, one.required) != (other.relative_to, other.required):
        return False
    if one.converted and other.converted:
        return _equal(one.limit, other.limit)
    return _equal(one.written, other.written)


def same_side(one: Demand, other: Demand) -> bool:
    """Return whether two demands bound the same side of a quantity, whatever the bound."""
    low = one.limit.low is not None and other.limit.low is not None
    high = one.limit.high is not None and other.limit.high is not None
    return one.required == other.required and (low or high)


def _parsed(words: str) -> Limit:
    if found := _RANGE.search(words):
        return Limit(low=_number(found[1]), high=_number(found[2]))
    limit = Limit()
    for sign, number in _BOUND.findall(words):
        inside = sign not in "<>"
        if sign in (">", ">=", "≥", "="):
            limit = replace(limit, low=_number(number), low_inclusive=inside)
        if sign in ("<", "<=", "≤", "="):
            limit = replace(limit, high=_number(number), high_inclusive=inside)
    return limit


def _number(words: str) -> float:
    return float(words.replace(",", ""))


def _factor(unit: str, concept: str, concepts: Concepts) -> float | None:
    canonical = concepts[concept].unit
    if canonical is None or (not unit and canonical in ("1", "%")) or unit == canonical:
        return 1.0
    known = wording().units.get("".join(unit.lower().split()))
    ucum, scale = (known.ucum, known.factor) if known else (unit, 1.0)
    factor = conversion(ucum, canonical, concepts[concept].molar_mass)
    return None if factor is None else factor * scale


def _demand(
    limit: Limit,
    factor: float | None,
    reference: str | None,
    concept: str,
    concepts: Concepts,
    *,
    required: bool,
) -> Demand:
    converted = factor is not None
    scaled = limit if factor is None else _scaled(limit, factor)
    canonical = scaled if reference else _trimmed(scaled, concept, concepts)
    one_sided = canonical.low is None or canonical.high is None
    if not required and one_sided:
        turned = _inverse(canonical)
        canonical = turned if reference else _trimmed(turned, concept, concepts)
        limit = _inverse(limit)
    return Demand(canonical, limit, reference, required or one_sided, converted)


def _scaled(limit: Limit, factor: float) -> Limit:
    return replace(
        limit,
        low=None if limit.low is None else limit.low * factor,
        high=None if limit.high is None else limit.high * factor,
    )


def _trimmed(limit: Limit, concept: str, concepts: Concepts) -> Limit:
    """Leave out a bound at the end of a scale, and take the next score for an open bound."""
    scale, unit = concepts[concept].plausible, concepts[concept].unit or ""
    if not unit.startswith("{"):
        return limit
    if limit.low is not None and not limit.low_inclusive and limit.low.is_integer():
        limit = replace(limit, low=limit.low + 1, low_inclusive=True)
    if limit.high is not None and not limit.high_inclusive and limit.high.is_integer():
        limit = replace(limit, high=limit.high - 1, high_inclusive=True)
    if scale is None:
        return limit
    if limit.low is not None and limit.high is not None and limit.low <= scale.low:
        limit = replace(limit, low=None, low_inclusive=True)
    if limit.high is not None and limit.low is not None and limit.high >= scale.high:
        limit = replace(limit, high=None, high_inclusive=True)
    return limit


def _inverse(limit: Limit) -> Limit:
    """Return the contrary of a limit with one bound; one with two stays."""
    if limit.low is not None and limit.high is None:
        return Limit(high=limit.low, high_inclusive=not limit.low_inclusive)
    if limit.high is not None and limit.low is None:
        return Limit(low=limit.high, low_inclusive=not limit.high_inclusive)
    return limit


def _equal(one: Limit, other: Limit) -> bool:
    return (
        _close(one.low, other.low)
        and _close(one.high, other.high)
        and (one.low is None or one.low_inclusive == other.low_inclusive)
        and (one.high is None or one.high_inclusive == other.high_inclusive)
    )


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _TOLERANCE * max(abs(one), abs(other))
