"""Queries that are so small that a process of their own would cost more than their answer.

What one resource says of itself, by at most two patterns: the engine steps through its properties and
is done, whatever the names in the query are. Such a query is known by its whole text, which has room
for nothing else, and it is answered by the server itself. All others go to a process that can be stopped.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from trialgraph.processes.formats import SOLUTIONS
from trialgraph.queries import PREFIXES
from trialgraph.stores.syntax import used_prefixes

__all__ = ["LookUps"]

_IRI = r"<[^<>\"{}|^`\\\x00-\x20]*>"
_NAME = r"[a-z]\w*:[\w-]*"
_VARIABLE = r"\?\w+"
_VERB = rf"(?:{_IRI}|{_NAME}|{_VARIABLE}|a)"
_OBJECT = rf"(?:{_IRI}|{_NAME}|{_VARIABLE})"
_SMALL = re.compile(
    rf"\s*+(?:PREFIX\s++\w*+:\s*+{_IRI}\s*+)*+(?:SELECT\s++(?:DISTINCT\s++)?(?:\*|{_VARIABLE}(?:\s++{_VARIABLE})*+)"
    rf"\s*+|ASK\s*+)(?:WHERE\s*+)?\{{\s*+(?:{_IRI}|{_NAME})\s++{_VERB}\s++{_OBJECT}"
    rf"(?:\s*+;\s*+{_VERB}\s++{_OBJECT})?\s*+\.?\s*+\}}\s*+(?:LIMIT\s++[0-9]++\s*+)?",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 2_000  # characters
_LARGEST = 1 << 18  # bytes of an answer
_TIME = 0.02  # seconds; what takes longer is asked of a process instead


class _TooMuchError(Exception):
    """The resource has more to say than is answered here."""


class LookUps:
    """Answers to small queries, at once.

    Args:
        database: Oxigraph's folder, which nobody writes.
    """

    def __init__(self, database: Path) -> None:
        self._store = ox.Store.read_only(str(database))

    def answer(self, text: str, media: str | None) -> bytes | None:
        """Return the answer to a query, or None when it isn't a small one.

        Args:
            text: The query.
            media: What it is to come as; None when no format fits.
        """
        if media is None or len(text) > _LONGEST or not _SMALL.fullmatch(text):
            return None
        written = _Written()
        try:
            results = cast(
                "ox.QuerySolutions | ox.QueryBoolean",
                self._store.query(
                    text, prefixes=used_prefixes(text, PREFIXES), use_default_graph_as_union=True
                ),
            )
            results.serialize(cast("IO[bytes]", written), format=SOLUTIONS[media])
        except (_TooMuchError, SyntaxError, OSError, ValueError):
            return None  # whatever it is, a process says it better
        return bytes(written.content)


class _Written:
    def __init__(self) -> None:
        self.content = bytearray()
        self._end = time.monotonic() + _TIME

    def write(self, data: bytes) -> int:
        self.content += data
        if len(self.content) > _LARGEST or time.monotonic() > self._end:
            raise _TooMuchError
        return len(data)

    def flush(self) -> None:
        """Do nothing."""
