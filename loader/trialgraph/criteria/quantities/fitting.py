"""Whether a limit's unit is one of a quantity, and what unit a limit without one is in."""

from __future__ import annotations

from functools import cache

from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, Expression, Limit, Narrative, Span, Value, atoms

__all__ = [
    "bounded_alike",
    "fit_limit",
    "is_wanted",
    "likely_value",
    "limited_kinds",
    "local_name",
    "wanted_side",
    "within_normal",
]

_MASS_AND_MOLAR = frozenset({"mass concentration", "molar concentration"})
_EXCHANGEABLE = (
    _MASS_AND_MOLAR,
    frozenset({"clearance", "clearance per area"}),
    frozenset({"mass", "mass rate"}),
    frozenset({"enzyme concentration", "arbitrary concentration"}),
)
_MOST_PER_CENT = 200
_THOUSAND = 1000
_PER_LITRE = 1e7
_FEWEST = 1e-4
_COUNTED = frozenset({"10*9/L", "10*6/L"})
_MILLION = 1e6


def local_name(term: Term) -> str:
    """Return the last part of a concept's IRI, by which the tables of wording name it."""
    return term.iri.rpartition("/")[2]


@cache
def _dimensions() -> dict[str, str]:
    return {unit.ucum: unit.dimension for unit in wording().units.values()}


def fit_limit(term: Term, found: Found) -> tuple[Limit, str | None] | None:
    """Return the limit and its UCUM unit for a quantity; None when the unit can't be one of it."""
    is_scale = local_name(term) in wording().scales
    if found.relative_to is not None:
        return None if is_scale or term.unit == "a" else (found.limit, None)
    if is_scale:
        scored = found.unit is None or found.unit.ucum in ("%", "{score}")
        return (found.limit, None) if scored and _is_on_scale(term, found.limit) else None
    if term.unit == "a":
        return _fit_age(found)
    if found.unit is None:
        return _fit_bare(term, found)
    numbers = [number for number in (found.limit.low, found.limit.high) if number is not None]
    if found.unit.ucum == "%" and (term.unit in ("{score}", "1") or max(numbers) > _MOST_PER_CENT):
        return (found.limit, None) if local_name(term) in wording().per_hundred else None
    if term.unit == found.unit.ucum == "10*9/L" and min(numbers) >= _THOUSAND:
        # "75,000 × 10^9/L": no blood holds as many; the cells of a microlitre were counted.
        return _of_blood(found.limit), term.unit
    if found.unit.ucum == "10*9/L" and (misspelt := _of_microlitre(term, found)) is not None:
        return misspelt, found.unit.ucum
    if found.unit.ucum == "10*9/L" and 0 < max(numbers) < _FEWEST and term.unit in _COUNTED:
        # "350 cells/ L": the µ of the microlitre is lost.
        return _multiplied(found.limit), found.unit.ucum
    if wording().lookalikes.get(term.unit or "") == found.unit.ucum:
        return found.limit, term.unit
    dimension = _dimensions().get(term.unit or "")
    if dimension is None or found.unit.dimension == dimension:
        return (found.limit, found.unit.ucum) if dimension is not None else None
    if any({found.unit.dimension, dimension} <= group for group in _EXCHANGEABLE):
        return found.limit, f"{found.unit.ucum}/(24.h)" if found.unit.dimension == "mass" else found.unit.ucum
    return None


def _is_on_scale(term: Term, limit: Limit) -> bool:
    """Whether a limit's numbers are scores of a scale ("in bed < 50%" is no performance status)."""
    scale = wording().scales[local_name(term)]
    return all(number is None or scale.low <= number <= scale.high for number in (limit.low, limit.high))


def _is_pattern(term: Term, limit: Limit) -> bool:
    """Whether a range is below all scores there are: of the patterns they sum up ("Gleason grade 4 or 5")."""
    least = wording().exact.get(local_name(term), (0.0, 0.0))[0]
    return limit.low is not None and limit.high is not None and limit.high < least


def _fit_age(found: Found) -> tuple[Limit, str | None] | None:
    if found.unit is None:
        return found.limit, "a"
    if found.unit.ucum == "{plus}" and found.limit.low == found.limit.high:
        return Limit(low=found.limit.low), "a"
    if found.unit.ucum not in ("a", "mo", "wk", "d"):
        return None
    return found.limit, found.unit.ucum


def _fit_bare(term: Term, found: Found) -> tuple[Limit, str | None] | None:
    """Fit a limit without a unit: right for ratios and scores, and plain for cell counts per microlitre."""
    if term.unit is None or term.unit.startswith("{") or term.unit == "1":
        return None if _is_pattern(term, found.limit) else (found.limit, None)
    low, high = found.limit.low, found.limit.high
    numbers = [number for number in (low, high) if number is not None]
    if term.unit == "10*9/L" and min(numbers) >= _THOUSAND and max(numbers) < _PER_LITRE:
        return _divided(found.limit), term.unit
    if term.unit == "10*9/L" and min(numbers) >= _PER_LITRE:
        # "ANC ≥ 1.5 × 10^9": per litre, as the power tells.
        return _divided(_divided(_divided(found.limit))), term.unit
    for unit, least, most in wording().habitual_units.get(local_name(term), ()):
        if all(least <= number <= most for number in numbers):
            return found.limit, unit
        if unit == "10*9/L" and all(least <= number / _THOUSAND <= most for number in numbers):
            return _divided(found.limit), unit
    return None


