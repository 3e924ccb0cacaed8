"""Page layouts: how a site lays a trial out on a page, described as data in ``data/layouts``.

A layout is a TOML file. It names the lines a page of the site is recognised by, the furniture to
drop, and a tree of parts: a label, and how the lines after it are read. ``docs/layouts.md`` explains
every key with a worked example; `descriptions` reads the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from trialgraph.records import ListStyle

__all__ = [
    "Attachment",
    "Kind",
    "Layout",
    "Part",
    "Reading",
    "Records",
    "Repeats",
    "Row",
    "Slot",
]

Kind = Literal["text", "code", "codes", "flag", "date", "integer", "age", "nct"]


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
        needs: Fields without which lines are no record, and stay unread.
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
    needs: tuple[str, ...] = ()
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
