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
_MANY = 2000  # small results that are kept


class Memory:
    """Results by key, for as long as the store stays the same.

    Args:
        revision: Returns something that differs once the store may hold something else.
        most: How many are kept; those unused for longest go first.
    """

    def __init__(self, revision: Callable[[], Hashable], most: int = _MANY) -> None:
        self._revision = revision
        self._most = most
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
            try:
                made = make()
            finally:
                with self._lock:
                    self._under_way.pop(key, None)
            self._keep(key, made, before)
            return made

    def _keep(self, key: Hashable, made: object, before: Hashable) -> None:
        with self._lock:
            self._let_go_of_the_past()
            if before == self._seen:
                self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

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


_memories: WeakKeyDictionary[Store, dict[int, Memory]] = WeakKeyDictionary()
_memories_lock = threading.Lock()


def memory_of(store: Store, most: int = _MANY) -> Memory:
    """Return what pages keep of a store; it is gone once the store is.

    Args:
        store: The store.
        most: How many results are kept, so that large ones have a memory of their own.
    """
    with _memories_lock:
        memories = _memories.setdefault(store, {})
        if most not in memories:
            held = ref(store)
            memories[most] = Memory(lambda: None if (found := held()) is None else found.revision, most)
        return memories[most]
