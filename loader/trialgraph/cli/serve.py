"""``trialgraph serve``: the SPARQL endpoint, the JSON interface and the pages, on one port."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from trialgraph.cli.options import StoreOption, messages, reading_store, writing_store
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.server import Settings
    from trialgraph.server.readiness import Readiness
    from trialgraph.stores import Store

__all__ = ["serve"]

_PATIENCE = 2  # seconds that answers under way are given when the server ends
_TOKEN_VARIABLE = "TRIALGRAPH_TOKEN"
_SHORTEST_TOKEN = 16  # characters
_SPARE_FILES = 500  # that connections leave to the store and the processes


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; this machine alone can reach the usual one.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    store: StoreOption = None,
    writable: Annotated[
        bool,
        typer.Option(
            "--writable",
            help=f"Let who shows the token change the store; it is in {_TOKEN_VARIABLE} or --token-file.",
        ),
    ] = False,
    token_file: Annotated[
        Optional[Path],  # noqa: UP045  # Typer evaluates it
        typer.Option("--token-file", metavar="FILE", help="File that holds the token for --writable."),
    ] = None,
    allow_service: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--allow-service", metavar="HOST", help="A host that queries may ask with SERVICE."),
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0.1, help="Seconds that a query may take.")] = 30.0,
    answer_limit: Annotated[int, typer.Option(min=1, help="Megabytes that an answer may have.")] = 256,
) -> None:
    """Serve the loaded trials: pages, a SPARQL endpoint at /sparql, JSON under /api."""
    from trialgraph.server import Settings

    settings = Settings(
        seconds=time_limit,
        answer=answer_limit * 1024 * 1024,
        services=frozenset(name.lower() for name in allow_service or ()),
        token=_token(token_file) if writable else None,
    )
    with (
        _listen(host, port) as listener,
        writing_store(store) if writable else reading_store(store) as opened,
    ):
        shown = f"[{host}]" if ":" in host else host
        messages.print(f"Serving at http://{shown}:{listener.getsockname()[1]}/", highlight=False)
        _run(opened, settings, [listener])


def _run(store: Store, settings: Settings, listeners: Sequence[socket.socket]) -> None:
    import uvicorn

    from trialgraph.server import Server, application
    from trialgraph.server.connections import Limits, limited

    served = application(store, settings)
    config = uvicorn.Config(
        served,
        http=limited(Limits(number=_most_connections())),
        log_level="warning",
        access_log=False,  # a URL holds what was asked
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
        lifespan="off",
        ws="none",
    )
    try:
        with _progress(served.state.readiness):
            server = Server(config, served.state.workers, at_start=served.state.following.start)
            server.run(sockets=list(listeners))
    except KeyboardInterrupt:
        return


@contextmanager
def _progress(readiness: Readiness) -> Iterator[None]:
    """Show what is read of the store for those who come first; on a terminal, since others don't look on."""
    from trialgraph.server.readiness import STEPS

    columns = (TextColumn("getting ready: {task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as progress:
        task = progress.add_task("", total=len(STEPS))

        def told(reading: str | None) -> None:
            if reading is None:
                progress.stop()
            else:
                progress.update(task, description=reading, completed=readiness.done)

        readiness.told = told
        yield


def _token(file: Path | None) -> str:
    """Return the token that a client has to show; never an argument, which other users could see."""
    try:
        token = (
            file.read_text(encoding="utf-8").strip() if file else os.environ.get(_TOKEN_VARIABLE, "").strip()
        )
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the token can't be read: {error}", where=str(file)) from error
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        what = f"--writable needs a token of at least {_SHORTEST_TOKEN} characters"
        raise UsageError(what, advice=f"put one into {_TOKEN_VARIABLE}, or into a file for --token-file")
    return token


def _most_connections() -> int:
    """Return how many connections there may be, with as many open files as the system allows."""
    try:
        import resource
    except ImportError:
        return 8_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    except (OSError, ValueError):  # macOS allows fewer than it says
        pass
    return max(100, min(8_000, soft - _SPARE_FILES)) if soft > 0 else 8_000


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((str(address[0]), port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "choose another --port or --host"
        raise UsageError(f"can't listen on {host}:{port}: {reason}", advice=advice) from error
