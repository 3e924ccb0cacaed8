"""An answer on its way from the process that evaluates a query to the client that asked."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from trialgraph.processes.frames import BROKEN, END, HEAD, MEDIA, PART, WHOLE

__all__ = ["Answer", "BrokenAnswerError"]

_MOST_HELD = 1 << 18  # bytes that wait for a slow client; then the process waits


class BrokenAnswerError(Exception):
    """There is no answer, or no end of it; carries the HTTP status and one line."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class _Source(Protocol):
    def hold(self, *, on: bool) -> None: ...

    def stop(self, status: int, detail: str) -> None: ...


class Answer:
    """An answer: its media type, and its content, whole or in parts.

    Args:
        source: The process that makes it.
    """

    def __init__(self, source: _Source) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.since = loop.time()
        self.media = ""
        self.content: bytes | None = None
        self.gone: Callable[[], Awaitable[None]] | None = None
        self._loop = loop
        self._source = source
        self._parts: deque[bytes] = deque()
        self._held = 0
        self._paused = 0.0
        self._paused_since: float | None = None
        self._arrived = asyncio.Event()
        self._over = False
        self._watch: asyncio.Future[None] | None = None
        self._failure: BrokenAnswerError | None = None

    def taken(self, now: float) -> float:
        """Return how many seconds it has been made, without the waits for a slow client."""
        return now - self.since - self._paused - self.held(now)

    def held(self, now: float) -> float:
        """Return how many seconds it has waited for a slow client by now."""
        return now - self._paused_since if self._paused_since is not None else 0.0

    def receive(self, kind: bytes, content: bytes) -> None:
        """Take a frame of the process."""
        if kind == WHOLE:
            self.content = content
            self._begin()
            self._over = True
        elif kind == MEDIA:
            self.media = content.decode()
        elif kind == HEAD:
            self.media = content.decode()
            self._begin()
        elif kind == PART:
            self._parts.append(content)
            self._held += len(content)
            if self._held > _MOST_HELD and self._paused_since is None:
                self._paused_since = self._loop.time()
                self._source.hold(on=True)
        elif kind == END:
            self._over = True
            self._go_on()  # the process is free for another, whatever of this one is still to be sent
        elif kind == BROKEN:
            told = json.loads(content)
            self.fail(told["status"], told["detail"])
        self._arrived.set()

    def watch(self) -> None:
        """Look from now on whether the client is still there; quick answers go without."""
        if self.gone is not None and self._watch is None:
            self._watch = asyncio.ensure_future(self._stop_when_gone(self.gone))

    async def _stop_when_gone(self, gone: Callable[[], Awaitable[None]]) -> None:
        await gone()
        self.abandon()

    def close(self) -> None:
        """Let go of it, when the client has it or won't have it."""
        if self._watch is not None:
            self._watch.cancel()
        self.abandon()

    def fail(self, status: int, detail: str) -> None:
        """Say that it doesn't come, or doesn't end."""
        self._failure = BrokenAnswerError(status, detail)
        self._over = True
        if not self.begun.done():
            self.begun.set_exception(self._failure)
        self._arrived.set()

    def abandon(self) -> None:
        """Stop its making, since nobody wants it any longer."""
        if not self._over:
            self._source.stop(503, "nobody waits for this answer")

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the parts of an answer that didn't come whole.

        Raises:
            BrokenAnswerError: when the rest doesn't come.
        """
        while True:
            while self._parts:
                part = self._parts.popleft()
                self._held -= len(part)
                yield part
            if self._over:
                if self._failure is not None:
                    raise self._failure
                return
            self._go_on()
            self._arrived.clear()
            await self._arrived.wait()

    def _begin(self) -> None:
        if not self.begun.done():
            self.begun.set_result(None)

    def _go_on(self) -> None:
        if self._paused_since is not None:
            self._paused += self._loop.time() - self._paused_since
            self._paused_since = None
            self._source.hold(on=False)
