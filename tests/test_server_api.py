"""The HTTP API as an engineer meets it: search, pages, tags, screening, errors."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import Graph

from tests.serving import serving
from tests.shared_files import ROOT
from trialgraph.catalogue import screenable_trials
from trialgraph.expressions import from_json
from trialgraph.namespaces import GRAPH, TG
from trialgraph.packaged import packaged_store
from trialgraph.patients import read_patients
from trialgraph.patients.turtle import to_graph
from trialgraph.queries import named_queries
from trialgraph.server import Settings
from trialgraph.shapes.eligibility import compile_shapes
from trialgraph.stores import Store

TRIAL = "NCT06794086"
LINES = "application/x-ndjson"
PATIENT = ROOT / "data" / "patients" / "example-crc-liver.json"
OTHER = ROOT / "data" / "patients" / "example-crc-prior-pd1.json"
DAY = {"as_of": "2025-09-01"}


def _screen(
    client: httpx.Client, body: bytes, kind: str = "application/fhir+json", **more: str
) -> httpx.Response:
    headers = {"Content-Type": kind, "Accept": more.pop("accept", "application/json")}
    return client.post("/api/screen", params={**DAY, **more}, content=body, headers=headers)


def _is_problem(answer: httpx.Response, status: int, *words: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert problem["title"]
    for each in words:
        assert each in problem["detail"]


def test_following_next_gives_every_trial_once(client: httpx.Client) -> None:
    """The Link header leads through all pages, and a search keeps its parameters on the way."""
    address, seen = "/api/trials?size=2&facets=0&status=RECRUITING", []
    while address:
        answer = client.get(address)
        seen += [trial["nct"] for trial in answer.json()["trials"]]
        assert answer.json()["facets"] == {}
        address = answer.links.get("next", {}).get("url", "")
        assert "status=RECRUITING" in answer.headers["link"]
    assert seen == sorted(set(seen))
    assert len(seen) == answer.json()["total"] > 2


def test_a_search_narrows_by_what_its_facets_say(client: httpx.Client) -> None:
    """The value of a facet is what the parameter of its name takes."""
    facets = client.get("/api/trials").json()["facets"]
    assert set(facets) == {"condition", "criterion", "intervention", "phase", "status", "country", "sponsor"}
    for name, values in facets.items():
        for value in values[:3]:
            found = client.get("/api/trials", params={name: value["value"], "facets": 0})
            assert found.json()["total"] == value["count"] > 0


def test_a_trial_has_each_criterion_with_its_reading(client: httpx.Client, store: Store) -> None:
    """The expressions are those that screening uses."""
    trial = client.get(f"/api/trials/{TRIAL.lower()}").json()
    (expected,) = screenable_trials(store, [TRIAL])
    assert [each["id"] for each in trial["criteria"]] == [each.id for each in expected.criteria]
    for told, criterion in zip(trial["criteria"], expected.criteria, strict=True):
        assert from_json(told["expression"]) == criterion.expression
        assert told["narrative"] == criterion.is_narrative


def test_criteria_are_found_by_what_they_name_and_say(client: httpx.Client) -> None:
    """All parameters hold for each criterion found."""
    wanted = {"concept": "ECOG performance status", "kind": "inclusion", "narrative": "false"}
    found = client.get("/api/criteria", params=wanted).json()
    assert found["total"] == len(found["criteria"]) > 0
    assert {each["kind"] for each in found["criteria"]} == {"inclusion"}
    one = client.get("/api/criteria", params={"trial": TRIAL, "q": "Child-Pugh"}).json()["criteria"]
    assert {each["trial"] for each in one} == {TRIAL}


def test_a_concept_is_found_by_any_of_its_names(client: httpx.Client) -> None:
    """Local name, label, synonym and IRI lead to one answer, that of its name."""
    names = [
        "ColorectalCancer",
        "colorectal cancer",
        "CRC",
        "https://w3id.org/trialgraph/concept/ColorectalCancer",
    ]
    told = [client.get(f"/api/concepts/{name}").json() for name in names]
    assert all(each == told[0] for each in told)
    assert told[0]["parents"]
    assert {"C2955"} <= {code["code"] for code in told[0]["codes"]}
    assert told[0]["uses"]["condition"] == client.get("/api/trials?condition=CRC").json()["total"]
    listed = client.get("/api/concepts", params={"q": "colorectal canc", "used": "true"}).json()
    assert "ColorectalCancer" in {each["name"] for each in listed["concepts"]}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/trials?page=0", 400, ["page"]),
        ("/api/trials?conditon=CRC", 400, ["conditon"]),
        ("/api/trials?condition=colorectal%20cancr", 422, ["colorectal cancer"]),
        ("/api/trials/NCT00000000", 404, ["NCT00000000"]),
        ("/api/trials/42", 400, ["nct"]),
        ("/api/concepts/nothing-of-this-name", 404, ["nothing-of-this-name"]),
        ("/api/criteria?trial=x", 400, ["trial"]),
        ("/api/shapes/NCT00000000", 404, ["NCT00000000"]),
        ("/api/queries/nope", 404, ["nope"]),
        ("/api/nope", 404, ["/api/docs"]),
    ],
)
def test_errors_are_problems(client: httpx.Client, path: str, status: int, words: list[str]) -> None:
    """RFC 9457 everywhere, with words that say what is wrong; a misspelt parameter isn't passed over."""
    _is_problem(client.get(path), status, *words)


