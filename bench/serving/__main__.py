"""The endpoint beside the engine's own server: the same store, queries, clients and machine, in one run.

Run with ``python -m bench.serving PATH…`` (files of records). The two servers are asked in turns, round
after round, so that what else the machine does meets both; each figure is the median of the rounds.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.serving.clients import Run, run
from bench.serving.mix import KINDS, Question, questions
from bench.serving.servers import endpoint, engine
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
        with engine(store) as (theirs, _), endpoint(store) as (ours, _):
            print(f"{count}; {_QUESTIONS} questions a round, {_ROUNDS} rounds; medians\n")
            print("| questions | clients | answers/s | engine's | ratio | p95 ms | engine's | ratio |")
            print("|---|---|---|---|---|---|---|---|")
            for clients in _CLIENTS:
                _compare("the mix", asked, clients, theirs, ours)
            _compare("look-ups", small, 8, theirs, ours)
            for kind in KINDS:
                _compare(kind, [each for each in asked if each.kind == kind], 8, theirs, ours)


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


if __name__ == "__main__":
    main(*sys.argv[1:])
