"""The program of a process that evaluates queries, one after the other, and may be killed any time.

The engine can't be told to stop a query, so the server stops the process that runs it. A process has
its questions from its standard input and writes the answers to its standard output; see `frames`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import IO, TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from trialgraph.errors import TrialgraphError
from trialgraph.processes.formats import GRAPHS, SOLUTIONS
from trialgraph.processes.frames import BROKEN, END, HEAD, PART, frame, read_question, whole
from trialgraph.stores.federation import reaches_out
from trialgraph.stores.syntax import (
    QuerySyntaxError,
    check_syntax,
    dataset_options,
    is_update,
    used_prefixes,
)

if TYPE_CHECKING:
    from trialgraph.stores import Store

__all__ = ["main"]

_STACK = 256 * 1024 * 1024  # bytes of address space; the parser recurses with the nesting of a query
_HELD = 1 << 21  # bytes kept back at first, so that what fails early fails with a status
_PATIENCE = 1.0  # seconds after which they are sent nevertheless
_PART = 1 << 17
_PIPE = 1 << 20  # bytes on their way; the most that Linux lets anyone have


class RefusedError(Exception):
    """A question isn't answered; carries the HTTP status and one line."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def main() -> None:
    """Answer questions until the server closes the stream, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the server
    _limit_memory(int(sys.argv[1]))
    _let_others_first()
    _widen_pipe()
    threading.stack_size(_STACK)
    threading.Thread(target=_serve, daemon=True).start()
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _limit_memory(limit: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # where the system has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit + _STACK, limit + _STACK))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _let_others_first() -> None:
    """Don't interrupt the server, or each other, at every turn; no less of the processor is had by it."""
    with suppress(AttributeError, OSError):  # Linux only
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _widen_pipe() -> None:
    with suppress(ImportError, AttributeError, OSError):  # Linux only
        import fcntl

        fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, _PIPE)


def _serve() -> None:
    engine = _Engine()
    always = read_question(sys.stdin.buffer) or {}
    while (asked := read_question(sys.stdin.buffer)) is not None:
        question = {**always, **asked}
        answer = _Answer(question["limit"])
        try:
            engine.answer(question, answer)
            answer.finish()
        except RefusedError as error:
            answer.refuse(error.status, str(error))
        except TrialgraphError as error:
            answer.refuse(400, str(error))
        except MemoryError:
            answer.refuse(503, "the query needs more memory than it may have; ask for less")
        except (OSError, RuntimeError, ValueError) as error:
            answer.refuse(400, f"the query can't be answered: {' '.join(str(error).split())}")
    os._exit(0)


class _Answer:
    """An answer on its way out: whole when it is small, in parts when it isn't."""

    def __init__(self, limit: int) -> None:
        self.media = ""
        self._limit = limit
        self._sent = 0
        self._pending = bytearray()
        self._held = _HELD
        self._since = time.monotonic()

    def write(self, data: bytes) -> int:
        """Take what the engine writes."""
        self._pending += data
        if self._sent + len(self._pending) > self._limit:
            message = f"the answer is larger than {self._limit:,} bytes; ask for less, or page with LIMIT"
            raise RefusedError(413, message)
        if len(self._pending) >= self._held or (
            not self._sent and time.monotonic() - self._since > _PATIENCE
        ):
            self._send_part()
        return len(data)

    def flush(self) -> None:
        """Do nothing: parts are sent when they are large enough."""

    def finish(self) -> None:
        """Send what is left."""
        if self._sent:
            self._send_part()
            _send(frame(END))
        else:
            _send(whole(self.media, self._pending))

    def refuse(self, status: int, detail: str) -> None:
        """Say that there is no answer, or no end of it."""
        _send(frame(BROKEN, json.dumps({"status": status, "detail": detail}).encode()))

    def _send_part(self) -> None:
        if not self._sent:
            _send(frame(HEAD, self.media.encode()))
            self._held = _PART
        self._sent += len(self._pending)
        _send(frame(PART, bytes(self._pending)))
        self._pending.clear()


def _send(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest) :]


class _Engine:
    """The store that questions are put to; opened when the first comes."""

    def __init__(self) -> None:
        self._location = ""
        self._store: ox.Store | None = None

    def answer(self, question: Mapping[str, Any], answer: _Answer) -> None:
        """Evaluate a question and write the answer.

        Raises:
            RefusedError: when it can't be answered, or not in that format.
        """
        if reaches_out(question["text"], allowed=frozenset(question["services"])):
            raise RefusedError(400, "SERVICE is refused: this endpoint asks no other servers")
        if "update" in question:
            from trialgraph.processes.rehearsal import rehearse

            answer.media = "application/n-quads"
            try:
                rehearse(question, answer)
            except SyntaxError as error:
                raise RefusedError(400, f"not valid SPARQL: {' '.join(str(error).split())}") from error
            return
        results = self._evaluate(question)
        is_graph = isinstance(results, ox.QueryTriples)
        offers: Mapping[str, object] = GRAPHS if is_graph else SOLUTIONS
        media = question["graphs" if is_graph else "solutions"]
        if media is None:
            raise RefusedError(406, f"the answer to this query comes as {', '.join(offers)}")
        answer.media = media
        if is_graph:
            # not by the results' own method, which knows no prefixes
            ox.serialize(
                results, cast("IO[bytes]", answer), format=GRAPHS[media], prefixes=question["prefixes"]
            )
        else:
            results.serialize(answer, format=SOLUTIONS[media])

    def _evaluate(self, question: Mapping[str, Any]) -> Any:
        text, prefixes, allowed = question["text"], question["prefixes"], frozenset(question["services"])
        known = {"prefixes": used_prefixes(text, prefixes), "base_iri": question["base"]}
        try:
            if question["url"]:
                return _ask_server(question)
            given = question["default"], question["named"]
            dataset = {} if question["unnamed"] else dataset_options(text, *given)
            return self._opened(question["folder"]).query(text, **known, **dataset)
        except SyntaxError as error:
            try:
                check_syntax(text, prefixes=prefixes, allowed=allowed)
            except QuerySyntaxError as found:
                if is_update(text):
                    raise RefusedError(400, "a query only reads, and this is an update") from error
                raise RefusedError(400, str(found)) from error
            raise RefusedError(400, f"not valid SPARQL: {' '.join(str(error).split())}") from error

    def _opened(self, folder: str) -> ox.Store:
        if self._store is None or self._location != folder:
            self._store, self._location = ox.Store.read_only(folder), folder
        return self._store


@cache
def _server(url: str) -> Store:
    from trialgraph.stores import open_store

    return open_store(url, read_only=True)


def _ask_server(question: Mapping[str, Any]) -> Any:
    return _server(question["url"]).query(
        question["text"],
        prefixes=question["prefixes"],
        default_graphs=question["default"],
        named_graphs=question["named"],
    )


if __name__ == "__main__":
    main()
