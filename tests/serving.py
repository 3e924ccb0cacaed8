"""A server for tests, in a thread of theirs, as `trialgraph serve` runs it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from trialgraph.server import Server, Settings, application
from trialgraph.server.connections import Limits, limited
from trialgraph.stores import Store

TOKEN = "a token that only the tests know"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def serving(
    store: Store,
    settings: Settings | None = None,
    limits: Limits | None = None,
    *,
    following: bool = False,
) -> Iterator[httpx.Client]:
    """Serve a store on a free port of this machine, and give a client of it.

    Only when `following`, it reads ahead what visitors need, and looks for changes.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        app = application(store, settings)
        http = limited(limits or Limits())
        config = uvicorn.Config(app, http=http, log_level="error", lifespan="off", ws="none")
        begin = app.state.following.start if following else app.state.engine.start
        server = Server(config, app.state.workers, at_start=begin)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
