"""The servers that are measured, each on a free port of this machine, and what they spend."""

from __future__ import annotations

import contextlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["await_port", "endpoint", "engine", "free_port", "memory", "processor_time"]

_TICKS = 100  # of a processor's second, as Linux counts


@contextlib.contextmanager
def engine(store: Path) -> Iterator[tuple[str, int]]:
    """Give the address and the process of the engine's own server."""
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.exists() else shutil.which("oxigraph") or "oxigraph"
    port = free_port()
    place = ["--location", str(store / "oxigraph"), "--bind", f"127.0.0.1:{port}"]
    command = [program, "serve-read-only", *place, "--union-default-graph"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            await_port(port)
            yield f"http://127.0.0.1:{port}/query", server.pid
        finally:
            server.kill()


@contextlib.contextmanager
def endpoint(store: Path | None) -> Iterator[tuple[str, int]]:
    """Give the address and the process of this server."""
    command = [sys.executable, "-m", "trialgraph", "serve", "--port", "0"]
    command += ["--store", str(store)] if store else []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            found = next(
                match for line in server.stderr if (match := re.search(r"(http://127\.0\.0\.1:(\d+))/", line))
            )
            await_port(int(found[2]))
            yield f"{found[1]}/sparql", server.pid
        finally:
            server.terminate()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def await_port(port: int, *, seconds: float = 10) -> None:
    """Wait until somebody listens at a port of this machine.

    Raises:
        RuntimeError: when nobody does in that time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers at port {port}")


def processor_time(process: int) -> float:
    """Return the seconds of processor that a process and those below it have had; on Linux."""
    return sum(int(fields[11]) + int(fields[12]) for fields in _family(process)) / _TICKS


def memory(process: int) -> int:
    """Return the bytes of memory that a process and those below it hold; on Linux."""
    return sum(int(fields[21]) for fields in _family(process)) * resource.getpagesize()


def _family(process: int) -> list[list[str]]:
    """Return what the system says of a process and those below it, from its state on."""
    known = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            known[int(stat.parent.name)] = stat.read_text().rsplit(")", 1)[1].split()
    family, before = {process}, 0
    while len(family) > before:
        before = len(family)
        family |= {each for each, fields in known.items() if int(fields[1]) in family}
    return [known[each] for each in family if each in known]
