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

COMMANDS = (
    "demo",
    "fetch",
    "load",
    "check",
    "show",
    "parse",
    "queries",
    "query",
    "screen",
    "shapes",
    "validate",
    "serve",
    "curation",
    "vocabulary",
    "ontology",
)
"""Names of the commands, in the order of the help; each is in the module of its name."""


class _Commands(TyperGroup):
    """The commands, each imported when it is asked for, so that none waits for what only others need."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name) for name in COMMANDS}
        """In place of the commands: their names, for what is told of a wrong one."""

    def get_command(self, _context: Any, cmd_name: str) -> Any:
        """Return a command by its name; None when there is none."""
        return _command(cmd_name) if cmd_name in COMMANDS else None


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
