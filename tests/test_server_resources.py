"""The graph's IRIs as addresses: pages for people, RDF for programs, the ontology as one document."""

from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from trialgraph.namespaces import BASE, GRAPH, TG, TRIAL
from trialgraph.stores import ONTOLOGY_GRAPH, Store

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NCT = "NCT06120127"
FORMATS = {
    "text/turtle": ("ttl", ox.RdfFormat.TURTLE),
    "application/ld+json": ("jsonld", ox.RdfFormat.JSON_LD),
    "application/n-triples": ("nt", ox.RdfFormat.N_TRIPLES),
    "application/rdf+xml": ("rdf", ox.RdfFormat.RDF_XML),
}
PATHS = [
    f"/trial/{NCT}",
    f"/trial/{NCT}/criterion/I4",
    f"/trial/{NCT}/criterion/I4/expression",
    f"/trial/{NCT}/intervention/1",
    f"/graph/{NCT}",
    "/concept/ColorectalCancer",
    "/ontology",
]


def _triples(answer: httpx.Response, form: ox.RdfFormat) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(answer.content, format=form)}


@pytest.mark.parametrize("path", PATHS)
def test_a_program_gets_the_format_it_likes(client: httpx.Client, path: str) -> None:
    """By Accept or by ending; all formats have the same statements; the ending counts more."""
    sizes = set()
    for media, (ending, form) in FORMATS.items():
        asked = client.get(path, headers={"Accept": f"text/html;q=0.1, {media}"})
        named = client.get(f"{path}.{ending}", headers={"Accept": BROWSER})
        for answer in (asked, named):
            assert answer.status_code == 200
            assert answer.headers["content-type"].partition(";")[0] == media
            assert answer.headers["vary"] == "Accept"
            assert answer.headers["etag"]
        assert asked.content == named.content
        sizes.add(len(_triples(asked, form)))
    assert len(sizes) == 1
    assert sizes.pop() > 2


def test_json_ld_reads_as_json(client: httpx.Client, store: Store) -> None:
    """Short names, one object for each thing, what was asked for first; and the very same statements."""
    for nct in store.trials():
        answer = client.get(f"/trial/{nct}.jsonld")
        document = answer.json()
        assert document["@context"]["@vocab"] == str(TG)
        first = document["@graph"][0]
        assert first["@id"] == f"{BASE}trial/{nct}"
        assert first["@type"] == "Trial"
        assert first["nctId"] == nct
        assert all(iri.startswith(f"{BASE}trial/{nct}/criterion/") for iri in first["criterion"])
        assert _triples(answer, ox.RdfFormat.JSON_LD) == set(store.graph(str(GRAPH[nct])))


