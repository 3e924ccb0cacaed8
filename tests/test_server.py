"""The server as its clients meet it: a real one, on a free port of this machine."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, SPARQLWrapper
from starlette.exceptions import HTTPException

from tests.loops import in_own_loop
from tests.serving import serving
from trialgraph.queries import named_queries
from trialgraph.server import Settings
from trialgraph.server.negotiation import choose
from trialgraph.server.workers import Workers
from trialgraph.stores import Store, open_store
from trialgraph.stores.federation import reaches_out

SERVICES = tomllib.loads((Path(__file__).parent / "cases" / "services.toml").read_text(encoding="utf-8"))
TRIAL = "NCT06794086"
TRIALS = "SELECT ?nct { ?trial a tg:Trial ; tg:nctId ?nct } ORDER BY ?nct"
GRAPH = f"https://w3id.org/trialgraph/graph/{TRIAL}"
CONSTRUCT = "CONSTRUCT { ?trial tg:nctId ?nct } { ?trial tg:nctId ?nct }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
RESULTS = "application/sparql-results+json"
VALUES = {"trial": TRIAL, "concept": "Child-Pugh score", "string": "China", "number": "18", "any": "18"}


def _ask(client: httpx.Client, query: str, accept: str = "*/*") -> httpx.Response:
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept})


def test_the_three_ways_to_send_a_query_give_the_same_answer(client: httpx.Client) -> None:
    """GET, POST as a form and POST as it is are one operation; standard prefixes are known."""
    kind = {"Content-Type": "application/sparql-query; charset=utf-8"}
    answers = [
        client.get("/sparql", params={"query": TRIALS}),
        client.post("/sparql", data={"query": TRIALS}),
        client.post("/sparql", content=TRIALS.encode(), headers=kind),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == RESULTS
        assert answer.headers["access-control-allow-origin"] == "*"
        found = [row["nct"]["value"] for row in answer.json()["results"]["bindings"]]
        assert len(found) == 5
        assert TRIAL in found


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (TRIALS, "", RESULTS),
        (TRIALS, "application/sparql-results+xml", "application/sparql-results+xml"),
        (TRIALS, "text/csv", "text/csv; charset=utf-8"),
        (TRIALS, "text/csv;q=0.2, text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (TRIALS, "text/html, application/xml;q=0.9, */*;q=0.8", RESULTS),
        ("ASK {}", "application/sparql-results+xml;q=0.9, application/json", "application/json"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (f"DESCRIBE <https://w3id.org/trialgraph/trial/{TRIAL}>", "text/*", "text/turtle; charset=utf-8"),
    ],
)
def test_the_client_chooses_the_format(client: httpx.Client, query: str, accept: str, media: str) -> None:
    """Of the formats that fit the query, the one with the highest quality value comes."""
    answer = _ask(client, query, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert answer.headers["vary"] == "Accept"
    assert answer.content


@pytest.mark.parametrize(
    ("query", "accept", "status", "words"),
    [
        ("", "*/*", 400, "no query"),
        ("SELECT ?s {\n  ?s ?p }", "*/*", 400, "line 2, column 9"),
        ("SELECT * { ?s nope:p ?o }", "*/*", 400, "'nope'"),
        ("PREFIX a: <urn:a> INSERT DATA { a:b a:c a:d }", "*/*", 400, "only reads"),
        ("LOAD <http://127.0.0.1:1/>", "*/*", 400, "only reads"),
        (TRIALS, "text/turtle", 406, "text/csv"),
        (TRIALS, "text/csv;q=0", 406, RESULTS),
        (CONSTRUCT, RESULTS, 406, "application/n-triples"),
        ("SELECT * { " + "?s ?p ?o . " * 12_000 + "}", "*/*", 413, "longer than"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused_in_one_line(
    client: httpx.Client, query: str, accept: str, status: int, words: str
) -> None:
    """The status says whose fault it is, and one plain line says what is wrong."""
    answer = client.post("/sparql", data={"query": query}, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.text.count("\n") == 1
    assert words in answer.text


def test_requests_that_are_no_query_are_refused(client: httpx.Client) -> None:
    """Missing, repeated, unknown and over-large requests each have their status."""
    kind = "application/sparql-query"
    assert client.get("/sparql", params={"query": ["ASK {}", "ASK {}"]}).status_code == 400
    assert client.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 403
    assert client.get("/sparql", params={"update": "CLEAR ALL"}).status_code == 400
    update = client.post(
        "/sparql", content="CLEAR ALL", headers={"Content-Type": "application/sparql-update"}
    )
    assert update.status_code == 403
    assert client.post("/sparql", content="ASK {}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/sparql", content=b"ASK {} # \xff", headers={"Content-Type": kind}).status_code == 400
    assert client.post("/sparql", content=b" " * 700_000, headers={"Content-Type": kind}).status_code == 413
    named = client.get("/sparql", params={"query": "ASK {}", "default-graph-uri": "no IRI"})
    assert (named.status_code, "no IRI" in named.text) == (400, True)
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/sparql")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
    preflight = client.options("/sparql", headers={"Origin": "https://example.org"})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, "*")


def test_head_says_what_get_would(client: httpx.Client) -> None:
    """HEAD has the headers of GET and no body, on pages and on the endpoint."""
    for path in ("/", f"/trial/{TRIAL}", "/queries", f"/sparql?query={TRIALS.replace(' ', '+')}"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""
        assert answer.headers["content-length"] == client.get(path).headers["content-length"]


def test_from_narrows_the_union_to_the_graphs_named(client: httpx.Client) -> None:
    """Without FROM the default graph is the union of all; with it, only those graphs."""
    count = "(COUNT(DISTINCT ?nct) AS ?n)"
    body = "{ ?trial a tg:Trial ; tg:nctId ?nct }"
    for query, number in ((f"SELECT {count} {body}", "5"), (f"SELECT {count} FROM <{GRAPH}> {body}", "1")):
        (row,) = _ask(client, query).json()["results"]["bindings"]
        assert row["n"]["value"] == number


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """Return an address of this machine, and the connections that it receives."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                heard.append(str(address))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", heard
        done.set()
        thread.join()


