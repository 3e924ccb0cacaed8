"""Columns over the rows of a store: for each value, the set of rows that have it.

Sets are joined, cut and counted by single operations on numbers, whose bits they are, so a search over
thousands of trials with all its counts takes milliseconds. What few rows have is kept as their positions,
since the bits of a hundred thousand rare values over half a million rows would be gigabytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from threading import Lock
from typing import Generic, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from trialgraph.stores import Store

__all__ = ["Among", "Bits", "Column", "Remembered", "Rows", "bits_of", "packed", "positions", "union"]

Bits: TypeAlias = int
"""A set of rows: bit n is row n."""

_T = TypeVar("_T")


Rows: TypeAlias = int | array  # type: ignore[type-arg]  # of unsigned numbers
"""A set of rows in the smaller of two forms: bits, or of few rows their positions in order."""

_SPARSE = 32  # rows for each member, from which on positions of four bytes take less room than bits


def packed(members: Iterable[int], size: int) -> Rows:
    """Return a set of rows in its smaller form; `size` is the number of all rows."""
    found = array("I", sorted(set(members)))
    return found if len(found) * _SPARSE < size else _bits(found, size)


def union(sets: Iterable[Rows], size: int) -> Bits:
    """Return the rows that are in at least one of some sets."""
    found, few = 0, array("I")
    for rows in sets:
        if isinstance(rows, int):
            found |= rows
        else:
            few.extend(rows)
    return found | _bits(few, size) if few else found


def _bits(members: Iterable[int], size: int) -> Bits:
    marks = bytearray(size // 8 + 1)
    for row in members:
        marks[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(marks, "little")


class Among:
    """A set of rows that the members of many others are counted in.

    Args:
        rows: The set.
        size: How many rows there are.
    """

    def __init__(self, rows: Bits, size: int) -> None:
        self._rows = rows
        self._signs = f"{rows:0{size}b}"[::-1].encode()  # a byte for each row, which is quick to look up

    def count(self, rows: Rows) -> int:
        """Return how many members of another set are in this one."""
        if isinstance(rows, int):
            return (rows & self._rows).bit_count()
        return sum(map(self._signs.__getitem__, rows)) - _ZERO * len(rows)


_ZERO = ord("0")


class Column:
    """The values of one property; it takes four bytes for each value of a row, or less.

    Args:
        rows: How many rows there are.
        pairs: A row's position and a value of it, for each value.
    """

    def __init__(self, rows: int, pairs: Iterable[tuple[int, str]]) -> None:
        members: dict[str, array[int]] = {}
        for row, value in pairs:
            found = members.get(value)
            if found is None:
                found = members[value] = array("I")
            found.append(row)
        self._size = rows
        self._rows = {value: packed(found, rows) for value, found in members.items()}

    @property
    def values(self) -> Iterable[str]:
        """Every value that a row has."""
        return self._rows.keys()

    def rows(self, values: Collection[str]) -> Rows:
        """Return the rows that have at least one of some values, in the smaller form."""
        found = [self._rows[value] for value in values if value in self._rows]
        if len(found) == 1:
            return found[0]
        bits = union(found, self._size)
        if bits.bit_count() * _SPARSE >= self._size:
            return bits
        return packed((row for rows in found if not isinstance(rows, int) for row in rows), self._size)

    def having(self, values: Iterable[str]) -> Bits:
        """Return the rows that have at least one of some values."""
        return union((self._rows[value] for value in values if value in self._rows), self._size)


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
