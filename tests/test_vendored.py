"""What is packaged of other projects: as its manifest says, exactly pinned, with its licences."""

import hashlib
import json
import re

import pytest

from tests.shared_files import ROOT

SOURCES = ROOT / "loader" / "vendor"
BUILT = ROOT / "loader" / "trialgraph" / "server" / "static" / "vendor"
MANIFEST = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
LOCK = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", MANIFEST)
def test_a_built_file_is_the_one_of_its_manifest(name: str) -> None:
    """Neither the file nor what it was built from has changed since; if so: npm ci && npm run build."""
    assert _hash((BUILT / name).read_bytes()) == MANIFEST[name]["sha256"]
    assert _hash((SOURCES / name).read_bytes()) == MANIFEST[name]["entry_sha256"]


def test_nothing_else_is_packaged() -> None:
    """Every file there is one that the build makes."""
    assert {path.name for path in BUILT.iterdir()} == {*MANIFEST, "manifest.json", "LICENSES.txt"}
    assert len(MANIFEST) == 2


def test_versions_are_exact_and_hashed_and_come_from_nowhere() -> None:
    """The lock file pins each package by version and hash, and names no place to fetch it from."""
    stated = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))
    wanted = {**stated["dependencies"], **stated["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    locked = {path: entry for path, entry in LOCK["packages"].items() if path}
    assert len(locked) > len(wanted)
    for path, entry in locked.items():
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry
    assert "://" not in json.dumps(LOCK)
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize("name", MANIFEST)
def test_what_is_bundled_is_locked_and_licensed(name: str) -> None:
    """Each package in a bundle has the locked version, a free licence, and that licence's words beside it."""
    words = (BUILT / "LICENSES.txt").read_text(encoding="utf-8")
    assert MANIFEST[name]["packages"]
    for package, said in MANIFEST[name]["packages"].items():
        assert LOCK["packages"][f"node_modules/{package}"]["version"] == said["version"]
        assert said["license"] in ("MIT", "ISC", "BSD-3-Clause")
        assert f"{package} {said['version']} ({said['license']})" in words


@pytest.mark.parametrize("path", sorted((ROOT / "loader" / "trialgraph" / "server" / "static").rglob("*.js")))
def test_scripts_bring_nothing_from_elsewhere(path: object) -> None:
    """A script imports only files of the server's own, and makes no code from text."""
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    imported = re.findall(r"""(?:^|[;}\s])(?:import|export)[^;'"]*?from\s*["']([^"']+)["']""", text)
    assert [each for each in imported if not each.startswith("/static/")] == []
    assert not re.search(r"\beval\(|new Function\(|importScripts\(", text)
