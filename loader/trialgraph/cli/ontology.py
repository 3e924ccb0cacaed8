"""``trialgraph ontology``: what an editor of the ontology needs."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from trialgraph.cli.options import StoreOption, messages, output, reading_store

__all__ = ["ontology"]

ontology = typer.Typer(
    name="ontology",
    help="Check the ontology, reason over it, and write it as web pages.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
)


@ontology.command("check")
def _check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]…",
            help="Turtle files or mapping tables, checked together with the packaged modules they go with; "
            "or a folder that holds a whole ontology. Otherwise the packaged ontology.",
        ),
    ] = None,
) -> None:
    """Tell what is wrong in the ontology, by file and line.

    Exits with 1 when something is.
    """
    from trialgraph.authoring import check_ontology

    found = check_ontology(files or [])
    for finding in found:
        typer.echo(str(replace(finding, path=_near(finding.path))))
    if found:
        messages.print(f"{len(found)} found", highlight=False)
        raise typer.Exit(1)
    messages.print("Nothing found.", highlight=False)


@ontology.command("reason")
def _reason(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="A folder with a whole ontology. Otherwise that of this checkout."
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only say whether the closure is up to date; takes no Java."),
    ] = False,
) -> None:
    """Infer what follows of the classes, and keep it in closure.ttl, which loading and screening read.

    HermiT does it and needs Java. Run it after superclasses or definitions have changed. With `--check`,
    exits with 1 when it has to be run.
    """
    from trialgraph.authoring import closure_is_current, write_closure
    from trialgraph.ontology import CLOSURE
    from trialgraph.resources import product_folder

    place = folder or product_folder("ontology")
    if check:
        if not closure_is_current(place):
            output.print(f"{CLOSURE} is out of date; run: trialgraph ontology reason", markup=False)
            raise typer.Exit(1)
        messages.print(f"{CLOSURE} is up to date.", highlight=False)
        return
    output.print(
        f"{write_closure(place)} inferences in {_near(place / CLOSURE)}", markup=False, soft_wrap=True
    )


@ontology.command("trials")
def _trials(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Turtle file to write.")],
    trial: Annotated[
        list[str] | None, typer.Option("--trial", metavar="NCT…", help="Only this trial; may be repeated.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write trials as an OWL file that imports the ontology, so that a reasoner classifies them.

    Beside trialgraph.ttl, Protégé opens it without a network.
    """
    from trialgraph.authoring import write_trials
    from trialgraph.resources import product_folder

    with reading_store(store) as source:
        count = write_trials(file, source, product_folder("ontology"), trial)
    output.print(f"{count:,} statements in {file}", markup=False, soft_wrap=True)


@ontology.command("docs")
def _docs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the pages.")],
    store: StoreOption = None,
) -> None:
    """Write the concepts as web pages, with the trials that name each; open DIR/index.html.

    The pages need no server and no network. The trials are those of the store.
    """
    from trialgraph.browsing import write_site
    from trialgraph.concepts import packaged_concepts

    with reading_store(store) as source:
        count = write_site(folder, packaged_concepts(), source)
    output.print(f"{count:,} concepts in {folder / 'index.html'}", markup=False, soft_wrap=True)


def _near(path: Path) -> Path:
    """Return a path as seen from the working folder, when it is in it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
