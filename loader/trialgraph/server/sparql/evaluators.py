"""The processes that evaluate queries: how many there are, who has one, and when one is stopped.

A query has its process for itself. When it takes too long, answers too much, or its client has gone,
the process is killed, which frees its processor and memory whatever the engine was doing.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from trialgraph.processes.frames import BROKEN, END, WHOLE, Frames, question_frame
from trialgraph.server.sparql.answers import Answer, BrokenAnswerError

__all__ = ["Evaluators", "Limits"]

_TICK = 0.1  # seconds between looks at what runs
_LONG = 0.2  # seconds of processor time after which a query no longer keeps others waiting
_AGE = 1.0  # seconds after which it doesn't either, on a machine with much else to do
_SLOW = 1.0  # seconds of processor time after which a query makes way for others
_NICENESS = 12
_WIDTH = max(2, os.cpu_count() or 1)  # queries at once that aren't long: with more, none is done sooner
_MOST_WAITING = 2_000  # clients; more than this can't be answered in any time
_WHOLE_TIME = 10  # time limits that an answer may take in all, with the waits for a slow client


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may use.

    Args:
        places: Queries evaluated at once, each in a process.
        seconds: How long one is evaluated.
        patience: Seconds of processor time that one may take, and that one may wait for its client to
            read, when others wait for its place.
        answer: Bytes of an answer.
        memory: Bytes of memory, where the system can limit it.
    """

    places: int
    seconds: float
    patience: float
    answer: int
    memory: int


