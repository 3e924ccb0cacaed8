"""Layout descriptions: the TOML files of ``data/layouts``, read into layouts.

Every key is checked, so that a mistyped one is an error and not a field that silently stays unread.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from trialgraph.errors import InputError
from trialgraph.resources import product_folder
from trialgraph.sources.layouts import Attachment, Kind, Layout, Part, Reading, Records, Repeats, Row, Slot

__all__ = ["load_layouts"]

_SHARED = "values.toml"
_WAYS_TO_CUT = ("size", "starts", "ends", "before", "bullets", "repeats", "row")
_ADVICE = "docs/layouts.md describes every key"
_Described = TypeVar("_Described")


def load_layouts(*folders: Path) -> tuple[Layout, ...]:
    """Return the packaged layouts, followed by those described in other folders.

    Args:
        folders: Folders with further layout descriptions (``*.toml``); one with the name of an earlier
            layout replaces it.
    Raises:
        InputError: when a folder doesn't exist, or a description is not valid TOML, has an unknown key
            or lacks one.
    """
    return _load((product_folder("data") / "layouts", *folders))


@cache
def _load(folders: tuple[Path, ...]) -> tuple[Layout, ...]:
    shared = _toml(folders[0] / _SHARED)
    described: dict[str, tuple[Path, dict[str, Any]]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError("no such folder", where=str(folder), advice=_ADVICE)
        files = [file for file in sorted(folder.glob("*.toml")) if file.name != _SHARED]
        described |= {file.stem: (file, _toml(file)) for file in files}
    return tuple(_layout(file, _inherited(file, described), shared) for file, _ in described.values())


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("the folder can't be read", where=str(file), advice=_ADVICE) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not valid TOML: {error}", where=str(file), advice=_ADVICE) from error


def _inherited(file: Path, described: Mapping[str, tuple[Path, dict[str, Any]]]) -> dict[str, Any]:
    own = dict(described[file.stem][1])
    parent = own.pop("extends", None)
    if parent is None:
        return own
    # Without this file, so that layouts which extend each other are told apart from a chain of them.
    others = {name: each for name, each in described.items() if name != file.stem}
    if parent not in others:
        raise InputError(
            f"extends {parent!r}, which no other layout is called", where=str(file), advice=_ADVICE
        )
    base = _inherited(others[parent][0], others)
    replaced = {_labels(part)[:1] for part in own.get("part", ())}
    merged = {**base, **own}
    merged["part"] = [part for part in base.get("part", ()) if _labels(part)[:1] not in replaced]
    merged["part"] += own.get("part", [])
    for key in ("furniture", "furniture_patterns"):
        merged[key] = [*base.get(key, ()), *own.get(key, ())]
    return merged


def _layout(file: Path, described: Mapping[str, Any], shared: Mapping[str, Any]) -> Layout:
    try:
        rest = dict(described)
        own_words = rest.pop("values", {})
        page = _part(_formed({"lines": rest.pop("lines", []), "part": rest.pop("part", [])}, shared["forms"]))
        given = {
            "name": file.stem,
            "page": page,
            "furniture": frozenset(rest.pop("furniture", ())),
            "tables": _tables(shared["values"], own_words),
            "openings": shared["openings"],
            "nothing": frozenset(shared["nothing"]),
            "dates": tuple(shared["dates"]),
        }
        _check_tables(page, given["tables"])
        return _make(Layout, {**given, **_tuples(rest)})
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise InputError(f"not a page layout: {error}", where=str(file), advice=_ADVICE) from error


def _formed(described: Any, forms: Mapping[str, Any]) -> Any:
    """Replace each ``form = "place"`` by the patterns and groups that the name stands for."""
    if isinstance(described, list):
        return [_formed(item, forms) for item in described]
    if not isinstance(described, dict):
        return described
    formed = {key: _formed(value, forms) for key, value in described.items() if key != "form"}
    return {**forms[described["form"]], **formed} if "form" in described else formed


def _tables(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, dict[str, str | bool]]:
    """Turn code-to-words tables around; a code is a word for itself."""
    tables: dict[str, dict[str, str | bool]] = {}
    for name in {**shared, **own}:
        table = tables.setdefault(name, {})
        for code, words in [*shared.get(name, {}).items(), *own.get(name, {}).items()]:
            value: str | bool = {"true": True, "false": False}.get(code, code)
            for word in (code, code.replace("_", " "), *words):
                table[word.casefold()] = value
    return tables


def _labels(described: Mapping[str, Any]) -> tuple[str, ...]:
    label = described.get("label", ())
    return (label,) if isinstance(label, str) else tuple(label)


def _part(described: Mapping[str, Any]) -> Part:
    rest = dict(described)
    given: dict[str, Any] = {"labels": _labels(rest)}
    rest.pop("label", None)
    given["parts"] = tuple(_part(part) for part in rest.pop("part", ()))
    given["lines"] = tuple(_slot(slot) for slot in rest.pop("lines", ()))
    if "records" in rest:
        given["records"] = _records(rest.pop("records"))
    for key in ("inline", "wrapped", "eligibility", "with_label"):
        if key in rest:
            given[key] = rest.pop(key)
    if rest:
        given["lines"] = (_slot(rest), *given["lines"])
    return _make(Part, given)


def _slot(described: Mapping[str, Any]) -> Slot:
    rest = dict(described)
    own: dict[str, Any] = {
        key: rest.pop(key) for key in ("optional", "many", "marked", "not_before") if key in rest
    }
    return _make(Slot, {"reading": _reading(rest), **own})


def _reading(described: Mapping[str, Any]) -> Reading:
    rest = _tuples(described)
    rest["groups"] = {name: _reading(group) for name, group in rest.pop("groups", {}).items()}
    rest["also"] = tuple(_reading(other) for other in rest.pop("also", ()))
    for pattern in rest.get("patterns", ()):
        re.compile(pattern)
    reading = _make(Reading, rest)
    if reading.kind not in get_args(Kind):
        raise ValueError(f"unknown kind {reading.kind!r}")
    if not reading.path and not reading.groups:
        raise ValueError("a value without a path")
    return reading


def _records(described: Mapping[str, Any]) -> Records:
    rest = _tuples(described)
    body: dict[str, Any] = {key: rest.pop(key) for key in ("lines", "part", "wrapped") if key in rest}
    rest["body"] = _part(body)
    for key, kind in (("repeats", Repeats), ("row", Row), ("attach", Attachment)):
        if key in rest:
            rest[key] = _make(kind, _tuples(rest[key]))
    records = _make(Records, rest)
    ways = (
        records.size,
        records.starts,
        records.ends,
        records.before,
        records.bullets,
        records.repeats,
        records.row,
    )
    if sum(map(bool, ways)) != 1:
        raise ValueError("records need exactly one of size, starts, ends, before, bullets, repeats, row")
    return records


def _tuples(described: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in described.items()}


def _make(kind: type[_Described], given: Mapping[str, Any]) -> _Described:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValueError(f"unknown key {', '.join(unknown)} of a {kind.__name__.lower()}")
    return kind(**given)


def _check_tables(part: Part, tables: Mapping[str, object]) -> None:
    for reading in _readings(part):
        if reading.kind in ("code", "codes", "flag") and reading.table not in tables:
            raise ValueError(f"no table of words is called {reading.table!r}")


def _readings(part: Part) -> Iterable[Reading]:
    pending = [slot.reading for slot in part.lines]
    while pending:
        reading = pending.pop()
        yield reading
        pending += [*reading.groups.values(), *reading.also]
    for inner in (*part.parts, *([part.records.body] if part.records and part.records.body else [])):
        yield from _readings(inner)
