"""Threads in which work is done, so that slow work holds up neither the server nor its end."""

from __future__ import annotations

import asyncio
import ctypes
import threading
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

from starlette.exceptions import HTTPException

__all__ = ["Workers"]

_T = TypeVar("_T")
_STACK = 256 * 1024 * 1024  # bytes of address space; the parser recurses with the nesting of a query


class Workers:
    """A number of places for work, each with a time limit.

    Work that is over time, or that nobody waits for, is interrupted: it ends at its next step in Python. What
    the engine does isn't; queries of other people's making go to processes, which can be killed.

    Args:
        places: How much work runs at once; more waits.
        seconds: How long a caller waits, for a place and for the result.
    """

    def __init__(self, places: int, seconds: float) -> None:
        self._seconds = seconds
        self._places = asyncio.Semaphore(places)
        self._long_places = asyncio.Semaphore(max(1, places // 2))
        self._waits: set[asyncio.Timeout] = set()
        self._ended = False
        self.at_end: list[Callable[[], None]] = []
        self.at_last: list[Callable[[], Awaitable[None]]] = []

    async def run(self, work: Callable[[], _T], *, hurried: bool = True, long: bool = False) -> _T:
        """Return what the work returns.

        Args:
            work: What is done in a thread.
            hurried: Whether the time limit holds: somebody waits for an answer.
            long: Whether it may take seconds of the processor; half of the places are kept from such work.

        Raises:
            HTTPException: with status 503, when the time is over or the server ends.
        """
        limit = self._seconds if hurried else None
        try:
            async with asyncio.timeout(0 if self._ended else limit) as wait:
                self._waits.add(wait)
                try:
                    return await self._placed(work, long=long, hurried=hurried)
                finally:
                    self._waits.discard(wait)
        except TimeoutError:
            late = f"this took longer than {self._seconds:g} seconds; ask for less, or try again later"
            raise HTTPException(503, "the server is ending" if self._ended else late) from None

    def end(self) -> None:
        """Let nobody wait any longer, and do what is to be done `at_end`."""
        self._ended = True
        for wait in self._waits:
            wait.reschedule(asyncio.get_running_loop().time())
        for act in self.at_end:
            act()

    async def _placed(self, work: Callable[[], _T], *, long: bool, hurried: bool) -> _T:
        held = [self._long_places, self._places] if long else [self._places]
        taken: list[asyncio.Semaphore] = []
        try:
            for places in held:
                await places.acquire()
                taken.append(places)
        except asyncio.CancelledError:
            for places in taken:
                places.release()
            raise
        loop = asyncio.get_running_loop()

        def release() -> None:
            with suppress(RuntimeError):  # the server has ended meanwhile
                for places in held:
                    loop.call_soon_threadsafe(places.release)

        thread = _Thread(work, release)
        thread.start()
        try:
            return await asyncio.wrap_future(thread.future)
        except asyncio.CancelledError:
            if hurried:
                thread.interrupt()
            raise


class _InterruptedWorkError(BaseException):
    """Work is over its time. No part of the program catches it, as one may catch an Exception."""


class _Thread(Generic[_T]):
    """A thread that does one piece of work and may be interrupted in it.

    Args:
        work: The work.
        at_end: What is done when it has ended, in the thread.
    """

    def __init__(self, work: Callable[[], _T], at_end: Callable[[], None]) -> None:
        self.future: Future[_T] = Future()
        self._work = work
        self._at_end = at_end
        self._lock = threading.Lock()
        self._over = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.future.set_running_or_notify_cancel()

    def start(self) -> None:
        """Begin."""
        before = threading.stack_size(_STACK)
        try:
            self._thread.start()  # a daemon, because the interpreter waits for all others when it ends
        finally:
            threading.stack_size(before)

    def interrupt(self) -> None:
        """Let the work end at its next step; nobody waits for it."""
        with self._lock:  # so that it isn't meant for another thread, which was given the same number
            if not self._over and self._thread.ident is not None:
                error = ctypes.py_object(_InterruptedWorkError)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident), error)

    def _run(self) -> None:
        with suppress(_InterruptedWorkError):
            try:
                self._settle()
            finally:
                # an interruption comes once at most, so the second of them runs to its end
                try:
                    self._end()
                finally:
                    self._end()

    def _settle(self) -> None:
        try:
            self.future.set_result(self._work())
        except _InterruptedWorkError as error:
            _let_go(error)
        except BaseException as error:  # raised again where the result is awaited
            _let_go(error)
            self.future.set_exception(error)

    def _end(self) -> None:
        if self._ended:
            return
        with self._lock:
            self._over = True
        # what was asked for and hasn't come yet shall not come any more
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threading.get_ident()), None)
        self._at_end()
        self._ended = True


def _let_go(error: BaseException) -> None:
    """Drop what the frames of an error hold: the engine's results must end in their own thread."""
    seen: BaseException | None = error
    while seen is not None:
        traceback.clear_frames(seen.__traceback__)
        seen = seen.__cause__ or seen.__context__
