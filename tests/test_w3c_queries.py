"""The W3C's tests of query evaluation, over HTTP: each names its data by the parameters of the protocol."""

from __future__ import annotations

import csv
import re
import tarfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import httpx
import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Literal, Namespace, Node, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import XSD

from tests.serving import serving
from tests.shared_files import SHARED, shared_file
from trialgraph.stores import open_store
from trialgraph.stores.embedded import EmbeddedStore

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
ARCHIVE = "w3c/sparql11.tar.gz"
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
EMPTY = f"{BASE}empty"
# what takes another regime or other servers than the protocol has
LEFT_OUT = ("entailment", "service")
FAILURES = tomllib.loads(
    (Path(__file__).parent / "cases" / "w3c-query-failures.toml").read_text(encoding="utf-8")
)["failures"]
NUMBERS = {"integer": "integer", "decimal": "decimal", "double": "double", "float": "float"}
KINDS = {
    "srx": ox.QueryResultsFormat.XML,
    "srj": ox.QueryResultsFormat.JSON,
    "tsv": ox.QueryResultsFormat.TSV,
}


def _files() -> dict[str, bytes]:
    if not (SHARED / ARCHIVE).exists():
        return {}
    with tarfile.open(SHARED / ARCHIVE) as archive:
        return {
            BASE + member.name.removeprefix("sparql11/"): content.read()
            for member in archive
            if (content := archive.extractfile(member)) is not None
        }


FILES = _files()


def _manifests() -> Graph:
    found = Graph()
    for name, content in FILES.items():
        folder = name.removeprefix(BASE).partition("/")[0]
        if name.endswith("/manifest.ttl") and folder not in LEFT_OUT:
            found.parse(content, format="turtle", publicID=name)
    return found


MANIFESTS = _manifests()
TESTS = sorted(
    str(test)
    for kind in (MF.QueryEvaluationTest, MF.CSVResultFormatTest)
    for test in MANIFESTS.subjects(RDF.type, kind)
)


def _id(test: str) -> str:
    return test.removeprefix(BASE).replace("/manifest#", ":")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Return a client of a server whose named graphs are the files of the tests."""
    shared_file(ARCHIVE)
    with open_store() as store:
        assert isinstance(store, EmbeddedStore)
        data = {
            str(file) for relation in (QT.data, QT.graphData) for file in MANIFESTS.objects(None, relation)
        }
        for name in sorted(data):
            form = ox.RdfFormat.from_extension(name.rpartition(".")[2])
            quads = ox.parse(FILES[name], format=form, base_iri=name, rename_blank_nodes=True)
            content = [ox.Quad(*quad.triple, ox.NamedNode(name)) for quad in quads]
            store.replace_all(content, [name], keep=True)
        store.replace_all([], [EMPTY], keep=True)
        with serving(store) as found:
            yield found


def test_the_collector_finds_the_tests() -> None:
    """All folders with tests of evaluation are run, and each known failure is one of them."""
    shared_file(ARCHIVE)
    assert len(TESTS) >= 200
    assert set(FAILURES) <= {_id(test) for test in TESTS}


@pytest.mark.parametrize("test", TESTS, ids=_id)
def test_a_query_is_evaluated_as_the_standard_has_it(
    test: str, client: httpx.Client, request: pytest.FixtureRequest
) -> None:
    """The answer is the one that the W3C gives, in the format that it gives it in."""
    if _id(test) in FAILURES:
        request.applymarker(pytest.mark.xfail(reason=FAILURES[_id(test)], strict=True))
    action, result = MANIFESTS.value(URIRef(test), MF.action), str(MANIFESTS.value(URIRef(test), MF.result))
    query = str(MANIFESTS.value(action, QT.query))
    form = PurePosixPath(result).suffix[1:]
    dataset = {
        "default-graph-uri": _names(action, QT.data),
        "named-graph-uri": _names(action, QT.graphData),
    }
    if "FROM" in FILES[query].decode():
        dataset = {}
    elif not any(dataset.values()):
        dataset["default-graph-uri"] = [EMPTY]
    answer = client.post(
        "/sparql",
        data={"query": f"BASE <{query}>\n{FILES[query].decode()}", **dataset},
        headers={"Accept": _accept(form)},
    )
    assert answer.status_code == 200, answer.text
    if form == "ttl" and answer.headers["content-type"].startswith("application/sparql-results"):
        assert _rows(answer.content, KINDS["srj"]) == _result_set(FILES[result], result)
    elif form in KINDS:
        assert _rows(answer.content, KINDS[form]) == _rows(FILES[result], KINDS[form])
    elif form == "csv":
        assert _lines(answer.text) == _lines(FILES[result].decode())
    else:
        wanted = Graph().parse(FILES[result], format="turtle" if form == "ttl" else "xml", publicID=result)
        assert isomorphic(Graph().parse(answer.content, format="turtle"), wanted)


def _names(action: Node | None, relation: URIRef) -> list[str]:
    return [str(file) for file in MANIFESTS.objects(action, relation)]


def _accept(form: str) -> str:
    if form in KINDS:
        return KINDS[form].media_type
    return "text/csv" if form == "csv" else "text/turtle, application/sparql-results+json"


def _rows(content: bytes, form: ox.QueryResultsFormat) -> object:
    """Return a boolean, or how often each row comes; which blank node one is doesn't count."""
    results = ox.parse_query_results(content, format=form)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = sorted(variable.value for variable in results.variables)
    return names, Counter(tuple(_term(row[name]) for name in names) for row in results)


def _result_set(content: bytes, name: str) -> object:
    """Return what `_rows` does, of results that are written as RDF."""
    found = Graph().parse(content, format="turtle", publicID=name)
    names = sorted(str(each) for each in found.objects(None, RS.resultVariable))
    rows = []
    for solution in found.objects(None, RS.solution):
        bound = {
            str(found.value(binding, RS.variable)): _as_term(found.value(binding, RS.value))
            for binding in found.objects(solution, RS.binding)
        }
        rows.append(tuple(_term(bound.get(each)) for each in names))
    return names, Counter(rows)


def _as_term(node: Node | None) -> object:
    if isinstance(node, Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype else None
        return ox.Literal(str(node), datatype=datatype) if datatype else ox.Literal(str(node))
    return ox.NamedNode(str(node)) if isinstance(node, URIRef) else ox.BlankNode()


def _lines(text: str) -> list[list[tuple[str, str]]]:
    """Return the rows of a CSV file, by column, since `SELECT *` leaves the order of columns open."""
    rows = csv.DictReader(re.sub(r"_:\w+", "_", text).splitlines())
    return sorted(sorted(row.items()) for row in rows)


def _term(term: object) -> str:
    """Return a term as it is compared: numbers by their value, since how they are written is left open."""
    if isinstance(term, ox.Literal) and term.datatype.value == str(XSD.boolean):
        return f"{term.value in ('1', 'true')} boolean"
    if isinstance(term, ox.Literal) and term.datatype.value.removeprefix(str(XSD)) in NUMBERS:
        return f"{float(term.value):.9g} {NUMBERS[term.datatype.value.removeprefix(str(XSD))]}"
    return "_" if isinstance(term, ox.BlankNode) else str(term)
