import gzip
import json
import socket
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from trialgraph.cli.fetch import fetch
from trialgraph.errors import InputError, RegistryError, UsageError
from trialgraph.sources.fetch import REGISTRY, Fetched, Patience, fetch_studies, registry_url

from .shared_files import ROOT, shared_file

EXAMPLE = (ROOT / "tests" / "cases" / "study.json").read_bytes()
QUICK = Patience(attempts=3, first_wait=0.01, longest_wait=0.05, timeout=0.5)


class Registry:
    """A registry on this machine: answers by path, each answer once but the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.asked: list[str] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append(self.path)
                left = registry.answers.get(self.path, [(404, {}, b"not found")])
                status, headers, body = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v2"

    def serve(self, nct: str, *answers: tuple[int, dict[str, str], bytes]) -> None:
        """Give these answers when a study is asked for."""
        self.answers[f"/api/v2/studies/{nct}"] = list(answers)


@pytest.fixture
def registry() -> Iterator[Registry]:
    """Run a registry on 127.0.0.1 that has the example study."""
    running = Registry()
    running.serve("NCT00000001", (200, {}, EXAMPLE))
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        thread.join()
        running.server.server_close()


def fetched(registry: Registry, *ncts: str) -> list[Fetched]:
    """Fetch studies without much patience."""
    return list(fetch_studies(ncts, base_url=registry.url, patience=QUICK))


def test_a_study_comes_as_the_registry_sent_it(registry: Registry) -> None:
    """Its bytes are kept, its record says when it was fetched, and a number may be in small letters."""
    [study] = fetched(registry, " nct00000001")
    assert study.content == EXAMPLE
    assert study.record.nct == "NCT00000001"
    assert study.record.source.name == "NCT00000001.json"
    assert study.record.source.sha256 == sha256(EXAMPLE).hexdigest()
    assert study.record.source.retrieved is not None
    age = datetime.now(UTC) - datetime.fromisoformat(study.record.source.retrieved)
    assert timedelta() <= age < timedelta(minutes=1)
    assert registry.asked == ["/api/v2/studies/NCT00000001"]


def test_studies_of_the_corpus_are_fetched(registry: Registry) -> None:
    """Real studies come through whole, in the order asked for."""
    with gzip.open(shared_file("corpus/ctgov_v2.jsonl.gz")) as lines:
        studies = [next(lines).strip() for _ in range(5)]
    ncts = [json.loads(study)["protocolSection"]["identificationModule"]["nctId"] for study in studies]
    for nct, study in zip(ncts, studies, strict=True):
        registry.serve(nct, (200, {}, study))
    found = fetched(registry, *reversed(ncts))
    assert [each.content for each in found] == studies[::-1]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_registry_is_asked_again(registry: Registry, status: int) -> None:
    """A study that comes at the second attempt has come."""
    registry.serve("NCT00000001", (status, {}, b""), (200, {}, EXAMPLE))
    assert len(fetched(registry, "NCT00000001")) == 1
    assert len(registry.asked) == 2


@pytest.mark.parametrize("form", ["seconds", "date", "nonsense"])
def test_retry_after_is_honoured(registry: Registry, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is what the registry asks for, in seconds or as a date, but never over the longest."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    stated = {"seconds": "7", "date": later, "nonsense": "soon"}[form]
    busy = (429, {"Retry-After": stated}, b"")
    longer = (503, {"Retry-After": "3600"}, b"")
    registry.serve("NCT00000001", busy, longer, (200, {}, EXAMPLE))
    patience = Patience(attempts=3, first_wait=1, longest_wait=30, timeout=5)
    assert len(list(fetch_studies(["NCT00000001"], base_url=registry.url, patience=patience))) == 1
    least, most = {"seconds": (7, 7), "date": (15, 20), "nonsense": (1, 1.5)}[form]
    assert least <= waits[0] <= most
    assert waits[1] == 30


def test_waits_grow(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Retry-After each wait is about twice the one before."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    registry.serve("NCT00000001", (500, {}, b""))
    with pytest.raises(RegistryError):
        list(fetch_studies(["NCT00000001"], base_url=registry.url, patience=Patience(attempts=4)))
    assert [1 <= waits[0] <= 1.5, 2 <= waits[1] <= 2.5, 4 <= waits[2] <= 4.5] == [True] * 3


def test_a_registry_that_stays_broken_is_given_up(registry: Registry) -> None:
    """After the last attempt the error says how often it was asked, what it said, and where."""
    registry.serve("NCT00000001", (500, {}, b""))
    with pytest.raises(RegistryError, match=r"studies/NCT00000001: no answer after 3 attempts: HTTP 500; "):
        fetched(registry, "NCT00000001")
    assert len(registry.asked) == 3


def test_an_unknown_study_is_not_asked_for_again(registry: Registry) -> None:
    """404 is an answer."""
    with pytest.raises(RegistryError, match="no such study; check the number"):
        fetched(registry, "NCT99999999")
    assert len(registry.asked) == 1


def test_a_refusal_is_not_asked_for_again(registry: Registry) -> None:
    """403 is an answer too, and named."""
    registry.serve("NCT00000001", (403, {}, b""))
    with pytest.raises(RegistryError, match="HTTP 403"):
        fetched(registry, "NCT00000001")
    assert len(registry.asked) == 1


def test_an_unreachable_registry_is_said_so() -> None:
    """Nothing listens there: the error gives the address and what to do."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(RegistryError, match=r"no answer after 3 attempts: ConnectError.*TRIALGRAPH_REGISTRY"):
        list(fetch_studies(["NCT00000001"], base_url=url, patience=QUICK))


