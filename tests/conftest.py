"""What many tests start from.

None of them sees the vocabularies that a developer has imported, and none fails because its machine is slow.
What processes keep for the next one is kept apart from the developer's own.
"""

from __future__ import annotations

import getpass
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

from tests.packaged_trials import shared_store
from tests.serving import serving
from trialgraph.stores import Store

os.environ["TRIALGRAPH_VOCABULARIES"] = str(Path(tempfile.gettempdir()) / "trialgraph-none")
os.environ.setdefault(
    "TRIALGRAPH_CACHE", str(Path(tempfile.gettempdir()) / f"trialgraph-{getpass.getuser()}")
)
QUICK_START = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""How Java takes least of the processors where it runs for seconds only."""
os.environ.setdefault("JAVA_TOOL_OPTIONS", QUICK_START)
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


class _Defects(logging.Handler):
    """Lets a test fail where the reader keeps a criterion in words for a defect of its own."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage())


logging.getLogger("trialgraph.criteria").addHandler(_Defects())


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are processors, since some tests wait for a clock or a disk."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def store() -> Iterator[Store]:
    """Return a store of the packaged trials, the same for all tests; none may write to it."""
    found = shared_store()
    made = found.revision
    yield found
    assert found.revision == made


@pytest.fixture
def long_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Java compile as well as it can what it runs for half a minute."""
    if os.environ["JAVA_TOOL_OPTIONS"] == QUICK_START:
        monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:+UseSerialGC")


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[httpx.Client]:
    """Return a client of a server of the packaged trials."""
    with serving(store) as found:
        yield found
