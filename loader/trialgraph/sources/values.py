"""Values on pages: from a piece of text to the registry's codes, dates, numbers and truth values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from trialgraph.records import Json
from trialgraph.sources.layouts import Kind, Layout, Reading

__all__ = ["Values", "put", "read_values"]

Values: TypeAlias = list[tuple[str, Json]]
"""Values with the path each goes to."""

_AGE = re.compile(r"\d+ (?:Year|Month|Week|Day|Hour|Minute)s?", re.IGNORECASE)
_NCT = re.compile(r"NCT[0-9]{8}")
_INTEGER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_SEVERAL = re.compile(r"\s*[/,;|&]\s*")
_PRECISIONS = (("%d", "%Y-%m-%d"), ("%m", "%Y-%m"), ("%B", "%Y-%m"), ("%b", "%Y-%m"), ("%Y", "%Y"))


def read_values(layout: Layout, reading: Reading, text: str) -> Values | None:
    """Return what a text states, as a layout reads it.

    Returns:
        The values with their paths; empty when the text says that there is no value ("-"); None when
        it is not the kind of text that the reading is for.
    """
    read = _matched if reading.patterns else _whole
    values = read(layout, reading, text)
    if values is None:
        return [] if text.casefold() in layout.nothing else None
    for other in reading.also:
        values += read_values(layout, other, text) or []
    return values


def _matched(layout: Layout, reading: Reading, text: str) -> Values | None:
    for pattern in reading.patterns:
        match = re.fullmatch(pattern, text)
        if match is None:
            continue
        read = [
            read_values(layout, group, match[name])
            for name, group in reading.groups.items()
            if match.groupdict().get(name) is not None
        ]
        if all(values is not None for values in read):
            found = [pair for values in read if values is not None for pair in values]
            own = _whole(layout, reading, text) if reading.path else []
            return None if own is None else own + found
    return None


def _whole(layout: Layout, reading: Reading, text: str) -> Values | None:
    value = _KINDS[reading.kind](layout, reading, text)
    if value is None:
        return None
    return [(reading.path, reading.template.format(value) if reading.template else value)]


def _text(layout: Layout, _: Reading, text: str) -> Json:
    return text if text and text.casefold() not in layout.nothing else None


def _code(layout: Layout, reading: Reading, text: str) -> Json:
    return layout.tables[reading.table].get(" ".join(text.casefold().split()))


def _codes(layout: Layout, reading: Reading, text: str) -> Json:
    whole = _code(layout, reading, text)
    if whole is not None:
        return [whole]
    codes = [_code(layout, reading, part) for part in _SEVERAL.split(text)]
    return None if None in codes else codes


def _flag(layout: Layout, reading: Reading, text: str) -> Json:
    return _code(layout, reading, text)


def _date(layout: Layout, _: Reading, text: str) -> Json:
    for form in layout.dates:
        try:
            day = datetime.strptime(text, form)
        except ValueError:
            continue
        return day.strftime(next(output for sign, output in _PRECISIONS if sign in form))
    return None


def _integer(_: Layout, __: Reading, text: str) -> Json:
    return int(text.replace(",", "")) if _INTEGER.fullmatch(text) else None


def _age(_: Layout, __: Reading, text: str) -> Json:
    return text if _AGE.fullmatch(text) else None


def _nct(_: Layout, __: Reading, text: str) -> Json:
    return text if _NCT.fullmatch(text) else None


_KINDS: Mapping[Kind, Callable[[Layout, Reading, str], Json]] = {
    "text": _text,
    "code": _code,
    "codes": _codes,
    "flag": _flag,
    "date": _date,
    "integer": _integer,
    "age": _age,
    "nct": _nct,
}


def put(target: dict[str, Json], path: str, value: Json) -> Json:
    """Store a value at a path such as ``designModule.phases``, ``conditions[]`` or ``secondaryIdInfos[].id``.

    A name with ``[]`` is a list, and each value adds an item to it.

    Returns:
        None, or the value that was there already and differs: that one stays.
    """
    *outer, last = path.split(".")
    for name in outer:
        if name.endswith("[]"):
            items = target.setdefault(name.removesuffix("[]"), [])
            items.append({})
            target = items[-1]
        else:
            target = target.setdefault(name, {})
    if last.endswith("[]"):
        target.setdefault(last.removesuffix("[]"), []).append(value)
        return None
    known = target.setdefault(last, value)
    return None if known == value else known
