"""The endpoint against clients of every kind: other engines, impatient ones, and hostile ones."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import VOID, Graph, Literal, URIRef

from tests.loops import in_own_loop
from tests.serving import BEARER, TOKEN, serving
from trialgraph.namespaces import GRAPH
from trialgraph.server import Settings
from trialgraph.server.connections import Limits
from trialgraph.server.sparql.answers import Answer, BrokenAnswerError
from trialgraph.server.sparql.lookups import LookUps
from trialgraph.stores import Store, open_store
from trialgraph.stores.embedded import EmbeddedStore
from trialgraph.stores.federation import loads, reaches_out
from trialgraph.stores.snapshots import Snapshot

TRIAL = "NCT06794086"
CARTESIAN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
LOOK_UP = f"SELECT ?p ?o {{ trial:{TRIAL} ?p ?o }}"


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[httpx.Client]:
    """Return a client of a server with tight limits."""
    limits = Limits(head=1.0, rate=1_000_000, number=300)
    with serving(store, Settings(places=4, seconds=3, answer=3_000_000), limits) as found:
        yield found


def _ask(client: httpx.Client, query: str, accept: str = "*/*", **parameters: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})


def _processes() -> dict[int, float]:
    """Return the processor time of each process that evaluates queries for this one."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) == os.getpid() and b"trialgraph.processes.evaluation" in command:
                found[int(entry.name)] = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return found


@pytest.mark.parametrize(
    ("query", "name", "media"),
    [
        ("ASK {}", "json", "application/sparql-results+json"),
        ("SELECT * {}", "csv", "text/csv; charset=utf-8"),
        (f"DESCRIBE trial:{TRIAL}", "jsonld", "application/ld+json"),
        (f"DESCRIBE trial:{TRIAL}", "trig", "application/trig"),
        (f"DESCRIBE trial:{TRIAL}", "nquads", "application/n-quads"),
    ],
)
def test_a_link_chooses_the_format_too(client: httpx.Client, query: str, name: str, media: str) -> None:
    """By the parameter ``format``, which takes precedence over Accept."""
    answer = _ask(client, query, "text/turtle;q=0.1", format=name)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert _ask(client, query, format="nonsense").status_code == 400


def test_the_request_says_which_graphs(client: httpx.Client) -> None:
    """What the request gives holds, whatever the query says."""
    count = "SELECT (COUNT(DISTINCT ?n) AS ?c) FROM <urn:none> { ?t tg:nctId ?n }"
    graphs = {"default-graph-uri": [f"{GRAPH}{TRIAL}", f"{GRAPH}NCT06120127"]}
    answer = client.get("/sparql", params={"query": count, **graphs}, headers={"Accept": "text/csv"})
    assert answer.text.split() == ["c", "2"]
    named = "SELECT (COUNT(DISTINCT ?g) AS ?c) { GRAPH ?g { ?s ?p ?o } }"
    answer = client.get(
        "/sparql",
        params={"query": named, "named-graph-uri": f"{GRAPH}{TRIAL}"},
        headers={"Accept": "text/csv"},
    )
    assert answer.text.split() == ["c", "1"]


def test_void_counts_what_there_is(client: httpx.Client, store: Store) -> None:
    """The counts are those of the store."""
    described = Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    (triples,) = described.objects(URIRef(f"{client.base_url}/.well-known/void#dataset"), VOID.triples)
    assert triples == Literal(store.count())
    (row,) = store.select("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }")
    (properties,) = described.objects(None, VOID.properties)
    assert int(properties) == int(row["n"].value)


def test_graphs_are_given_by_their_names(client: httpx.Client, store: Store) -> None:
    """The Graph Store Protocol gives a graph, or the union as the default one; nobody changes it."""
    name = f"{GRAPH}{TRIAL}"
    answer = client.get("/store", params={"graph": name}, headers={"Accept": "application/n-triples"})
    assert set(ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES)) == {
        ox.Quad(each.subject, each.predicate, each.object) for each in store.graph(name)
    }
    assert client.head("/store", params={"graph": name}).status_code == 200
    assert client.get("/store", params={"graph": "urn:none"}).status_code == 404
    assert client.get("/store").status_code == client.get("/store?graph=no").status_code == 400
    assert client.put("/store", params={"graph": name}, content="").status_code == 403
    assert client.patch("/store", params={"graph": name}).status_code == 405


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
def test_a_query_over_its_time_is_stopped(client: httpx.Client) -> None:
    """Its client hears why, and its process, processor and memory are free."""
    began = time.perf_counter()
    answer = _ask(client, CARTESIAN)
    assert (answer.status_code, "longer than 3 seconds" in answer.text) == (503, True)
    assert "retry-after" in answer.headers
    assert time.perf_counter() - began < 60
    before = _processes()
    time.sleep(1)
    assert all(taken - before.get(process, 0) < 0.5 for process, taken in _processes().items())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
