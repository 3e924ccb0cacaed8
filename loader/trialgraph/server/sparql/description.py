"""What the endpoint says of itself: a service description, and VoID with counts that were counted.

Source: SPARQL 1.1 Service Description; Describing Linked Datasets with the VoID Vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyoxigraph as ox
from rdflib.namespace import DCTERMS, FOAF, RDF, VOID, XSD
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trialgraph.namespaces import BASE
from trialgraph.processes.formats import GRAPHS, media_header
from trialgraph.queries import PREFIXES
from trialgraph.server.negotiation import choose
from trialgraph.server.sparql.answers import BrokenAnswerError
from trialgraph.server.sparql.engine import Engine, Question
from trialgraph.server.sparql.requests import Operation

__all__ = ["service_description", "void"]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip
_INPUT_FORMATS = _RESULT_FORMATS[4:]
_MOST_GRAPHS = 1_000  # named in a description; of a larger store none are
_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
}
_CLASSES = "SELECT ?part (COUNT(DISTINCT ?s) AS ?n) { ?s a ?part } GROUP BY ?part ORDER BY ?part"
_PROPERTIES = "SELECT ?part (COUNT(*) AS ?n) { ?s ?part ?o } GROUP BY ?part ORDER BY ?part"
_GRAPHS = f"SELECT ?part (0 AS ?n) {{ GRAPH ?part {{}} }} ORDER BY ?part LIMIT {_MOST_GRAPHS + 1}"


async def service_description(request: Request, operation: Operation) -> Response:
    """Describe the endpoint, in RDF; who asks as browsers do is sent to the page for queries."""
    accept = operation.accept or None
    if choose(accept, ["text/turtle", *GRAPHS, "text/html"]) == "text/html":
        if any(getattr(route, "path", None) == "/ask" for route in request.app.routes):
            return RedirectResponse("/ask", 303, headers={"Vary": "Accept"})
        accept = None
    engine: Engine = request.app.state.engine
    here = ox.NamedNode(str(request.url.replace(query="", fragment="")))
    graphs = [name for name, _ in await _parts(engine, _GRAPHS)]
    writes = request.app.state.settings.token is not None
    named = graphs if len(graphs) <= _MOST_GRAPHS else []
    return _response(accept, [*_service(here, engine, writes=writes), *_dataset(here, named)])


async def void(request: Request) -> Response:
    """Describe the dataset: how much of what there is; what takes too long to count is left out."""
    engine: Engine = request.app.state.engine
    here = str(request.base_url).rstrip("/")
    known = request.app.state.counted.get(engine.version)
    if known is None:
        counts = {name: found for name, text in _COUNTS.items() if (found := await _count(engine, text))}
        known = counts, await _parts(engine, _CLASSES), await _parts(engine, _PROPERTIES)
        request.app.state.counted = {engine.version: known}
    counts, classes, properties = known
    dataset = ox.NamedNode(f"{here}/.well-known/void#dataset")
    triples = [
        _say(dataset, RDF.type, VOID.Dataset),
        ox.Triple(dataset, _node(DCTERMS.title), ox.Literal("Clinical trials and their criteria")),
        ox.Triple(dataset, _node(VOID.sparqlEndpoint), ox.NamedNode(f"{here}/sparql")),
        ox.Triple(dataset, _node(FOAF.homepage), ox.NamedNode(f"{here}/")),
        ox.Triple(dataset, _node(VOID.uriSpace), ox.Literal(BASE)),
        *(_number(dataset, VOID[name], count) for name, count in counts.items()),
        *(_number(dataset, VOID.classes, len(classes)) for _ in classes[:1]),
    ]
    triples += _partitions(dataset, "class", VOID.entities, classes)
    triples += _partitions(dataset, "property", VOID.triples, properties)
    accept = ",".join(request.headers.getlist("accept"))
    return _response(accept or None, triples)


def _service(here: ox.NamedNode, engine: Engine, *, writes: bool) -> Iterator[ox.Triple]:
    service = ox.NamedNode(f"{here.value}#service")
    yield _say(service, RDF.type, f"{_SD}Service")
    yield ox.Triple(service, ox.NamedNode(f"{_SD}endpoint"), here)
    yield _say(service, f"{_SD}supportedLanguage", f"{_SD}SPARQL11Query")
    if writes:
        yield _say(service, f"{_SD}supportedLanguage", f"{_SD}SPARQL11Update")
        for name in _INPUT_FORMATS:
            yield _say(service, f"{_SD}inputFormat", _FORMATS + name)
    yield _say(service, f"{_SD}feature", f"{_SD}UnionDefaultGraph")
    if engine.services:
        yield _say(service, f"{_SD}feature", f"{_SD}BasicFederatedQuery")
    for name in _RESULT_FORMATS:
        yield _say(service, f"{_SD}resultFormat", _FORMATS + name)
    yield _say(service, f"{_SD}defaultDataset", f"{here.value}#dataset")


def _dataset(here: ox.NamedNode, graphs: list[str]) -> Iterator[ox.Triple]:
    dataset = ox.NamedNode(f"{here.value}#dataset")
    yield _say(dataset, RDF.type, f"{_SD}Dataset")
    yield _say(dataset, f"{_SD}defaultGraph", f"{here.value}#default")
    yield _say(ox.NamedNode(f"{here.value}#default"), RDF.type, f"{_SD}Graph")
    for number, name in enumerate(graphs, 1):
        graph = ox.NamedNode(f"{here.value}#graph{number}")
        yield ox.Triple(dataset, ox.NamedNode(f"{_SD}namedGraph"), graph)
        yield _say(graph, RDF.type, f"{_SD}NamedGraph")
        yield _say(graph, f"{_SD}name", name)


def _partitions(
    dataset: ox.NamedNode, kind: str, measure: str, parts: list[tuple[str, int]]
) -> Iterator[ox.Triple]:
    for number, (name, count) in enumerate(parts, 1):
        part = ox.NamedNode(f"{dataset.value}-{kind}{number}")
        yield ox.Triple(dataset, ox.NamedNode(f"{VOID}{kind}Partition"), part)
        yield _say(part, VOID[kind], name)
        yield _number(part, measure, count)


async def _count(engine: Engine, text: str) -> int | None:
    rows = await _rows(engine, text)
    return int(rows[0]["n"]["value"]) if rows else None


async def _parts(engine: Engine, text: str) -> list[tuple[str, int]]:
    rows = await _rows(engine, text)
    return [(row["part"]["value"], int(row["n"]["value"])) for row in rows if row["part"]["type"] == "uri"]


async def _rows(engine: Engine, text: str) -> list[dict[str, dict[str, str]]]:
    try:
        answer = await engine.ask(Question(text, "application/sparql-results+json"))
    except BrokenAnswerError as error:
        if error.detail == "the server is ending":
            raise
        return []
    content = answer.content
    if content is None:
        content = b"".join([part async for part in answer.parts()])
    rows: list[dict[str, dict[str, str]]] = json.loads(content)["results"]["bindings"]
    return rows


def _response(accept: str | None, triples: list[ox.Triple]) -> Response:
    media = choose(accept, list(GRAPHS))
    if media is None:
        raise HTTPException(406, f"the description comes as {', '.join(GRAPHS)}")
    prefixes = {**PREFIXES, "sd": _SD, "void": str(VOID), "formats": _FORMATS}
    body = ox.serialize(triples, format=GRAPHS[media], prefixes=prefixes)
    return Response(body, headers={"Content-Type": media_header(media), "Vary": "Accept"})


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(str(iri))


def _say(subject: ox.NamedNode, predicate: str, value: str) -> ox.Triple:
    return ox.Triple(subject, _node(predicate), _node(value))


def _number(subject: ox.NamedNode, predicate: str, value: int) -> ox.Triple:
    return ox.Triple(subject, _node(predicate), ox.Literal(str(value), datatype=_node(XSD.integer)))
