"""Clients of a SPARQL endpoint that keep their connections, as browsers and HTTP libraries do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from bench.serving.mix import Question

__all__ = ["Connection", "Run", "ask", "run"]

Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Run:
    """What a run of questions took.

    Args:
        seconds: From the first question to the last answer.
        taken: Seconds of each answer, by kind of question.
        size: Bytes of all answers.
    """

    seconds: float = 0.0
    taken: dict[str, list[float]] = field(default_factory=dict)
    size: int = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return sum(map(len, self.taken.values())) / self.seconds

    def percentile(self, share: float, kind: str | None = None) -> float:
        """Return the seconds within which that share of the answers came, of one kind or of all."""
        times = sorted(self.taken[kind] if kind else (each for some in self.taken.values() for each in some))
        return times[min(int(share * len(times)), len(times) - 1)]


def run(url: str, questions: Sequence[Question], clients: int) -> Run:
    """Put the questions to an endpoint from that many clients at once, each asking when it was answered."""
    return asyncio.run(_run(url, questions, clients))


async def _run(url: str, questions: Sequence[Question], clients: int) -> Run:
    done, waiting = Run(), iter(questions)
    started = perf_counter()
    await asyncio.gather(*(_client(url, waiting, done) for _ in range(clients)))
    done.seconds = perf_counter() - started
    return done


async def _client(url: str, waiting: Iterator[Question], done: Run) -> None:
    parts = urlsplit(url)
    connection = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 20)
    for question in waiting:
        started = perf_counter()
        size = await ask(connection, parts.path, parts.netloc, question)
        done.size += size
        done.taken.setdefault(question.kind, []).append(perf_counter() - started)
    connection[1].close()


async def ask(connection: Connection, path: str, host: str, question: Question) -> int:
    """Put a question by a connection, and return the bytes of its answer.

    Raises:
        RuntimeError: when there is none.
    """
    reader, writer = connection
    writer.write(_request(path, host, question))
    return await _answer(reader, question)


def _request(path: str, host: str, question: Question) -> bytes:
    head = f"GET {path}?query={quote(question.text, safe='')} HTTP/1.1\r\nHost: {host}\r\n"
    return f"{head}Accept: {question.accept}\r\n\r\n".encode()


async def _answer(reader: asyncio.StreamReader, question: Question) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise RuntimeError(f"no answer to {question.text}: {head!r}")
    if b"transfer-encoding: chunked" in head:
        size = 0
        while length := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(length + 2)
            size += length
        await reader.readexactly(2)
        return size
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return length