def test_a_query_whose_client_has_gone_is_stopped(client: httpx.Client) -> None:
    """Nobody waits for it, so nothing is spent on it."""
    known = set(_processes())
    with pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": CARTESIAN}, timeout=1)
    time.sleep(1.2)
    before = _processes()
    time.sleep(0.5)
    grown = [
        taken - before.get(process, taken) for process, taken in _processes().items() if process in known
    ]
    assert all(each < 0.3 for each in grown)


def test_an_answer_that_is_cut_off_never_looks_whole(client: httpx.Client) -> None:
    """It ends with the reason, without the end that HTTP demands, and is no JSON."""
    received = bytearray()
    with (
        pytest.raises(httpx.RemoteProtocolError),
        client.stream("GET", "/sparql", params={"query": ENDLESS}) as answer,
    ):
        assert answer.status_code == 200
        for chunk in answer.iter_bytes():
            received += chunk
    assert len(received) < 4_000_000
    assert b"# The answer ends here, unfinished" in received[-200:]
    with pytest.raises(ValueError, match=r"."):
        json.loads(received)


def test_a_query_nested_without_end_is_an_error(client: httpx.Client) -> None:
    """The parser recurses; it neither brings the server down nor takes its time."""
    answer = client.post("/sparql", data={"query": "SELECT * " + "{" * 90_000})
    assert answer.status_code in (400, 503)
    assert _ask(client, "ASK {}").status_code == 200


def test_a_large_body_is_refused(client: httpx.Client) -> None:
    """50 MB are read and dropped, so that the client gets to know."""
    headers = {"Content-Type": "application/sparql-query"}
    answer = client.post("/sparql", content=b" " * 50_000_000, headers=headers)
    assert answer.status_code == 413


def test_a_client_that_never_ends_its_request_is_cut_off(client: httpx.Client) -> None:
    """Slow headers, headers without end, and slow bodies."""
    address = (urlsplit(str(client.base_url)).hostname, urlsplit(str(client.base_url)).port)
    slow = b"GET / HTTP/1.1\r\nHost: x\r\nX-"
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500000\r\n\r\nquery="
    body = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + form
    for begin, drip, status in ((slow, b"a", b"408"), (slow, b"a" * 60_000, b"431"), (body, b"a", b"408")):
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(begin)
            began, received = time.perf_counter(), b""
            connection.settimeout(0.1)
            while time.perf_counter() - began < 45:
                try:
                    connection.sendall(drip)
                    received += connection.recv(1000)
                    break
                except TimeoutError:
                    continue
                except OSError:
                    break
            assert time.perf_counter() - began < 45
            assert not received or status in received
    assert _ask(client, "ASK {}").status_code == 200


def test_idle_connections_keep_nobody_out(client: httpx.Client) -> None:
    """More connections than there may be: the longest idle ones give way."""
    address = (urlsplit(str(client.base_url)).hostname, urlsplit(str(client.base_url)).port)
    opened = [socket.create_connection(address, timeout=20) for _ in range(400)]
    try:
        with httpx.Client(base_url=client.base_url, timeout=20) as another:
            assert _ask(another, "ASK {}").status_code == 200
    finally:
        for each in opened:
            each.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\x16\x03\x01",
        b"GET\r\n\r\n",
        b"GET /sparql?query=%FF%FE HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /sparql?query=" + b"%" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    ],
)
def test_malformed_requests_do_no_harm(client: httpx.Client, garbage: bytes) -> None:
    """They are refused, or their connection is closed; the server goes on."""
    address = (urlsplit(str(client.base_url)).hostname, urlsplit(str(client.base_url)).port)
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(garbage)
        try:
            received = connection.recv(1000)
        except OSError:
            received = b""
    assert not received or re.match(rb"HTTP/1\.[01] (2|4)\d\d ", received)
    assert _ask(client, "ASK {}").status_code == 200


def test_a_hostile_client_does_not_starve_the_others(client: httpx.Client) -> None:
    """With heavy queries in every other place, look-ups and small queries are answered."""
    hostile = [threading.Thread(target=_ask, args=(client, CARTESIAN)) for _ in range(2)]
    for each in hostile:
        each.start()
    with httpx.Client(base_url=client.base_url, timeout=60) as another:
        for query in (LOOK_UP, "SELECT (COUNT(*) AS ?n) { ?t a tg:Trial }") * 5:
            assert _ask(another, query).status_code == 200
    for each in hostile:
        each.join()