@pytest.mark.parametrize("path", ["/api/trials", f"/api/trials/{TRIAL}", "/api/criteria", "/api/concepts"])
def test_a_client_that_wants_no_json_is_told(client: httpx.Client, path: str) -> None:
    """406 says what there is."""
    _is_problem(client.get(path, headers={"Accept": "text/html"}), 406, "application/json")


def test_methods_that_mean_nothing_are_refused_with_those_that_do(client: httpx.Client) -> None:
    """405 has Allow; OPTIONS tells the same."""
    for path, allow in (("/api/trials", "GET, HEAD, OPTIONS"), ("/api/screen", "OPTIONS, POST")):
        refused = client.delete(path)
        _is_problem(refused, 405)
        assert refused.headers["allow"] == client.options(path).headers["allow"] == allow
    assert client.options("/api/trials").status_code == 204


def test_other_sites_may_ask(client: httpx.Client) -> None:
    """A browser's page elsewhere may read answers, tags and links, and send a record."""
    there = {"Origin": "https://example.org"}
    answer = client.get("/api/trials", headers=there)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"ETag", "Link"} <= set(re.split(r",\s*", answer.headers["access-control-expose-headers"]))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    before = client.options("/api/screen", headers=there | asked)
    assert (before.status_code, before.headers["access-control-allow-origin"]) == (200, "*")


@pytest.mark.parametrize(
    "path",
    [
        "/api/trials",
        f"/api/trials/{TRIAL}",
        f"/api/shapes/{TRIAL}",
        "/api/concepts/CRC",
        "/api/queries",
        "/api/queries/child-pugh-limits",
        "/api/openapi.json",
    ],
)
def test_what_has_not_changed_is_not_sent_again(client: httpx.Client, path: str) -> None:
    """304 for the tag, for a list that has it, and for ``*``; HEAD has the same headers and no body."""
    first = client.get(path)
    tag = first.headers["etag"]
    for wanted in (tag, f'"other", W/{tag}', "*"):
        again = client.get(path, headers={"If-None-Match": wanted})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert head.headers["content-length"] == str(len(first.content))


def test_tags_change_when_a_trial_does() -> None:
    """A trial loaded anew in other words has other tags; those of other trials stay."""
    with packaged_store() as store, serving(store) as client:
        paths = [f"/api/trials/{TRIAL}", "/api/trials", f"/trial/{TRIAL}.ttl", "/api/trials/NCT06120127"]
        before = [client.get(path).headers["etag"] for path in paths]
        title = ox.NamedNode(str(TG.briefTitle))
        triples = [
            ox.Triple(each.subject, title, ox.Literal("Anew")) if each.predicate == title else each
            for each in store.graph(str(GRAPH[TRIAL]))
        ]
        store.replace_graph(str(GRAPH[TRIAL]), triples)
        after = [
            client.get(path, headers={"If-None-Match": tag}) for path, tag in zip(paths, before, strict=True)
        ]
        assert [each.status_code for each in after] == [200, 200, 200, 304]
        assert client.get("/api/trials?q=anew").json()["total"] == 1


