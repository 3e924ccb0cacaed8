"""``trialgraph show``: a trial, and every criterion with its formal reading beside its words."""

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trialgraph.catalogue import StaleCuration, screenable_trial, stale_curations, trial_facts
from trialgraph.cli.options import StoreOption, TrialArgument, output, reading_store
from trialgraph.cli.readings import reading_text
from trialgraph.shapes.eligibility import ScreenableTrial
from trialgraph.stores import Store


def show(trial: TrialArgument, store: StoreOption = None) -> None:
    """Print a trial, and every criterion with its formal reading beside its words."""
    with reading_store(store, trial) as source:
        screenable = screenable_trial(source, trial)
        output.print(Text.assemble((screenable.nct, "bold"), "  ", screenable.title))
        output.print(Padding(_facts(source, trial), (1, 0)))
        stale = stale_curations(source, trial)
    output.print(_criteria(screenable))
    narrative = sum(criterion.is_narrative for criterion in screenable.criteria)
    typer.echo(
        f"\n{len(screenable.criteria)} criteria, {narrative} narrative: those take a person's judgement."
    )
    for each in stale:
        output.print(_stale(each), style="yellow", soft_wrap=True)


def _stale(stale: StaleCuration) -> Text:
    how = f"by {stale.curation.who} on {stale.curation.when}"
    return Text(f"Stale curation of {stale.criterion} {how}, not applied: {stale.problem}")


def _facts(store: Store, nct: str) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column()
    for name, values in trial_facts(store, nct).items():
        table.add_row(name, Text(", ".join(values)))
    return table


def _criteria(trial: ScreenableTrial) -> Table:
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim", expand=True)
    table.add_column("", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("words", ratio=1)
    table.add_column("formal reading", ratio=1)
    for criterion in trial.criteria:
        reading = reading_text(criterion, Text("narrative", "yellow") if criterion.is_narrative else None)
        table.add_row(criterion.id, criterion.kind, Text(" ".join(criterion.text.split())), reading)
    return table
