"""The W3C's tests of the protocol, the service description and the graph store, over HTTP."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import RDF, BNode, Graph, Literal, Namespace, Node, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from tests.serving import BEARER, TOKEN, serving
from tests.shared_files import SHARED, shared_file
from trialgraph.server import Settings
from trialgraph.stores import Store, open_store
from trialgraph.stores.embedded import EmbeddedStore

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS_LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
ARCHIVE = "w3c/sparql11.tar.gz"
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
STATUS = {"OK": {200}, "Created": {201}, "NoContent": {204}, "NotFound": {404}, "BadRequest": {400}}


def _manifest(*files: str) -> Graph:
    found = Graph()
    if (SHARED / ARCHIVE).exists():
        with tarfile.open(SHARED / ARCHIVE) as archive:
            for file in files:
                member = archive.extractfile(f"sparql11/{file}")
                assert member
                found.parse(member.read(), format="turtle", publicID=BASE + file)
    return found


MANIFEST = _manifest(
    "protocol/manifest.ttl",
    "graph-store-protocol/manifest-direct.ttl",
    "graph-store-protocol/manifest-indirect.ttl",
)
TESTS = sorted(
    str(test)
    for kind in (MF.ProtocolTest, MF.QueryProtocolTest, MF.UpdateProtocolTest, MF.GraphStoreProtocolTest)
    for test in MANIFEST.subjects(RDF.type, kind)
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the unpacked tests."""
    folder = tmp_path_factory.mktemp("w3c")
    with tarfile.open(shared_file(ARCHIVE)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "sparql11"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Return an empty store."""
    with open_store() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[httpx.Client]:
    """Return a client of a server that may be written to."""
    with serving(store, Settings(token=TOKEN)) as found:
        yield found


def test_the_collector_finds_the_tests() -> None:
    """All tests of the two manifests are run."""
    shared_file(ARCHIVE)
    assert len(TESTS) >= 40


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.rpartition("#")[2])
def test_the_protocols_are_kept(test: str, client: httpx.Client, files: Path) -> None:
    """Each request of the test, in its order, has the status, format and content that it demands."""
    _prepare(client, URIRef(test), files)
    locations: dict[str, str] = {}
    action = MANIFEST.value(URIRef(test), MF.action)
    for request in Collection(MANIFEST, MANIFEST.value(action, HT.requests)):
        _send(client, request, locations)


def _prepare(client: httpx.Client, test: Node, files: Path) -> None:
    response = client.post("/sparql", data={"update": "DROP ALL"}, headers=BEARER)
    assert response.status_code == 204, response.text
    for data in MANIFEST.objects(test, UT.graphData):
        name = str(MANIFEST.value(data, RDFS_LABEL))
        content = (files / str(MANIFEST.value(data, UT.graph)).removeprefix(BASE)).read_bytes()
        headers = {**BEARER, "Content-Type": "text/turtle"}
        assert client.put("/store", params={"graph": name}, content=content, headers=headers).is_success


def _send(client: httpx.Client, request: Node, locations: dict[str, str]) -> None:
    path = _located(str(MANIFEST.value(request, HT.absolutePath)), locations)
    path = re.sub(r"^(http://[^/]+/|/gsp)", lambda found: "/" if ":" in found[0] else "/store", path)
    headers = {"Host": "www.example", **BEARER, **dict(_headers(request))}
    body, coding = _body(request)
    content = _located(body, locations).replace("/gsp", "/store").encode(coding) if body else None
    method = str(MANIFEST.value(request, HT.methodName))
    answer = client.request(method, path, headers=headers, content=content)
    response = MANIFEST.value(request, HT.resp)
    assert answer.status_code in _statuses(response), (method, path, answer.status_code, answer.text)
    named = MANIFEST.value(response, MF.expectedLocation)
    if named is not None:
        locations[str(named)] = answer.headers["location"]
    _check_content(answer, response, locations)


def _check_content(answer: httpx.Response, response: Node | None, locations: dict[str, str]) -> None:
    media = answer.headers.get("content-type", "").partition(";")[0]
    form = MANIFEST.value(response, MF.expectedFormat)
    if form == Literal("RDF"):
        list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media)))  # raises otherwise
    elif form is not None:
        results = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.from_media_type(media))
        assert isinstance(results, ox.QueryBoolean) == (form == Literal("boolean"))
        expected = MANIFEST.value(response, MF.expectedBoolean)
        if expected is not None:
            assert bool(results) is expected.toPython()  # type: ignore[attr-defined]
    body, _ = _body(response)
    if body.strip():
        base = str(answer.request.url)
        wanted = Graph().parse(
            data=_located(body, locations).replace("/gsp", "/store"), format="turtle", publicID=base
        )
        assert isomorphic(wanted, Graph().parse(data=answer.content, format="turtle", publicID=base))


def _headers(node: Node) -> Iterator[tuple[str, str]]:
    listed = MANIFEST.value(node, HT.headers)
    for header in Collection(MANIFEST, listed) if listed is not None else ():
        yield str(MANIFEST.value(header, HT.fieldName)), str(MANIFEST.value(header, HT.fieldValue))


def _body(node: Node | None) -> tuple[str, str]:
    body = MANIFEST.value(node, HT.body) or BNode()
    coding = str(MANIFEST.value(body, CNT.characterEncoding) or "UTF-8")
    return str(MANIFEST.value(body, CNT.chars) or ""), coding


def _statuses(response: Node | None) -> set[int]:
    names = [str(each).rpartition("#")[2] for each in MANIFEST.objects(response, MF.expectedStatus)]
    found: set[int] = set()
    for name in names:
        range_ = re.fullmatch(r"StatusCode(\d)xx", name)
        found |= set(range(int(range_[1]) * 100, int(range_[1]) * 100 + 100)) if range_ else STATUS[name]
    return found


def _located(text: str, locations: dict[str, str]) -> str:
    for name, location in locations.items():
        text = text.replace(name, location)
    return text


def test_the_endpoint_describes_itself(client: httpx.Client, store: Store) -> None:
    """RDF, with a service whose endpoint is the address that was asked, as the W3C's three tests demand."""
    assert isinstance(store, EmbeddedStore)
    store.replace_graph("urn:g", [])
    for accept in ("text/turtle", "application/rdf+xml", "*/*"):
        answer = client.get("/sparql", headers={"Accept": accept})
        assert answer.status_code == 200
        media = answer.headers["content-type"].partition(";")[0]
        described = Graph().parse(answer.content, format=media)
        (service,) = described.subjects(RDF.type, SD.Service)
        assert list(described.objects(service, SD.endpoint)) == [URIRef(f"{client.base_url}/sparql")]
        assert (service, SD.feature, SD.UnionDefaultGraph) in described
        (dataset,) = described.objects(service, SD.defaultDataset)
        assert (dataset, RDF.type, SD.Dataset) in described
        assert list(described.objects(dataset, SD.defaultGraph))
        assert set(described.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query, SD.SPARQL11Update}
