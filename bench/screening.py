"""How long each engine takes to screen the packaged patients against the packaged trials.

Run with ``python -m bench.screening [ROUNDS]``. Views, shapes and caches are warm; the figures are
medians over the rounds, and ratios to direct evaluation of the expressions.
"""

import sys
from datetime import date
from statistics import median
from time import perf_counter

from trialgraph.catalogue import screenable_trials
from trialgraph.derivation import screening_view
from trialgraph.packaged import packaged_patients, packaged_store
from trialgraph.patients import read_patients
from trialgraph.screening import Engine, screen

ENGINES: tuple[Engine, ...] = ("index", "rudof", "pyshacl")


def main(rounds: int = 5) -> None:
    """Print milliseconds per patient and trial for each engine, and the ratio to the first."""
    trials = screenable_trials(packaged_store())
    records = [record for path in packaged_patients() for record in read_patients(path)]
    started = perf_counter()
    views = [screening_view(record, date(2025, 9, 1)) for record in records]
    print(f"view: {1000 * (perf_counter() - started) / len(views):.1f} ms per patient")
    baseline = 0.0
    for engine in ENGINES:
        times = []
        for _ in range(rounds + 1):
            started = perf_counter()
            for view in views:
                screen(view, trials, engine=engine)
            times.append(1000 * (perf_counter() - started) / len(views) / len(trials))
        typical = median(times[1:])
        baseline = baseline or typical
        print(f"{engine:8} {typical:8.2f} ms per patient and trial, {typical / baseline:6.1f} ×")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
