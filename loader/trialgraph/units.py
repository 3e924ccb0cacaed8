"""Units: from what a record writes to a concept's canonical unit.

UCUM codes are read by ucumvert into pint, which checks dimensions. What laboratories write instead
of UCUM is a table (`data/records/units.csv`), so a new spelling is a line there.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import Any

from trialgraph.resources import product_folder

__all__ = ["conversion", "is_unit"]

_LONGEST = 64
"""Characters of the longest text that is tried as a unit."""
_ANNOTATION_ONLY = re.compile(r"\{[^{}]*\}|1")
_LONE_ANNOTATION = re.compile(r"(?<![\w\]'\"*%^])\{[^{}]*\}")
_EQUIVALENTS = re.compile(r"\bm?eq\b")
_ARBITRARY = re.compile(r"\[(?:IU|iU|arb'U|USP'U|CFU|PFU|AU|TCID_50)\]")
"""Arbitrary units, which UCUM lets no one convert; pint takes them for plain numbers."""
_NORMALISED = "1.73"
"""Body-surface area in an annotation; a rate per 1.73 m2 is not a rate."""
_LOGARITHM = re.compile(r"\{[^{}]*log[^{}]*\}", re.IGNORECASE)


@lru_cache(maxsize=4096)
def conversion(unit: str, canonical: str, molar_mass: float | None = None) -> float | None:
    """Return the factor that takes numbers in a unit to a quantity's canonical unit.

    Args:
        unit: As the record writes it; empty when it states none.
        canonical: UCUM code; a bare annotation such as ``{score}`` for numbers without unit.
        molar_mass: Grams per mole of the analyte, to convert between mass and amount of substance.
    Returns:
        The factor; None when the unit is unknown or measures something else.
    Example:
        >>> conversion("g/L", "g/dL")
        0.1
    """
    written = unit.strip()
    if len(written) > _LONGEST:
        return None
    spellings = _spellings()
    ucum = spellings.get((_folded(written), canonical)) or spellings.get((_folded(written), "")) or written
    if ucum and ucum == canonical:
        return 1.0
    if _ANNOTATION_ONLY.fullmatch(canonical):
        return 1.0 if not ucum or _ANNOTATION_ONLY.fullmatch(ucum) else None
    if not ucum or _ANNOTATION_ONLY.fullmatch(ucum) or not _same_kind(ucum, canonical):
        return None
    return _factor(ucum, canonical, molar_mass)


@lru_cache(maxsize=4096)
def is_unit(ucum: str) -> bool:
    """Return whether this is a UCUM code; annotations without a unit stand for the number one.

    Example:
        >>> is_unit("mg/dL"), is_unit("{score}"), is_unit("mgs per dl")
        (True, True, False)
    """
    plain = _LONE_ANNOTATION.sub("1", ucum)
    return bool(_ANNOTATION_ONLY.fullmatch(plain)) or _quantity(plain) is not None


def _same_kind(ucum: str, canonical: str) -> bool:
    """Whether two units agree in what dimensions don't show."""
    return (
        (_NORMALISED in ucum) == (_NORMALISED in canonical)
        # Milliequivalents are millimoles times a charge, which the unit doesn't tell.
        and bool(_EQUIVALENTS.search(ucum)) == bool(_EQUIVALENTS.search(canonical))
        and bool(_LOGARITHM.search(ucum)) == bool(_LOGARITHM.search(canonical))
        and _arbitrary(ucum) == _arbitrary(canonical)
    )


def _arbitrary(ucum: str) -> list[str]:
    return sorted(match.casefold() for match in _ARBITRARY.findall(ucum))


def _factor(ucum: str, canonical: str, molar_mass: float | None) -> float | None:
    from pint.errors import PintError

    source, target = _quantity(ucum), _quantity(canonical)
    if source is None or target is None:
        return None
    mass = None if molar_mass is None else type(source)(molar_mass, "gram/mole")
    for factor in (1,) if mass is None else (1, mass, 1 / mass):
        try:
            # Offset units (temperatures) raise here: they have no factor.
            ratio = (source * factor).to(target.units).magnitude / target.magnitude
            return float(ratio)
        except (PintError, ArithmeticError):
            continue
    return None


def _quantity(ucum: str) -> Any:
    from lark.exceptions import LarkError
    from pint.errors import PintError
    from ucumvert import InvalidUcumError

    try:
        quantity = _registry().from_ucum(ucum)
    except (InvalidUcumError, LarkError, PintError, KeyError, ValueError):
        return None
    return quantity if hasattr(quantity, "magnitude") else None


@lru_cache(maxsize=1)
def _registry() -> Any:
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()


def _folded(unit: str) -> str:
    return re.sub(r"\s+", "", unit).casefold()


@lru_cache(maxsize=1)
def _spellings() -> dict[tuple[str, str], str]:
    with (product_folder("data") / "records" / "units.csv").open(encoding="utf-8", newline="") as file:
        return {(_folded(row["written"]), row["canonical"]): row["ucum"] for row in csv.DictReader(file)}