def test_a_silent_registry_is_said_so() -> None:
    """A connection that is taken and never answered times out."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        patience = Patience(attempts=2, first_wait=0.01, timeout=0.05)
        with pytest.raises(RegistryError, match="ReadTimeout"):
            list(fetch_studies(["NCT00000001"], base_url=url, patience=patience))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>Maintenance</html>", "not valid JSON"),
        (b'{"studies": []}', "no studies"),
        (EXAMPLE.replace(b"NCT00000001", b"NCT00000002"), "another study, NCT00000002"),
        (EXAMPLE[:-20], "ends too early"),
    ],
)
def test_an_answer_that_is_not_the_study_is_refused(registry: Registry, body: bytes, said: str) -> None:
    """Whatever else comes with status 200 is not taken for the record."""
    registry.serve("NCT00000001", (200, {}, body))
    with pytest.raises(RegistryError, match=said):
        fetched(registry, "NCT00000001")


def test_a_replaced_number_gives_the_study_that_replaced_it(registry: Registry) -> None:
    """The registry answers an alias with the study that lists it."""
    study = json.loads(EXAMPLE)
    study["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT00000009"]
    registry.serve("NCT00000009", (200, {}, json.dumps(study).encode()))
    [found] = fetched(registry, "NCT00000009")
    assert found.record.nct == "NCT00000001"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "no-scheme", "http://host:port"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """The address itself is at fault, and no attempt is repeated."""
    with pytest.raises(RegistryError, match="not the address of a registry"):
        list(fetch_studies(["NCT00000001"], base_url=url, patience=QUICK))


def test_a_number_that_is_none_is_wrong_usage() -> None:
    """It is raised before anything is asked."""
    with pytest.raises(UsageError, match="'NCT1' is not an NCT number"):
        fetch_studies(["NCT1"])


def test_the_registry_is_chosen_by_option_then_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without either it is ClinicalTrials.gov."""
    monkeypatch.delenv("TRIALGRAPH_REGISTRY", raising=False)
    assert registry_url() == REGISTRY
    monkeypatch.setenv("TRIALGRAPH_REGISTRY", "http://mirror/api/")
    assert registry_url() == "http://mirror/api"
    assert registry_url("http://other") == "http://other"


@pytest.fixture
def command() -> typer.Typer:
    """Return an application with only this command."""
    app = typer.Typer()
    app.command()(fetch)
    return app


def test_the_command_writes_each_study_to_its_file(
    registry: Registry, command: typer.Typer, tmp_path: Path
) -> None:
    """The folder is made, an older file replaced, nothing else left there, and the path printed."""
    folder = tmp_path / "new"
    for _ in range(2):
        result = CliRunner().invoke(
            command, ["NCT00000001", "--out", str(folder), "--registry", registry.url]
        )
        assert (result.exit_code, result.stdout) == (0, f"{folder / 'NCT00000001.json'}\n")
    assert [path.name for path in folder.iterdir()] == ["NCT00000001.json"]
    assert (folder / "NCT00000001.json").read_bytes() == EXAMPLE
    assert stat.S_IMODE((folder / "NCT00000001.json").stat().st_mode) == 0o644


def test_the_command_takes_the_registry_from_the_environment(
    registry: Registry, command: typer.Typer, tmp_path: Path
) -> None:
    """TRIALGRAPH_REGISTRY stands in for the option."""
    environment = {"TRIALGRAPH_REGISTRY": registry.url}
    result = CliRunner().invoke(command, ["NCT00000001", "--out", str(tmp_path)], env=environment)
    assert result.exit_code == 0
    assert registry.asked


def test_what_cannot_be_written_is_said_so(registry: Registry, tmp_path: Path) -> None:
    """A folder that is a file is named, and no half of a record is left."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"NCT00000001\.json: can't be written"):
        fetch(["NCT00000001"], tmp_path / "file", registry.url)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
