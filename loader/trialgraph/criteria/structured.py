"""Age and sex as the registry's structured fields state them, as criteria of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trialgraph.criteria.criterion import Criterion
from trialgraph.expressions import Expression, Fact, Limit, Value
from trialgraph.namespaces import TGC
from trialgraph.records import Json, TrialRecord

__all__ = ["read_structured"]

_AGE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>year|month|week|day|hour|minute)s?$", re.IGNORECASE)
_UCUM = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min"}
_SEXES = {
    "MALE": (str(TGC.MaleSex), "male sex"),
    "FEMALE": (str(TGC.FemaleSex), "female sex"),
}


def read_structured(record: TrialRecord) -> tuple[Criterion, ...]:
    """Return the criteria that the structured fields state: ``AGE`` and ``SEX``.

    Args:
        record: A trial; ages are strings such as ``18 Years``. A maximum age of 75 years admits
            patients who haven't had their next birthday.
    Returns:
        No ``AGE`` without an age limit, no ``SEX`` when all are admitted. `order` goes on from 1.
    """
    module = record.study.get("protocolSection", {}).get("eligibilityModule", {})
    stated = [*_age(module), *_sex(module)]
    return tuple(
        Criterion(name, "inclusion", order, text, (0, 0), text, expression=expression)
        for order, (name, text, expression) in enumerate(stated, 1)
    )


def _age(module: Mapping[str, Json]) -> Iterator[tuple[str, str, Expression]]:
    low, high = _parse_age(module.get("minimumAge")), _parse_age(module.get("maximumAge"))
    words = [
        f"{name} {module[field]}"
        for name, field, age in (("Minimum age", "minimumAge", low), ("Maximum age", "maximumAge", high))
        if age is not None
    ]
    if not words:
        return
    unit = next(age[1] for age in (low, high) if age is not None)
    limit = Limit(low=_in_unit(low, unit), high=_in_unit(high, unit))
    yield "AGE", "; ".join(words), Value(str(TGC.Age), "age", limit, unit)


def _parse_age(stated: Json) -> tuple[float, str] | None:
    match = _AGE.match(stated.strip()) if isinstance(stated, str) else None
    return (float(match["number"]), _UCUM[match["unit"].lower()]) if match else None


_PER_YEAR = {"a": 1.0, "mo": 12.0, "wk": 365.25 / 7, "d": 365.25, "h": 365.25 * 24, "min": 365.25 * 24 * 60}


def _in_unit(age: tuple[float, str] | None, unit: str) -> float | None:
    if age is None:
        return None
    number, stated = age
    return number if stated == unit else round(number / _PER_YEAR[stated] * _PER_YEAR[unit], 6)


def _sex(module: Mapping[str, Json]) -> Iterator[tuple[str, str, Expression]]:
    known = _SEXES.get(str(module.get("sex", "")).upper())
    if known is not None:
        yield "SEX", f"Sex: {module['sex'].capitalize()}", Fact(known[0], known[1], "demographic")
