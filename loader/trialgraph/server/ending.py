"""A server that ends without waiting for slow queries."""

import socket

import uvicorn

from trialgraph.server.workers import Workers

__all__ = ["Server"]


class Server(uvicorn.Server):
    """Uvicorn, whose clients hear at once that it ends, rather than being cut off in the middle."""

    def __init__(self, config: uvicorn.Config, workers: Workers) -> None:
        super().__init__(config)
        self._workers = workers

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer those who wait, and close."""
        self._workers.end()
        await super().shutdown(sockets)
