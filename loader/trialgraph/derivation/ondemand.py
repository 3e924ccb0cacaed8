"""Entries of a view that are worked out when they are asked for.

The vocabulary has thousands of concepts and grows; a trial asks for a few dozen. What a record shows of
one concept depends on the record and on what is near that concept in the tree, so it is worked out for
the concepts that are asked for, and kept. Whoever goes through all entries gets all of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["Layers", "OnDemand"]

Entry = TypeVar("Entry")


class _Sought(Mapping[str, Entry]):
    """A mapping that seeks the entry of a key."""

    @abstractmethod
    def _found(self, key: str) -> Entry | None: ...

    def __getitem__(self, key: str) -> Entry:
        found = self._found(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return self._found(str(key)) is not None

    def get(self, key: str, default: Any = None) -> Any:
        """Return the entry of a key; most keys that are asked for have none, so this raises nothing."""
        found = self._found(key)
        return default if found is None else found

    def __len__(self) -> int:
        return sum(1 for _ in self)


class OnDemand(_Sought[Entry]):
    """A mapping whose entries are worked out when they are asked for, and kept.

    Args:
        keys: Returns the keys that may have an entry, in their order.
        entry: Returns the entry of any key; None when it has none.
    """

    def __init__(self, keys: Callable[[], Iterable[str]], entry: Callable[[str], Entry | None]) -> None:
        self._keys = keys
        self._entry = entry
        self._known: dict[str, Entry | None] = {}

    def _found(self, key: str) -> Entry | None:
        if key not in self._known:
            self._known[key] = self._entry(key)
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._keys() if key in self)


class Layers(_Sought[Entry]):
    """Several mappings as one; where two have an entry for a key, the first counts."""

    def __init__(self, *layers: Mapping[str, Entry]) -> None:
        self._layers = layers

    def _found(self, key: str) -> Entry | None:
        for layer in self._layers:
            found = layer.get(key)
            if found is not None:
                return found
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for layer in reversed(self._layers) for key in layer))
