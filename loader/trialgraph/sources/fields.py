"""The table of the registry's fields: which there are, and what becomes of each.

It is ``data/registry/fields.csv``, one row per path of the registry's schema ``Study`` and of
``pageSection``. Reading a record checks it against the table; the graph is built by it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, cast

from trialgraph.errors import InputError
from trialgraph.resources import product_folder

__all__ = [
    "SUBTREE",
    "Branch",
    "Field",
    "FieldType",
    "field_tree",
    "load_fields",
    "packaged_fields",
]

FieldType = Literal["object", "string", "number", "integer", "boolean", "any"]

_OMITTED = "omitted"
SUBTREE = ".**"


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the table: a path of the record, and one thing that becomes of it.

    Args:
        path: Names from the top of the record, joined by dots; ``[]`` after a list, ``.**`` for
            everything below.
        type: JSON type of the value, or of each item of a list.
        subject: ``trial`` when the triple is about the trial; empty for the nearest node.
        predicate: Prefixed name of the property; ``^`` before it turns the triple round.
        value: How the value becomes an RDF term, ``node``, or ``omitted``.
        node: For a node, the prefixed name of its class.
        iri: For a node, its IRI below its parent's, or a prefixed name; ``{n}`` is its number in
            its list, other braces are its own fields.
        names: For a node, templates of the names by which other fields refer to it.
        states: For a node, literals that its place in the record states, as ``property=value``.
        note: Why it is omitted, or what a reader should know.
    """

    path: str
    type: FieldType
    subject: str
    predicate: str
    value: str
    node: str
    iri: str
    names: tuple[str, ...]
    states: tuple[tuple[str, str], ...]
    note: str

    @property
    def omitted(self) -> bool:
        """Whether nothing in the graph comes of it."""
        return self.value == _OMITTED


@dataclass(slots=True)
class Branch:
    """A place in the tree of fields.

    Args:
        type: JSON type of the value here, or of each item.
        is_list: Whether the value here is a list.
        fields: Rows of the table for exactly this place.
        below: Places under it, by name.
        whole: Whether one row answers for everything below.
    """

    type: FieldType = "object"
    is_list: bool = False
    fields: list[Field] = field(default_factory=list)
    below: dict[str, Branch] = field(default_factory=dict)
    whole: bool = False


def load_fields(path: Path) -> tuple[Field, ...]:
    """Return the rows of a table of fields.

    Raises:
        InputError: when the table can't be read; says at which line.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return tuple(_field(row) for row in csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, KeyError, ValueError) as error:
        raise InputError(f"the table of fields can't be read: {error!r}", where=str(path)) from error


@cache
def packaged_fields() -> tuple[Field, ...]:
    """Return the rows of the table that comes with the product."""
    return load_fields(product_folder("data") / "registry" / "fields.csv")


def field_tree(fields: Iterable[Field] | None = None) -> Branch:
    """Return the table as a tree by path; the packaged table when none is given."""
    return _packaged_tree() if fields is None else _tree(fields)


@cache
def _packaged_tree() -> Branch:
    return _tree(packaged_fields())


def _tree(fields: Iterable[Field]) -> Branch:
    root = Branch()
    for row in fields:
        branch = root
        for name in row.path.removesuffix(SUBTREE).split("."):
            branch = branch.below.setdefault(name.removesuffix("[]"), Branch())
            branch.is_list = branch.is_list or name.endswith("[]")
        branch.type = "object" if row.path.endswith(SUBTREE) else row.type
        branch.whole = branch.whole or row.path.endswith(SUBTREE)
        branch.fields.append(row)
    return root


def _field(row: Mapping[str, str]) -> Field:
    states = (pair.partition("=") for pair in row["states"].split(";") if pair)
    return Field(
        path=row["path"],
        type=cast(FieldType, row["type"]),
        subject=row["subject"],
        predicate=row["property"],
        value=row["value"],
        node=row["node"],
        iri=row["iri"],
        names=tuple(name.strip() for name in row["names"].split("|") if name.strip()),
        states=tuple((name.strip(), value.strip()) for name, _, value in states),
        note=row["note"],
    )
