"""Copies of a store that stay as they are while several processes read them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from trialgraph.stores.embedded import EmbeddedStore

__all__ = ["Snapshot"]

_PREFIX = "serving-"


class Snapshot:
    """A store's database as it was at one moment.

    On disk it shares the store's files, so it takes no time and hardly any room, and what is loaded
    into the store meanwhile changes nothing in it.

    Args:
        store: What is copied.
    Raises:
        StoreError: when the copy can't be made.
    """

    def __init__(self, store: EmbeddedStore) -> None:
        self._parent = _folder(store)
        self.database = self._parent / "oxigraph"
        try:
            store.copy_to(self.database)
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Delete it; the store's own files stay."""
        shutil.rmtree(self._parent, ignore_errors=True)


def _folder(store: EmbeddedStore) -> Path:
    if store.location != "memory":
        home = Path(store.location)
        if os.access(home, os.W_OK):
            _sweep(home)
            return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=home))
    return Path(tempfile.mkdtemp(prefix="trialgraph-serving-"))


def _sweep(home: Path) -> None:
    """Delete what servers left that were killed."""
    for left in home.glob(f"{_PREFIX}*"):
        number = left.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and not _is_running(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # there, this signal would end it, and a folder in use can't be deleted anyway
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
