"""A screening as tables for the terminal."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trialgraph.screening import CriterionVerdict, MissingFact, Screening, TrialVerdict, WorklistItem
from trialgraph.versions import versions

__all__ = [
    "VERDICT_STYLES",
    "because",
    "criteria_table",
    "print_screening",
    "trials_table",
    "uncovered_first",
    "worklist_table",
]

Item = TypeVar("Item", MissingFact, WorklistItem)

VERDICT_STYLES = {
    "pass": "green",
    "fail": "bold red",
    "unknown": "yellow",
    "eligible": "bold green",
    "ineligible": "bold red",
    "possible": "bold yellow",
}
_HASH = 12
"""Digits of a hash that tell one version from another at a glance."""
_ORDER = {"fail": 0, "unknown": 1, "pass": 2}


def print_screening(screening: Screening, console: Console) -> None:
    """Print one patient's screening: the trials, each trial's criteria, what is missing."""
    console.print(_heading(screening))
    console.print(trials_table(screening))
    for trial in screening.trials:
        console.print(Padding(_trial_heading(trial), (1, 0, 0, 0)))
        console.print(criteria_table(trial.criteria))
    if screening.worklist:
        console.print(Padding(worklist_table(screening), (1, 0, 0, 0)))
    console.print(Padding(_colophon(screening), (1, 0, 0, 0)))


def _heading(screening: Screening) -> RenderableType:
    assumed = ", ".join(screening.assumed_complete) or "nothing"
    return Group(
        Text.assemble(("Patient ", "bold"), screening.patient, f" as of {screening.view.as_of}"),
        Text(f"Assumed to be recorded completely: {assumed}", style="dim"),
    )


def _colophon(screening: Screening) -> RenderableType:
    """Return what a verdict depends on besides the record and the criterion."""
    readings = "; ".join(axiom.label for axiom in screening.axioms) or "none"
    made_with = versions()
    return Group(
        Text(f"Contestable readings used: {readings}", style="dim"),
        Text(f"Made with trialgraph {made_with.software}, ontology {made_with.ontology}", style="dim"),
    )


def _trial_heading(result: TrialVerdict) -> RenderableType:
    heading = Text.assemble(
        (result.trial.nct, "bold"),
        " ",
        (result.verdict, VERDICT_STYLES[result.verdict]),
        f"  {result.trial.title}",
    )
    source = result.trial.source
    if source is None:
        return heading
    updated = f"last updated {source.updated}" if source.updated else "no date of its last update"
    return Group(heading, Text(f"{source.name}, {updated}, sha256 {source.sha256[:_HASH]}…", style="dim"))


def trials_table(screening: Screening) -> Table:
    """Return a table with a row per trial: its verdict and why."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("trial", "verdict", "pass", "fail", "unknown", "because"):
        table.add_column(column, justify="right" if column in _ORDER else "left")
    for result in screening.trials:
        counts = Counter(criterion.verdict for criterion in result.criteria)
        table.add_row(
            result.trial.nct,
            Text(result.verdict, VERDICT_STYLES[result.verdict]),
            *(str(counts[verdict]) for verdict in ("pass", "fail", "unknown")),
            Text(because(result), overflow="ellipsis"),
        )
    return table


def because(result: TrialVerdict) -> str:
    """Return in one line what decides a trial, or what is most needed."""
    if result.verdict == "ineligible":
        failed = [criterion for criterion in result.criteria if criterion.verdict == "fail"]
        return "; ".join(f"{verdict.criterion.id}: {verdict.explanation}" for verdict in failed)
    if result.missing:
        return "to find out: " + ", ".join(fact.need for fact in uncovered_first(result.missing)[:4])
    return "" if result.verdict == "eligible" else "the rest takes a person's judgement"


def uncovered_first(items: Iterable[Item]) -> list[Item]:
    """Return what is missing, with what other items would tell as well at the end."""
    return sorted(items, key=lambda item: item.covered)


def criteria_table(criteria: tuple[CriterionVerdict, ...]) -> Table:
    """Return a table with a row per criterion, those that bar first."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("criterion", ratio=5)
    table.add_column("what the record shows", ratio=4)
    for verdict in sorted(criteria, key=lambda verdict: _ORDER[verdict.verdict]):
        note = verdict.reason or verdict.changes
        label = verdict.verdict if note is None else f"{verdict.verdict} ({note})"
        table.add_row(
            verdict.criterion.id,
            Text(label, VERDICT_STYLES[verdict.verdict]),
            _shortened(verdict.criterion.text, 160),
            _shown(verdict),
        )
    return table


def _shown(verdict: CriterionVerdict) -> Text:
    """Return what the record shows, where it does so, and the contestable readings that takes."""
    shown = Text(_shortened(verdict.explanation, 160))
    if verdict.evidence:
        shown.append(f" [{_shortened(', '.join(verdict.evidence), 80)}]", "dim")
    if verdict.axioms:
        shown.append(f" by {', '.join(axiom.rpartition('/')[2] for axiom in verdict.axioms)}", "dim")
    return shown


def worklist_table(screening: Screening, *, rows: int = 10) -> Table:
    """Return a table of the facts that would settle most."""
    table = Table(
        title="What to find out first",
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    table.add_column("fact not in the record")
    table.add_column("trials", justify="right")
    table.add_column("criteria", justify="right")
    for item in uncovered_first(screening.worklist)[:rows]:
        table.add_row(item.need, str(item.trials), str(item.criteria))
    return table


def _shortened(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