def test_shapes_come_in_the_formats_of_rdf(client: httpx.Client, store: Store) -> None:
    """Turtle is what the command prints; the others have the same statements."""
    (trial,) = screenable_trials(store, [TRIAL])
    path = f"/api/shapes/{TRIAL}"
    assert client.get(path).text == compile_shapes(trial)
    size = len(Graph().parse(data=compile_shapes(trial), format="turtle"))
    for media, form in (
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ):
        answer = client.get(path, headers={"Accept": media})
        assert answer.headers["content-type"] == media
        assert len(list(ox.parse(answer.content, format=form))) == size
    _is_problem(client.get(path, headers={"Accept": "text/csv"}), 406)


def test_queries_are_listed_as_they_are(client: httpx.Client) -> None:
    """Each with its parameters, columns and text."""
    listed = {each["name"]: each for each in client.get("/api/queries").json()["queries"]}
    assert set(listed) == set(named_queries())
    for name, query in named_queries().items():
        assert listed[name]["sparql"] == query.text
        assert [each["name"] for each in listed[name]["parameters"]] == [
            each.name for each in query.parameters
        ]


def test_a_query_answers_in_the_formats_of_sparql(client: httpx.Client) -> None:
    """JSON without a wish, what Accept likes best with one."""
    path = "/api/queries/child-pugh-limits"
    assert client.get(path).headers["content-type"] == "application/sparql-results+json"
    table = client.get(path, headers={"Accept": "text/csv"})
    assert table.text.startswith("trial,")
    assert len(table.text.splitlines()) == 1 + len(client.get(path).json()["results"]["bindings"])
    _is_problem(client.get(path, headers={"Accept": "text/turtle"}), 406, "text/csv")
    _is_problem(client.get("/api/queries/eligibility-overview?trial=x"), 400, "registry number")


def test_a_bundle_gets_the_contracts_json(client: httpx.Client) -> None:
    """What the command gives, and what was read of the record; it is kept nowhere."""
    answer = _screen(client, PATIENT.read_bytes())
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "etag" not in answer.headers
    told = answer.json()
    assert {"patient", "as_of", "assumed_complete", "trials", "worklist", "report"} <= set(told)
    assert (told["as_of"], told["assumed_complete"], len(told["trials"])) == ("2025-09-01", [], 5)
    assert told["report"]["resources"] == len(json.loads(PATIENT.read_text())["entry"])
    for trial in told["trials"]:
        failed = any(each["verdict"] == "fail" for each in trial["criteria"])
        assert (trial["verdict"] == "ineligible") == failed


@pytest.mark.parametrize("engine", ["index", "pyshacl", "rudof"])
def test_engines_agree(client: httpx.Client, engine: str) -> None:
    """Each gives the same answer, to the byte."""
    pytest.importorskip("pyrudof" if engine == "rudof" else "pyshacl")
    expected = _screen(client, PATIENT.read_bytes(), trial=TRIAL)
    assert _screen(client, PATIENT.read_bytes(), trial=TRIAL, engine=engine).content == expected.content


def test_what_is_assumed_is_told(client: httpx.Client) -> None:
    """Repeated or separated by commas; ``all`` is all."""
    both = _screen(client, PATIENT.read_bytes(), assume_complete="lesions,conditions").json()
    assert both["assumed_complete"] == ["conditions", "lesions"]
    every = _screen(client, PATIENT.read_bytes(), assume_complete="all").json()
    assert len(every["assumed_complete"]) == 5
    _is_problem(_screen(client, PATIENT.read_bytes(), assume_complete="measurements"), 400, "assume_complete")


