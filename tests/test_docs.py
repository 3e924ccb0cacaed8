"""The README's commands do what it shows, and what the docs name exists."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

import trialgraph.cli
from tests.commands import run
from tests.shared_files import ROOT
from trialgraph.cli import COMMANDS, app

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


def _sessions() -> list[tuple[str, list[str]]]:
    """Return each `trialgraph` command of the README with the output shown for it."""
    sessions = []
    for block in BLOCKS:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            tail = command.split("&&")[-1].strip().removeprefix(".venv/bin/")
            if tail.startswith("trialgraph"):
                sessions.append((tail, [line for line in shown.splitlines() if line.strip(" …")]))
    return sessions


def _same(line: str) -> str:
    """Return a line without what differs between terminals: runs of spaces and rules."""
    return re.sub(r"[\s─━]+", " ", line).strip()


def test_the_readme_shows_commands() -> None:
    """The collector found the README's commands."""
    assert len(_sessions()) >= 5


@pytest.mark.parametrize(("command", "shown"), _sessions(), ids=[command for command, _ in _sessions()])
def test_a_command_of_the_readme_prints_what_it_shows(
    command: str, shown: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line shown, up to an ellipsis, is a line of the real output, in the same order."""
    monkeypatch.chdir(ROOT)
    done = run(*shlex.split(command)[1:], COLUMNS="100", TRIALGRAPH_STORE=str(tmp_path / "store"))
    assert done.returncode in (0, 1), done.stderr
    lines = iter(_same(line) for line in done.stdout.splitlines())
    for line in shown:
        wanted = _same(line.split("…")[0])
        assert any(found.startswith(wanted) for found in lines), f"not printed: {line}"


def test_the_readme_has_the_two_commands_of_a_fresh_machine() -> None:
    """One line makes an environment and runs the demo, one makes it and passes the tests."""
    lines = [line for block in BLOCKS for line in block.splitlines() if line.startswith("$ python3 -m venv")]
    assert len(lines) == 2
    assert lines[0].endswith("trialgraph demo")
    assert lines[1].endswith("pytest")
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_documented(name: str) -> None:
    """A command without a docstring, or that the README doesn't name, is a defect; so is one of a group."""
    command = get_command(app).resolve_command(None, [name])[1]  # type: ignore[attr-defined]
    assert command.name == name
    assert " ".join(command.help.split("\n\n")[0].split()) == COMMANDS[name]
    assert f"trialgraph {name}" in README
    assert all(each.help for each in getattr(command, "commands", {}).values())


def test_every_module_of_a_command_is_a_command() -> None:
    """What has a function or a group of its own name is in the list that the help is made from."""
    folder = Path(trialgraph.cli.__file__).parent
    made = {
        path.stem for path in folder.glob("*.py") if f"\ndef {path.stem}(" in path.read_text(encoding="utf-8")
    }
    groups = {
        path.stem
        for path in folder.glob("*.py")
        if f"\n{path.stem} = typer" in path.read_text(encoding="utf-8")
    }
    assert made | groups == set(COMMANDS)


@pytest.mark.parametrize("page", sorted(ROOT.glob("**/*.md")), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A relative link names a file of the repository."""
    if ".venv" in page.parts:
        return
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
