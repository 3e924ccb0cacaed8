"""When the interpreter looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collection_paused"]


@contextmanager
def collection_paused() -> Iterator[None]:
    """Look for no cyclic garbage meanwhile: a waste where next to nothing of what is made is garbage.

    What is no longer referred to is freed as ever. Who paused it resumes it, so that threads and nested uses
    leave it as they found it.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