def test_a_listener_hears_what_the_engine_would_do(listener: tuple[str, list[str]]) -> None:
    """The engine itself follows SERVICE: without the refusal, the next test would fail."""
    address, heard = listener
    with pytest.raises(OSError, match=r"."):
        list(ox.Store().query(SERVICES["reaching"]["plain"].replace("ADDRESS", address)))
    assert heard
    heard.clear()


@pytest.mark.parametrize("name", SERVICES["reaching"])
def test_service_never_reaches_out(client: httpx.Client, listener: tuple[str, list[str]], name: str) -> None:
    """A query that asks another server is refused, however it is written."""
    address, heard = listener
    answer = _ask(client, SERVICES["reaching"][name].replace("ADDRESS", address))
    assert answer.status_code == 400
    assert "SERVICE" in answer.text
    assert heard == []


@pytest.mark.parametrize("name", SERVICES["staying"])
def test_a_query_that_only_has_the_word_is_answered(client: httpx.Client, name: str) -> None:
    """Variables, names and texts may be called service."""
    assert _ask(client, SERVICES["staying"][name]).status_code == 200


@pytest.mark.parametrize("text", ["service#" * 12_000, "service" * 14_000, "service " * 12_000, "?" * 99_000])
def test_looking_for_services_takes_no_time(text: str) -> None:
    """No text makes the search slow."""
    start = time.process_time()
    reaches_out(text)
    assert time.process_time() - start < 1


def test_a_query_over_the_time_limit_gives_503(store: Store) -> None:
    """The client hears of it in time, and the server answers others meanwhile and ends at once."""
    with serving(store, Settings(places=2, seconds=2)) as client:
        start = time.perf_counter()
        answer = _ask(client, HEAVY)
        assert (answer.status_code, "2 seconds" in answer.text) == (503, True)
        assert client.get("/api/queries/child-pugh-limits").status_code == 200
        assert time.perf_counter() - start < 40


def test_work_waits_for_a_place_no_longer_than_its_time() -> None:
    """When every place is taken by work that is over time, the next is refused too, until one is free."""
    held = threading.Event()

    async def scenario() -> list[object]:
        workers = Workers(1, 0.2)
        seen: list[object] = []
        for work in (held.wait, int):
            with pytest.raises(HTTPException) as refused:
                await workers.run(work)
            seen.append(refused.value.status_code)
        held.set()
        await asyncio.sleep(0.1)
        seen.append(await workers.run(int))
        return seen

    assert in_own_loop(scenario()) == [503, 503, 0]


def test_work_over_its_time_is_interrupted() -> None:
    """It spends nothing any more, its place is free, and it can't catch that as an error."""
    turns = [0]

    def endless() -> None:
        while True:
            try:
                turns[0] += 1
            except Exception:
                continue

    async def scenario() -> int:
        workers = Workers(1, 0.2)
        for _ in range(20):
            with pytest.raises(HTTPException):
                await workers.run(endless)
        before = turns[0]
        assert await workers.run(lambda: 7) == 7
        await asyncio.sleep(0.1)
        return turns[0] - before

    assert in_own_loop(scenario()) == 0


