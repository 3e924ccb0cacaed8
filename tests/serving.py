"""A real server of a store, on a free port of this machine."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from trialgraph.server import Server, Settings, application
from trialgraph.stores import Store


@contextmanager
def serving(store: Store, settings: Settings | None = None) -> Iterator[httpx.Client]:
    """Serve a store from a thread, and give a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = application(store, settings)
        config = uvicorn.Config(served, log_level="error", lifespan="off")
        server = Server(config, served.state.workers)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
