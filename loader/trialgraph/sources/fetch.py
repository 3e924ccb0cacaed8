"""Records from the registry's API v2, one study at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from trialgraph import __version__
from trialgraph.errors import RegistryError, UsageError
from trialgraph.records import TrialRecord
from trialgraph.sources.documents import Place, Refusal, read_json

__all__ = ["REGISTRY", "REGISTRY_VARIABLE", "Fetched", "Patience", "fetch_studies", "registry_url"]

REGISTRY = "https://clinicaltrials.gov/api/v2"
REGISTRY_VARIABLE = "TRIALGRAPH_REGISTRY"

_NCT = re.compile(r"NCT[0-9]{8}")
_BUSY = frozenset({429, 500, 502, 503, 504})
_ADVICE = f"check the connection, or name a mirror with --registry or {REGISTRY_VARIABLE}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on asking.

    Args:
        attempts: How often a study is asked for before giving up.
        first_wait: Seconds before the second attempt; doubled before each further one.
        longest_wait: Seconds that no wait exceeds, not even one that the registry asks for.
        timeout: Seconds to wait for an answer.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A study as the registry sent it.

    Args:
        content: Its JSON, byte for byte.
        record: The same, read.
    """

    content: bytes
    record: TrialRecord


class _BusyError(Exception):
    """The registry may answer if it is asked again."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


def registry_url(base_url: str | None = None) -> str:
    """Return the API asked for, else that of ``TRIALGRAPH_REGISTRY``, else the registry's own."""
    return (base_url or os.environ.get(REGISTRY_VARIABLE) or REGISTRY).rstrip("/")


def fetch_studies(
    ncts: Iterable[str], *, base_url: str | None = None, patience: Patience | None = None
) -> Iterator[Fetched]:
    """Yield studies from the registry, in the order asked for.

    Args:
        ncts: Registry numbers, in capitals or not.
        base_url: Where the API is, up to ``/studies``; see `registry_url`.
        patience: How long to go on asking when the registry is busy or out of reach.
    Raises:
        UsageError: at once, when one is not a registry number.
        RegistryError: when a study isn't there, the registry stays busy or out of reach, or answers
            something else than the study.
    """
    wanted = [nct.strip().upper() for nct in ncts]
    for nct in wanted:
        if not _NCT.fullmatch(nct):
            raise UsageError(f"{nct!r} is not an NCT number", advice="an NCT number is NCT and eight digits")
    return _fetch(wanted, registry_url(base_url), patience or Patience())


def _fetch(ncts: list[str], base_url: str, patience: Patience) -> Iterator[Fetched]:
    agent = {"User-Agent": f"trialgraph/{__version__}", "Accept": "application/json"}
    try:
        client = httpx.Client(timeout=patience.timeout, headers=agent, follow_redirects=True)
        with client:
            for nct in ncts:
                url = httpx.URL(f"{base_url}/studies/{nct}")
                yield _study(_ask(client, url, patience), nct, str(url))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        what = f"not the address of a registry: {error}"
        raise RegistryError(what, where=base_url, advice="give an http or https URL") from error


def _ask(client: httpx.Client, url: httpx.URL, patience: Patience) -> bytes:
    retrying = Retrying(
        retry=retry_if_exception_type(_BusyError),
        stop=stop_after_attempt(patience.attempts),
        wait=lambda state: _wait(state, patience),
        reraise=True,
    )
    try:
        return retrying(_ask_once, client, url)
    except _BusyError as error:
        what = f"no answer after {patience.attempts} attempts: {error}"
        raise RegistryError(what, where=str(url), advice=_ADVICE) from error


def _ask_once(client: httpx.Client, url: httpx.URL) -> bytes:
    try:
        response = client.get(url)
    except httpx.UnsupportedProtocol:
        raise
    except httpx.TransportError as error:
        raise _BusyError(f"{type(error).__name__}: {error}") from error
    except httpx.HTTPError as error:  # too many redirects, or content that can't be decoded
        raise RegistryError(f"no usable answer: {error}", where=str(url), advice=_ADVICE) from error
    if response.status_code in _BUSY:
        raise _BusyError(f"HTTP {response.status_code}", _stated_wait(response))
    if response.status_code == 404:
        raise RegistryError("the registry has no such study", where=str(url), advice="check the number")
    if response.is_error:
        raise RegistryError(f"HTTP {response.status_code}", where=str(url), advice=_ADVICE)
    return response.content


def _wait(state: RetryCallState, patience: Patience) -> float:
    """Return the seconds to wait: what the registry asked for, otherwise ever longer ones."""
    error = state.outcome.exception() if state.outcome else None
    stated = error.wait if isinstance(error, _BusyError) else None
    grown = (wait_exponential(multiplier=patience.first_wait) + wait_random(0, patience.first_wait / 2))(
        state
    )
    return min(grown if stated is None else stated, patience.longest_wait)


def _stated_wait(response: httpx.Response) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3: seconds, or a date)."""
    stated = response.headers.get("Retry-After", "").strip()
    if stated.isdecimal():
        return float(stated)
    try:
        when = parsedate_to_datetime(stated)
    except ValueError:
        return None
    now = datetime.now(UTC)
    return max(0.0, (when.astimezone(UTC) - now).total_seconds())


def _study(content: bytes, nct: str, url: str) -> Fetched:
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    found = list(read_json(content, Place(url, f"{nct}.json")))
    if len(found) != 1 or isinstance(found[0], Refusal):
        reason = found[0].error.what if isinstance(found[0], Refusal) else f"{len(found)} studies"
        raise RegistryError(f"the answer is not the study: {reason}", where=url, advice=_ADVICE)
    record = found[0]
    if nct not in (record.nct, *_aliases(record)):
        raise RegistryError(f"the answer is another study, {record.nct}", where=url, advice=_ADVICE)
    return Fetched(content, replace(record, source=replace(record.source, retrieved=now)))


def _aliases(record: TrialRecord) -> list[str]:
    return record.study["protocolSection"]["identificationModule"].get("nctIdAliases") or []
