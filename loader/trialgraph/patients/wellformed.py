"""What isn't of the type that FHIR gives it is left out of a resource, before anything reads it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache

from trialgraph.patients.coding import Json
from trialgraph.resources import product_folder

__all__ = ["COMPLAINTS", "FULL_URL", "wellformed"]

COMPLAINTS, FULL_URL = "_complaints", "_fullUrl"
"""Keys under which a resource carries what was left out of it, and its bundle entry's URL."""

_PRIMITIVES: Mapping[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "boolean": (bool,)}

_JUDGED = frozenset({"Resource", "Component"})
"""What may be used although a modifier extension changes its meaning: readers take it as unsure."""

_LARGEST = 1e300
"""No number of a record is larger; infinite ones and those that are none aren't numbers either."""

_WHOLE = frozenset({"Quantity", "Range", "ReferenceRange"})


def wellformed(resource: Mapping[str, Json]) -> dict[str, Json]:
    """Return the elements of a resource that are read and are of their type.

    What was left out because it is of another type is listed under `COMPLAINTS`.
    """
    complaints: list[str] = list(resource.get(COMPLAINTS, ()))
    kept = _structure(resource, "Resource", "", complaints)
    if isinstance(resource.get(FULL_URL), str):
        kept[FULL_URL] = resource[FULL_URL]
    if complaints:
        kept[COMPLAINTS] = complaints
    return kept


def _structure(value: Mapping[str, Json], kind: str, place: str, complaints: list[str]) -> dict[str, Json]:
    kept = {}
    for element, wanted in _elements()[kind].items():
        if value.get(element) is None:
            continue
        found = _element(value[element], wanted, f"{place}.{element}".lstrip("."), complaints)
        if found is not None:
            kept[element] = found
    return kept


def _element(value: Json, wanted: str, place: str, complaints: list[str]) -> Json | None:
    if wanted.endswith("*"):
        each = value if isinstance(value, list) else [value]
        items = [_element(one, wanted[:-1], f"{place}[{at}]", complaints) for at, one in enumerate(each)]
        return [item for item in items if item is not None]
    if wanted == "Category":
        # A code in AllergyIntolerance, a CodeableConcept elsewhere.
        wanted = "string" if isinstance(value, str) else "CodeableConcept"
    if wanted in _PRIMITIVES:
        if isinstance(value, _PRIMITIVES[wanted]) and _is_plain(value, wanted):
            return value
    elif isinstance(value, Mapping):
        before = len(complaints)
        if wanted not in _JUDGED and value.get("modifierExtension"):
            complaints.append(f"{place} has a modifier extension")
            return None
        found = _structure(value, wanted, place, complaints)
        # Half a quantity, without its comparator or unit, would be another quantity.
        return None if wanted in _WHOLE and len(complaints) > before else found
    complaints.append(f"{place} is no {wanted}")
    return None


def _is_plain(value: Json, wanted: str) -> bool:
    """Whether a value isn't a truth value taken for a number, nor a number beyond all measure."""
    if isinstance(value, bool):
        return wanted == "boolean"
    return not isinstance(value, int | float) or abs(value) <= _LARGEST


@lru_cache(maxsize=1)
def _elements() -> Mapping[str, Mapping[str, str]]:
    path = product_folder("data") / "records" / "elements.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
