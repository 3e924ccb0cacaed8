"""The endpoint beside the engine's own server: the same store, queries, clients and machine, in one run.

Run with ``python -m bench.serving PATH…`` (files of records). The two servers are asked in turns, round
after round, so that what else the machine does meets both; each figure is the median of the rounds.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.serving.clients import Run, run
from bench.serving.mix import KINDS, Question, questions
from trialgraph.loading import LoadReport, load_records
from trialgraph.sources.files import read_records
from trialgraph.stores import open_store

_CLIENTS = (1, 8, 64)
_ROUNDS = 5
_QUESTIONS = 200


def main(*paths: str) -> None:
    """Print answers per second and the 95th percentile of both servers, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        if len(paths) == 1 and (Path(paths[0]) / "trialgraph-store.toml").exists():
            store = Path(paths[0])
        else:
            with open_store(store) as opened:
                for _ in load_records(read_records([Path(path) for path in paths]), opened, LoadReport()):
                    pass
        with open_store(store, read_only=True) as opened:
            asked = questions(opened, _QUESTIONS)
            small = [each for each in questions(opened, 4 * _QUESTIONS) if each.kind == "look-up"]
            count = f"{len(opened.trials()):,} trials, {opened.count():,} triples"
        with _engine(store) as engine, _endpoint(store) as endpoint:
            print(f"{count}; {_QUESTIONS} questions a round, {_ROUNDS} rounds; medians\n")
            print("| questions | clients | answers/s | engine's | ratio | p95 ms | engine's | ratio |")
            print("|---|---|---|---|---|---|---|---|")
            for clients in _CLIENTS:
                _compare("the mix", asked, clients, engine, endpoint)
            _compare("look-ups", small, 8, engine, endpoint)
            for kind in KINDS:
                _compare(kind, [each for each in asked if each.kind == kind], 8, engine, endpoint)


def _compare(name: str, asked: Sequence[Question], clients: int, engine: str, endpoint: str) -> None:
    rounds = [(run(engine, asked, clients), run(endpoint, asked, clients)) for _ in range(_ROUNDS)]
    rate = median(ours.rate / theirs.rate for theirs, ours in rounds)
    late = median(ours.percentile(0.95) / theirs.percentile(0.95) for theirs, ours in rounds)
    theirs, ours = ([pair[at] for pair in rounds] for at in (0, 1))
    print(
        f"| {name} | {clients} | {_rate(ours)} | {_rate(theirs)} | {rate:.2f} "
        f"| {_late(ours)} | {_late(theirs)} | {late:.2f} |",
        flush=True,
    )


def _rate(runs: Sequence[Run]) -> str:
    return f"{median(each.rate for each in runs):,.0f}"


def _late(runs: Sequence[Run]) -> str:
    return f"{1000 * median(each.percentile(0.95) for each in runs):,.1f}"


@contextlib.contextmanager
def _engine(store: Path) -> Iterator[str]:
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.exists() else shutil.which("oxigraph") or "oxigraph"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = ["--location", str(store / "oxigraph"), "--bind", f"127.0.0.1:{port}"]
    command = [program, "serve-read-only", *place, "--union-default-graph"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _await(port)
            yield f"http://127.0.0.1:{port}/query"
        finally:
            server.terminate()


@contextlib.contextmanager
def _endpoint(store: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "trialgraph", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            found = next(
                match for line in server.stderr if (match := re.search(r"(http://127\.0\.0\.1:(\d+))/", line))
            )
            _await(int(found[2]))
            yield f"{found[1]}/sparql"
        finally:
            server.terminate()


def _await(port: int) -> None:
    for _ in range(200):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers at port {port}")


if __name__ == "__main__":
    main(*sys.argv[1:])