def test_curl_reads_it(client: httpx.Client) -> None:
    """As in the documentation; it tells a cut answer from a whole one by its exit code."""
    url = f"{client.base_url}/sparql"
    try:
        whole = subprocess.run(["curl", "-s", "-G", url, "--data-urlencode", f"query={LOOK_UP}"], check=False)
    except FileNotFoundError:
        pytest.skip("needs curl")
    assert whole.returncode == 0
    cut = subprocess.run(
        ["curl", "-s", "-o", os.devnull, "-G", url, "--data-urlencode", f"query={ENDLESS}"], check=False
    )
    assert cut.returncode != 0


def test_another_engine_asks_it_in_a_federated_query(client: httpx.Client) -> None:
    """Its own triples (rdflib's) are joined with those of the endpoint, by SERVICE."""
    own = Graph()
    trial = URIRef(f"https://w3id.org/trialgraph/trial/{TRIAL}")
    own.add((URIRef("urn:me"), URIRef("urn:likes"), trial))
    query = f"""SELECT ?id {{ <urn:me> <urn:likes> ?trial
        SERVICE <{client.base_url}/sparql> {{ ?trial <https://w3id.org/trialgraph/ontology#nctId> ?id }} }}"""
    assert [str(row[0]) for row in own.query(query)] == [TRIAL]


def test_only_hosts_that_are_named_are_asked(store: Store, client: httpx.Client) -> None:
    """With ``--allow-service`` the engine asks that host, and no other."""
    other = f"{client.base_url}/sparql"
    query = "SELECT ?id {{ SERVICE <{}> {{ ?t tg:nctId ?id }} }}"
    plain = query.replace("tg:nctId", "<https://w3id.org/trialgraph/ontology#nctId>")
    with serving(store, Settings(services=frozenset({"127.0.0.1"}))) as allowing:
        rows = _ask(allowing, plain.format(other), "application/json").json()["results"]["bindings"]
        assert len(rows) == 5
        assert _ask(allowing, plain.format("http://localhost:1/")).status_code == 400


@pytest.mark.parametrize(
    ("text", "reaches"),
    [
        ("SERVICE <http://good.org/sparql> {}", False),
        ("SERVICE SILENT <https://GOOD.org:81> {}", False),
        ("SERVICE <http://good.org.evil.org/> {}", True),
        ("SERVICE <http://good.org@evil.org/> {}", True),
        ("SERVICE <http://evil.org/?<http://good.org/>> {}", True),
        ("SERVICE <//good.org/> {}", True),
        ("SERVICE <http://g\\u006fod.org/> {}", True),
        ("SERVICE # <http://good.org/>\n <http://evil.org/> {}", True),
        ("SERVICE ?where {}", True),
        ("SERVICE good:sparql {}", True),
        ("SERVICE <http://port.org:82/> {}", False),
        ("SERVICE <http://port.org/> {}", True),
        ("SERVICE <http://good.org/> { SERVICE <http://evil.org/> {} }", True),
    ],
)
def test_a_host_is_allowed_by_its_whole_name(text: str, reaches: bool) -> None:
    """Only an address written out in full, of a host that is named, is let through."""
    assert reaches_out(text, allowed=frozenset({"good.org", "port.org:82"})) is reaches
    assert loads(text.replace("SERVICE", "LOAD"), allowed=frozenset({"good.org", "port.org:82"})) is reaches


@given(st.text(st.sampled_from("SELECTASK?xyz{}<>:/ \n.;*a'\"#\\(|^+LIMIT5tg"), max_size=60))
def test_what_is_answered_at_once_names_one_resource(text: str) -> None:
    """Whatever the text, it is one that begins as a look-up does, has one group and no second dot."""
    from trialgraph.server.sparql.lookups import _SMALL

    if _SMALL.fullmatch(text):
        assert text.count("{") == text.count("}") == 1
        assert not set(text) & set("()|^+'\"#\\")


def test_look_ups_say_what_processes_say(store: Store) -> None:
    """The same answer, by the quick way and by the long one; what isn't small takes the long one."""
    assert isinstance(store, EmbeddedStore)
    snapshot = Snapshot(store)
    quick = LookUps(snapshot.database)
    for text in (LOOK_UP, f"ASK {{ trial:{TRIAL} tg:phase ?x }}", "SELECT * { <urn:no> a ?x } LIMIT 1"):
        found = quick.answer(text, "text/csv")
        assert found is not None
        whole = store.query(
            text,
            prefixes={
                "trial": "https://w3id.org/trialgraph/trial/",
                "tg": "https://w3id.org/trialgraph/ontology#",
            },
        )
        assert sorted(found.split()) == sorted(
            (whole.serialize(format=ox.QueryResultsFormat.CSV) or b"").split()
        )
    for text in (
        "SELECT * { ?s ?p ?o }",
        CARTESIAN,
        LOOK_UP + " ORDER BY ?p",
        "ASK { trial:x a ?a ; a ?b ; a ?c }",
    ):
        assert quick.answer(text, "text/csv") is None
    del quick
    snapshot.remove()


