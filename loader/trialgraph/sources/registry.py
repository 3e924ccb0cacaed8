"""ClinicalTrials.gov API v2 JSON: from a ``Study`` object to a trial record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from trialgraph.errors import RecordError
from trialgraph.records import EligibilityText, Json, Source, TrialRecord
from trialgraph.sources.fields import Branch, FieldType, field_tree

__all__ = ["LAYOUT", "is_study", "read_study", "unknown_fields", "without_nulls"]

LAYOUT = "ctgov-v2"
"""Name of the registry's own JSON, among the layouts that records come in."""

_NCT = re.compile(r"NCT[0-9]{8}")
_ADVICE = "give a study as the registry's API v2 returns it"

_IS: Mapping[FieldType, Callable[[Json], bool]] = {
    "object": lambda value: isinstance(value, Mapping),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())
    ),
    "boolean": lambda value: isinstance(value, bool),
    "any": lambda _: True,
}


def is_study(value: Json) -> bool:
    """Return whether a JSON value looks like a study: an object with a ``protocolSection``."""
    return isinstance(value, Mapping) and value.get("protocolSection") is not None


def read_study(
    study: Mapping[str, Json], *, name: str, sha256: str, retrieved: str | None = None
) -> TrialRecord:
    """Return the trial record of a study of the registry's API v2.

    Args:
        study: The ``Study`` object. Fields outside the registry's schema are kept as they are;
            `unknown_fields` lists them. A field that is null is one that isn't there.
        name: Where it came from, as a user would recognise it.
        sha256: Hash of its bytes, in hexadecimal.
        retrieved: When it was fetched (ISO 8601), if that is known.
    Raises:
        RecordError: when it is no study, or a field has another type than the schema says; the
            place is the name with a JSON path.
    Example:
        >>> study = {"protocolSection": {"identificationModule": {"nctId": "NCT06794086"}}}
        >>> read_study(study, name="a.json", sha256="00").nct
        'NCT06794086'
    """
    if not is_study(study):
        raise RecordError("JSON, but not a study: it has no protocolSection", where=name, advice=_ADVICE)
    study = without_nulls(study)
    _check_types(study, name)
    protocol = study["protocolSection"]
    nct = protocol.get("identificationModule", {}).get("nctId")
    if nct is None or not _NCT.fullmatch(nct):
        what = "the study has no NCT number" if nct is None else f"{nct[:40]!r} is not an NCT number"
        place = f"{name} $.protocolSection.identificationModule.nctId"
        raise RecordError(what, where=place, advice="an NCT number is NCT and eight digits")
    text = protocol.get("eligibilityModule", {}).get("eligibilityCriteria", "")
    return TrialRecord(
        nct=nct,
        study=study,
        source=Source(name, sha256, LAYOUT, updated=_last_update(protocol), retrieved=retrieved),
        eligibility=EligibilityText(text) if text.strip() else None,
    )


def unknown_fields(study: Mapping[str, Json]) -> Counter[str]:
    """Count a study's fields that the registry's schema doesn't have, by path.

    A field below another unknown one is part of it and not counted.

    Example:
        >>> unknown_fields({"protocolSection": {"identificationModule": {"nctId": "NCT1", "colour": "red"}}})
        Counter({'protocolSection.identificationModule.colour': 1})
    """
    return Counter(_unknown(study, field_tree(), ""))


def _unknown(value: Json, branch: Branch, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _unknown(item, branch, f"{path}[]")
    elif isinstance(value, Mapping) and not branch.whole:
        for name, member in value.items():
            below = branch.below.get(name)
            place = f"{path}.{name}" if path else name
            if below is None:
                yield place
            else:
                yield from _unknown(member, below, place)


def without_nulls(value: Json) -> Json:
    """Return a JSON value without the members and items that are null.

    Example:
        >>> without_nulls({"a": None, "b": [1, None, {"c": None}]})
        {'b': [1, {}]}
    """
    if isinstance(value, Mapping):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


def _last_update(protocol: Mapping[str, Json]) -> str | None:
    status = protocol.get("statusModule", {})
    posted: str | None = status.get("lastUpdatePostDateStruct", {}).get("date")
    return posted or status.get("lastUpdateSubmitDate")


def _check_types(study: Mapping[str, Json], name: str) -> None:
    """Hold every known field to its type."""
    for path, wanted, value in _mistyped(study, field_tree(), "$"):
        raise RecordError(
            f"{_shown(wanted)} expected, not {_shown(_type_of(value))}",
            where=f"{name} {path}",
            advice=_ADVICE,
        )


def _mistyped(value: Json, branch: Branch, path: str) -> Iterator[tuple[str, str, Json]]:
    if branch.whole:
        return
    if branch.is_list:
        if not isinstance(value, list):
            yield path, "list", value
            return
        for position, item in enumerate(value):
            yield from _mistyped_item(item, branch, f"{path}[{position}]")
    else:
        yield from _mistyped_item(value, branch, path)


def _mistyped_item(value: Json, branch: Branch, path: str) -> Iterator[tuple[str, str, Json]]:
    if not _IS[branch.type](value):
        yield path, branch.type, value
    elif branch.below and isinstance(value, Mapping):
        for name, member in value.items():
            if name in branch.below:
                yield from _mistyped(member, branch.below[name], f"{path}.{name}")


def _type_of(value: Json) -> str:
    if isinstance(value, list):
        return "list"
    kinds: tuple[FieldType, ...] = ("object", "string", "boolean", "integer", "number")
    return next((kind for kind in kinds if _IS[kind](value)), "null")


def _shown(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"
