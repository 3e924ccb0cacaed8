"""What the endpoint puts questions to: processes over a copy of the store that stays as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from trialgraph.processes.formats import GRAPHS, SOLUTIONS
from trialgraph.queries import PREFIXES
from trialgraph.server.negotiation import choose
from trialgraph.server.sparql.answers import Answer
from trialgraph.server.sparql.evaluators import Evaluators, Limits
from trialgraph.server.sparql.lookups import LookUps
from trialgraph.server.workers import Workers
from trialgraph.stores import Store
from trialgraph.stores.embedded import EmbeddedStore
from trialgraph.stores.server import ServerStore
from trialgraph.stores.snapshots import Snapshot

__all__ = ["Engine", "Question"]

_READY = 2  # processes started ahead of the first question


_SOLUTIONS, _GRAPHS = tuple(SOLUTIONS), tuple(GRAPHS)
_chosen = lru_cache(maxsize=256)(choose)


@dataclass(frozen=True, slots=True)
class Question:
    """A query and how it is asked.

    Args:
        text: SPARQL.
        accept: The Accept header; None means that anything will do.
        default_graphs: IRIs of the graphs whose union is the default graph.
        named_graphs: IRIs of the named graphs.
        unnamed: Without graphs, ask the one that has no name, not the union of all.
        base: What relative IRIs are resolved against; None when there is nothing.
    """

    text: str
    accept: str | None = None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    unnamed: bool = False
    base: str | None = None


class Engine:
    """Answers questions about a store, each in a process that can be stopped.

    Args:
        store: What is asked.
        limits: What a query may use.
        workers: Threads in which the store is copied.
        services: Hosts that a query may ask with SERVICE, by name.
    """

    def __init__(
        self, store: Store, limits: Limits, workers: Workers, services: frozenset[str] = frozenset()
    ) -> None:
        self._workers = workers
        self.services = services
        self.version = 0
        self._store = store
        self._snapshot: Snapshot | None = None
        self._look_ups: LookUps | None = None
        self._lock = asyncio.Lock()
        always = {
            "limit": limits.answer,
            "services": sorted(services),
            "prefixes": dict(PREFIXES),
            "url": store.address if isinstance(store, ServerStore) else "",
        }
        self._evaluators = Evaluators(limits, always)

    @property
    def limits(self) -> Limits:
        """What a query may use."""
        return self._evaluators.limits

    async def ask(self, question: Question, gone: Callable[[], Awaitable[None]] | None = None) -> Answer:
        """Return the answer to a question, once its beginning is there.

        Args:
            question: The question.
            gone: Returns when the client has gone; then its query is stopped.
        Raises:
            BrokenAnswerError: when there is none; carries the HTTP status.
        """
        asked = {
            "text": question.text,
            "solutions": _chosen(question.accept, _SOLUTIONS),
            "graphs": _chosen(question.accept, _GRAPHS),
            "default": question.default_graphs,
            "named": question.named_graphs,
            "unnamed": question.unnamed,
            "base": question.base,
        }
        return await self.evaluate(asked, gone)

    def look_up(self, text: str, accept: str | None) -> tuple[str, bytes] | None:
        """Return the media type and the answer of a query that is answered at once; None for others."""
        if self._look_ups is None:
            return None
        media = _chosen(accept, _SOLUTIONS)
        found = self._look_ups.answer(text, media)
        return None if media is None or found is None else (media, found)

    async def evaluate(
        self, asked: Mapping[str, Any], gone: Callable[[], Awaitable[None]] | None = None
    ) -> Answer:
        """Put a question in the words of `evaluation` to one of the processes."""
        if self._snapshot is None and isinstance(self._store, EmbeddedStore):
            await self.refresh(only_first=True)
        folder = "" if self._snapshot is None else str(self._snapshot.database)
        return await self._evaluators.ask({**asked, "folder": folder}, gone)

    async def start(self) -> None:
        """Have processes ready before the first question comes."""
        self._evaluators.start(_READY)
        if isinstance(self._store, EmbeddedStore):
            await self.refresh(only_first=True)

    async def refresh(self, *, only_first: bool = False) -> None:
        """Answer from now on from the store as it is now.

        Args:
            only_first: Keep to the copy that there is, if there is one.
        """
        assert isinstance(self._store, EmbeddedStore)
        async with self._lock:
            if only_first and self._snapshot is not None:
                return
            copying = self._workers.run(partial(Snapshot, self._store), hurried=False)
            before, self._snapshot = self._snapshot, await copying
            self._look_ups = LookUps(self._snapshot.database)
            self.version += 1
        if before is not None:
            before.remove()  # those who still read it have its files open

    async def gone(self) -> None:
        """Return once its processes have exited."""
        await self._evaluators.gone()

    def end(self) -> None:
        """Stop all queries, and delete the copy."""
        self._evaluators.end()
        if self._snapshot is not None:
            self._look_ups = None
            self._snapshot.remove()
            self._snapshot = None
