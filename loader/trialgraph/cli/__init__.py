"""The command line: one module per command, thin over the library."""

import sys
from functools import cache
from importlib import import_module
from typing import Any, NoReturn, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from trialgraph import __version__
from trialgraph.errors import TrialgraphError

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = {
    "demo": "Load the packaged trials, ask across them, screen two invented patients. Writes nothing.",
    "fetch": "Get records from ClinicalTrials.gov's API v2, each as FOLDER/NCT….json.",
    "load": "Load trial records; a trial that is already there is replaced, at once or not at all.",
    "check": "Check loaded trials: what each has to have, and places of a record that contradict each other.",
    "show": "Print a trial, and every criterion with its formal reading beside its words.",
    "parse": "Read eligibility criteria and print what each of them says, formally.",
    "queries": "List the named queries: what each answers, and its parameters.",
    "query": "Answer a SPARQL query over the loaded trials.",
    "screen": "Say of each patient and trial: eligible, ineligible or possible, and why.",
    "shapes": "Print the SHACL shapes that a trial's criteria compile to, as Turtle.",
    "validate": "Print the SHACL validation report of a patient against a trial's criteria, as Turtle.",
    "serve": "Serve the loaded trials: pages, a SPARQL endpoint at /sparql, JSON under /api.",
    "curation": "Correct the reading of a criterion by hand.",
    "vocabulary": "Import larger vocabularies, to be used in reading beside the packaged one; list and "
    "remove them.",
    "ontology": "Check the ontology, reason over it, and write it as web pages.",
}
"""Names of the commands, in the order of the help, with how the help of each starts.

Each is in the module of its name.
"""


class _Commands(TyperGroup):
    """The commands, each imported when it is run, so that none waits for what only others need."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=summary) for name, summary in COMMANDS.items()}
        """In place of the commands: what is told of them all."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the command itself and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _command(args[0]), rest


@cache
def _command(name: str) -> Any:
    found = getattr(import_module(f"trialgraph.cli.{name}"), name)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        alone.command(name)(found)
        found = alone
    return get_command(found)


app = typer.Typer(
    name="trialgraph",
    cls=_Commands,
    help="A knowledge graph of clinical trials, their eligibility criteria and the concepts they name.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


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
