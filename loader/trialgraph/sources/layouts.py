"""Page layouts: how a site lays a trial out on a page, described as data in ``data/layouts``.

A layout is a TOML file. It names the lines a page of the site is recognised by, the furniture to
drop, and a tree of parts: a label, and how the lines after it are read. ``docs/layouts.md`` explains
every key with a worked example.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from trialgraph.errors import InputError
from trialgraph.records import ListStyle
from trialgraph.resources import product_folder

__all__ = ["Attachment", "Kind", "Layout", "Part", "Reading", "Records", "Repeats", "Row", "Slot", "load_layouts"]

Kind = Literal["text", "code", "codes", "flag", "date", "integer", "age", "nct"]
_SHARED = "values.toml"
_ADVICE = "docs/layouts.md describes every key"
_Described = TypeVar("_Described")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one piece of text becomes the value of one field.

    Args:
        path: Where the value goes, in the registry's names; inside a record, relative to it. A path
            with ``[]`` adds to a list. Empty when only `groups` have paths.
        kind: What the text has to be; text that isn't is left unread.
        table: The table of words, for ``code``, ``codes`` and ``flag``.
        template: What is stored instead of the value: text with the value at its ``{}``, or a constant.
        patterns: Expressions that the whole text has to match, tried in order; the first whose
            groups all read wins.
        groups: How each named group of the patterns is read; a group without an entry is dropped.
        also: Further readings of the same text.
    """

    path: str = ""
    kind: Kind = "text"
    table: str = ""
    template: str = ""
    patterns: tuple[str, ...] = ()
    groups: Mapping[str, Reading] = field(default_factory=dict)
    also: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in an ordered run of lines without labels.

    Args:
        reading: How its text is read.
        optional: The line may be missing.
        many: It takes several lines: items of a list when the path has ``[]``, else paragraphs.
        marked: It takes lines with a bullet, and only those.
        not_before: Path of an earlier slot whose date must not be after this one's.
    """

    reading: Reading
    optional: bool = False
    many: bool = False
    marked: bool = False
    not_before: str = ""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Runs of lines that repeat records read elsewhere on the page, and stand for a reference to them.

    Args:
        records: Path of the list those records are in.
        name: Their field that opens a run.
        text: Their field that fills the rest of it.
        labels: Labels of lines that may stand between the two.
        path: Where the names go in the record that holds the runs.
    """

    records: str
    name: str
    text: str
    path: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A table row whose columns lost the space between them.

    Args:
        columns: Paths of the columns, in order.
        known: Path of values read elsewhere (``…interventions[].name``), of which the second of three
            columns is one.
        opening: Name of the table of words that open the second of two columns.
        rest: Path for the lines that follow a row.
        merge: Path of the column by which rows are one record; their lists are joined.
    """

    columns: tuple[str, ...]
    known: str = ""
    opening: str = ""
    rest: str = ""
    merge: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where records belong when the page has exactly one object of a list.

    Args:
        to: Path of that list.
        path: Where the records go in its only object.
    """

    to: str
    path: str


@dataclass(frozen=True, slots=True)
class Records:
    """How a run of lines is cut into records. Exactly one of the ways to cut is set.

    Args:
        path: The list that the records go to; empty when `routes` covers them.
        body: How one record is read, with paths relative to it.
        size: Way to cut: so many lines without a label.
        starts: Way to cut: a line with one of these labels opens a record.
        ends: Way to cut: lines with these labels close a record.
        before: Way to cut: the line above one with these labels opens a record.
        bullets: Way to cut: a line with a bullet opens a record.
        repeats: Way to cut: the first line after a repeated record opens a record.
        row: Way to cut: each record is a row.
        first: Path for the first record where no route decides.
        route_key: Field of the record that picks its path from `routes`, and is then dropped.
        routes: Value of that field to path.
        attach: Where the records belong instead when there is only one candidate.
    """

    path: str = ""
    body: Part | None = None
    size: int = 0
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    bullets: bool = False
    repeats: Repeats | None = None
    row: Row | None = None
    first: str = ""
    route_key: str = ""
    routes: Mapping[str, str] = field(default_factory=dict)
    attach: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled stretch of a page.

    Args:
        labels: The lines that open it, any of them; none for a page or a record as a whole.
        inline: The value may follow the label on the same line, and then is that line only.
        wrapped: Lines of a text are one paragraph that the page wrapped.
        lines: How lines outside all of its `parts` are read, in order.
        records: How those lines are cut into records instead.
        eligibility: Those lines are the eligibility criteria; `lines` describes fields at their end.
        with_label: The label belongs to the eligibility text.
        parts: The labelled stretches inside it.
    """

    labels: tuple[str, ...] = ()
    inline: bool = False
    wrapped: bool = False
    lines: tuple[Slot, ...] = ()
    records: Records | None = None
    eligibility: bool = False
    with_label: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """One site's page layout.

    Args:
        name: Short name, which records carry as ``Source.layout``.
        title: One line for people.
        signature: Lines that every page of this layout has.
        without: Lines that none has.
        page: The tree of parts.
        furniture: Lines that state nothing of the trial.
        furniture_patterns: Expressions that match such lines as a whole.
        bullets: Signs that open a marked line.
        list_style: Whether criteria carry bullets or numbers.
        lost_line_breaks: See `EligibilityText`.
        tables: The words of each table, lower case, to the registry's code or truth value.
        openings: Words and units that open a column, by name.
        dates: Date formats, as `datetime.strptime` has them.
        nothing: Texts that stand for no value.
    """

    name: str
    title: str
    signature: tuple[str, ...]
    page: Part
    without: tuple[str, ...] = ()
    furniture: frozenset[str] = frozenset()
    furniture_patterns: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    list_style: ListStyle = "marked"
    lost_line_breaks: bool = False
    tables: Mapping[str, Mapping[str, str | bool]] = field(default_factory=dict)
    openings: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    nothing: frozenset[str] = frozenset()


def load_layouts(*folders: Path) -> tuple[Layout, ...]:
    """Return the packaged layouts, followed by those described in other folders.

    Args:
        folders: Folders with further layout descriptions (``*.toml``).
    Raises:
        InputError: when a description is not valid TOML, has an unknown key, or lacks one.
    """
    return _load((product_folder("data") / "layouts", *folders))


@cache
def _load(folders: tuple[Path, ...]) -> tuple[Layout, ...]:
    shared = _toml(folders[0] / _SHARED)
    files = [file for folder in folders for file in sorted(folder.glob("*.toml")) if file.name != _SHARED]
    described = {file.stem: (file, _toml(file)) for file in files}
    return tuple(_layout(file, _inherited(file, described), shared) for file in files)


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
    if parent not in described or parent == file.stem:
        raise InputError(f"extends {parent!r}, which no layout is called", where=str(file), advice=_ADVICE)
    base = _inherited(described[parent][0], described)
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
        page = _part({"lines": rest.pop("lines", []), "part": rest.pop("part", [])})
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
    own = {key: rest.pop(key) for key in ("optional", "many", "marked", "not_before") if key in rest}
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
    body = {key: rest.pop(key) for key in ("lines", "part", "wrapped") if key in rest}
    rest["body"] = _part(body)
    for key, kind in (("repeats", Repeats), ("row", Row), ("attach", Attachment)):
        if key in rest:
            rest[key] = _make(kind, _tuples(rest[key]))
    records = _make(Records, rest)
    ways = (records.size, records.starts, records.ends, records.before, records.bullets, records.repeats, records.row)
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
