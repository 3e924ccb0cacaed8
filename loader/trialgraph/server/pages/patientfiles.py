"""The file that a patient's record is in, as a page gets it, holds it, and sends it once more."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Literal, Self

from trialgraph.errors import PatientError, UsageError
from trialgraph.patients import PatientRecord
from trialgraph.patients.files import read_content

__all__ = ["SUFFIXES", "PatientFile", "SeveralPatientsError"]

_Kind = Literal["fhir", "turtle", "table"]
_KINDS: MappingProxyType[str, _Kind] = MappingProxyType({".ttl": "turtle", ".csv": "table"})
SUFFIXES = (".json", ".ndjson", ".jsonl", *_KINDS)
"""What names of files end in that are read; a file with another is taken for FHIR."""

_MOST_TEXT = 64_000_000  # characters of a record; what is packed smaller is unpacked no further
_ADVICE = "send a FHIR R4 bundle as JSON, NDJSON, a patient graph as Turtle, or a table as CSV"

Json = Any


class SeveralPatientsError(PatientError):
    """A file has several patients, and nobody said which is meant.

    Args:
        patients: Their identifiers.
    """

    def __init__(self, patients: Sequence[str]) -> None:
        super().__init__(f"{len(patients):,} patients are in this file", advice="choose one of them")
        self.patients = patients


@dataclass(frozen=True, slots=True)
class PatientFile:
    """A file with the records of one patient or several.

    Args:
        kind: What it is.
        content: Parsed JSON of FHIR, a list for the lines of NDJSON; the text of all else.
    """

    kind: _Kind
    content: Json = field(repr=False)

    @classmethod
    def sent(cls, name: str, content: bytes) -> Self:
        """Return a file as it was sent.

        Raises:
            PatientError: when it isn't what its name says.
        """
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PatientError("not UTF-8 text", where=f"byte {error.start}", advice=_ADVICE) from None
        if not text.strip():
            raise PatientError("the file is empty", advice=_ADVICE)
        kind = _KINDS.get(PurePath(name).suffix.lower(), "fhir")
        try:
            return cls(kind, _lawful(text) if kind == "fhir" else text)
        except RecursionError:
            raise PatientError("nested too deeply", advice=_ADVICE) from None

    @classmethod
    def unpacked(cls, packed: str) -> Self:
        """Return the file that a page held.

        Raises:
            UsageError: when it is damaged.
        """
        try:
            unpacking = zlib.decompressobj()
            text = unpacking.decompress(base64.b64decode(packed, validate=True), _MOST_TEXT)
            held = json.loads(text)
            if held["kind"] in ("fhir", *_KINDS.values()):
                return cls(held["kind"], held["content"])
        except (binascii.Error, zlib.error, ValueError, TypeError, KeyError, RecursionError):
            pass
        raise UsageError("what this page held of the record is damaged", advice="choose the file again")

    @property
    def packed(self) -> str:
        """The file for a hidden field."""
        held = {"kind": self.kind, "content": self.content}
        return base64.b64encode(zlib.compress(json.dumps(held).encode(), 6)).decode()

    def patient(self, identifier: str = "") -> PatientRecord:
        """Return the record of a patient; of the only one, when none is named.

        Raises:
            PatientError: when it can't be read.
            SeveralPatientsError: when there are several, and none is named.
            UsageError: when there is none of that name.
        """
        try:
            found = self._patients()
        except RecursionError:
            raise PatientError("nested too deeply", where="record", advice=_ADVICE) from None
        if identifier:
            named = [each for each in found if each.id == identifier]
            if not named:
                raise UsageError("the file has no such patient", advice="choose one of those that it has")
            return named[0]
        if len(found) > 1:
            raise SeveralPatientsError([each.id for each in found])
        if not found:
            raise PatientError("no patient in the file", where="record", advice=_ADVICE)
        return found[0]

    def _patients(self) -> list[PatientRecord]:
        if self.kind == "turtle":
            return list(read_content(self.content.encode(), "turtle", where="record"))
        if self.kind == "table":
            return list(read_content(self.content.encode(), "table", where="record"))
        loose = isinstance(self.content, list)
        several = loose and sum(_is_of_patient(each) for each in self.content) > 1
        written = "\n".join(map(json.dumps, self.content)) if several else json.dumps(self.content)
        return list(read_content(written.encode(), "ndjson" if several else "json", where="record"))


def _is_of_patient(resource: Json) -> bool:
    return isinstance(resource, dict) and resource.get("resourceType") in ("Patient", "Bundle")


def _lawful(text: str) -> Json:
    """Return parsed JSON, or the list of resources of NDJSON, that can be written down as UTF-8 again."""
    try:
        parsed = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            place = f"line {error.lineno}, column {error.colno}"
            raise PatientError(f"not JSON: {error.msg}", where=place, advice=_ADVICE) from None
        parsed = [_line(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    except ValueError:
        raise PatientError("not JSON: a number that JSON doesn't have", advice=_ADVICE) from None
    # half of a surrogate pair can stand in JSON's escapes and in no file
    return json.loads(json.dumps(parsed, ensure_ascii=False).encode("utf-8", "replace"))


def _line(line: str, number: int) -> Json:
    try:
        return json.loads(line, parse_constant=_refuse)
    except ValueError:
        raise PatientError("not JSON", where=f"line {number}", advice=_ADVICE) from None


def _refuse(constant: str) -> Json:
    raise ValueError(constant)
