"""The server over time: what it reads ahead, what it follows, and what it says when something breaks."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import httpx
import pytest
from starlette.exceptions import HTTPException

from tests.loops import in_own_loop
from tests.serving import serving
from trialgraph.loading import LoadReport, load_records
from trialgraph.resources import product_folder
from trialgraph.server import following, readiness
from trialgraph.server.readiness import STEPS, Readiness
from trialgraph.server.workers import Workers
from trialgraph.sources.files import read_records
from trialgraph.stores import Store, open_store
from trialgraph.stores.embedded import EmbeddedStore

SECRET = "Erika Mustermann"
COUNT = "SELECT (COUNT(*) AS ?n) { ?t a tg:Trial }"


def _break(monkeypatch: pytest.MonkeyPatch, *places: str) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError(SECRET)

    for place in places:
        monkeypatch.setattr(f"trialgraph.server.{place}", broken)


def test_what_nobody_foresaw_is_told_in_the_format_of_the_place(
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A page, a problem document, a line; the log has the place in the program, and nothing of the text."""
    _break(
        monkeypatch,
        "pages.trials.search_trials",
        "api.trials.search_trials",
        "sparql.protocol.read_operation",
    )
    with caplog.at_level(logging.DEBUG):
        page = client.get("/", headers={"Accept": "text/html"})
        problem = client.get("/api/trials")
        line = client.get("/sparql", params={"query": "ASK {}", "format": "json"})
    for answer, media in ((page, "text/html"), (problem, "application/problem+json"), (line, "text/plain")):
        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith(media)
        assert "went wrong" in answer.text
        assert answer.headers["content-security-policy"]
    assert problem.json()["status"] == 500
    assert "<h1>" in page.text
    assert line.text.count("\n") == 1
    told = capfd.readouterr()
    said = caplog.text + told.out + told.err + page.text + problem.text + line.text
    assert SECRET not in said
    assert caplog.text.count("failed with a KeyError in ") == 3
    monkeypatch.undo()
    assert client.get("/").status_code == 200


def test_an_answer_that_breaks_in_the_middle_never_looks_whole(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has begun can't become an error page: the connection ends without the end of the answer."""
    monkeypatch.setattr("trialgraph.server.api.screen._line", lambda _: 1 / 0)
    body = b'{"resourceType": "Patient", "id": "a"}'
    headers = {"Content-Type": "application/fhir+json", "Accept": "application/x-ndjson"}
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/api/screen", content=body, headers=headers)


def test_a_folder_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process loads is found by pages, API and endpoint, without a new start."""
    monkeypatch.setattr(following, "_LOOK", 0.1)
    monkeypatch.setattr(following, "_QUIET", 0.1)
    monkeypatch.setattr(readiness, "STEPS", {})
    first, second = sorted((product_folder("data") / "trials").iterdir())[:2]
    with EmbeddedStore(tmp_path / "store", read_only=False) as store:
        _load(store, first)
    with open_store(tmp_path / "store", read_only=True) as shown, serving(shown, following=True) as client:
        assert _numbers(client) == (1, 1)
        with EmbeddedStore(tmp_path / "store", read_only=False) as store:
            _load(store, second)
        end = time.monotonic() + 60
        while _numbers(client) != (2, 2) and time.monotonic() < end:
            time.sleep(0.1)
        assert _numbers(client) == (2, 2)
        assert client.get(f"/trial/{second.stem}").status_code == 200


def _load(store: Store, path: Path) -> None:
    for _ in load_records(read_records([path]), store, LoadReport()):
        pass


def _numbers(client: httpx.Client) -> tuple[int, int]:
    counted = client.get("/sparql", params={"query": COUNT}, headers={"Accept": "text/csv"}).text.split()
    return client.get("/api/trials").json()["total"], int(counted[1])


def test_what_visitors_need_is_read_ahead(store: Store) -> None:
    """Each part in its turn, told as it is read; nothing is excused any more at the end."""
    told: list[str | None] = []

    async def scenario() -> str:
        ready = Readiness(Workers(1, 30), told.append)
        await ready.read(store)
        return ready.excuse()

    assert in_own_loop(scenario()) == ""
    assert told == [*STEPS, None]


def test_who_comes_too_early_hears_why(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the store is read, an answer that is late says what is being read, on pages and in the API."""
    monkeypatch.setattr(Readiness, "excuse", lambda _: " It still reads the store.")

    def late(*_: object, **__: object) -> None:
        raise HTTPException(503, "late.")

    for place in ("pages.trials.search_trials", "api.trials.search_trials"):
        monkeypatch.setattr(f"trialgraph.server.{place}", late)
    with serving(store) as client:
        for path in ("/", "/api/trials"):
            answer = client.get(path, headers={"Accept": "text/html, application/json"})
            assert answer.status_code == 503
            assert "late. It still reads the store." in answer.text
