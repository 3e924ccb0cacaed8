"""How fast records become graphs, step by step, beside reading the bytes alone.

Run with ``python -m bench.loading PATH…``. The floor is what any reader of these files pays: to
unpack them and parse their JSON. Figures are studies per second on one core, and times the floor.
"""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from trialgraph.loading import LoadReport, graph_of, load_records
from trialgraph.records import TrialRecord
from trialgraph.sources.files import read_records
from trialgraph.stores import open_store


def main(*paths: str) -> None:
    """Print studies per second for each step, and how many times the floor it takes."""
    files = [Path(path) for path in paths]
    records = [record for record in read_records(files) if isinstance(record, TrialRecord)]
    graph_of(records[0])
    floor = 0.0
    for name, step in _steps(files, records):
        started = perf_counter()
        step()
        taken = perf_counter() - started
        floor = floor or taken
        print(f"{name:24} {len(records) / taken:8.0f} studies/s {taken / floor:8.1f} × the floor")


def _steps(files: list[Path], records: list[TrialRecord]) -> list[tuple[str, Callable[[], object]]]:
    return [
        ("unpack and parse JSON", lambda: [_parsed(file) for file in files]),
        ("read records", lambda: list(read_records(files))),
        ("criteria and graph", lambda: [graph_of(record) for record in records]),
        ("into a store in memory", lambda: list(load_records(iter(records), open_store(), LoadReport()))),
    ]


def _parsed(file: Path) -> list[object]:
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main(*sys.argv[1:])
