"""Trial records from files and folders, plain or packed."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import IO, cast

from trialgraph.errors import InputError, RecordError
from trialgraph.records import TrialRecord
from trialgraph.sources.documents import Place, Refusal, read_document

__all__ = ["Refusal", "read_records"]

_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".txt", ".gz", ".zip"})
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OPENINGS = (b"{", b"[", _GZIP, b"PK")
_IN_MEMORY = 64 * 2**20  # bytes; larger members are read twice instead: to check them, to use them
_CHUNK = 2**20

# What gzip and zip raise for broken, encrypted or unsupported data.
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


def read_records(paths: Iterable[str | Path]) -> Iterator[TrialRecord | Refusal]:
    """Yield the trial records in files and folders, and a refusal for each that can't be read.

    Args:
        paths: Files (studies as JSON, result pages, lists, JSON lines, saved pages; each also as
            ``.gz`` or within ``.zip``) and folders, which are searched through. In folders and
            archives only files whose name or content is of these kinds are looked at.
    Returns:
        Records in the order of `paths`, a folder's in the order of their names. Files are read as
        the iterator advances; JSON lines are never held in memory as a whole.
    Raises:
        InputError: at once, when a path doesn't exist.
    """
    wanted = [Path(path) for path in paths]
    for path in wanted:
        if not path.exists():
            raise InputError("no such file or folder", where=str(path), advice="check the path")
    return (found for path in wanted for found in _read_path(path))


def _read_path(path: Path) -> Iterator[TrialRecord | Refusal]:
    if not path.is_dir():
        yield from _read_file(path, path.name)
        return
    files = [file for file in sorted(path.rglob("*")) if file.is_file() and _is_candidate(file, path)]
    if not files:
        yield _refusal(
            str(path), "the folder has no records", "put .json, .jsonl, .txt, .gz or .zip files there"
        )
    for file in files:
        yield from _read_file(file, file.relative_to(path).as_posix())


def _is_candidate(file: Path, folder: Path) -> bool:
    if any(part.startswith(".") for part in file.relative_to(folder).parts):
        return False
    if file.suffix:
        return file.suffix.lower() in _SUFFIXES
    try:
        with file.open("rb") as stream:
            return stream.read(_CHUNK).lstrip().startswith(_OPENINGS)
    except OSError:
        return True  # opening it again says what is wrong


def _read_file(file: Path, name: str) -> Iterator[TrialRecord | Refusal]:
    try:
        with file.open("rb") as stream:
            yield from _read_stream(stream, Place(str(file), name))
    except _BROKEN as error:
        yield _broken(str(file), error)


def _read_stream(stream: io.BufferedReader, place: Place) -> Iterator[TrialRecord | Refusal]:
    start = stream.peek(4)[:4]
    if start.startswith(_GZIP):
        with gzip.open(stream) as unpacked:
            yield from _read_stream(io.BufferedReader(cast(io.RawIOBase, unpacked)), place)
    elif start in _ZIP and stream.seekable() and "!" not in place.name:
        yield from _read_archive(stream, place)
    elif start in _ZIP:
        yield _refusal(place.shown, "an archive within an archive", "unpack the outer one first")
    else:
        yield from read_document(stream, place)


def _read_archive(stream: IO[bytes], place: Place) -> Iterator[TrialRecord | Refusal]:
    with zipfile.ZipFile(stream) as archive:
        members = sorted(
            (info for info in archive.infolist() if _is_member(info)), key=lambda info: info.filename
        )
        if not members:
            yield _refusal(
                place.shown, "the archive has no records", "put .json, .jsonl, .txt or .gz files in it"
            )
        for info in members:
            member = place.of(f"!{info.filename}")
            try:
                with _checked(archive, info) as content:
                    yield from _read_stream(content, member)
            except _BROKEN as error:
                yield _broken(member.shown, error)


def _is_member(info: zipfile.ZipInfo) -> bool:
    path = PurePath(info.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not info.is_dir() and not hidden and path.suffix.lower() in _SUFFIXES


def _checked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> io.BufferedReader:
    """Open a member whose checksum has been found right, so that none of a broken one is used."""
    if info.file_size <= _IN_MEMORY:
        return io.BufferedReader(cast(io.RawIOBase, io.BytesIO(archive.read(info))))
    with archive.open(info) as content:
        while content.read(_CHUNK):
            pass
    return io.BufferedReader(cast(io.RawIOBase, archive.open(info)))


def _broken(where: str, error: Exception) -> Refusal:
    if isinstance(error, OSError) and error.strerror:
        return _refusal(where, f"can't be read: {error.strerror}", "check the file and its permissions")
    return _refusal(where, f"broken or not unpackable: {error}", "get it again")


def _refusal(where: str, what: str, advice: str) -> Refusal:
    return Refusal(where, RecordError(what, where=where, advice=advice))
