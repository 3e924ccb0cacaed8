"""Answers on their way from a process to the client: whole, in parts, or broken off so that it shows."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from trialgraph.processes.formats import media_header
from trialgraph.server.sparql.answers import Answer, BrokenAnswerError

__all__ = ["CutShortError", "Sending", "gone", "stream"]

_CUT = "\n# The answer ends here, unfinished: %s\n"


class CutShortError(Exception):
    """An answer that has begun can't be ended; the server closes the connection without its end."""


class Sending(Response):
    """An answer of a process, as a response.

    Args:
        answer: The answer.
        headers: What else is said of it.
    """

    def __init__(self, answer: Answer, headers: dict[str, str]) -> None:
        super().__init__(headers=headers)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it as it comes."""
        del scope, receive
        own = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        await stream(self._answer, send, own)


async def stream(answer: Answer, send: Send, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Send an answer as it comes.

    One that breaks off ends with a line that says why and without the end that HTTP demands, so that
    no client takes it for whole.
    """
    raw = [*headers, (b"content-type", media_header(answer.media).encode())]
    try:
        if answer.content is not None:
            raw.append((b"content-length", str(len(answer.content)).encode()))
            await send({"type": "http.response.start", "status": 200, "headers": raw})
            await send({"type": "http.response.body", "body": answer.content})
            return
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        async for part in answer.parts():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})
    except BrokenAnswerError as error:
        last = (_CUT % error.detail).encode()
        await send({"type": "http.response.body", "body": last, "more_body": True})
        raise CutShortError(error.detail) from error
    finally:
        answer.close()


async def gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
