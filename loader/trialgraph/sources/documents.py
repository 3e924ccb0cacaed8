"""The records in one document: a study, a list or result page of them, JSON lines, or a page's text.

What a document is follows from its content; its name only settles that one line of JSON lines is
one record even when it is broken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedIOBase
from pathlib import PurePath

from trialgraph.errors import InputError, RecordError
from trialgraph.records import Json, TrialRecord
from trialgraph.sources.registry import is_study, read_study

__all__ = ["Place", "Refusal", "read_document", "read_json"]

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LINE_SUFFIXES = (".jsonl", ".ndjson")
_ADVICE = "give studies as the registry's API v2 returns them"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that could not be read as a trial record.

    Args:
        where: The file, archive member, line or list item.
        error: What is wrong with it.
    """

    where: str
    error: InputError


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is.

    Args:
        shown: As the user named it, for messages.
        name: Its name within what the user gave, for provenance: the same wherever it lies.
    """

    shown: str
    name: str

    def of(self, part: str) -> Place:
        """Return the place of a part: a member, a line, an item."""
        return Place(self.shown + part, self.name + part)

    @property
    def is_lines(self) -> bool:
        """Whether the name says that each line is a record."""
        return PurePath(self.name.removesuffix(".gz")).suffix.lower() in _LINE_SUFFIXES


def read_document(stream: BufferedIOBase, place: Place) -> Iterator[TrialRecord | Refusal]:
    """Yield the records of a document, and a refusal for each that can't be read.

    JSON lines are read line by line; any other document is held in memory.

    Raises:
        OSError, EOFError, zlib.error: when the stream breaks off; what came before stands.
    """
    number, first = _first_line(stream)
    if not first:
        error = RecordError("the file is empty", where=place.shown, advice="get the record again")
        yield Refusal(place.shown, error)
    elif not _looks_like_json(first):
        yield _page(first + stream.read(), place, skipped=number - 1)
    elif place.is_lines:
        yield from _lines(first, stream, place, number)
    else:
        yield from _json(first, stream, place, number)


def read_json(data: bytes, place: Place) -> Iterator[TrialRecord | Refusal]:
    """Yield the studies of one JSON text: a study, a list or a result page of them."""
    return _whole(data, place, skipped=0)


def _first_line(stream: BufferedIOBase) -> tuple[int, bytes]:
    """Return the first line that isn't blank, and its number; an empty line when there is none."""
    line, number = stream.readline().removeprefix(_BOM), 1
    while line and not line.strip():
        line, number = stream.readline(), number + 1
    return number, line


def _looks_like_json(line: bytes) -> bool:
    start = line.strip()
    return start.startswith(b"{") or (start.startswith(b"[") and start[1:].lstrip()[:1] in (b"{", b"]", b""))


def _json(first: bytes, stream: BufferedIOBase, place: Place, number: int) -> Iterator[TrialRecord | Refusal]:
    """Read one JSON document, unless its first line is whole and more follow: then it is JSON lines."""
    if _is_whole(first):
        following, second = _first_line(stream)
        if second:
            yield from _line(first, place, number)
            yield from _lines(second, stream, place, number + following)
            return
        data = first
    else:
        data = first + stream.read()
    yield from _whole(data, place, skipped=number - 1)


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(
    first: bytes, stream: BufferedIOBase, place: Place, number: int
) -> Iterator[TrialRecord | Refusal]:
    yield from _line(first, place, number)
    for following, line in enumerate(stream, number + 1):
        if line.strip():
            yield from _line(line, place, following)


def _line(line: bytes, place: Place, number: int) -> Iterator[TrialRecord | Refusal]:
    yield from _whole(line.strip(), place.of(f":{number}"), skipped=None)


def _whole(data: bytes, place: Place, *, skipped: int | None) -> Iterator[TrialRecord | Refusal]:
    """Read the studies of one JSON text, `skipped` lines into its file; None when the place says where."""
    try:
        value = _parse(_decoded(data, place), place, skipped)
        items = _studies(value, place)
    except RecordError as error:
        yield Refusal(place.shown, error)
        return
    for item_place, study in items:
        own = data if item_place is place else _canonical(study)
        yield _record(study, own, item_place)


def _studies(value: Json, place: Place) -> list[tuple[Place, Json]]:
    studies = value.get("studies") if isinstance(value, dict) and not is_study(value) else value
    if is_study(studies):
        return [(place, studies)]
    if not isinstance(studies, list):
        raise RecordError(
            "JSON, but neither a study nor a list of studies", where=place.shown, advice=_ADVICE
        )
    if not studies:
        raise RecordError("a list of no studies", where=place.shown, advice=_ADVICE)
    return [(place.of(f"[{position}]"), study) for position, study in enumerate(studies)]


def _record(study: Json, data: bytes, place: Place) -> TrialRecord | Refusal:
    try:
        record = read_study(study, name=place.shown, sha256=hashlib.sha256(data).hexdigest())
    except RecordError as error:
        return Refusal(place.shown, error)
    return _named(record, place)


def _page(data: bytes, place: Place, *, skipped: int) -> TrialRecord | Refusal:
    from trialgraph.sources.pages import read_page  # layouts are compiled only when a page comes

    whole = b"\n" * skipped + data
    try:
        text = _decoded(whole, place)
        record = read_page(text, name=place.shown, sha256=hashlib.sha256(whole).hexdigest())
    except RecordError as error:
        return Refusal(place.shown, error)
    return _named(record, place)


def _named(record: TrialRecord, place: Place) -> TrialRecord:
    return replace(record, source=replace(record.source, name=place.name))


def _canonical(study: Json) -> bytes:
    return json.dumps(study, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _decoded(data: bytes, place: Place) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        form = (
            "UTF-16" if data.startswith(_UTF16) else f"byte 0x{data[error.start]:02x} at offset {error.start}"
        )
        what = f"not UTF-8 text ({form})"
        raise RecordError(what, where=place.shown, advice="save it as UTF-8") from error


def _parse(text: str, place: Place, skipped: int | None) -> Json:
    try:
        value = json.loads(text)
        if r"\ud" in text.lower():  # half of a surrogate pair is valid JSON, but not text
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        line = "" if skipped is None else f"line {error.lineno + skipped}, "
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "the JSON ends too early" if cut else f"not valid JSON: {error.msg}"
        advice = "get the record again" if cut else "correct it or get it again"
        raise RecordError(what, where=f"{place.shown}, {line}column {error.colno}", advice=advice) from error
    except (UnicodeEncodeError, RecursionError, ValueError) as error:
        raise RecordError(
            f"not valid JSON: {error}", where=place.shown, advice="get the record again"
        ) from error
    return value