def test_long_work_leaves_places_for_other_work() -> None:
    """However many ask for work of seconds, half of the places stay for what is quick."""
    held = threading.Event()

    async def scenario() -> int:
        workers = Workers(2, 5)
        slow = [asyncio.ensure_future(workers.run(held.wait, long=True)) for _ in range(4)]
        await asyncio.sleep(0.1)
        found = await asyncio.wait_for(workers.run(lambda: 7), 1)
        held.set()
        assert all(await asyncio.gather(*slow))
        return found

    assert in_own_loop(scenario()) == 7


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib, in SPARQLWrapper
def test_sparqlwrapper_selects_and_constructs(client: httpx.Client) -> None:
    """SPARQLWrapper as its users call it, with its own defaults, by GET and POST."""
    wrapper = SPARQLWrapper(f"{client.base_url}/sparql")
    wrapper.setQuery(TRIALS)
    wrapper.setReturnFormat(JSON)
    assert len(wrapper.queryAndConvert()["results"]["bindings"]) == 5
    wrapper.setMethod(POST)
    assert len(wrapper.queryAndConvert()["results"]["bindings"]) == 5
    constructing = SPARQLWrapper(f"{client.base_url}/sparql")
    constructing.setQuery(CONSTRUCT)
    assert len(constructing.queryAndConvert()) == 5


def test_rdflibs_store_reads_it(client: httpx.Client) -> None:
    """SPARQLStore of rdflib asks, matches triples, and constructs."""
    store = SPARQLStore(f"{client.base_url}/sparql")
    assert len(list(store.query(TRIALS))) == 5
    assert store.query("ASK { ?s a tg:Trial }").askAnswer is True
    assert len(store.query(CONSTRUCT).graph) == 5
    pattern = (None, URIRef("https://w3id.org/trialgraph/ontology#nctId"), None)
    assert len(list(store.triples(pattern))) == 5


def _paths() -> list[str]:
    named = [f"/queries/{name}" for name in named_queries()]
    return ["/", f"/trial/{TRIAL}", "/trial/NCT06850103", "/queries", *named]


@pytest.mark.parametrize("path", [*_paths(), "/nowhere", "/trial/NCT99999999", "/queries/nope", "/?page=9"])
def test_pages_need_nothing_from_elsewhere(client: httpx.Client, path: str) -> None:
    """Each page, those of errors too, has a strict policy, no script, no style but the server's own."""
    answer = client.get(path)
    assert answer.status_code == (200 if path in _paths() else 404)
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", answer.text)
    for needed in re.findall(r'<link rel="(?:stylesheet|icon)"[^>]*href="([^"]+)"', answer.text):
        assert client.get(needed).status_code == 200


def test_the_list_shows_each_trial(client: httpx.Client) -> None:
    """Status, phase, conditions and the numbers of criteria, with a link."""
    page = client.get("/").text
    for words in (f'href="/trial/{TRIAL}"', "not yet recruiting", "phase 3", "Rectal Cancer"):
        assert words in page


def test_a_trial_shows_words_beside_their_reading(client: httpx.Client) -> None:
    """Every criterion is there, narrative ones marked."""
    page, data = client.get(f"/trial/{TRIAL}").text, client.get(f"/api/trials/{TRIAL}").json()
    assert "ECOG performance status from 0 to 1" in page
    narrative = [criterion["id"] for criterion in data["criteria"] if criterion["narrative"]]
    assert page.count('criterion narrative"') == len(narrative) > 0
    for criterion in data["criteria"]:
        assert f'id="{criterion["id"]}"' in page


