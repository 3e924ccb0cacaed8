"""What pages keep of a store, so that they don't work it out again for every visitor."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from rdflib import PROV

from trialgraph.stores import Store

__all__ = ["Memory", "memory_of"]

_T = TypeVar("_T")
_MOST = 2000  # results that are kept; those unused for longest go first
_TRUSTED = 5.0  # seconds for which a store is taken to be what it was
_SOURCES = f"SELECT ?graph ?source {{ GRAPH ?graph {{ ?graph <{PROV.wasDerivedFrom}> ?source }} }}"


class Memory:
    """Results by key, for as long as the store holds the same records.

    Args:
        state: Returns something that differs once the store has other records.
        trusted: Seconds between two looks at the state.
    """

    def __init__(self, state: Callable[[], Hashable], trusted: float = _TRUSTED) -> None:
        self._state = state
        self._trusted = trusted
        self._seen: Hashable = None
        self._looked = float("-inf")
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._under_way: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def recall(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what was made for a key; two who ask for it at once wait for one making."""
        self._look()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: _T = self._kept[key]
                return found
            making = self._under_way.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    made: _T = self._kept[key]
                    return made
                seen = self._seen
            made = make()
            with self._lock:
                self._under_way.pop(key, None)
                if seen == self._seen:
                    self._kept[key] = made
                while len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
            return made

    def forget(self) -> None:
        """Drop everything; what writes to a store calls it."""
        with self._lock:
            self._kept.clear()
            self._seen, self._looked = None, float("-inf")

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < self._trusted:
            return
        state = self._state()
        with self._lock:
            if state != self._seen:
                self._kept.clear()
            self._seen, self._looked = state, now


_memories: WeakKeyDictionary[Store, Memory] = WeakKeyDictionary()
_memories_lock = threading.Lock()


def memory_of(store: Store) -> Memory:
    """Return what pages keep of a store; it is gone once the store is."""
    from weakref import ref

    with _memories_lock:
        if store not in _memories:
            held = ref(store)
            _memories[store] = Memory(lambda: _state(held()))
        return _memories[store]


def _state(store: Store | None) -> Hashable:
    if store is None:
        return None
    return hash(frozenset((row["graph"].value, row["source"].value) for row in store.select(_SOURCES)))
