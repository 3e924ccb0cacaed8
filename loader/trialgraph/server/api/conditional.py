"""What HTTP asks of every resource alike: HEAD, OPTIONS, entity tags, and answers that haven't changed.

A tag is made of the very bytes of an answer, so it changes exactly when the answer does.
"""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Conditional", "entity_tag", "matches"]


class Conditional:
    """Answer HEAD as GET without its body, and conditional requests with 304 when nothing has changed.

    Answers that come in pieces, that mustn't be stored, or that aren't 200 are passed on as they are.

    Args:
        app: What answers.
    Source: RFC 9110, sections 9.3.2, 13.1.2 and 15.4.5.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        wanted = Headers(scope=scope).get("if-none-match")
        await self._app({**scope, "method": "GET"}, receive, _Answer(send, wanted, head=head).send)


class _Answer:
    """One answer on its way."""

    def __init__(self, send: Send, wanted: str | None, *, head: bool) -> None:
        self._send = send
        self._wanted = wanted
        self._head = head
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on; the first waits for the second, which may have all of the body."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if start["status"] == 200 and not message.get("more_body"):
                message = self._tagged(start, message)
            await self._send(start)
        if self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _tagged(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(raw=start["headers"])
        if "no-store" in headers.get("cache-control", ""):
            return message
        tag = headers.setdefault("ETag", entity_tag(message.get("body", b"")))
        # keep it, and ask whether it still holds: a trial may be loaded anew at any time
        headers.setdefault("Cache-Control", "no-cache")
        if self._wanted is None or not matches(self._wanted, tag):
            return message
        start["status"] = 304
        for name in ("content-length", "content-type"):
            del headers[name]
        start["headers"] = headers.raw
        return {**message, "body": b""}


def entity_tag(body: bytes, *more: str) -> str:
    """Return the strong entity tag of an answer's bytes."""
    digest = hashlib.sha256(body)
    for each in more:
        digest.update(each.encode())
    return f'"{digest.hexdigest()[:32]}"'


def matches(wanted: str, tag: str) -> bool:
    """Return whether an If-None-Match header names a tag; the comparison is the weak one.

    Example:
        >>> matches('"a", W/"b"', '"b"'), matches("*", '"c"'), matches('"a"', '"ab"')
        (True, True, False)
    """
    return wanted.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in wanted.split(","))
