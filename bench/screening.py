"""How long each engine takes to screen the packaged patients against the packaged trials.

Run with ``python -m bench.screening [ROUNDS]``. Shapes and caches are warm, but the view of a patient is
derived anew for each trial, and is part of the figures: medians over the rounds, of processor time, and of
the trial that takes longest. Each is compared with what pySHACL takes by itself, which is given the shapes
as a graph and the whole view each time, without the time that the view took.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from statistics import fmean, median
from time import process_time
from typing import TypeAlias, get_args

import pyshacl
from rdflib import Graph

from trialgraph.catalogue import screenable_trials
from trialgraph.derivation import screening_view
from trialgraph.packaged import packaged_patients, packaged_store
from trialgraph.patients import PatientRecord, read_patients
from trialgraph.screening import Engine, screen
from trialgraph.shapes.eligibility import ScreenableTrial, compile_shapes, view_for
from trialgraph.views import Completeness, ScreeningView, view_graph

Case: TypeAlias = tuple[PatientRecord, tuple[Completeness, ...]]
"""A patient's record, and what is assumed to be complete in it."""
ENGINES: tuple[Engine, ...] = ("index", "rudof", "pyshacl")


def main(rounds: int = 5) -> None:
    """Print milliseconds per patient and trial for each engine, and how much faster than plain pySHACL."""
    trials = screenable_trials(packaged_store())
    records = [record for path in packaged_patients() for record in read_patients(path)]
    cases = [(record, assumed) for record in records for assumed in ((), get_args(Completeness))]
    derived = _typical(partial(_derived, cases), rounds) / len(cases)
    print(f"{'view':16} {derived:8.2f} ms per patient")
    plain = {trial.nct: _plain(trial, cases, rounds) for trial in trials}
    _print("plain pySHACL", plain, plain)
    for engine in ENGINES:
        each = {
            trial.nct: _typical(partial(_screened, cases, trial, engine), rounds) / len(cases)
            for trial in trials
        }
        _print(f"view + {engine}", each, plain)


def _print(what: str, each: Mapping[str, float], plain: Mapping[str, float]) -> None:
    mean, longest = fmean(each.values()), max(each, key=lambda nct: each[nct])
    print(
        f"{what:16} {mean:8.2f} ms per patient and trial, {fmean(plain.values()) / mean:6.1f} times faster; "
        f"{longest} {each[longest]:.2f} ms, {plain[longest] / each[longest]:.1f} times"
    )


def _typical(work: Callable[[], None], rounds: int) -> float:
    times = []
    for _ in range(rounds + 1):
        started = process_time()
        work()
        times.append(1000 * (process_time() - started))
    return median(times[1:])


def _view(case: Case) -> ScreeningView:
    record, assumed = case
    return screening_view(record, date(2025, 9, 1), assume_complete=assumed)


def _derived(cases: list[Case]) -> None:
    for case in cases:
        _view(case)


def _plain(trial: ScreenableTrial, cases: list[Case], rounds: int) -> float:
    """Return what pySHACL takes with the whole views and the shapes, both read before."""
    shapes = Graph().parse(data=compile_shapes(trial), format="turtle")
    views = [view_graph(view_for(_view(case), trial)) for case in cases]

    def validated() -> None:
        for view in views:
            pyshacl.validate(view, shacl_graph=shapes)

    return _typical(validated, rounds) / len(cases)


def _screened(cases: list[Case], trial: ScreenableTrial, engine: Engine) -> None:
    for case in cases:
        screen(_view(case), [trial], engine=engine)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
