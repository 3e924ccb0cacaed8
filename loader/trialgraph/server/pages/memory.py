"""What pages keep of a store, so that they don't work it out again for every visitor."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, ref

from trialgraph.stores import Store

__all__ = ["Memory", "memory_of"]

_T = TypeVar("_T")
_MOST = 2000  # results that are kept; those unused for longest go first


class Memory:
    """Results by key, for as long as the store stays the same.

    Args:
        revision: Returns something that differs once the store may hold something else.
    """

    def __init__(self, revision: Callable[[], Hashable]) -> None:
        self._revision = revision
        self._seen: Hashable = revision()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._under_way: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def recall(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what was made for a key; two who ask for it at once wait for one making."""
        found: _T | None = self._known(key)
        if found is not None:
            return found
        with self._lock:
            making = self._under_way.setdefault(key, threading.Lock())
        with making:
            found = self._known(key)
            if found is not None:
                return found
            before = self._seen
            made = make()
            with self._lock:
                self._under_way.pop(key, None)
                self._let_go_of_the_past()
                if before == self._seen:
                    self._kept[key] = made
                while len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
            return made

    def _known(self, key: Hashable) -> Any:
        with self._lock:
            self._let_go_of_the_past()
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def _let_go_of_the_past(self) -> None:
        now = self._revision()
        if now != self._seen:
            self._kept.clear()
            self._seen = now


_memories: WeakKeyDictionary[Store, Memory] = WeakKeyDictionary()
_memories_lock = threading.Lock()


def memory_of(store: Store) -> Memory:
    """Return what pages keep of a store; it is gone once the store is."""
    with _memories_lock:
        if store not in _memories:
            held = ref(store)
            _memories[store] = Memory(lambda: None if (found := held()) is None else found.revision)
        return _memories[store]
