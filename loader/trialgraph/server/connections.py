"""Connections that can't be used to keep others out: their number, their size, and their time are limited."""

from __future__ import annotations

import asyncio
from types import MappingProxyType

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["Connection", "Limits", "limited"]

_LARGEST_HEAD = 256 * 1024  # bytes of a request line and its headers
_STATUS = MappingProxyType({408: "Request Timeout", 431: "Request Header Fields Too Large"})


class Limits:
    """What connections may take.

    Args:
        head: Seconds that a client may take to send a request's headers.
        rate: Bytes of a body that it sends in a second, at least, once it has begun.
        number: Connections at once; the longest idle ones give way to new ones.
        stall: Seconds that an answer waits for a client that doesn't read.
    """

    def __init__(
        self, *, head: float = 10.0, rate: int = 1_000, number: int = 8_000, stall: float = 60.0
    ) -> None:
        self.stall = stall
        self.head = head
        self.rate = rate
        self.number = number
        self.idle: dict[Connection, None] = {}
        self.open = 0


class Connection(HttpToolsProtocol):
    """A connection that is cut when its client is too slow, or when it is idle and others need its place."""

    limits = Limits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection, in the place of an idle one if need be."""
        super().connection_made(transport)
        limits = self.limits
        limits.open += 1
        self._head = 0
        self._body = 0
        self._begun = self.loop.time()
        self._reading = True
        limits.idle[self] = None
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(limits.head, self._look)
        self._stalled: asyncio.TimerHandle | None = None
        if limits.open > limits.number and limits.idle:
            next(iter(limits.idle)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the connection."""
        self.limits.open -= 1
        self.limits.idle.pop(self, None)
        for timer in (self._timer, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what a client has sent, unless its headers have no end."""
        if self._reading:
            self._head += len(data)
        super().data_received(data)
        if self._reading and self._head > _LARGEST_HEAD and not self.transport.is_closing():
            self._refuse(431)

    def on_message_begin(self) -> None:
        """Begin to read a request."""
        super().on_message_begin()
        self._begun = self.loop.time()
        self._reading = True
        self._body = 0
        if self._timer is None:
            self._timer = self.loop.call_later(self.limits.head, self._look)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._reading = False
        self._head = 0
        self.limits.idle.pop(self, None)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End reading the request."""
        super().on_message_complete()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self.limits.idle[self] = None

    def pause_writing(self) -> None:
        """Wait while the client reads, but not for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.limits.stall, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _look(self) -> None:
        """Cut a client that is too slow."""
        self._timer = None
        if self.transport is None or self.transport.is_closing():
            return
        allowed = self.limits.head + self._body / self.limits.rate
        if self.flow.read_paused or (not self._reading and self.loop.time() - self._begun < allowed):
            self._timer = self.loop.call_later(1.0, self._look)
        elif self._reading and self._head == 0:
            self.transport.abort()
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()
            return
        phrase = _STATUS[status]
        head = (
            f"HTTP/1.1 {status} {phrase}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
        )
        self.transport.write(f"{head}content-length: {len(phrase) + 1}\r\n\r\n{phrase}\n".encode())
        self.transport.close()


def limited(limits: Limits) -> type[Connection]:
    """Return connections that keep to those limits."""
    return type("LimitedConnection", (Connection,), {"limits": limits})
