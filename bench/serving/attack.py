"""A minute of 63 honest clients beside a hostile one that tries all it can think of at once.

Run with ``python -m bench.serving.attack STORE [SECONDS]``. The hostile client opens ten thousand connections
and keeps them open by drips of headers, asks for cartesian products, sends bodies of 50 MB, and whatever
is malformed. The honest ones ask small questions; three of them open a connection for each.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import resource
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from urllib.parse import quote, urlsplit

from bench.serving.clients import ask
from bench.serving.mix import Question, questions
from bench.serving.servers import endpoint, memory
from trialgraph.stores import open_store

_HONEST = 63
_NEWCOMERS = 3  # of them
_CONNECTIONS = 10_000
_KINDS = ("look-up", "criteria", "construct")
_BODY = b"x" * 50_000_000
_CARTESIAN = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_ENDLESS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"
_ERRORS = (OSError, EOFError, RuntimeError, ValueError)
Place = tuple[str, int]


def main(folder: str, seconds: str = "60") -> None:
    """Print how the honest clients fared, and what the server made of the attack."""
    with open_store(Path(folder), read_only=True) as opened:
        asked = [each for each in questions(opened, 2_000) if each.kind in _KINDS]
    with endpoint(Path(folder)) as (url, process):
        parts = urlsplit(url)
        place = str(parts.hostname), int(parts.port or 0)
        _honest_part(asked, place, 2)  # so that its first answers aren't measured
        print(f"alone:          {_honest_part(asked, place, 10)}", flush=True)
        found, told = multiprocessing.get_context("spawn").Pipe(duplex=False)
        attack = multiprocessing.get_context("spawn").Process(
            target=_attack, args=(place, float(seconds), told)
        )
        attack.start()
        print(f"under attack:   {_honest_part(asked, place, float(seconds))}", flush=True)
        acts = ", ".join(f"{name} {count:,}" for name, count in found.recv().most_common())
        print(f"the hostile one: {acts}")
        attack.join()
        print(f"afterwards:     {_honest_part(asked, place, 10)}")
        print(f"memory:         {memory(process) / 1e6:,.0f} MB")


def _honest_part(asked: Sequence[Question], place: Place, seconds: float) -> str:
    return asyncio.run(_honest(asked, place, seconds))


async def _honest(asked: Sequence[Question], place: Place, seconds: float) -> str:
    taken: list[float] = []
    errors: Counter[str] = Counter()
    end = perf_counter() + seconds

    async def one(number: int) -> None:
        chance, connection = random.Random(number), None
        while perf_counter() < end:
            began = perf_counter()
            try:
                if connection is None:
                    connection = await asyncio.open_connection(*place, limit=1 << 20)
                await ask(connection, "/sparql", place[0], chance.choice(asked))
                taken.append(perf_counter() - began)
            except _ERRORS as error:
                errors[type(error).__name__] += 1
            if (number < _NEWCOMERS or errors) and connection is not None:
                connection[1].close()
                connection = None

    await asyncio.gather(*(one(number) for number in range(_HONEST)))
    times = sorted(taken)
    shares = {share: 1000 * times[int(share * len(times))] for share in (0.5, 0.95, 0.99)}
    late = ", ".join(f"{share:.0%} in {within:,.0f} ms" for share, within in shares.items())
    told = ", ".join(f"{name} {count}" for name, count in errors.items()) or "none"
    return f"{len(times):,} answers, {late}, the slowest in {times[-1]:.1f} s; errors: {told}"


def _attack(place: Place, seconds: float, told: multiprocessing.connection.Connection) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    told.send(asyncio.run(_attacks(place, seconds, min(_CONNECTIONS, most - 200))))


async def _attacks(place: Place, seconds: float, connections: int) -> Counter[str]:
    told: Counter[str] = Counter()
    end = perf_counter() + seconds

    async def again(name: str, act: Callable[[], Awaitable[bytes]]) -> None:
        while perf_counter() < end:
            answer = b""
            with suppress(*_ERRORS):
                async with asyncio.timeout(max(1, end - perf_counter())):
                    answer = await act()
            told[f"{name} {answer[9:12].decode() if answer.startswith(b'HTTP') else 'cut'}"] += 1
            await asyncio.sleep(0.01)

    def acts(name: str, number: int, act: Callable[[], Awaitable[bytes]]) -> list[Awaitable[None]]:
        return [again(name, act) for _ in range(number)]

    chance = random.Random(6)
    await asyncio.gather(
        *acts("connections", connections, lambda: _drip(place)),
        *acts("cartesian products", 4, lambda: _once(place, _get(_CARTESIAN))),
        *acts("endless answers", 2, lambda: _once(place, _get(_ENDLESS))),
        *acts("50 MB", 3, lambda: _once(place, _large(chance.choice(_ADDRESSES)))),
        *acts("malformed", 8, lambda: _once(place, chance.choice(_MALFORMED))),
    )
    return told


async def _once(place: Place, request: bytes) -> bytes:
    """Send a request and return the beginning of what comes back, read slowly to its end."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(request)
        with suppress(OSError):
            await writer.drain()
        first = await reader.read(1_000)
        while await reader.read(1 << 16):
            await asyncio.sleep(0.01)
        return first
    finally:
        writer.close()


async def _drip(place: Place) -> bytes:
    """Open a connection and keep it by a letter of a header now and then."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-")
        for _ in range(60):
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    return await reader.read(100)
            writer.write(b"a")
        return b""
    finally:
        writer.close()


def _get(query: str) -> bytes:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


def _large(address: tuple[str, str]) -> bytes:
    path, media = address
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(_BODY)}\r\n\r\n".encode() + _BODY


def _small(path: str, media: str, body: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


_ADDRESSES = (
    ("/sparql", "application/sparql-query"),
    ("/sparql", "application/x-www-form-urlencoded"),
    ("/api/screen", "application/fhir+json"),
    ("/screen", "multipart/form-data; boundary=x"),
    ("/screen/report", "application/x-www-form-urlencoded"),
)
_MALFORMED = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /sparql?query=%FF%FE HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /sparql?query=" + b"%" * 5_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    _get("SELECT * {" * 9_000),
    _get("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"),
    _small("/sparql", "application/sparql-query", "SELECT * " + "{" * 90_000),
    _small("/sparql", "application/sparql-update", "DROP ALL"),
    _small("/api/screen", "application/fhir+json", "[" * 100_000),
    _small("/api/screen", "application/fhir+json", '{"resourceType":"Bundle","entry":[{"resource":7}]}'),
    _small("/api/screen", "text/turtle", "<a> <b> " + '"' * 50_000),
    _small("/screen", "multipart/form-data; boundary=x", "--x\r\n" * 20_000),
    _small("/screen", "application/x-www-form-urlencoded", "held=" + "A" * 100_000),
    _small("/trial/NCT00000000", "text/plain", ""),
)


if __name__ == "__main__":
    main(*sys.argv[1:])
