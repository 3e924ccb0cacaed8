"""``trialgraph demo``: the whole product once, on the packaged records."""

from collections import Counter
from datetime import date
from time import perf_counter

import pyoxigraph as ox
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from trialgraph.catalogue import screenable_trials
from trialgraph.cli.load import summary
from trialgraph.cli.options import messages, output
from trialgraph.derivation import screening_view
from trialgraph.packaged import load_packaged, packaged_patients
from trialgraph.patients import read_patients
from trialgraph.queries import named_queries, run_query, to_table
from trialgraph.reports.terminal import trials_table, worklist_table
from trialgraph.screening import screen
from trialgraph.shapes.quality import check_trial
from trialgraph.stores import Store, open_store

_AS_OF = date(2025, 9, 1)
_QUESTIONS = {
    "microsatellite-stable": ("trial", "stance", "concept", "criterion"),
    "child-pugh-limits": ("trial", "allowed", "alternative", "criterion"),
    "prior-therapy-exclusions": ("trial", "barred", "extent", "window", "criterion"),
}
"""Named queries, with the columns of each that fit a terminal."""
_NEXT = """\
trialgraph show NCT06794086                  a trial, each criterion beside its formal reading
trialgraph queries                           every named question
trialgraph query laboratory-limits           one of them
trialgraph screen patient.json --as-of {as_of}  your own patient, as FHIR R4
trialgraph fetch NCT04657068 --out trials    records from ClinicalTrials.gov
trialgraph load trials                       put them into your store"""


def demo() -> None:
    """Load the packaged trials, ask across them, screen two invented patients. Writes nothing."""
    started = perf_counter()
    with open_store() as store:
        with messages.status("loading the packaged records"):
            report = load_packaged(store)
        output.print(summary(report), highlight=False)
        _check(store)
        for name, columns in _QUESTIONS.items():
            _ask(store, name, columns)
        _screen(store)
    output.print(Rule("Next", align="left"))
    output.print(_NEXT.format(as_of=_AS_OF), highlight=False, markup=False)
    messages.print(f"\n{perf_counter() - started:.1f} s", style="dim", highlight=False)


def _check(store: Store) -> None:
    output.print(Rule("What the records contradict themselves on", align="left"))
    for nct in store.trials():
        findings = check_trial(store, nct)
        if findings:
            output.print(Text.assemble((nct, "bold"), f"  {findings[0].message}"))
            others = Counter(finding.severity for finding in findings[1:])
            if others:
                more = ", ".join(f"{count} {severity}" for severity, count in others.items())
                output.print(Text(f"             and {more} more: trialgraph check {nct}", "dim"))


def _ask(store: Store, name: str, columns: tuple[str, ...]) -> None:
    query = named_queries()[name]
    output.print(Rule(query.title, align="left"))
    results = run_query(query, store)
    if isinstance(results, ox.QuerySolutions):
        output.print(to_table(results, columns))
    output.print(Text(f"trialgraph query {name}", "dim"))


def _screen(store: Store) -> None:
    trials = screenable_trials(store)
    for path in packaged_patients():
        for record in read_patients(path):
            screening = screen(screening_view(record, _AS_OF), trials)
            output.print(Rule(f"Patient {screening.patient}, as of {_AS_OF}", align="left"))
            output.print(trials_table(screening))
            if screening.worklist:
                output.print(Padding(worklist_table(screening, rows=5), (1, 0, 0, 0)))
