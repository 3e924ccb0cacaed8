"""What the endpoint could stand on: pyoxigraph in processes, the engine's own server, or rdflib-endpoint.

Run with ``python -m bench.serving.choices STORE`` (a folder that `trialgraph load` has made), with
``rdflib-endpoint`` on the path (``pip install 'rdflib-endpoint[cli]' oxrdflib``, best in an environment of
its own). All are asked the same questions by the same clients in turns; then each is asked a cartesian
product, and what it still spends on it after its client has gone is measured.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from types import MappingProxyType
from urllib.parse import quote

import httpx
import pyoxigraph as ox

from bench.serving.clients import Run, run
from bench.serving.mix import questions
from bench.serving.servers import await_port, endpoint, engine, free_port, processor_time
from trialgraph.stores import open_store

_CLIENTS = 8
_ROUNDS = 3
_QUESTIONS = 60
_SLOW = 3  # answers a second; what is slower is asked once
_PATIENCE = 5  # seconds that a client waits for the cartesian product
_CARTESIAN = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_PROXY = """
import sys, httpx, uvicorn
client = httpx.AsyncClient(base_url=sys.argv[2], timeout=None, limits=httpx.Limits(max_connections=None))

async def proxy(scope, receive, send):
    path = "/query?" + scope["query_string"].decode()
    kept = [(name, value) for name, value in scope["headers"] if name == b"accept"]
    async with client.stream("GET", path, headers=kept) as answer:
        head = [(b"content-type", answer.headers["content-type"].encode())]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": head})
        async for part in answer.aiter_raw():
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})

uvicorn.run(proxy, port=int(sys.argv[1]), log_level="error", lifespan="off")
"""


def main(folder: str) -> None:
    """Print how fast each answers, and what it spends on a query that nobody waits for."""
    store = Path(folder)
    with open_store(store, read_only=True) as opened:
        asked = questions(opened, _QUESTIONS)
        print(f"{len(opened.trials()):,} trials, {opened.count():,} triples; {_CLIENTS} clients\n")
    with _contenders(store) as servers:
        taken: dict[str, list[Run]] = {name: [] for name in servers}
        for _ in range(_ROUNDS):
            for name, (url, _) in servers.items():
                if not taken[name] or taken[name][0].rate > _SLOW:
                    taken[name].append(run(url, asked, _CLIENTS))
        print("| server | answers/s | p95 ms | MB | seconds of processor on a query whose client has gone |")
        print("|---|---|---|---|---|")
        for name, (url, process) in servers.items():
            rate = median(each.rate for each in taken[name])
            late = median(each.percentile(0.95) for each in taken[name])
            spent = _wasted(url, process)
            size = taken[name][0].size / 1e6
            print(
                f"| {name} | {rate:,.1f} | {1000 * late:,.0f} | {size:.1f} | {spent:.1f} of 5 |", flush=True
            )


def _wasted(url: str, process: int) -> float:
    """Return how much of the processor goes into a query in the five seconds after its client has gone."""
    with contextlib.suppress(httpx.ReadTimeout):
        httpx.get(f"{url}?query={quote(_CARTESIAN)}", timeout=_PATIENCE)
    time.sleep(1)
    before = processor_time(process)
    time.sleep(5)
    return processor_time(process) - before


@contextlib.contextmanager
def _contenders(store: Path) -> Iterator[Mapping[str, tuple[str, int]]]:
    with contextlib.ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        found = {"this server": running.enter_context(endpoint(store))}
        if program := shutil.which("rdflib-endpoint"):
            dump = Path(folder) / "store.nq"
            ox.Store.read_only(str(store / "oxigraph")).dump(str(dump), format=ox.RdfFormat.N_QUADS)
            for name, kind in _STORES.items():
                port = free_port()
                place = ["--host", "127.0.0.1", "--port", str(port), "--store", kind]
                process = running.enter_context(_program([program, "serve", *place, str(dump)], port))
                found[f"rdflib-endpoint over {name}"] = (f"http://127.0.0.1:{port}/", process)
        bare, process = running.enter_context(engine(store))
        port = free_port()
        script = [sys.executable, "-c", _PROXY, str(port), bare.removesuffix("/query")]
        running.enter_context(_program(script, port))
        found["the engine's own server behind a proxy"] = (f"http://127.0.0.1:{port}/", process)
        found["the engine's own server"] = (bare, process)  # last: it never ends what it began
        yield found


_STORES = MappingProxyType({"Oxigraph": "Oxigraph", "rdflib's own store": "default"})


@contextlib.contextmanager
def _program(command: list[str], port: int) -> Iterator[int]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            await_port(port, seconds=300)
            yield server.pid
        finally:
            server.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
