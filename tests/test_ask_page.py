"""The page that asks: queries in, tables, charts and graphs out."""

from __future__ import annotations

import html
import json
import re

import httpx
import pyoxigraph as ox
import pytest

from tests.serving import serving
from tests.test_server import HEAVY
from trialgraph.queries import named_queries
from trialgraph.server import Settings
from trialgraph.server.pages import answers, asking
from trialgraph.server.pages.ask import _examples
from trialgraph.stores import Store

COUNT = "SELECT ?kind (COUNT(*) AS ?n) { ?criterion tg:kind ?kind } GROUP BY ?kind ORDER BY ?kind"


def _ask(client: httpx.Client, query: str) -> httpx.Response:
    return client.post("/ask", data={"query": query})


def _answer(*rows: str, columns: str) -> answers.Answer:
    query = f"SELECT * {{ VALUES ({columns}) {{ {' '.join(f'({row})' for row in rows)} }} }}"
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    return answers.of_solutions([variable.value for variable in found.variables], found)


def test_the_page_begins_with_an_example(client: httpx.Client) -> None:
    """Nothing is asked before someone does; the editor holds a query to start from."""
    page = client.get("/ask").text
    assert "How many criteria each trial has" in page
    assert 'id="answer"' not in page


@pytest.mark.parametrize("name", [*(each.name for each in _examples()), *named_queries()])
def test_every_example_is_answered(client: httpx.Client, name: str) -> None:
    """Each opens by its link, with its text in the editor and its answer below."""
    answer = client.get("/ask", params={"name": name})
    assert answer.status_code == 200
    assert 'id="answer"' in answer.text
    assert "#+" not in answer.text


def test_an_answer_is_a_table_with_links(client: httpx.Client) -> None:
    """Trials, criteria and concepts lead to their pages."""
    query = "SELECT * { ?c tg:id 'I9' ; tg:mentions ?concept . ?trial tg:criterion ?c } ORDER BY ?c ?concept"
    page = _ask(client, query).text
    for link in ("/trial/NCT06794086#I9", "/trial/NCT06794086", "/concept/ECOGPerformanceStatus"):
        assert f'href="{link}"' in page


def test_an_address_and_a_form_ask_the_same(client: httpx.Client) -> None:
    """What the form sends can be passed on as a link; the answer is the same."""
    tables = [
        re.findall(r"<td.*?</td>", answer.text)
        for answer in (_ask(client, COUNT), client.get("/ask", params={"query": COUNT}))
    ]
    assert tables[0] == tables[1] != []


def test_yes_and_no_are_words(client: httpx.Client) -> None:
    """ASK is answered by one of them."""
    assert '<p class="truth">Yes</p>' in _ask(client, "ASK { ?trial a tg:Trial }").text
    assert '<p class="truth">No</p>' in _ask(client, "ASK { ?trial a tg:Nothing }").text


def test_nothing_found_is_told(client: httpx.Client) -> None:
    """A query that matches nothing isn't one that is wrong."""
    answer = _ask(client, "SELECT ?trial { ?trial tg:nctId 'NCT00000000' }")
    assert answer.status_code == 200
    assert "Nothing matches" in answer.text


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT ?s {\n  ?s ?p }", 400, "Line 2, column 9"),
        ("SELECT * { ?s nope:p ?o }", 400, "the prefix &#39;nope&#39; is not declared"),
        ("INSERT DATA { <a:b> <a:c> <a:d> }", 400, "Line 1, column 1"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 400, "another server"),
        ("SELECT * { " + "?s ?p ?o . " * 12_000 + "}", 413, "longer than"),
    ],
)
def test_a_wrong_query_stays_in_the_editor(client: httpx.Client, query: str, status: int, words: str) -> None:
    """The page says what is wrong and where, and keeps the text to mend."""
    answer = _ask(client, query)
    assert answer.status_code == status
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert html.escape(query[:60]).replace("&#x27;", "&#39;") in answer.text


