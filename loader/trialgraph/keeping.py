"""What takes long to make out of packaged files, kept in the user's cache folder for the next process.

Nothing depends on it: whatever is missing there, broken, of other files or not this user's own is made
anew, and a folder that can't be written is passed over. It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import platformdirs

__all__ = ["cache_folder", "kept"]

_FOLDER_VARIABLE = "TRIALGRAPH_CACHE"
_EDITIONS = 4
"""How many of one thing are kept: those of other versions and checkouts, which may be in use in turns."""


def cache_folder() -> Path:
    """Return the folder that is made use of: ``TRIALGRAPH_CACHE``, else the user's cache folder."""
    default = platformdirs.user_cache_dir("trialgraph", appauthor=False)
    return Path(os.environ.get(_FOLDER_VARIABLE) or default)


def kept(name: str, sources: Iterable[Path], make: Callable[[], Any]) -> Any:
    """Return what is made out of some files, as it was kept for these very bytes or else made anew.

    It is JSON, which can do no more than be wrong, and is read only from a file that this user wrote and
    nobody else can write, since readings and verdicts follow from it.

    Args:
        name: What it is called, a word.
        sources: Every file that it depends on, modules of code among them.
        make: Makes it, of dicts with strings as keys, lists, strings, numbers, booleans and None.
    Raises:
        OSError: when a source can't be read.
    """
    key = _digest(_told(sources))
    path = cache_folder() / f"{name}-{key[:16]}.json"
    found = _read(path, key)
    if found is None:
        found = json.dumps(make(), ensure_ascii=False).encode()
        _write(path, key, found)
        _forget(path.parent, name)
    return json.loads(found)


def _told(sources: Iterable[Path]) -> Iterator[bytes]:
    for source in sources:
        data = source.read_bytes()
        yield f"\n{source.name} {len(data)}\n".encode()
        yield data


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _read(path: Path, key: str) -> bytes | None:
    """Return what was kept under a key; None for what isn't there, isn't whole or isn't this user's own."""
    with suppress(OSError), path.open("rb") as file:
        if _is_own(file):
            head, _, body = file.read().partition(b"\n")
            if head == _head(key, body):
                return body
    return None


def _head(key: str, body: bytes) -> bytes:
    return f"{key} {_digest([body])}".encode()


def _is_own(file: BinaryIO) -> bool:
    told = os.fstat(file.fileno())
    if not hasattr(os, "getuid"):  # Windows, where the cache folder is in the user's own profile
        return stat.S_ISREG(told.st_mode)
    others = stat.S_IWGRP | stat.S_IWOTH
    return stat.S_ISREG(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & others


def _write(path: Path, key: str, body: bytes) -> None:
    """Keep it, in a file of its own first, so that no other process finds half of it."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.stem}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_head(key, body) + b"\n" + body)
            Path(draft).replace(path)
        except OSError:
            Path(draft).unlink(missing_ok=True)


def _forget(folder: Path, name: str) -> None:
    """Remove the oldest of what is kept under a name."""
    with suppress(OSError):
        editions = [(file.stat().st_mtime_ns, file) for file in folder.glob(f"{name}-*.json")]
        for _, file in sorted(editions)[:-_EDITIONS]:
            file.unlink(missing_ok=True)
