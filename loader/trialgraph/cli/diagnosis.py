"""The report of ``trialgraph parse --report``: what was not understood, summed up by frequency."""

from __future__ import annotations

import json
from collections.abc import Iterable

from rich.progress import track
from rich.table import Table
from rich.text import Text

from trialgraph.cli.options import messages, output
from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.diagnosis import Diagnosis

__all__ = ["diagnose_trials", "print_report", "report_json"]

_LONGEST_EXAMPLE = 100


def diagnose_trials(trials: Iterable[tuple[str, Iterable[Criterion]]]) -> Diagnosis:
    """Return the diagnosis of trials, each a number and its criteria, showing progress on a terminal."""
    diagnosis = Diagnosis()
    for trial, criteria in track(trials, "reading", console=messages, transient=True):
        diagnosis.add(trial, criteria)
    return diagnosis


def print_report(diagnosis: Diagnosis, phrases: int) -> None:
    """Print how criteria were read, why words were left, and which phrases to teach first."""
    outcomes = _table("read", "criteria", "share")
    for outcome, times in diagnosis.outcomes.most_common():
        outcomes.add_row(outcome, f"{times:,}", f"{times / diagnosis.criteria:.1%}")
    causes = _table("cause", "times")
    for cause, times in diagnosis.causes.most_common():
        causes.add_row(cause, f"{times:,}")
    listed = _table("phrase", "cause", "alone", "times", "for example")
    for unread in diagnosis.most_frequent(phrases):
        key = (unread.cause, unread.phrase)
        example = (
            unread.text if len(unread.text) <= _LONGEST_EXAMPLE else f"{unread.text[:_LONGEST_EXAMPLE]}…"
        )
        row = (unread.phrase, unread.cause, f"{diagnosis.alone[key]:,}", f"{diagnosis.phrases[key]:,}")
        listed.add_row(*map(Text, row), Text(f"{unread.trial} {unread.criterion}: {example}"))
    for title, table in (
        (f"{diagnosis.criteria:,} criteria of {diagnosis.trials:,} trials", outcomes),
        ("Why words stayed words", causes),
        ("What is most often in the way, first what is so alone", listed),
    ):
        output.print(title, table, sep="\n")


def report_json(diagnosis: Diagnosis, phrases: int) -> str:
    """Return the same as one JSON object."""
    listed = [
        {
            "phrase": unread.phrase,
            "cause": unread.cause,
            "alone": diagnosis.alone[unread.cause, unread.phrase],
            "times": diagnosis.phrases[unread.cause, unread.phrase],
            "example": {"trial": unread.trial, "criterion": unread.criterion, "text": unread.text},
        }
        for unread in diagnosis.most_frequent(phrases)
    ]
    report = {
        "trials": diagnosis.trials,
        "criteria": diagnosis.criteria,
        "outcomes": dict(diagnosis.outcomes.most_common()),
        "causes": dict(diagnosis.causes.most_common()),
        "phrases": listed,
    }
    return json.dumps(report, ensure_ascii=False)


def _table(*headings: str) -> Table:
    table = Table()
    for heading in headings:
        numeric = heading in ("criteria", "share", "times", "alone")
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    return table