class Evaluators:
    """Processes that evaluate queries; they start when they are needed.

    Args:
        limits: What a query may use.
        always: What is the same in every question, of what `evaluation` reads.
    """

    def __init__(self, limits: Limits, always: Mapping[str, Any]) -> None:
        self.limits = limits
        self.always = question_frame(always)
        self._idle: list[_Evaluator] = []
        self._busy: set[_Evaluator] = set()
        self._starting = 0
        self.alive: set[_Evaluator] = set()
        """Processes that haven't exited, whatever they were told."""
        self._waiting: deque[asyncio.Future[_Evaluator]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._ended = False

    async def ask(
        self, question: Mapping[str, Any], gone: Callable[[], Awaitable[None]] | None = None
    ) -> Answer:
        """Return the answer to a question, once its beginning is there.

        Args:
            question: What `evaluation` reads.
            gone: Returns when the client has gone; then its query is stopped.
        Raises:
            BrokenAnswerError: when there is none; carries the HTTP status.
        """
        evaluator = await self._place()
        answer = evaluator.ask(question)
        answer.gone = gone
        try:
            await answer.begun
        except asyncio.CancelledError:
            answer.abandon()
            raise
        return answer

    def start(self, number: int) -> None:
        """Have that many processes ready; called where the event loop runs."""
        self._adopt()
        for _ in range(number - self._number()):
            self._grow()

    def end(self) -> None:
        """Stop everything at once."""
        self._ended = True
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(BrokenAnswerError(503, "the server is ending"))
        for evaluator in [*self._busy, *self._idle]:
            evaluator.stop(503, "the server is ending")

    async def gone(self) -> None:
        """Return once the processes that were stopped have exited; after two seconds anyway."""
        for _ in range(200):
            if not self.alive:
                return
            await asyncio.sleep(0.01)

    def release(self, evaluator: _Evaluator) -> None:
        """Take back a process that has answered."""
        self._busy.discard(evaluator)
        if evaluator.is_spent:
            evaluator.stop(503, "the query is over")
            return
        self._idle.append(evaluator)
        self._give()

    def remove(self, evaluator: _Evaluator) -> None:
        """Let go of a process that has ended."""
        self._busy.discard(evaluator)
        with suppress(ValueError):
            self._idle.remove(evaluator)
        self._give()
        if any(not waiting.done() for waiting in self._waiting):
            self._grow()

    async def _place(self) -> _Evaluator:
        self._adopt()
        if self._ended:
            raise BrokenAnswerError(503, "the server is ending")
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(_TICK, self._tick)
        if self._idle and self._has_room():
            evaluator: _Evaluator = self._idle.pop()
            self._busy.add(evaluator)
            return evaluator
        if len(self._waiting) >= _MOST_WAITING:
            raise BrokenAnswerError(503, "too many queries are waiting; try again later")
        self._grow()
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(self.limits.seconds):
                given: _Evaluator = await waiting
                return given
        except TimeoutError:
            raise BrokenAnswerError(503, "the server is busy; try again later") from None
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self.release(waiting.result())
            raise

    def _give(self) -> None:
        """Give processes that are free to those who wait, in their order."""
        while self._waiting and self._idle and self._has_room():
            waiting = self._waiting.popleft()
            if not waiting.done():
                evaluator = self._idle.pop()
                self._busy.add(evaluator)
                waiting.set_result(evaluator)

    def _has_room(self) -> bool:
        if len(self._busy) < _WIDTH:
            return True
        return sum(not evaluator.is_aside() for evaluator in self._busy) < _WIDTH

    def _adopt(self) -> None:
        """Start afresh in another event loop than before: the processes of that one can't be heard."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._idle, self._busy, self.alive, self._starting = [], set(), set(), 0
            self._waiting.clear()
            self._loop, self._ticking, self._ended = loop, None, False

    def _number(self) -> int:
        return len(self._idle) + len(self._busy) + self._starting

    def _grow(self) -> None:
        # more at once than there are processors gains nothing, but long ones shall not be in the way
        aside = sum(evaluator.is_aside() for evaluator in self._busy)
        if self._number() >= min(self.limits.places, _WIDTH + aside) or self._ended:
            return
        self._starting += 1
        starting = asyncio.ensure_future(self._start())
        starting.add_done_callback(_STARTS.discard)
        _STARTS.add(starting)

    async def _start(self) -> None:
        command = [sys.executable, "-m", "trialgraph.processes.evaluation", str(self.limits.memory)]
        paths = os.pathsep.join(path for path in sys.path if path)
        try:
            _, evaluator = await asyncio.get_running_loop().subprocess_exec(
                lambda: _Evaluator(self), *command, stderr=None, env={**os.environ, "PYTHONPATH": paths}
            )
        except OSError as error:
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_exception(BrokenAnswerError(500, f"no process can be started: {error}"))
            return
        finally:
            self._starting -= 1
        if self._ended:
            evaluator.stop(503, "the server is ending")
        else:
            self._busy.add(evaluator)
            self.release(evaluator)

    def _tick(self) -> None:
        """Look at what runs: slow queries make room, and those over their time are stopped."""
        assert self._loop is not None
        limits, now = self.limits, self._loop.time()
        crowded = len(self._busy) >= limits.places and any(not each.done() for each in self._waiting)
        for evaluator in list(self._busy):
            answer = evaluator.answer
            if answer is None:
                continue
            answer.watch()
            used = evaluator.used()
            if used > _SLOW:
                evaluator.make_room()
            late = f"the query took longer than {limits.seconds:g} seconds; ask for less"
            if answer.taken(now) > limits.seconds or now - answer.since > _WHOLE_TIME * limits.seconds:
                evaluator.stop(503, late)
            elif crowded and max(used, answer.held(now)) > limits.patience:
                message = f"the server is busy, and the query took longer than {limits.patience:g} seconds"
                evaluator.stop(503, message)
        self._give()
        if self._waiting:
            self._grow()
        running = (self._busy or self._waiting) and not self._ended
        self._ticking = self._loop.call_later(_TICK, self._tick) if running else None


_STARTS: set[asyncio.Future[None]] = set()  # the event loop itself keeps no hold of its tasks


class _Evaluator(asyncio.SubprocessProtocol):
    """A process that evaluates queries, as the server sees it."""

    def __init__(self, owner: Evaluators) -> None:
        self._owner = owner
        self._frames = Frames()
        self._ended = False
        self.answer: Answer | None = None
        self.is_spent = False
        self._used_before = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # cast, because uvloop's transports don't inherit from asyncio's
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._inward = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))
        self._outward = cast(asyncio.ReadTransport, self._transport.get_pipe_transport(1))
        self._inward.write(self._owner.always)
        self._owner.alive.add(self)

    def used(self) -> float:
        """Return the seconds of processor time that the question has taken so far.

        Where the system doesn't tell, those that have passed; on a machine with much else to do, these
        say little of a query.
        """
        return _processor_time(self._transport.get_pid()) - self._used_before

    def is_aside(self) -> bool:
        """Return whether its question takes so long that others needn't wait for it."""
        answer = self.answer
        if answer is None:
            return False
        now = asyncio.get_running_loop().time()
        return now - answer.since > _AGE or answer.held(now) > 0 or self.used() > _LONG

    def ask(self, question: Mapping[str, Any]) -> Answer:
        """Put a question; there is none other under way."""
        self._used_before = _processor_time(self._transport.get_pid())
        self.answer = Answer(self)
        self._inward.write(question_frame(question))
        return self.answer

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        del fd
        assert isinstance(data, bytes)
        for kind, content in self._frames.feed(data):
            answer = self.answer
            if answer is None:
                continue
            if kind in (WHOLE, END, BROKEN):
                self.answer = None
            answer.receive(kind, content)
            if self.answer is None:
                self._owner.release(self)

    def process_exited(self) -> None:
        self._owner.alive.discard(self)
        message = "the query was stopped: it needs more memory, or is nested deeper, than may be"
        self.stop(503, message)

    def stop(self, status: int, detail: str) -> None:
        """Kill the process, and tell who waits for its answer."""
        answer, self.answer = self.answer, None
        if not self._ended:
            self._ended = True
            with suppress(ProcessLookupError):
                self._transport.kill()
            self._transport.close()
            self._owner.remove(self)
        if answer is not None:
            answer.fail(status, detail)

    def hold(self, *, on: bool) -> None:
        """Let the process wait while its client reads, or go on."""
        if self._ended:
            return
        if on:
            self._outward.pause_reading()
        else:
            self._outward.resume_reading()

    def make_room(self) -> None:
        """Let others have the processor first; the process ends after this query, as it stays so."""
        if not self.is_spent:
            self.is_spent = True
            with suppress(AttributeError, OSError):  # not on Windows
                os.setpriority(os.PRIO_PROCESS, self._transport.get_pid(), _NICENESS)


def _processor_time(process: int | None) -> float:
    """Return the seconds that a process has had, or of a clock where the system doesn't tell."""
    try:
        # as clock_getcpuclockid(3) names the clock of a process on Linux
        return time.clock_gettime((~(process or 0) << 3) | 2)
    except (AttributeError, OSError):
        return time.monotonic()
