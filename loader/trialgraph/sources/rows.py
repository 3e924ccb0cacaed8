"""Table rows whose columns a page runs together, and how they come apart again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from trialgraph.records import Json
from trialgraph.sources.layouts import Layout, Row
from trialgraph.sources.lines import Line, joined
from trialgraph.sources.values import put

__all__ = ["listed", "opening_pattern", "split_rows"]

_Record = dict[str, Json]
_Split = tuple[str, str, str]


def listed(study: Mapping[str, Json], path: str) -> list[Json]:
    """Return the objects of a list such as ``armsInterventionsModule.interventions[]``; none if absent."""
    found: Json = study
    for name in path.removesuffix("[]").split("."):
        found = found.get(name, {})
    return list(found or [])


def split_rows(
    layout: Layout, row: Row, lines: Sequence[Line], study: Mapping[str, Json]
) -> list[tuple[_Record, set[int]]]:
    """Return the records of a table, each with the numbers of the lines it was read from.

    A column begins where two texts meet without a space: at a value that the page states elsewhere
    (`Row.known`), or at words that open such a column (`Row.opening`). A row that doesn't come apart
    in exactly one way is kept whole in its first column, or left out where its columns are known
    values.
    """
    if row.known:
        return _merged(row, _known_rows(row, lines, study))
    return _opened_rows(layout, row, lines)


def _known_rows(row: Row, lines: Sequence[Line], study: Mapping[str, Json]) -> list[tuple[_Record, set[int]]]:
    path, _, key = row.known.rpartition(".")
    names = [record[key] for record in listed(study, path) if key in record]
    possible = [_splits(line.text, names) for line in lines]
    records = []
    for line, splits in zip(lines, possible, strict=True):
        split = _likeliest(splits, possible)
        if split:
            record: _Record = {}
            for column, text in zip(row.columns, split, strict=True):
                if text:
                    put(record, column, text)
            records.append((record, {line.number}))
    return records


def _splits(text: str, names: Sequence[str]) -> list[_Split]:
    """Return the ways to part a row at a name that touches its neighbours."""
    return [
        (text[: match.start()], name, text[match.end() :])
        for name in names
        for match in re.finditer(rf"(?<=\S){re.escape(name)}(?=\S|\Z)", text)
    ]


def _likeliest(splits: Sequence[_Split], rows: Sequence[Sequence[_Split]]) -> _Split | None:
    """Choose the split whose outer columns other rows have too; None when that leaves a choice."""

    def company(split: _Split) -> int:
        return sum(any((other[0], other[2]) == (split[0], split[2]) for other in row) for row in rows)

    most = max(map(company, splits), default=0)
    best = [split for split in splits if company(split) == most]
    return best[0] if len(best) == 1 else None


def _merged(row: Row, records: Sequence[tuple[_Record, set[int]]]) -> list[tuple[_Record, set[int]]]:
    merged: dict[str, tuple[_Record, set[int]]] = {}
    for record, numbers in records:
        known, all_numbers = merged.setdefault(str(record.get(row.merge)), (record, set()))
        all_numbers |= numbers
        if known is record:
            continue
        for name, value in record.items():
            if isinstance(value, list):
                known[name] += [item for item in value if item not in known[name]]
    return list(merged.values())


def _opened_rows(layout: Layout, row: Row, lines: Sequence[Line]) -> list[tuple[_Record, set[int]]]:
    opening = opening_pattern(layout.openings[row.opening])
    records: list[tuple[_Record, set[int], list[Line]]] = []
    for line in lines:
        match = opening.search(line.text)
        if match or not records:
            texts = [line.text[: match.start()], line.text[match.start() :]] if match else [line.text]
            records.append((dict(zip(row.columns, texts, strict=False)), {line.number}, []))
        elif row.rest:
            records[-1][1].add(line.number)
            records[-1][2].append(line)
    for record, _, rest in records:
        if rest:
            put(record, row.rest, joined(rest, wrapped=False))
    return [(record, numbers) for record, numbers, _ in records]


def opening_pattern(words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Compile where a column opens: at a capitalised word or an amount of time that touches the text before.

    After a lower-case letter, a digit or a closing sign the join shows; after a capital ("OSFrom") it
    shows when no letter follows the word.
    """
    capitals = "|".join(
        re.escape(word[0].upper() + word[1:]) for word in sorted(words["words"], key=len, reverse=True)
    )
    phrases = "|".join(words["phrases"])
    units = "|".join(words["units"])
    return re.compile(
        rf"(?<=[a-z0-9)\].%\"'])(?=(?:{capitals})(?![a-z]))"
        rf"|(?<=[A-Z])(?=(?:{capitals})(?![A-Za-z]))"
        rf"|(?<=[^\s(-])(?=(?:{phrases})\b)"
        rf"|(?<=[a-z]{{2}}|[A-Za-z][)\]])(?=\d+(?:\.\d+)?(?:-\d+)?[ -]?(?:{units})\b)"
    )