@pytest.mark.parametrize("path", PATHS)
def test_a_person_gets_a_page(client: httpx.Client, path: str) -> None:
    """What a browser accepts is HTML, and so is what is asked for without a wish; caches are told."""
    for accept in (BROWSER, "*/*"):
        answer = client.get(path, headers={"Accept": accept}, follow_redirects=True)
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["vary"] == "Accept"
        assert "<h1" in answer.text
    named = client.get(f"{path}.html")
    assert (named.status_code, named.headers["location"]) == (303, path)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_on_offer_is_refused(client: httpx.Client, path: str) -> None:
    """406 as a problem, since a client that wants no HTML gets none."""
    answer = client.get(path, headers={"Accept": "image/png"})
    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json")
    assert "text/turtle" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/trial/NCT00000000",
        "/trial/nonsense",
        f"/trial/{NCT}/criterion/I99",
        f"/trial/{NCT}/criterion/%22%3E",
        "/trial/x/y",
        "/graph/NCT00000000",
        "/graph/ontology",
        "/concept/NoSuchConcept",
        "/source/00",
        "/ontology/nonsense",
    ],
)
def test_what_is_not_there_is_not_found_in_any_format(client: httpx.Client, path: str) -> None:
    """404, as a page for people and as a problem for programs."""
    assert client.get(path, headers={"Accept": BROWSER}).status_code == 404
    answer = client.get(path, headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_trial_is_its_named_graph(client: httpx.Client, store: Store) -> None:
    """At the address of the trial and at that of its graph, whatever the case of the number."""
    expected = set(store.graph(str(GRAPH[NCT])))
    for path in (f"/trial/{NCT.lower()}.nt", f"/graph/{NCT}.nt"):
        assert _triples(client.get(path), ox.RdfFormat.N_TRIPLES) == expected


def test_a_part_is_what_the_graph_says_of_it_and_below_it(client: httpx.Client) -> None:
    """The criterion with its expression, and that it is the trial's; not one whose number begins alike."""
    found = _triples(client.get(f"/trial/{NCT}/criterion/I1.nt"), ox.RdfFormat.N_TRIPLES)
    part = str(TRIAL[f"{NCT}/criterion/I1"])
    subjects = {each.subject.value for each in found}
    assert {part, f"{part}/expression", f"{part}/span", str(TRIAL[NCT])} <= subjects
    assert all(each == str(TRIAL[NCT]) or f"{each}/".startswith(f"{part}/") for each in subjects)


def test_every_iri_of_the_graph_dereferences(client: httpx.Client, store: Store) -> None:
    """Each thing that a trial's graph has a statement about, and each term and concept that it uses."""
    triples = list(store.graph(str(GRAPH[NCT])))
    about = {each.subject.value for each in triples} | {
        node.value
        for each in triples
        for node in (each.predicate, each.object)
        if isinstance(node, ox.NamedNode) and node.value.startswith(f"{BASE}concept/")
    }
    assert len(about) > 50
    for iri in sorted(about)[::9]:
        answer = client.get("/" + iri.removeprefix(BASE), headers={"Accept": "application/n-triples"})
        assert ox.NamedNode(iri) in {each.subject for each in _triples(answer, ox.RdfFormat.N_TRIPLES)}, iri


def test_the_page_of_a_part_links_its_statements(client: httpx.Client) -> None:
    """To concepts, to other parts, to its trial."""
    page = client.get(f"/trial/{NCT}/criterion/I4", headers={"Accept": BROWSER}).text
    for link in (f"/trial/{NCT}", f"/trial/{NCT}/criterion/I4/expression", f"/trial/{NCT}/criterion/I4.ttl"):
        assert f'href="{link}"' in page


def test_an_unchanged_graph_is_not_sent_again(client: httpx.Client) -> None:
    """304 for its tag; each format has its own; the same graph gives the same bytes."""
    path = f"/trial/{NCT}.ttl"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(path).headers["etag"] == tag != client.get(f"/trial/{NCT}.nt").headers["etag"]


def test_the_ontology_is_one_document(client: httpx.Client, store: Store) -> None:
    """All that the imported modules say, under one header that imports nothing."""
    found = _triples(client.get("/ontology.nt"), ox.RdfFormat.N_TRIPLES)
    owl = "http://www.w3.org/2002/07/owl#"
    headers = {each.subject.value for each in found if each.object == ox.NamedNode(f"{owl}Ontology")}
    assert headers == {f"{BASE}ontology"}
    assert not any(each.predicate.value == f"{owl}imports" for each in found)
    named = {each for each in found if isinstance(each.subject, ox.NamedNode)}
    loaded = set(store.graph(ONTOLOGY_GRAPH))
    missing = {each.subject.value for each in loaded if isinstance(each.subject, ox.NamedNode)} - {
        each.subject.value for each in named
    }
    aside = (f"{BASE}ontology/", f"{BASE}graph/", f"{BASE}axiom/", "http://purl.org/dc/terms/")
    assert all(each.startswith(aside) for each in missing)


@pytest.mark.parametrize(
    ("ending", "media"), [("owx", "application/owl+xml"), ("ofn", "text/owl-functional")]
)
def test_the_ontology_comes_in_the_formats_of_owl(client: httpx.Client, ending: str, media: str) -> None:
    """Every class is declared in OWL/XML and in the functional syntax."""
    pytest.importorskip("pyhornedowl")
    answer = client.get("/ontology", headers={"Accept": media})
    assert answer.headers["content-type"].partition(";")[0] == media
    assert client.get(f"/ontology.{ending}").content == answer.content
    found = _triples(client.get("/ontology.nt"), ox.RdfFormat.N_TRIPLES)
    owl_class = ox.NamedNode("http://www.w3.org/2002/07/owl#Class")
    classes = {each.subject.value for each in found if each.object == owl_class} - {""}
    assert len(classes) > 500
    if ending == "owx":
        tree = ElementTree.fromstring(answer.content)
        declared = {each.get("IRI") for each in tree.iterfind("{*}Declaration/{*}Class")}
        assert {each for each in classes if each.startswith(BASE)} <= declared
    else:
        for each in sorted(classes)[::50]:
            assert each not in answer.text or f"Declaration(Class(<{each}>))" in answer.text


def test_modules_come_as_they_are_written(client: httpx.Client) -> None:
    """Their Turtle with its comments; other formats too."""
    written = client.get("/ontology/concepts.ttl")
    assert written.text.startswith("@prefix")
    assert "# " in written.text
    assert client.get("/ontology/trials.rdf").headers["content-type"] == "application/rdf+xml"


def test_a_term_is_a_place_on_the_page_of_the_ontology(client: httpx.Client) -> None:
    """``/ontology#term`` leads to its definition."""
    page = client.get("/ontology", headers={"Accept": BROWSER}).text
    for term in (TG.Trial, TG.criterion, TG.nctId, TG.mentions):
        assert f'id="{str(term).removeprefix(str(TG))}"' in page


def test_the_page_of_the_ontology_tells_what_a_reasoner_adds_and_how_terms_are_aligned(
    client: httpx.Client,
) -> None:
    """A defined class is below what was inferred of it; a mapping has its relation and its confidence."""
    page = client.get("/ontology", headers={"Accept": BROWSER}).text
    defined = page.partition('id="ChemotherapyArm"')[2].partition("</dd>")[0]
    assert '<a href="#SystemicTherapyArm">' in defined
    table = page.partition('id="alignment"')[2]
    assert "close match" in table and "NCIT:C16112" in table
