"""Forms with files, read in memory alone.

The web framework's own reader writes large files to the disk on their way; what is sent here may be about
a patient, so it isn't used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import HTTP
from types import MappingProxyType
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

__all__ = ["Form", "Upload", "parse_multipart", "read_form"]

_MOST_PARTS = 200
_PATIENCE = 4  # times what is read; a browser that is cut off while it sends shows no answer
_HEADERS = BytesHeaderParser(policy=HTTP)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form.

    Args:
        name: What it was called where it came from; empty when no file was chosen.
        content: Its bytes.
    """

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form was filled in with.

    Args:
        fields: Values by name, in the order sent; spaces around them are gone.
        files: Files by name; the last of a name.
    """

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    files: Mapping[str, Upload] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def value(self, name: str) -> str:
        """Return the last value of a field; empty without one."""
        return self.fields.get(name, ("",))[-1]


async def read_form(request: Request, *, most: int) -> Form:
    """Return the form in the body of a request.

    Args:
        request: The request.
        most: Bytes that the body may have.
    Raises:
        HTTPException: 413 when it is larger, 415 when it is no form, 400 when it can't be read.
    """
    content = request.headers.get("content-type", "")
    kind = content.partition(";")[0].strip().lower()
    if kind not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        raise HTTPException(415, "send this as a form: multipart/form-data")
    body = await _body(request, most)
    try:
        return parse_multipart(content, body) if kind.startswith("multipart") else _parse_pairs(body)
    except ValueError as error:
        raise HTTPException(400, f"the form can't be read: {error}") from None


def parse_multipart(content_type: str, body: bytes) -> Form:
    """Return a form that was sent in parts.

    Raises:
        ValueError: when it isn't one.
    Source: RFC 7578; RFC 2046, section 5.1.1.
    """
    message = EmailMessage(policy=HTTP)
    message["content-type"] = content_type
    boundary = message.get_boundary()
    if not boundary:
        raise ValueError("it names no boundary between its parts")
    # what stands before the first boundary and after the last isn't read
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii", "replace"))[1:]
    if not parts or not parts[-1].startswith(b"--"):
        raise ValueError("it ends in the middle")
    if len(parts) > _MOST_PARTS:
        raise ValueError(f"it has more than {_MOST_PARTS} parts")
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, Upload] = {}
    for part in parts[:-1]:
        head, found, value = part.partition(b"\r\n\r\n")
        header = _HEADERS.parsebytes(head.lstrip() + b"\r\n\r\n").get("content-disposition")
        said = {} if header is None else header.params
        if not found or "name" not in said:
            raise ValueError("one of its parts has no name")
        name = said["name"]
        if "filename" in said:
            files[name] = Upload(said["filename"], value)
        else:
            fields[name] = (*fields.get(name, ()), _text(value))
    return Form(MappingProxyType(fields), MappingProxyType(files))


def _parse_pairs(body: bytes) -> Form:
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(_text(body), keep_blank_values=True, max_num_fields=_MOST_PARTS):
        fields[name] = (*fields.get(name, ()), value.strip())
    return Form(MappingProxyType(fields))


def _text(value: bytes) -> str:
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None


async def _body(request: Request, most: int) -> bytes:
    received, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= most:
            received += chunk
        else:
            received.clear()
        if size > _PATIENCE * most:
            break
    if size > most:
        raise HTTPException(413, f"this is larger than {most // 1000:,} kB, the most that is read")
    return bytes(received)