def test_an_answer_that_breaks_off_says_so() -> None:
    """Parts come as they arrive; without their end, the reader gets an error."""

    class Source:
        def hold(self, *, on: bool) -> None:
            """Do nothing."""

        def stop(self, status: int, detail: str) -> None:
            """Do nothing."""

    async def read() -> list[bytes]:
        answer = Answer(Source())
        answer.receive(b"H", b"text/csv")
        answer.receive(b"P", b"a")
        answer.fail(503, "over")
        got = []
        with pytest.raises(BrokenAnswerError, match="over"):
            async for part in answer.parts():
                got.append(part)
        return got

    assert in_own_loop(read()) == [b"a"]


@pytest.fixture(scope="module")
def writable(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a server that may be written to, over a folder."""
    with open_store(tmp_path_factory.mktemp("store") / "s") as opened:
        name = f"{GRAPH}{TRIAL}"
        opened.replace_graph(name, store.graph(name))
        with serving(opened, Settings(token=TOKEN)) as found:
            yield found


def test_only_who_knows_the_token_changes_anything(writable: httpx.Client) -> None:
    """Without it, or with another, nothing happens; with it, the next query sees the change."""
    update = {"update": "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }"}
    asked = "ASK { <urn:a> <urn:b> 1 }"
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        refused = writable.post("/sparql", data=update, headers=headers)
        assert (refused.status_code, "Bearer" in refused.headers["www-authenticate"]) == (401, True)
        assert writable.put("/store?graph=urn:g", content="", headers=headers).status_code == 401
        assert _ask(writable, asked, "text/csv").text.strip() == "false"
    assert writable.post("/sparql", data=update, headers=BEARER).status_code == 204
    assert _ask(writable, asked, "text/csv").text.strip() == "true"
    assert writable.delete("/store?graph=urn:g", headers=BEARER).status_code == 204
    assert _ask(writable, asked, "text/csv").text.strip() == "false"


@pytest.mark.parametrize(
    "update",
    [
        f"INSERT DATA {{ GRAPH graph:{TRIAL} {{ trial:{TRIAL} tg:phase 'PHASE9' }} }}",
        "DELETE WHERE { GRAPH ?g { ?t tg:nctId ?n } }",
        "INSERT DATA { GRAPH <urn:other> { trial:NCT00000001 a tg:Trial } }",
    ],
)
def test_a_change_that_breaks_the_shapes_changes_nothing(writable: httpx.Client, update: str) -> None:
    """It is refused with what is wrong, before any of it has taken effect."""
    name = f"{GRAPH}{TRIAL}"
    before = writable.get("/store", params={"graph": name}).text
    graphs = _ask(writable, "SELECT ?g { GRAPH ?g {} }", "text/csv").text
    mixed = f"INSERT DATA {{ GRAPH <urn:innocent> {{ <urn:a> <urn:b> 1 }} }} ; {update}"
    answer = writable.post("/sparql", data={"update": mixed}, headers=BEARER)
    assert (answer.status_code, "nothing was changed" in answer.text) == (422, True)
    assert writable.get("/store", params={"graph": name}).text == before
    assert _ask(writable, "SELECT ?g { GRAPH ?g {} }", "text/csv").text == graphs


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ("INSERT DATA { ", 400),
        ("LOAD <http://127.0.0.1:1/x>", 400),
        ("INSERT { <urn:a> <urn:b> ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 400),
        ("SELECT * { ?s ?p ?o }", 400),
    ],
)
def test_a_wrong_update_is_refused(writable: httpx.Client, update: str, status: int) -> None:
    """With one line that says why."""
    answer = writable.post("/sparql", data={"update": update}, headers=BEARER)
    assert (answer.status_code, answer.text.count("\n")) == (status, 1)


def test_a_graph_that_is_no_rdf_is_refused(writable: httpx.Client) -> None:
    """400 for what can't be read, 415 for what isn't tried."""
    for kind, body, status in (("text/turtle", "<urn:a>", 400), ("image/png", "x", 415)):
        headers = {**BEARER, "Content-Type": kind}
        answer = writable.put("/store?graph=urn:g", content=body, headers=headers)
        assert answer.status_code == status
