"""Material beside the checkout that tests may use, and a reason to skip where it is absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("TRIALGRAPH_SHARED", ROOT.parent / "shared"))


def shared_file(name: str) -> Path:
    """Return the path of a shared file, or skip the test that asks for it."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs shared/{name} beside the checkout")
    return path
