"""The mapping table: who says that a code means a concept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from trialgraph.errors import InputError

__all__ = ["Row", "read_rows"]

_PREFIX = re.compile(r"#\s+([\w.-]+):\s*(\S+)\s*$")


class Row(NamedTuple):
    """One mapping: three IRIs, and where the table states it."""

    path: Path
    line: int
    subject: str
    predicate: str
    object: str


def read_rows(path: Path, lines: Sequence[str]) -> Iterator[Row]:
    """Yield the mappings of a table.

    Args:
        path: For messages.
        lines: Of the file: SSSOM metadata after ``#``, a heading, a row for each mapping.
    Raises:
        InputError: when the table lacks a column, or a row a value.
    Source: SSSOM 1.0, the TSV serialisation.
    """
    prefixes = {match[1]: match[2] for line in lines if (match := _PREFIX.match(line))}
    heading: list[str] | None = None
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        fields = line.split("\t")
        if heading is None:
            heading = fields
            continue
        values = dict(zip(heading, fields, strict=False))
        try:
            names = [values[name] for name in ("subject_id", "predicate_id", "object_id")]
        except KeyError as error:
            advice = "a mapping has a subject_id, a predicate_id and an object_id, between tabs"
            where = f"{path}:{number}"
            raise InputError(f"the mapping has no {error}", where=where, advice=advice) from error
        yield Row(path, number, *(_expanded(name, prefixes) for name in names))


def _expanded(name: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return prefixes.get(prefix, f"{prefix}:") + local
