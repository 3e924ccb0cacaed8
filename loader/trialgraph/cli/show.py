"""``trialgraph show``: a trial, and every criterion with its formal reading beside its words."""

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trialgraph.catalogue import screenable_trial
from trialgraph.cli.options import StoreOption, TrialArgument, output, reading_store
from trialgraph.criteria.plain import plain
from trialgraph.expressions import Narrative, atoms
from trialgraph.namespaces import TG, TRIAL
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.stores import Store

_FACTS = {
    "status": "tg:overallStatus",
    "phase": "tg:phase",
    "design": "tg:allocation|tg:interventionModel|tg:primaryPurpose|tg:masking",
    "conditions": "tg:condition",
    "enrolment": "tg:enrollmentCount",
    "start": "tg:startDate",
    "completion": "tg:completionDate",
    "sponsor": "tg:leadSponsor/tg:name",
    "countries": "tg:location/tg:country",
    "arms": "tg:arm/tg:label",
    "interventions": "tg:intervention/tg:name",
}


def show(trial: TrialArgument, store: StoreOption = None) -> None:
    """Print a trial, and every criterion with its formal reading beside its words."""
    with reading_store(store) as source:
        screenable = screenable_trial(source, trial)
        output.print(Text.assemble((screenable.nct, "bold"), "  ", screenable.title))
        output.print(Padding(_facts(source, trial), (1, 0)))
    output.print(_criteria(screenable))
    narrative = sum(_is_narrative(criterion) for criterion in screenable.criteria)
    typer.echo(
        f"\n{len(screenable.criteria)} criteria, {narrative} narrative: those take a person's judgement."
    )


def _facts(store: Store, nct: str) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column()
    for name, path in _FACTS.items():
        rows = store.select(
            f"PREFIX tg: <{TG}> SELECT DISTINCT ?value WHERE {{ <{TRIAL[nct]}> {path} ?value }}"
        )
        values = sorted(row["value"].value for row in rows)
        if values:
            table.add_row(name, Text(", ".join(values)))
    return table


def _criteria(trial: ScreenableTrial) -> Table:
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim", expand=True)
    table.add_column("", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("words", ratio=1)
    table.add_column("formal reading", ratio=1)
    for criterion in trial.criteria:
        reading = (
            Text("narrative", "yellow") if _is_narrative(criterion) else Text(plain(criterion.expression))
        )
        table.add_row(criterion.id, criterion.kind, Text(" ".join(criterion.text.split())), reading)
    return table


def _is_narrative(criterion: ScreenableCriterion) -> bool:
    return all(isinstance(atom, Narrative) for atom in atoms(criterion.expression))
