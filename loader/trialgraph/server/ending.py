"""A server that is ready when it says so, and ends without waiting for slow queries."""

import logging
import socket
from collections.abc import Awaitable, Callable

import uvicorn

from trialgraph.server.sparql.sending import CutShortError
from trialgraph.server.workers import Workers

__all__ = ["Server"]


class Server(uvicorn.Server):
    """Uvicorn, whose clients hear at once that it ends, rather than being cut off in the middle.

    Args:
        config: How it listens.
        workers: Where its work is done; told when it ends.
        at_start: What is done once it listens.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        workers: Workers,
        *,
        at_start: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(config)
        self._workers = workers
        self._at_start = at_start
        logging.getLogger("uvicorn.error").addFilter(_is_the_servers_own)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and have ready what the first client needs."""
        await super().startup(sockets)
        if self._at_start is not None:
            await self._at_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer those who wait, and close."""
        self._workers.end()
        await super().shutdown(sockets)
        for wait in self._workers.at_last:
            await wait()


def _is_the_servers_own(record: logging.LogRecord) -> bool:
    """Return whether a line of the log isn't about what clients do to themselves."""
    failed = record.exc_info[0] if record.exc_info else None
    if failed is not None and issubclass(failed, CutShortError):
        return False
    return not record.getMessage().startswith(
        ("Invalid HTTP request", "Unsupported upgrade", "No supported Web")
    )