@pytest.mark.parametrize(
    ("address", "accept", "media"),
    [
        (TRIAL, "text/turtle", "text/turtle"),
        (TRIAL, "application/n-triples, text/html;q=0.5", "application/n-triples"),
        (f"{TRIAL}.ttl", "text/html", "text/turtle"),
        (f"{TRIAL.lower()}.nt", "text/html", "application/n-triples"),
    ],
)
def test_a_trials_address_gives_its_graph(
    client: httpx.Client, address: str, accept: str, media: str
) -> None:
    """By Accept or by the address's ending; it is the whole named graph."""
    answer = client.get(f"/trial/{address}", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(media)
    assert answer.headers["vary"] == "Accept"
    form = ox.RdfFormat.TURTLE if media == "text/turtle" else ox.RdfFormat.N_TRIPLES
    query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"
    (row,) = _ask(client, query).json()["results"]["bindings"]
    assert len(set(ox.parse(answer.content, format=form))) == int(row["n"]["value"])


def test_a_trial_comes_in_no_other_format(client: httpx.Client) -> None:
    """An unknown format is 406, an unknown trial 404 in every format."""
    assert client.get(f"/trial/{TRIAL}", headers={"Accept": "image/png"}).status_code == 406
    for ending in ("", ".ttl"):
        assert client.get(f"/trial/NCT99999999{ending}").status_code == 404
    assert client.get("/trial/nonsense").status_code == 404
    assert client.get("/api/trials/NCT99999999").json()["status"] == 404


@pytest.mark.parametrize("name", named_queries())
def test_each_named_query_is_answered_everywhere(client: httpx.Client, name: str) -> None:
    """Page, JSON interface and the page's link to the endpoint give the same number of rows."""
    query = named_queries()[name]
    values = {each.name: VALUES[each.type] for each in query.parameters if each.required}
    page = client.get(f"/queries/{name}", params=values)
    assert page.status_code == 200
    answer = client.get(f"/api/queries/{name}", params=values)
    assert answer.headers["content-type"] == RESULTS
    link = re.search(r'href="(/sparql\?query=[^"]+)"', page.text)
    assert link
    rows = client.get(link[1]).json()["results"]["bindings"]
    assert len(rows) == len(answer.json()["results"]["bindings"])
    assert page.text.count("<tr>") - 1 == min(len(rows), 500) or not rows


def test_a_wrong_parameter_is_explained(client: httpx.Client) -> None:
    """On the page beside the form; in the JSON interface as a problem; never as query text."""
    hostile = {"trial": '} DELETE { ?s ?p "<script>"'}
    page = client.get("/queries/eligibility-overview", params=hostile)
    assert (page.status_code, "no registry number" in page.text) == (400, True)
    assert "<script>" not in page.text
    problem = client.get("/api/queries/eligibility-overview", params=hostile)
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["status"] == problem.status_code == 400
    missing = client.get("/api/queries/eligibility-overview").json()["detail"]
    assert "is missing" in missing


def test_the_json_interface_lists_trials(client: httpx.Client) -> None:
    """The list has what the page has; a trial's criteria carry their expressions."""
    trials = client.get("/api/trials").json()["trials"]
    assert [trial["nct"] for trial in trials] == sorted(trial["nct"] for trial in trials)
    assert len(trials) == 5
    (performance,) = (
        criterion
        for criterion in client.get(f"/api/trials/{TRIAL}").json()["criteria"]
        if criterion["id"] == "I9"
    )
    assert performance["expression"]["concept_label"] == "ECOG performance status"


def test_an_empty_store_has_a_page_that_says_what_to_do() -> None:
    """No trials is a state of its own, not an empty table."""
    with open_store() as store, serving(store) as client:
        assert "trialgraph load" in client.get("/").text
        listed = client.get("/api/trials").json()
        assert (listed["total"], listed["trials"]) == (0, [])


@given(st.text(max_size=40), st.lists(st.sampled_from(["a/b", "a/c", "d/e"]), min_size=1, unique=True))
def test_negotiation_never_invents_a_format(accept: str, offers: list[str]) -> None:
    """Whatever the header, the choice is one of the offers or none; no header means the first."""
    assert choose(accept, offers) in {*offers, None}
    assert choose(None, offers) == offers[0]


def test_the_most_specific_range_counts() -> None:
    """A type that is named is weighed by its own quality, even when a wildcard's is higher."""
    assert choose("text/*, text/csv;q=0.1, */*;q=0.5", ["text/csv", "application/json"]) == "application/json"
    assert choose("text/csv;q=0, */*", ["text/csv", "text/turtle"]) == "text/turtle"
    assert choose("TEXT/CSV ; Q=0.3", ["text/csv"]) == "text/csv"


@contextmanager
def _command(tmp_path: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run `serve`, and end it with the test, also with one that fails."""
    environment = {**os.environ, "TRIALGRAPH_STORE": str(tmp_path / "none"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "trialgraph", "serve", *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_command_says_where_it_listens_and_ends_quietly(tmp_path: Path) -> None:
    """One line with the address; Ctrl-C ends it without a word, even while a query runs."""
    with _command(tmp_path, "--port", "0") as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        url = next(found[1] for line in lines if (found := re.search(r"Serving at (http://\S+)", line)))
        with httpx.Client(base_url=url, timeout=60) as client:
            assert client.get("/").status_code == 200
            with pytest.raises(httpx.ReadTimeout):
                client.get("/sparql", params={"query": HEAVY}, timeout=0.5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == ""


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    """Exit code 2, the address, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with _command(tmp_path, "--port", port) as process:
            output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert port in errors
    assert errors.count("\n") == 1


def test_a_store_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    """Exit code 2 and no word of serving."""
    with _command(tmp_path, "--port", "0", "--store", str(tmp_path / "absent")) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert "absent" in errors
    assert errors.count("\n") == 1


def test_the_list_of_trials_counts_the_criteria_of_the_prose(client: httpx.Client) -> None:
    """Criteria made of the age and sex fields are outside the numbering, and outside the counts."""
    counts = {
        trial["nct"]: (trial["inclusions"], trial["exclusions"])
        for trial in client.get("/api/trials").json()["trials"]
    }
    assert counts["NCT06794086"] == (12, 21)
    assert counts["NCT06120127"] == (11, 8)
    assert counts["NCT06592612"] == (8, 15)
