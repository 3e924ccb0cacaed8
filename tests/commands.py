"""The program as its users run it: in the tests' own process, or in one of its own where that matters."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trialgraph.cli import main
from trialgraph.cli.options import messages, output

__all__ = ["run", "run_apart"]

COLUMNS = 120
"""How wide a line is where a test doesn't say it."""


def run(
    *arguments: str | Path, text: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the program in this process, which has read ontology and vocabulary already.

    Args:
        arguments: What stands behind the program's name.
        text: What it reads on standard input.
        environment: Variables that it finds beside those of this process.
    """
    stdin, stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(3))
    stdin.write(text or "")
    stdin.seek(0)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["trialgraph", *map(str, arguments)])
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(sys, "stdout", stdout)
        patch.setattr(sys, "stderr", stderr)
        for console in (output, messages):
            patch.setattr(console, "width", int(environment.get("COLUMNS", COLUMNS)))
        with pytest.raises(SystemExit) as ended:
            main()
    return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), _said(stdout), _said(stderr))


def _said(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def run_apart(
    *arguments: str | Path, text: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, as `run` does in this one."""
    command = [sys.executable, "-m", "trialgraph", *map(str, arguments)]
    plain = {**os.environ, "COLUMNS": str(COLUMNS), **environment}
    return subprocess.run(command, input=text, env=plain, capture_output=True, text=True, check=False)