def test_a_query_over_the_time_limit_stays_in_the_editor(store: Store) -> None:
    """Its status is that of the endpoint."""
    with serving(store, Settings(places=2, seconds=0.5)) as client:
        answer = _ask(client, HEAVY)
        assert answer.status_code == 503
        assert "0.5 seconds" in answer.text
        assert "COUNT(*)" in answer.text


def test_other_names_and_other_methods_are_refused(client: httpx.Client) -> None:
    """A query that isn't there, a body that isn't a form."""
    assert client.get("/ask", params={"name": "nope"}).status_code == 404
    assert client.put("/ask").status_code == 405
    assert client.post("/ask", content=b"ASK {}", headers={"Content-Type": "text/plain"}).status_code == 415


def test_numbers_make_a_chart() -> None:
    """A column of numbers is drawn, led by the words before it; the longest bar is whole."""
    answer = _answer("<a:1> 'one' 2", "<a:2> 'two' 4.5", columns="?thing ?name ?n")
    assert answer.measure == "n"
    assert [(bar.label.text, bar.value, bar.share) for bar in answer.bars] == [
        ("one", "2", 44.44),
        ("two", "4.5", 100.0),
    ]


@pytest.mark.parametrize(
    "rows",
    [("'a' 1",), ("'a' 1", "'b' 'x'"), ("'a' -1", "'b' 2"), ("'a' 0", "'b' 0"), ("'a' 1", "'b' UNDEF")],
)
def test_what_can_not_be_drawn_is_not(rows: tuple[str, ...]) -> None:
    """One row, words among the numbers, numbers below nought or all nought make no chart."""
    assert _answer(*rows, columns="?name ?n").bars == ()


def test_things_make_a_graph(client: httpx.Client) -> None:
    """Two columns of things are links once each; a text is none."""
    found = _answer("<a:1> 'x' <a:2>", "<a:1> 'y' <a:2>", columns="?a ?b ?c")
    assert [(link.source.text, link.target.text) for link in found.links] == [("a:1", "a:2")]
    page = _ask(client, "CONSTRUCT { ?t tg:arm ?a ; tg:nctId ?n } { ?t tg:arm ?a ; tg:nctId ?n }").text
    data = re.search(r'<script type="application/json">(.*?)</script>', page)
    assert data is not None
    assert {by for _, _, by in json.loads(data[1])} == {"tg:arm"}


def test_long_answers_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page shows the first rows, and that there are more."""
    monkeypatch.setattr(answers, "MOST_ROWS", 3)
    rows = [f"{number} 'x'" for number in range(5)]
    cut = _answer(*rows, columns="?n ?x")
    assert (len(cut.rows), cut.more) == (3, True)
    whole = _answer(*rows[:3], columns="?n ?x")
    assert (len(whole.rows), whole.more) == (3, False)


def test_an_answer_too_long_to_read_is_cut_and_says_so(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an answer of megabytes the beginning is shown, and nobody waits for the rest."""
    monkeypatch.setattr(asking, "_MOST_READ", 50_000)
    for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"):
        page = _ask(client, query).text
        assert "There are more rows" in page
        assert page.count("<tr>") > 50


def test_texts_of_the_graph_do_no_harm(client: httpx.Client) -> None:
    """Markup in a literal or an IRI stays text, and a link leads only to pages."""
    rows = "VALUES (?a ?b) { ('</script><script>alert(1)</script>' <javascript:alert(1)>) }"
    page = _ask(client, f"SELECT * {{ {rows} }}").text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_the_editor_is_told_what_to_complete(client: httpx.Client) -> None:
    """Prefixes, classes and properties of the vocabulary, and concepts by all of their names."""
    known = client.get("/ask/terms.json").json()
    assert known["prefixes"]["tgc"] == "https://w3id.org/trialgraph/concept/"
    kinds = {name: kind for name, kind, _ in known["terms"]}
    assert (kinds["tg:Trial"], kinds["tg:criterion"]) == ("class", "property")
    names = {name: called for name, *called in known["concepts"]}
    assert "liver cell carcinoma" in names["tgc:HepatocellularCarcinoma"]
    assert len(names) > 900
