"""A served folder that others load into: what they load is shown, without a new start."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException

from trialgraph.errors import StoreError, TrialgraphError
from trialgraph.stores.embedded import EmbeddedStore

__all__ = ["Following"]

_LOOK = 2.0  # seconds between looks at the folder
_QUIET = 2.0  # seconds without a change, after which what was loaded is shown
_LONGEST = 60.0  # seconds after which a part of what is being loaded is shown


class Following:
    """Keeps what is read of a store ready, and a folder's new content in sight.

    Args:
        state: Of the application: its store, engine, readiness and workers.
    """

    def __init__(self, state: Any) -> None:
        self._state = state
        self._tasks: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()

    async def start(self) -> None:
        """Have processes ready, and go on in the background; called where the event loop runs."""
        await self._state.engine.start()
        self._changed.set()
        for work in (self._keep_ready, self._follow):
            self._tasks.append(asyncio.ensure_future(work()))

    def end(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()

    def changed(self) -> None:
        """Read anew, in the background, what visitors need: the store holds something else."""
        self._changed.set()

    async def _keep_ready(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            with suppress(TrialgraphError, HTTPException):  # whoever needs it hears why
                await self._state.readiness.read(self._state.store)
            await asyncio.sleep(_QUIET)

    async def _follow(self) -> None:
        store = self._state.store
        if not isinstance(store, EmbeddedStore) or not store.read_only or store.location == "memory":
            return
        while True:
            await asyncio.sleep(_LOOK)
            found = await asyncio.to_thread(store.stamp)
            if found == store.seen:
                continue
            await _settled(store.stamp, found)
            with suppress(StoreError, HTTPException):  # it is being made anew; the next look finds it
                await asyncio.to_thread(store.reopen)
                await self._state.engine.refresh()
                self.changed()


async def _settled(look: Callable[[], object], found: object) -> None:
    """Return once a folder no longer changes, or has changed for long."""
    began = time.monotonic()
    while time.monotonic() - began < _LONGEST:
        await asyncio.sleep(_QUIET)
        now = await asyncio.to_thread(look)
        if now == found:
            break
        found = now
