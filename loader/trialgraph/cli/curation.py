"""``trialgraph curation``: correct readings by hand, without touching code."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from trialgraph.catalogue import screenable_trial, screenable_trials
from trialgraph.cli.options import CurationOption, StoreOption, TrialArgument, messages, output, reading_store
from trialgraph.curation import (
    Correction,
    correction_files,
    curation_folders,
    curation_template,
    read_correction_file,
    user_folder,
)
from trialgraph.errors import InputError, UsageError
from trialgraph.shapes.eligibility import ScreenableCriterion
from trialgraph.stores import Store

__all__ = ["check", "curation", "new"]

curation = typer.Typer(
    name="curation",
    help="Correct the reading of a criterion by hand.",
    no_args_is_help=True,
    add_completion=False,
)


@curation.command()
def new(
    trial: TrialArgument,
    criterion: Annotated[str, typer.Argument(metavar="ID", help="Id of the criterion, such as I4.")],
    store: StoreOption = None,
    folder: CurationOption = None,
) -> None:
    """Print a curation with a criterion's present reading, to be corrected and saved."""
    with reading_store(store, trial) as opened:
        found = {each.id: each for each in screenable_trial(opened, trial.upper()).criteria}
    wanted = found.get(criterion.upper())
    if wanted is None:
        raise UsageError(f"{trial} has no criterion {criterion}", advice=f"it has {', '.join(found)}")
    place = str(folder or user_folder())
    template = curation_template(
        trial.upper(), wanted.id, wanted.text, wanted.expression, day=date.today(), folder=place
    )
    typer.echo(template, nl=False)


@curation.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A folder of curations; yours without it.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Check curations: whether they are valid, and whether the store applies them.

    Exits with 1 when one is stale, with 2 when a file isn't valid.
    """
    corrections = list(_valid(curation_folders(folder)))
    with reading_store(store) as opened:
        states = [(each, _state(each, opened)) for each in corrections]
    for each, state in states:
        output.print(f"{each.trial} {each.criterion}: {state}", markup=False, soft_wrap=True)
    number = len(states)
    typer.echo(f"{number} curation{'' if number == 1 else 's'}, all of them valid")
    if any(state.startswith("stale") for _, state in states):
        raise typer.Exit(1)


def _valid(folders: tuple[Path, ...]) -> Iterator[Correction]:
    """Yield all corrections; name every file that isn't valid before giving up."""
    wrong = []
    for path in (path for folder in folders for path in correction_files(folder)):
        try:
            yield from read_correction_file(path)
        except InputError as error:
            wrong.append(error)
    for each in wrong[:-1]:
        messages.print(f"trialgraph: {each}", markup=False, highlight=False, soft_wrap=True)
    if wrong:
        raise wrong[-1]


def _state(correction: Correction, store: Store) -> str:
    """Return whether a store applies a correction, in words."""
    if correction.trial not in store.trials():
        return "the store doesn't have this trial"
    criteria = screenable_trials(store, [correction.trial])[0].criteria
    held = next((each for each in criteria if each.id == correction.criterion), None)
    if held is None:
        return "stale, the trial doesn't have this criterion"
    if not correction.is_of(held.text):
        return "stale, the criterion's words have changed"
    return "applied" if _is_applied(correction, held) else "not yet in the store; load the trial again"


def _is_applied(correction: Correction, held: ScreenableCriterion) -> bool:
    return held.expression == correction.expression and held.curation == correction.curation
