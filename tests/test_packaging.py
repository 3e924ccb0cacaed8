"""The built wheel works in an empty environment, from any folder."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.shared_files import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize("folder", ["ontology", "shapes", "queries", "data"])
def test_the_wheel_carries_every_file_of_the_product(wheel: Path, folder: str) -> None:
    """Each file of the four product folders is in the wheel, byte for byte."""
    with zipfile.ZipFile(wheel) as archive:
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files
        for path in files:
            member = f"trialgraph/_product/{path.relative_to(ROOT)}"
            assert archive.read(member) == path.read_bytes()


def test_the_wheel_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """A fresh environment with nothing but the wheel runs the demo, in a folder of its own."""
    environment = tmp_path / "venv"
    venv.create(environment)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    install = [*pip, "install", "--quiet", "--no-compile", str(wheel)]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if installed.returncode and "No matching distribution" in installed.stderr:
        pytest.skip("no package index to install the dependencies from")
    assert installed.returncode == 0, installed.stderr
    home = tmp_path / "home"
    home.mkdir()
    plain = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    run = [str(environment / "bin" / "trialgraph"), "demo"]
    demo = subprocess.run(run, cwd=home, env=plain, capture_output=True, text=True, check=False)
    assert demo.returncode == 0, demo.stderr
    assert "Traceback" not in demo.stderr
    assert "NCT06794086" in demo.stdout
    assert [each.name for each in home.iterdir()] == [".cache"], "the demo writes nothing but the cache"
