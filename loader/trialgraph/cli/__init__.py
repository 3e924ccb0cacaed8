"""The command line: one module per command, thin over the library."""

import sys

import typer

from trialgraph import __version__
from trialgraph.cli.check import check
from trialgraph.cli.curation import curation
from trialgraph.cli.demo import demo
from trialgraph.cli.fetch import fetch
from trialgraph.cli.load import load
from trialgraph.cli.ontology import ontology
from trialgraph.cli.parse import parse
from trialgraph.cli.queries import queries
from trialgraph.cli.query import query
from trialgraph.cli.screen import screen
from trialgraph.cli.serve import serve
from trialgraph.cli.shapes import shapes
from trialgraph.cli.show import show
from trialgraph.cli.validate import validate
from trialgraph.cli.vocabulary import vocabulary
from trialgraph.errors import TrialgraphError

__all__ = ["app", "main"]

app = typer.Typer(
    name="trialgraph",
    help="A knowledge graph of clinical trials, their eligibility criteria and the concepts they name.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

for command in (demo, fetch, load, check, show, parse, queries, query, screen, shapes, validate, serve):
    app.command()(command)
app.add_typer(curation)
app.add_typer(vocabulary)
app.add_typer(ontology)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"trialgraph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line; every error a user can cause becomes one line and exit code 2."""
    try:
        app()
    except TrialgraphError as error:
        print(f"trialgraph: {error}", file=sys.stderr)  # noqa: T201 - the one place that reports errors
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # what no command foresees: above all, standard output that can't be written
        print(f"trialgraph: {error.strerror or error}", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(2)
