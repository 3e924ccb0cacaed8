"""Numbers of a FHIR record with their units, and the limits of normal that come with them.

Source: FHIR R4 (4.0.1), Quantity, Range, Observation.referenceRange and Observation.interpretation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from trialgraph.patients.coding import Json
from trialgraph.patients.elements import codes
from trialgraph.patients.facts import Amount, Sex, Standing
from trialgraph.patients.tables import interpretations, sexes_of_ranges
from trialgraph.units import conversion

__all__ = ["Normal", "amount_of", "normal_of"]

_PLAIN = r"\d+(?:\.\d+)?|\d+,\d{1,2}"
"""A number; three digits behind a comma would be thousands."""
_NUMBER = re.compile(rf"\s*([<>]=?|[≤≥])?\s*({_PLAIN})(?![\d,.])\s*(\S.*)?")
_STRETCH = re.compile(rf"\s*({_PLAIN})\s*(?:-|–|to)\s*({_PLAIN})(?![\d,.])\s*(\S.*)?")
_UCUM = "http://unitsofmeasure.org"


class Normal(NamedTuple):
    """The limits of normal of one result, in its unit, and where the laboratory says that it lies."""

    low: float | None = None
    high: float | None = None
    standing: Standing = ""


def amount_of(value: Json) -> Amount | None:
    """Return the number or range of numbers that a value states; None when it states none.

    Quantity (with comparator), integer, Range and text that is nothing but a number, or a range of
    numbers, with a unit are understood.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Amount(float(value), float(value))
    if isinstance(value, str):
        return _written(value)
    if not isinstance(value, Mapping):
        return None
    if "low" in value or "high" in value:
        return _between(value)
    number = value.get("value")
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return _compared(float(number), str(value.get("comparator") or ""), _unit(value))


def _written(text: str) -> Amount | None:
    stretch = _STRETCH.fullmatch(text)
    if stretch is not None:
        low, high = _number(stretch[1]), _number(stretch[2])
        return Amount(low, high, unit=stretch[3] or "") if low <= high else None
    match = _NUMBER.fullmatch(text)
    return _compared(_number(match[2]), match[1] or "", match[3] or "") if match else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _compared(number: float, comparator: str, unit: str) -> Amount | None:
    match comparator:
        case "":
            return Amount(number, number, unit=unit)
        case "<":
            return Amount(None, number, high_open=True, unit=unit)
        case "<=" | "≤":
            return Amount(None, number, unit=unit)
        case ">":
            return Amount(number, None, low_open=True, unit=unit)
        case ">=" | "≥":
            return Amount(number, None, unit=unit)
    return None


def _between(value: Json) -> Amount | None:
    low, high = amount_of(value.get("low")), amount_of(value.get("high"))
    if low and high and low.unit != high.unit:
        return None
    if low is None and high is None:
        return None
    unit = (low or high or Amount(None, None)).unit
    return Amount(low.low if low else None, high.high if high else None, unit=unit)


def _unit(quantity: Json) -> str:
    """Return a quantity's unit: its UCUM code, otherwise as written."""
    code, unit = str(quantity.get("code") or ""), str(quantity.get("unit") or "")
    return code if code and quantity.get("system") == _UCUM else unit or code


def normal_of(part: Json, unit: str, sex: Sex | None) -> Normal:
    """Return the limits of normal of an Observation or one of its components.

    With several ranges left (by age, or by sex where that isn't known) it isn't known which one
    applies. Where a laboratory states no limits, its interpretation may still say on which side of
    them the result lies.

    Args:
        part: The Observation, or the component.
        unit: The unit of its value.
        sex: The patient's, for ranges that hold for one sex.
    """
    standing = _standing(part.get("interpretation") or ())
    ranges = [each for each in part.get("referenceRange") or () if _is_normal(each) and _holds_for(each, sex)]
    if len(ranges) != 1:
        return Normal(standing=standing)
    low, high = ranges[0].get("low"), ranges[0].get("high")
    if low is None and high is None:
        written = _written(str(ranges[0].get("text") or "").strip())
        if written is None:
            return Normal(standing=standing)
        return Normal(
            _in_unit(written.low, written.unit, unit), _in_unit(written.high, written.unit, unit), standing
        )
    return Normal(_limit(low, unit), _limit(high, unit), standing)


def _is_normal(stated: Json) -> bool:
    told = "low" in stated or "high" in stated or "text" in stated
    return told and {code for _, code in codes(stated.get("type"))} <= {"normal"}


def _holds_for(stated: Json, sex: Sex | None) -> bool:
    """Whether a range may hold for the patient: it isn't for the other sex."""
    told = {word for each in stated.get("appliesTo") or () for word in _words(each)}
    named = {sexes_of_ranges()[word] for word in told if word in sexes_of_ranges()}
    return sex is None or not named or sex in named


def _words(codeable: Json) -> Iterable[str]:
    yield str(codeable.get("text") or "").strip().casefold()
    for coding in codeable.get("coding") or ():
        yield str(coding.get("code") or "").casefold()
        yield str(coding.get("display") or "").casefold()


def _standing(interpretation: Iterable[Json]) -> Standing:
    """Return where the codes of interpretations place a result; empty where they disagree or say nothing."""
    table = interpretations()
    found = {table[code] for each in interpretation for _, code in codes(each) if code in table}
    found |= {
        table[text] for each in interpretation if (text := str(each.get("text") or "").strip()) in table
    }
    return found.pop() if len(found) == 1 else ""


def _limit(stated: Json, unit: str) -> float | None:
    amount = amount_of(stated)
    if amount is None or amount.low is None or amount.low != amount.high:
        return None
    return _in_unit(amount.low, amount.unit, unit)


def _in_unit(limit: float | None, written: str, unit: str) -> float | None:
    if limit is None or written in ("", unit):
        return limit
    factor = conversion(written, unit)
    return None if factor is None else limit * factor
