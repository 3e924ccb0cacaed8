"""How long each engine takes to screen the packaged patients against the packaged trials.

Run with ``python -m bench.screening [ROUNDS]``. Views, shapes and caches are warm; the figures are
medians over the rounds. Each is compared with what pySHACL takes by itself, which is given the shapes
as a graph and the whole view each time.
"""

import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from time import perf_counter

import pyshacl
from rdflib import Graph

from trialgraph.catalogue import screenable_trials
from trialgraph.derivation import screening_view
from trialgraph.packaged import packaged_patients, packaged_store
from trialgraph.patients import read_patients
from trialgraph.screening import Engine, screen
from trialgraph.shapes.eligibility import ScreenableTrial, compile_shapes
from trialgraph.views import ScreeningView, view_graph

ENGINES: tuple[Engine, ...] = ("index", "rudof", "pyshacl")


def main(rounds: int = 5) -> None:
    """Print milliseconds per patient and trial for each engine, and how much faster than plain pySHACL."""
    trials = screenable_trials(packaged_store())
    records = [record for path in packaged_patients() for record in read_patients(path)]
    started = perf_counter()
    views = [screening_view(record, date(2025, 9, 1)) for record in records]
    print(f"view: {1000 * (perf_counter() - started) / len(views):.1f} ms per patient")
    shapes = [Graph().parse(data=compile_shapes(trial), format="turtle") for trial in trials]
    baseline = _typical(partial(_plain, views, shapes), rounds) / len(trials) / len(views)
    print(f"{'plain pySHACL':16} {baseline:8.2f} ms per patient and trial")
    for engine in ENGINES:
        each = _typical(partial(_screened, views, trials, engine), rounds) / len(trials) / len(views)
        print(f"{engine:16} {each:8.2f} ms per patient and trial, {baseline / each:6.1f} times faster")


def _typical(work: Callable[[], None], rounds: int) -> float:
    times = []
    for _ in range(rounds + 1):
        started = perf_counter()
        work()
        times.append(1000 * (perf_counter() - started))
    return median(times[1:])


def _plain(views: list[ScreeningView], shapes: list[Graph]) -> None:
    for view in views:
        data = view_graph(view)
        for graph in shapes:
            pyshacl.validate(data, shacl_graph=graph)


def _screened(views: list[ScreeningView], trials: list[ScreenableTrial], engine: Engine) -> None:
    # One trial at a time, so that what is common to several isn't shared.
    for view in views:
        for trial in trials:
            screen(view, [trial], engine=engine)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
