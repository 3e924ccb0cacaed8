"""``trialgraph vocabulary``: import, list and remove larger vocabularies."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from trialgraph.cli.options import messages, output
from trialgraph.errors import UsageError
from trialgraph.vocabularies import (
    Provenance,
    import_vocabulary,
    imported_vocabularies,
    library,
    remove_vocabulary,
)
from trialgraph.vocabularies.published import Tell

__all__ = ["prepared_vocabularies", "vocabulary"]

vocabulary = typer.Typer(
    name="vocabulary",
    help="Import larger vocabularies, to be used in reading beside the packaged one; list and remove them.",
    invoke_without_command=True,
    rich_markup_mode="markdown",
    add_completion=False,
)


@vocabulary.callback()
def _listed(
    context: typer.Context,
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """List the vocabularies that are imported."""
    if context.invoked_subcommand is not None:
        return
    found = imported_vocabularies()
    if form == "json":
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    elif form != "table":
        raise UsageError(f"unknown format {form!r}", advice="use table or json")
    elif found:
        _print(found)
    else:
        messages.print("No vocabulary is imported. Import one with: trialgraph vocabulary import PATH")


@vocabulary.command("import")
def _import(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="NCI's Thesaurus.txt, or an OBO graph as JSON; also as .zip or .gz."
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="What to call it. Otherwise the name of the file.")
    ] = None,
) -> None:
    """Import a vocabulary. One of the same name is replaced."""
    with _progress() as tell:
        report = import_vocabulary(path, tell, name=name)
    source, counts = report.provenance, report.counts
    retired = f", {source.retired:,} retired ones left out" if source.retired else ""
    output.print(
        f"Imported {source.name}: {source.concepts:,} concepts{retired}; {counts.same:,} are packaged "
        f"concepts; {counts.names:,} names are read. Kept in {report.path}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@vocabulary.command("remove")
def _remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The vocabulary's name in the list.")],
) -> None:
    """Remove an imported vocabulary. Trials read with it stay as they are until they are loaded again."""
    remove_vocabulary(name)
    output.print(f"Removed {name}.", markup=False, highlight=False)


def prepared_vocabularies() -> tuple[Provenance, ...]:
    """Return the imported vocabularies, made ready for reading, and say on stderr which they are."""
    with _progress() as tell:
        found = library(tell).vocabularies
    for each in found:
        messages.print(
            f"reading with the imported vocabulary {each.name} ({_described(each)}, "
            f"{each.concepts:,} concepts)",
            style="dim",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return found


@contextmanager
def _progress() -> Iterator[Tell]:
    """Show progress on a terminal while something is imported or made ready."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=None, visible=False)

        def tell(stage: str, done: int, total: int) -> None:
            progress.update(
                task, description=stage, completed=done, total=total or None, visible=True, refresh=True
            )

        yield tell


def _described(source: Provenance) -> str:
    return f"{source.title} {source.version}".strip()


def _print(found: list[Provenance]) -> None:
    table = Table(header_style="bold", show_edge=False)
    for heading in ("name", "what", "file", "sha256", "imported", "concepts"):
        table.add_column(
            heading, no_wrap=heading == "name", justify="right" if heading == "concepts" else "left"
        )
    for each in found:
        table.add_row(
            Text(each.name, style="bold cyan"),
            Text(_described(each)),
            Text(each.file),
            each.sha256[:12],
            each.imported,
            f"{each.concepts:,}",
        )
    output.print(table)
