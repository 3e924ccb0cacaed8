"""``trialgraph serve``: the SPARQL endpoint, the JSON interface and the pages, on one port."""

import socket
from typing import Annotated

import typer

from trialgraph.cli.options import StoreOption, messages, reading_store
from trialgraph.errors import UsageError

__all__ = ["serve"]

_PATIENCE = 2  # seconds that answers under way are given when the server ends


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; this machine alone can reach the usual one.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    store: StoreOption = None,
) -> None:
    """Serve the loaded trials: pages, a SPARQL endpoint at /sparql, JSON under /api."""
    import uvicorn

    from trialgraph.server import Server, application

    with _listen(host, port) as listener, reading_store(store) as opened:
        served = application(opened)
        config = uvicorn.Config(
            served,
            log_level="warning",
            access_log=False,  # a URL holds what was asked
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
            lifespan="off",
        )
        shown = f"[{host}]" if ":" in host else host
        messages.print(f"Serving at http://{shown}:{listener.getsockname()[1]}/", highlight=False)
        try:
            Server(config, served.state.workers).run(sockets=[listener])
        except KeyboardInterrupt:
            return


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((str(address[0]), port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "choose another --port or --host"
        raise UsageError(f"can't listen on {host}:{port}: {reason}", advice=advice) from error