def likely_value(term: Term, found: Found, words: str, span: Span) -> Expression | None:
    """Return a limit in the unit its numbers are likely in, with its words for where another may be meant.

    "Bilirubin ≤ 2.0" is kept at 2 mg/dL, also where multiples of the upper limit were meant, since few of
    those are below 1 mg/dL. Above it the words alone decide. None when the numbers aren't likely in any.
    """
    bounds = [number for number in (found.limit.low, found.limit.high) if number is not None]
    if len(bounds) != 1 or not found.stated:
        return None
    for unit, least, most in wording().likely_units.get(local_name(term), ()):
        if least <= bounds[0] <= most:
            value = Value(term.iri, term.label, found.limit, unit, None, None, span)
            beside = Narrative(words, "not-formalised", span)
            return (any_of if _is_good(value) else all_of)([value, beside])
    return None


def _of_blood(limit: Limit) -> Limit:
    """Return a count of cells with as few powers of ten as blood may hold ("100,000 × 10^9/µL")."""
    while min(number for number in (limit.low, limit.high) if number is not None) >= _THOUSAND:
        limit = _divided(limit)
    return limit


def _divided(limit: Limit) -> Limit:
    return Limit(
        None if limit.low is None else limit.low / _THOUSAND,
        limit.low_inclusive,
        None if limit.high is None else limit.high / _THOUSAND,
        limit.high_inclusive,
    )


def within_normal(term: Term, span: Span) -> Expression | None:
    """Return that a quantity is within the result's own reference range, on the sides that count."""
    if (
        local_name(term) in wording().scales
        or term.unit is None
        or term.unit in ("a", "mo", "{score}", "{count}")
    ):
        return None
    side = wording().normal_sides.get(local_name(term))
    if side == "none":
        return None
    low = Value(term.iri, term.label, Limit(low=1.0), None, "LLN", None, span)
    high = Value(term.iri, term.label, Limit(high=1.0), None, "ULN", None, span)
    return high if side == "high" else low if side == "low" else AllOf((low, high))


def _of_microlitre(term: Term, found: Found) -> Limit | None:
    """Return "ANC ≥ 1,500/mL" as cells of a microlitre, where only they are as many as people have."""
    factor = found.unit.factor if found.unit is not None else 1.0
    bounds = next((b for b in wording().habitual_units.get(local_name(term), ()) if b[0] == "10*9/L"), None)
    if bounds is None or factor >= 1 / _THOUSAND:
        return None
    low, high = (
        None if number is None else round(number / factor / _THOUSAND, 9)
        for number in (found.limit.low, found.limit.high)
    )
    numbers = [number for number in (low, high) if number is not None]
    if not all(bounds[1] <= number <= bounds[2] for number in numbers):
        return None
    return Limit(low, found.limit.low_inclusive, high, found.limit.high_inclusive)


def _multiplied(limit: Limit) -> Limit:
    low = None if limit.low is None else float(f"{limit.low * _MILLION:.12g}")
    high = None if limit.high is None else float(f"{limit.high * _MILLION:.12g}")
    return Limit(low, limit.low_inclusive, high, limit.high_inclusive)


def is_wanted(expression: Expression | None) -> bool:
    """Whether limits are such as patients have to keep: of each quantity, on the side on which it is good."""
    values = [atom for atom in atoms(expression) if isinstance(atom, Value)] if expression is not None else []
    return bool(values) and all(_is_good(value) for value in values)


def limited_kinds(expression: Expression | None) -> frozenset[str]:
    """Return the kinds of quantities that an expression limits: what tells of one organ is of one kind."""
    named = (atom.concept for atom in atoms(expression) if isinstance(atom, Value)) if expression else ()
    names = {name.rpartition("/")[2] for name in named}
    return frozenset(wording().kinds.get(name, name) for name in names)


def wanted_side(value: Value) -> str | None:
    """Return the side on which trials ask for a limit of a quantity; None where they ask for either."""
    return wording().wanted.get(value.concept.rpartition("/")[2])


def _is_good(value: Value) -> bool:
    side = wanted_side(value)
    worse = value.limit.high if side == "low" else value.limit.low
    return side is not None and worse is None


def bounded_alike(terms: tuple[Term, ...], found: Found) -> tuple[Term, ...]:
    """Leave out what can't be meant by "creatinine or clearance ≤ 1.5 × ULN": of some, too little is bad."""
    if found.relative_to != "ULN" or found.limit.high is None:
        return terms
    return tuple(term for term in terms if wording().scarce.get(local_name(term)) is None)
