"""The command line: one module per command, thin over the library."""

import sys
from typing import NoReturn, cast

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


_WrongUsage = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])
"""What the parser of the command line raises for each wrong use; it has no public name."""


def main() -> None:
    """Run the command line; every error a user can cause becomes one line and exit code 2."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except TrialgraphError as error:
        _refuse(str(error))
    except _WrongUsage as error:
        problem = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
        if not problem:  # one who asked for nothing was shown the help
            sys.exit(2)
        command = error.ctx.command_path if error.ctx else "trialgraph"
        _refuse(f"{problem}; see {command} --help")
    except RecursionError:
        _refuse("the input is nested too deeply to be read")
    except typer.Abort:
        _refuse("stopped")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # what no command foresees: above all, standard output that can't be written
        _refuse(error.strerror or str(error))


def _refuse(problem: str) -> NoReturn:
    print(f"trialgraph: {problem}", file=sys.stderr)  # noqa: T201 - the one place that reports errors
    sys.exit(2)
