"""``trialgraph shapes``: the compiled SHACL of a trial's criteria."""

import typer

from trialgraph.catalogue import screenable_trial
from trialgraph.cli.options import StoreOption, TrialArgument, reading_store
from trialgraph.shapes.eligibility import compile_shapes


def shapes(trial: TrialArgument, store: StoreOption = None) -> None:
    """Print the SHACL shapes that a trial's criteria compile to, as Turtle."""
    with reading_store(store, trial) as source:
        typer.echo(compile_shapes(screenable_trial(source, trial.upper())), nl=False)
