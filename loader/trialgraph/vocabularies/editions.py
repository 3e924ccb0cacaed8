"""The file of a vocabulary, plain or packed: what is in it, and which bytes it was."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from pathlib import Path

from trialgraph.errors import InputError
from trialgraph.vocabularies.flatfile import read_flat_file
from trialgraph.vocabularies.obographs import read_obo_graphs
from trialgraph.vocabularies.published import Edition, Tell

__all__ = ["read_edition"]

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_VERSION = re.compile(r"\d{2}\.\d{2}[a-z]|\d{4}-\d{2}-\d{2}")
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


def read_edition(path: Path, tell: Tell) -> tuple[Edition, str]:
    """Return a vocabulary's concepts and the SHA-256 of its file, in hexadecimal.

    Args:
        path: A flat file of the NCI Thesaurus or an OBO graph as JSON, also as ``.gz`` or ``.zip``.
        tell: Is told of progress.
    Raises:
        InputError: when the file can't be read or isn't of these forms; says where and why.
    """
    tell("reading", 0, 0)
    try:
        data = path.read_bytes()
        name, content = _unpacked(path.name, data)
    except _BROKEN as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            f"can't be read: {reason}", where=str(path), advice="check the file and its permissions"
        ) from error
    text = content.decode("utf-8-sig", errors="replace")
    found = _VERSION.search(name) or _VERSION.search(path.name)
    version = found.group() if found else ""
    read = read_obo_graphs if text[:1000].lstrip().startswith("{") else read_flat_file
    where = str(path) if name == path.name else f"{path}!{name}"
    return read(text, where=where, version=version, tell=tell), hashlib.sha256(data).hexdigest()


def _unpacked(name: str, data: bytes) -> tuple[str, bytes]:
    if data.startswith(_GZIP):
        return name, gzip.decompress(data)
    if not data.startswith(_ZIP):
        return name, data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [
            each
            for each in archive.namelist()
            if each.lower().endswith((".txt", ".json")) and not each.startswith("__MACOSX")
        ]
        if len(members) != 1:
            raise InputError(
                f"the archive has {len(members)} files of a vocabulary where one is wanted",
                where=name,
                advice="unpack it and give the one file",
            )
        return members[0], archive.read(members[0])
