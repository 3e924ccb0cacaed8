"""Columns over the rows of a store: for each value, the set of rows that have it, as bits of a number.

Sets are then joined, cut and counted by single operations on numbers, so a search over thousands of
trials with all its counts takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Generic, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from trialgraph.stores import Store

__all__ = ["Bits", "Column", "Remembered", "bits_of", "positions"]

Bits: TypeAlias = int
"""A set of rows: bit n is row n."""

_T = TypeVar("_T")


class Column:
    """The values of one property.

    Args:
        rows: How many rows there are.
        pairs: A row's position and a value of it, for each value.
    """

    def __init__(self, rows: int, pairs: Iterable[tuple[int, str]]) -> None:
        marks: dict[str, bytearray] = {}
        for row, value in pairs:
            found = marks.get(value)
            if found is None:
                found = marks[value] = bytearray(rows // 8 + 1)
            found[row >> 3] |= 1 << (row & 7)
        self._rows = {value: int.from_bytes(found, "little") for value, found in marks.items()}

    @property
    def values(self) -> Iterable[str]:
        """Every value that a row has."""
        return self._rows.keys()

    def having(self, values: Iterable[str]) -> Bits:
        """Return the rows that have at least one of some values."""
        found = 0
        for value in values:
            found |= self._rows.get(value, 0)
        return found


def bits_of(rows: Sequence[_T], wanted: Callable[[_T], bool]) -> Bits:
    """Return which rows a condition holds for."""
    marks = bytearray(len(rows) // 8 + 1)
    for position, row in enumerate(rows):
        if wanted(row):
            marks[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(marks, "little")


def positions(rows: Bits, order: Iterable[int], size: int) -> list[int]:
    """Return the members of a set of rows, in a given order of all rows.

    Args:
        rows: The set.
        order: Positions of all rows, in the order wanted.
        size: How many rows there are.
    """
    marks = rows.to_bytes(size // 8 + 1, "little")
    return [row for row in order if marks[row >> 3] >> (row & 7) & 1]


class Remembered(Generic[_T]):
    """What was read of a store, kept as long as the store hasn't changed.

    Args:
        read: Reads it.
    """

    def __init__(self, read: Callable[[Store], _T]) -> None:
        self._read = read
        self._kept: WeakKeyDictionary[Store, tuple[int, _T]] = WeakKeyDictionary()
        self._one_at_a_time = Lock()

    def of(self, store: Store) -> _T:
        """Return it, read anew when the store may have changed."""
        revision = store.revision
        kept = self._kept.get(store)
        if kept is None or kept[0] != revision:
            with self._one_at_a_time:  # whoever waits here finds it read
                kept = self._kept.get(store)
                if kept is None or kept[0] != revision:
                    kept = self._kept[store] = (revision, self._read(store))
        return kept[1]
