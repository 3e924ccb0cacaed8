"""What the server and the processes that evaluate queries say to each other, over pipes.

A frame is one letter, the length of what follows (four bytes, big end first), and that. The server
sends questions; of an answer, the process sends either the whole, or its head, parts and end.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

__all__ = [
    "BROKEN",
    "END",
    "HEAD",
    "MEDIA",
    "PART",
    "WHOLE",
    "Frames",
    "frame",
    "question_frame",
    "read_question",
    "whole",
]

_QUESTION = b"Q"  # a JSON object
MEDIA = b"M"  # media type of an answer that comes whole
WHOLE = b"W"
HEAD = b"H"  # media type of one that comes in parts
PART = b"P"
END = b"E"
BROKEN = b"B"  # a JSON object: status, detail

_HEAD = struct.Struct(">cI")


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """Return a frame."""
    return _HEAD.pack(kind, len(content)) + content


def question_frame(question: Mapping[str, Any]) -> bytes:
    """Return the frame of a question."""
    return frame(_QUESTION, json.dumps(question).encode())


def whole(media: str, content: bytes | bytearray) -> bytes:
    """Return the frames of an answer that comes whole."""
    return b"".join((frame(MEDIA, media.encode()), _HEAD.pack(WHOLE, len(content)), content))


def read_question(stream: BinaryIO) -> Mapping[str, Any] | None:
    """Return the next question, or None when the server has closed the stream."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    _, length = _HEAD.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        return None
    asked: Mapping[str, Any] = json.loads(content)
    return asked


class Frames:
    """Frames, put together from the pieces in which they arrive."""

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the letter and the content of each frame that is complete."""
        self._received += data
        while len(self._received) >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._received)
            end = _HEAD.size + length
            if len(self._received) < end:
                return
            with memoryview(self._received) as view:
                content = bytes(view[_HEAD.size : end])
            del self._received[:end]
            yield kind, content