def test_lines_come_by_trial_and_say_when_they_are_complete(client: httpx.Client) -> None:
    """Head, a line per trial, and the worklist, which add up to the whole answer."""
    whole = _screen(client, PATIENT.read_bytes()).json()
    answer = _screen(client, PATIENT.read_bytes(), accept=LINES)
    assert answer.headers["content-type"].startswith(LINES)
    assert answer.headers["cache-control"] == "no-store"
    head, *trials, end = map(json.loads, answer.text.splitlines())
    assert {**head, **end, "trials": whole["trials"]} == whole
    assert {"patient", "as_of", "assumed_complete", "report"} <= set(head)
    assert [{**each, "patient": whole["patient"]} for each in whole["trials"]] == trials
    assert end["worklist"] == whole["worklist"]


def test_several_patients_give_an_array(client: httpx.Client) -> None:
    """NDJSON of bundles, one per line."""
    lines = b"\n".join(json.dumps(json.loads(path.read_text())).encode() for path in (PATIENT, OTHER))
    told = _screen(client, lines, LINES, trial=TRIAL).json()
    assert [each["patient"] for each in told] == [PATIENT.stem, OTHER.stem]
    streamed = _screen(client, lines, LINES, trial=TRIAL, accept=LINES).text.splitlines()
    assert len(streamed) == 6


def test_a_patient_graph_is_screened_as_its_bundle(client: httpx.Client) -> None:
    """Turtle written from the record gives the same verdicts."""
    (record,) = read_patients(PATIENT)
    turtle = to_graph(record).serialize().encode()
    answers = [_screen(client, PATIENT.read_bytes()), _screen(client, turtle, "text/turtle")]
    first, second = ([trial["verdict"] for trial in each.json()["trials"]] for each in answers)
    assert first == second


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (b"", "application/json", 422, "empty"),
        (b"{", "application/json", 422, "not JSON"),
        (b"[]", "application/json", 422, "no Patient"),
        (b"\xff\xfe", "application/json", 422, "can't be read"),
        (b"[" * 100_000, "application/json", 422, "nested too deeply"),
        (b"@", "text/turtle", 422, "not Turtle"),
        (b"", "text/turtle", 422, "no patient"),
        (b"{}", LINES, 422, "resourceType"),
        (b"x", "image/png", 415, "application/fhir+json"),
        (b"x", "", 415, "application/fhir+json"),
        (b" " * 32_000_001, "application/json", 413, "32,000,000"),
    ],
)
def test_what_is_no_record_is_refused(
    client: httpx.Client, body: bytes, kind: str, status: int, words: str
) -> None:
    """The status says whose fault it is, the detail what is wrong."""
    _is_problem(_screen(client, body, kind), status, words)


def test_a_trial_that_is_not_there_is_refused(client: httpx.Client) -> None:
    """Silence would look as if the patient were no candidate."""
    _is_problem(_screen(client, PATIENT.read_bytes(), trial="NCT00000000"), 422, "NCT00000000")


def test_nothing_of_a_patient_is_written_or_told(
    client: httpx.Client, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a screening nor a defect in the middle of one writes a file or prints a word of the record."""
    opened: list[str] = []
    monkeypatch.setattr(Path, "write_text", lambda path, *_, **__: opened.append(str(path)))
    assert _screen(client, PATIENT.read_bytes()).status_code == 200

    def defect(*_: object, **__: object) -> None:
        raise KeyError("secret words")

    monkeypatch.setattr("trialgraph.server.api.screen.screening_view", defect)
    failed = _screen(client, PATIENT.read_bytes())
    _is_problem(failed, 500, "KeyError")
    assert "secret" not in failed.text
    shown = capfd.readouterr()
    assert "secret" not in shown.out + shown.err
    assert PATIENT.stem not in shown.out + shown.err
    assert opened == []


def test_many_screen_at_once(client: httpx.Client) -> None:
    """Patients aren't mixed up."""
    paths = [PATIENT, OTHER] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda path: _screen(client, path.read_bytes(), trial=TRIAL).json(), paths))
    assert [each["patient"] for each in answers] == [path.stem for path in paths]


def test_an_answer_that_takes_too_long_is_a_problem(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, and not half an answer."""
    held = threading.Event()
    monkeypatch.setattr("trialgraph.server.api.trials.trial_facts", lambda *_: held.wait(5) and {})
    with serving(store, Settings(places=2, seconds=0.3)) as client:
        _is_problem(client.get(f"/api/trials/{TRIAL}"), 503, "0.3 seconds")
        held.set()
