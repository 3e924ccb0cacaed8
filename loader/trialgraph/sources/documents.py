"""The records in one document: a study, a list or result page of them, JSON lines, or a page's text.

What a document is follows from its content where its name doesn't tell.
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
_JSON_SUFFIXES = (".json", *_LINE_SUFFIXES)
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
    def suffix(self) -> str:
        """The suffix that tells the form of the content, in small letters."""
        return PurePath(self.name.lower().removesuffix(".gz")).suffix


def read_document(stream: BufferedIOBase, place: Place) -> Iterator[TrialRecord | Refusal]:
    """Yield the records of a document, and a refusal for each that can't be read.

    JSON lines are read line by line; any other document is held in memory.

    Raises:
        OSError, EOFError, zlib.error: when the stream breaks off; what came before stands.
    """
    before, first = _first_line(stream)
    if not first:
        error = RecordError("the file is empty", where=place.shown, advice="get the record again")
        yield Refusal(place.shown, error)
    elif place.suffix not in _JSON_SUFFIXES and not _looks_like_json(first):
        yield _page(before + first + stream.read(), place)
    elif place.suffix in _LINE_SUFFIXES:
        yield from _lines(first, stream, place, before.count(b"\n") + 1)
    else:
        yield from _json(before, first, stream, place)


def read_json(data: bytes, place: Place) -> Iterator[TrialRecord | Refusal]:
    """Yield the studies of one JSON text: a study, a list or a result page of them."""
    return _whole(data, place)


def _first_line(stream: BufferedIOBase) -> tuple[bytes, bytes]:
    """Return the first line that isn't blank, empty when there is none, and all bytes before it."""
    before, line = b"", stream.readline()
    if line.startswith(_BOM):
        before, line = _BOM, line.removeprefix(_BOM)
    while line and not line.strip():
        before, line = before + line, stream.readline()
    return before, line


def _looks_like_json(line: bytes) -> bool:
    start = line.strip()
    return start.startswith(b"{") or (start.startswith(b"[") and start[1:].lstrip()[:1] in (b"{", b"]", b""))


def _json(
    before: bytes, first: bytes, stream: BufferedIOBase, place: Place
) -> Iterator[TrialRecord | Refusal]:
    """Read one JSON document, unless its first line is whole and more follow: then it is JSON lines."""
    if not _is_whole(first):
        yield from _whole(before + first + stream.read(), place)
        return
    between, second = _first_line(stream)
    if not second:
        yield from _whole(before + first + between, place)
        return
    number = before.count(b"\n") + 1
    yield from _line(first, place, number)
    yield from _lines(second, stream, place, number + 1 + between.count(b"\n"))


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
    yield from _whole(line.strip(), place.of(f":{number}"), is_line=True)


def _whole(data: bytes, place: Place, *, is_line: bool = False) -> Iterator[TrialRecord | Refusal]:
    try:
        value = _parse(_decoded(data, place), place, is_line=is_line)
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


def _page(data: bytes, place: Place) -> TrialRecord | Refusal:
    from trialgraph.sources.pages import read_page  # layouts are compiled only when a page comes

    try:
        text = _decoded(data, place)
        record = read_page(text, name=place.shown, sha256=hashlib.sha256(data).hexdigest())
    except RecordError as error:
        return Refusal(place.shown, error)
    return _named(record, place)


def _named(record: TrialRecord, place: Place) -> TrialRecord:
    return replace(record, source=replace(record.source, name=place.name))


def _canonical(study: Json) -> bytes:
    return json.dumps(study, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _decoded(data: bytes, place: Place) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        form = (
            "UTF-16" if data.startswith(_UTF16) else f"byte 0x{data[error.start]:02x} at offset {error.start}"
        )
        what = f"not UTF-8 text ({form})"
        raise RecordError(what, where=place.shown, advice="save it as UTF-8") from error


def _parse(text: str, place: Place, *, is_line: bool) -> Json:
    try:
        value = json.loads(text)
        if r"\ud" in text.lower():  # half of a surrogate pair is valid JSON, but not text
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        line = "" if is_line else f"line {error.lineno}, "
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "the JSON ends too early" if cut else f"not valid JSON: {error.msg}"
        advice = "get the record again" if cut else "correct it or get it again"
        raise RecordError(what, where=f"{place.shown}, {line}column {error.colno}", advice=advice) from error
    except (UnicodeEncodeError, RecursionError, ValueError) as error:
        raise RecordError(
            f"not valid JSON: {error}", where=place.shown, advice="get the record again"
        ) from error
    return value
