"""Threads in which queries run, so that a slow one holds up neither the server nor its end."""

import asyncio
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from starlette.exceptions import HTTPException

__all__ = ["Workers"]

_T = TypeVar("_T")
_STACK = 256 * 1024 * 1024  # bytes of address space; the parser recurses with the nesting of a query


class Workers:
    """A number of places for work, each with a time limit.

    Work that is over time can't be stopped: it keeps its place until it ends by itself.

    Args:
        places: How much work runs at once; more waits.
        seconds: How long a caller waits, for a place and for the result.
    """

    def __init__(self, places: int, seconds: float) -> None:
        self._seconds = seconds
        self._places = asyncio.Semaphore(places)
        self._waits: set[asyncio.Timeout] = set()
        self._ended = False
        self.at_end: list[Callable[[], None]] = []

    async def run(self, work: Callable[[], _T], *, hurried: bool = True) -> _T:
        """Return what the work returns.

        Args:
            work: What is done in a thread.
            hurried: Whether the time limit holds: somebody waits for an answer.

        Raises:
            HTTPException: with status 503, when the time is over or the server ends.
        """
        limit = self._seconds if hurried else None
        try:
            async with asyncio.timeout(0 if self._ended else limit) as wait:
                self._waits.add(wait)
                try:
                    await self._places.acquire()
                    return await asyncio.wrap_future(self._start(work))
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

    def _start(self, work: Callable[[], _T]) -> Future[_T]:
        loop = asyncio.get_running_loop()
        future: Future[_T] = Future()
        future.set_running_or_notify_cancel()

        def release(_: Future[_T]) -> None:
            with suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(self._places.release)

        future.add_done_callback(release)
        before = threading.stack_size(_STACK)
        try:
            # a daemon, because the interpreter waits for all others when it ends
            threading.Thread(target=_settle, args=(future, work), daemon=True).start()
        finally:
            threading.stack_size(before)
        return future


def _settle(future: Future[_T], work: Callable[[], _T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # raised again where the result is awaited
        _let_go(error)
        future.set_exception(error)


def _let_go(error: BaseException) -> None:
    """Drop what the frames of an error hold: the engine's results must end in their own thread."""
    seen: BaseException | None = error
    while seen is not None:
        traceback.clear_frames(seen.__traceback__)
        seen = seen.__cause__ or seen.__context__
