"""Options and consoles that several commands share."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from trialgraph.errors import UsageError
from trialgraph.stores import open_store, store_location

if TYPE_CHECKING:
    from trialgraph.stores import Store

__all__ = [
    "CurationOption",
    "StoreOption",
    "TrialArgument",
    "messages",
    "output",
    "parse_date",
    "reading_store",
    "writing_store",
]

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="S",
        help="A folder, or the URL of a SPARQL 1.1 server. Otherwise TRIALGRAPH_STORE, or your data folder.",
    ),
]
CurationOption = Annotated[
    Path | None,
    typer.Option(
        "--curation",
        metavar="DIR",
        help="Your corrections of readings. Otherwise TRIALGRAPH_CURATION, or your data folder.",
    ),
]
TrialArgument = Annotated[str, typer.Argument(metavar="NCT…", help="Registry number of a trial.")]

_PLAIN_WIDTH = 160
"""Columns of what goes to a file or a pipe; COLUMNS overrides it, as it does on a terminal."""

_IS_PLAIN = not sys.stdout.isatty() and "COLUMNS" not in os.environ
output = Console(width=_PLAIN_WIDTH if _IS_PLAIN else None, highlight=False)
messages = Console(stderr=True)


def reading_store(location: str | None, *trials: str) -> Store:
    """Open the store to read; before anything was loaded, the packaged records stand in.

    Args:
        location: What the option says, None without it.
        trials: Registry numbers of the only trials that are asked for, so that no others need be read.
    """
    chosen = store_location(location)
    if location is None and not chosen.startswith("http") and not Path(chosen).exists():
        from trialgraph.curation import curation_folders, read_corrections
        from trialgraph.packaged import packaged_store

        messages.print(
            f"No store at {chosen} yet, so these are the packaged trials. "
            "Load yours with: trialgraph load PATH",
            highlight=False,
            soft_wrap=True,
        )
        with messages.status("Reading the packaged trials"):
            wanted = {each.upper() for each in trials}
            return packaged_store(wanted, corrections=read_corrections(curation_folders()))
    return open_store(chosen, read_only=True)


def writing_store(location: str | None) -> Store:
    """Open the store to write, making it when it isn't there."""
    return open_store(store_location(location))


def parse_date(text: str | None) -> date:
    """Return the date of an option, today without one.

    Raises:
        UsageError: when it is not a calendar date.
    """
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date", advice="write it as YYYY-MM-DD") from error
