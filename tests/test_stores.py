"""Stores: in memory, on disk, on a server; and what is refused."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.servers import oxigraph_server
from trialgraph.errors import QueryError, StoreError
from trialgraph.stores import ONTOLOGY_GRAPH, Store, open_store, store_location
from trialgraph.stores.syntax import QuerySyntaxError, check_syntax, tokens

GRAPH = "https://w3id.org/trialgraph/graph/"
ODD = 'a "quoted" \\ text,\nwith é, ≥ and \t tab'


def _triples(number: int, text: str = ODD) -> list[ox.Triple]:
    return [
        ox.Triple(
            ox.NamedNode(f"https://example.org/{i}"), ox.NamedNode("https://example.org/p"), ox.Literal(text)
        )
        for i in range(number)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a new store, which tests copy, since making one takes two seconds."""
    folder = tmp_path_factory.mktemp("made") / "store"
    open_store(folder).close()
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Run a server, which each test finds with nothing but the ontology."""
    with oxigraph_server() as url:
        yield url


@pytest.fixture(params=["memory", "folder", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open a store of each kind."""
    if request.param == "server":
        with open_store(request.getfixturevalue("server")) as opened:
            assert list(opened.graphs()) == [ONTOLOGY_GRAPH]
            yield opened
            for graph in list(opened.graphs()):
                if graph != ONTOLOGY_GRAPH:
                    opened.remove_graph(graph)
    elif request.param == "folder":
        with open_store(shutil.copytree(request.getfixturevalue("made"), tmp_path / "store")) as opened:
            yield opened
    else:
        with open_store() as opened:
            yield opened


def test_replacing_a_graph_leaves_only_the_new_triples(store: Store) -> None:
    """A graph that is loaded again holds the new triples and none of the old; others stay."""
    store.replace_graph(f"{GRAPH}NCT00000001", _triples(5))
    store.replace_graph(f"{GRAPH}NCT00000002", _triples(4))
    store.replace_graph(f"{GRAPH}NCT00000001", _triples(2, "new"))
    assert sorted(str(t) for t in store.graph(f"{GRAPH}NCT00000001")) == sorted(map(str, _triples(2, "new")))
    assert sorted(str(t) for t in store.graph(f"{GRAPH}NCT00000002")) == sorted(map(str, _triples(4)))
    assert store.count(f"{GRAPH}NCT00000001") == 2
    assert store.trials() == ["NCT00000001", "NCT00000002"]


def test_many_graphs_replace_what_was_there(store: Store) -> None:
    """Loading in bulk replaces, too, and a graph that comes twice keeps its last content."""
    store.replace_graph(f"{GRAPH}NCT00000003", _triples(9, "old"))
    graphs = [(f"{GRAPH}NCT{number:08}", _triples(3)) for number in range(40)]
    store.replace_graphs([*graphs, (f"{GRAPH}NCT00000007", _triples(1, "last"))])
    assert len(store.trials()) == 40
    assert store.count(f"{GRAPH}NCT00000003") == 3
    assert [t.object.value for t in store.graph(f"{GRAPH}NCT00000007")] == ["last"]


def test_a_removed_graph_is_gone(store: Store) -> None:
    """Removing takes one graph away; removing what isn't there is no error."""
    store.replace_graph(f"{GRAPH}NCT00000001", _triples(5))
    store.remove_graph(f"{GRAPH}NCT00000001")
    store.remove_graph(f"{GRAPH}NCT00000001")
    assert store.trials() == []
    assert list(store.graph(f"{GRAPH}NCT00000001")) == []
    assert list(store.graphs()) == [ONTOLOGY_GRAPH]


def test_queries_see_the_union_of_the_graphs(store: Store) -> None:
    """SELECT, ASK and CONSTRUCT look into every named graph; GRAPH still tells them apart."""
    store.replace_graph(f"{GRAPH}NCT00000001", _triples(2))
    store.replace_graph(f"{GRAPH}NCT00000002", _triples(3))
    prefixes = {"ex": "https://example.org/"}
    assert len(list(store.select("SELECT DISTINCT ?s WHERE { ?s ex:p ?o }", prefixes=prefixes))) == 3
    named = store.select("SELECT ?g WHERE { GRAPH ?g { ex:2 ex:p ?o } }", prefixes=prefixes)
    assert [row["g"].value for row in named] == [f"{GRAPH}NCT00000002"]
    assert store.ask("ASK { ex:1 ex:p ?o }", prefixes=prefixes)
    assert not store.ask("ASK { ex:7 ex:p ?o }", prefixes=prefixes)
    [triple] = store.construct("CONSTRUCT { ex:a ex:b ?o } WHERE { ex:2 ex:p ?o }", prefixes=prefixes)
    assert triple.object.value == ODD


def test_a_query_may_name_its_graphs() -> None:
    """FROM narrows a query to the graphs it names, as SPARQL 1.1 (13.2) says."""
    store = open_store()
    store.replace_graph(f"{GRAPH}NCT00000001", _triples(5))
    store.replace_graph(f"{GRAPH}NCT00000002", _triples(2, "two"))
    rows = store.select(f"SELECT * FROM <{GRAPH}NCT00000002> WHERE {{ ?s ?p ?o }}")
    assert [row["o"].value for row in rows] == ["two", "two"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "ASK { service silent ?anywhere { ?s ?p ?o } }",
        "CONSTRUCT WHERE { ?s ?p ?o } #\rSERVICE\n<http://127.0.0.1:9/> {}",
    ],
)
def test_no_query_leaves_the_store(store: Store, text: str) -> None:
    """A SERVICE clause is refused with its place before anything is sent anywhere."""
    with pytest.raises(QueryError, match="another server") as caught:
        store.query(text)
    assert caught.value.where is not None


def test_the_word_service_is_no_clause(store: Store) -> None:
    """In strings, comments and variables it is a word like any other."""
    text = "# SERVICE\nPREFIX s: <urn:service:>\nASK { ?service s:SERVICE 'from SERVICE' }"
    assert store.ask(text) is False


def test_the_ontology_is_one_named_graph(store: Store) -> None:
    """A store that can be written to holds every module of the ontology from the start."""
    assert store.ask(
        f"ASK {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?module a <http://www.w3.org/2002/07/owl#Ontology> }} }}"
    )


@pytest.mark.parametrize("wrong", ["select", "ask", "construct"])
def test_a_query_of_another_form_is_refused(store: Store, wrong: str) -> None:
    """Asking for rows with an ASK query, and so on, says which method fits."""
    text = "ASK {}" if wrong == "select" else "SELECT * WHERE { ?s ?p ?o }"
    with pytest.raises(QueryError, match=r"not an? "):
        getattr(store, wrong)(text)


def test_a_query_with_a_syntax_error_names_the_place(store: Store) -> None:
    """Every kind of store reports a syntax error the same way."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.query("SELECT ?s\nWHERE { ?s ?p }")
    assert (caught.value.line, caught.value.column) == (2, 15)


def test_a_failed_replacement_changes_nothing(made: Path, tmp_path: Path) -> None:
    """Triples that break off in the middle leave the graph as it was."""

    def broken() -> Iterator[ox.Triple]:
        yield from _triples(3, "new")
        raise ValueError("broken off")

    with open_store(shutil.copytree(made, tmp_path / "store")) as opened:
        opened.replace_graph(f"{GRAPH}NCT00000001", _triples(2, "old"))
        with pytest.raises(ValueError, match="broken off"):
            opened.replace_graph(f"{GRAPH}NCT00000001", broken())
        assert {t.object.value for t in opened.graph(f"{GRAPH}NCT00000001")} == {"old"}


def test_a_folder_keeps_its_graphs(tmp_path: Path) -> None:
    """What was written is there when the store is opened again, and the ontology only once."""
    with open_store(tmp_path / "store") as opened:
        opened.replace_graph(f"{GRAPH}NCT00000001", _triples(2))
        before = opened.count()
    with open_store(str(tmp_path / "store")) as opened:
        assert opened.trials() == ["NCT00000001"]
        assert opened.count() == before


def test_another_ontology_replaces_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store made by another version gets this installation's ontology when it is opened."""
    folder = tmp_path / "ontology"
    folder.mkdir()
    module = folder / "a.ttl"
    module.write_text("<https://example.org/old> a <http://www.w3.org/2002/07/owl#Ontology> .")
    monkeypatch.setattr("trialgraph.stores.interface.product_folder", lambda _: folder)
    open_store(tmp_path / "store").close()
    module.write_text("<https://example.org/new> a <http://www.w3.org/2002/07/owl#Ontology> .")
    with open_store(tmp_path / "store") as opened:
        subjects = {t.subject.value for t in opened.graph(ONTOLOGY_GRAPH)}
    assert "https://example.org/new" in subjects
    assert "https://example.org/old" not in subjects


@pytest.mark.parametrize(
    ("make", "read_only", "message"),
    [
        ("foreign", False, "holds other files"),
        ("foreign", True, "not a trialgraph store"),
        ("file", False, "this is a file"),
        ("missing", True, "no store here"),
        ("newer", False, "format 99"),
        ("broken marker", False, "marker can't be read"),
        ("damaged", False, "can't be opened"),
        ("damaged", True, "can't be opened"),
    ],
)
def test_what_is_no_store_is_refused(
    made: Path, tmp_path: Path, make: str, read_only: bool, message: str
) -> None:
    """A folder that isn't a store is named and left alone."""
    place = tmp_path / "place"
    if make == "file":
        place.write_text("text")
    elif make == "damaged":
        shutil.copytree(made, place)
        for file in (place / "oxigraph").glob("MANIFEST*"):
            file.write_bytes(b"damage")
    elif make != "missing":
        place.mkdir()
        (place / "other.txt").write_text("text")
        if make in {"newer", "broken marker"}:
            marker = "format = 99" if make == "newer" else "format ="
            (place / "trialgraph-store.toml").write_text(marker)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StoreError, match=message) as caught:
        open_store(place, read_only=read_only)
    assert str(place) in str(caught.value)
    assert make == "damaged" or sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("location", ["ftp://example.org/store", "http://127.0.0.1:9/", "http://no host/"])
def test_a_server_that_is_none_is_refused(location: str) -> None:
    """A URL at which no server answers, and one that is no http URL, are named."""
    with pytest.raises(StoreError, match=r"reached|folder or an http"):
        open_store(location)


def test_an_empty_folder_becomes_a_store(tmp_path: Path) -> None:
    """A folder made beforehand is no foreign one."""
    with open_store(tmp_path) as opened:
        assert opened.trials() == []


def test_a_store_in_use_can_be_read_but_not_written(made: Path, tmp_path: Path) -> None:
    """A second process is told that the store is in use, and can read it all the same."""
    with open_store(shutil.copytree(made, tmp_path / "store")) as opened:
        opened.replace_graph(f"{GRAPH}NCT00000001", _triples(2))
        program = "import sys; from trialgraph.stores import open_store; "
        for read_only in (False, True):
            code = f"{program}print(open_store(sys.argv[1], read_only={read_only}).trials())"
            command = [sys.executable, "-c", code, str(tmp_path / "store")]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if read_only:
                assert done.stdout == "['NCT00000001']\n"
            else:
                assert "in use by another process" in done.stderr


@pytest.mark.parametrize("kind", ["folder", "server"])
def test_a_store_opened_to_be_read_is_not_written(made: Path, tmp_path: Path, kind: str) -> None:
    """Writing to a store that was opened only to be read is refused."""
    if kind == "folder":
        with (
            open_store(shutil.copytree(made, tmp_path / "store"), read_only=True) as opened,
            pytest.raises(StoreError, match="only to be read"),
        ):
            opened.replace_graph(f"{GRAPH}NCT00000001", _triples(1))
    else:
        with (
            oxigraph_server() as url,
            open_store(url, read_only=True) as opened,
            pytest.raises(StoreError, match="only to be read"),
        ):
            opened.replace_graph(f"{GRAPH}NCT00000001", _triples(1))


def test_a_closed_store_says_so(made: Path, tmp_path: Path) -> None:
    """Using a store after its context has ended is an error, not a crash."""
    opened = open_store(shutil.copytree(made, tmp_path / "store"))
    opened.close()
    with pytest.raises(StoreError, match="closed"):
        opened.trials()


def test_the_location_comes_from_the_caller_the_environment_or_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An explicit location wins over TRIALGRAPH_STORE, which wins over the user's data folder."""
    monkeypatch.delenv("TRIALGRAPH_STORE", raising=False)
    assert Path(store_location()).parts[-2:] == ("trialgraph", "store")
    monkeypatch.setenv("TRIALGRAPH_STORE", "/from/environment")
    assert store_location() == "/from/environment"
    assert store_location(Path("/given")) == "/given"


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("SELECT ?s WHERE {\n  ?s ?p\n}", 3, 1, "unexpected '}'"),
        ("SELEC ?x {}", 1, 1, "unexpected 'SELEC'"),
        ("SELECT ?x WHER { ?x ?p ?y }", 1, 11, "unexpected 'WHER'"),
        ("SELECT ?s WHERE { ?s foo:x ?o }", 1, 22, "prefix 'foo' is not declared"),
        ("SELECT ?s WHERE {\n ?s ?p 'abc }", 2, 8, "no closing quote"),
        ("SELECT ?x WHERE { ?x ?p ?y", 1, 27, "ends too early"),
        ("# only a comment", 1, 1, "empty"),
        ("SELECT * WHERE { ?s ?p ?o FILTER(?s = ) }", 1, 39, "unexpected ')'"),
        ("SELECT ?x WHERE { ?x ?p ?o } LIMIT x", 1, 36, "unexpected 'x'"),
        (
            "SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x ?p ?y }\n",
            1,
            47,
            "SELECT contains a variable that is unbound",
        ),
        ("INSERT DATA { <a:b> <a:b> 1 }", 1, 1, "unexpected 'INSERT'"),
        ("SELECT ?é WHERE { ?é ?p 'é' ; ; ?p ] }", 1, 36, "unexpected ']'"),
    ],
)
def test_a_syntax_error_has_its_place(text: str, line: int, column: int, what: str) -> None:
    """The line and column are those of the word at fault, whatever the parser looked for there."""
    with pytest.raises(QuerySyntaxError, match=re.escape(what)) as caught:
        check_syntax(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).startswith(f"line {line}, column {column}: ")
    assert "\n" not in str(caught.value)


def test_a_syntax_error_shows_a_caret() -> None:
    """The excerpt is the line at fault with a caret under the word."""
    with pytest.raises(QuerySyntaxError) as caught:
        check_syntax("SELECT ?s\nWHERE { ?s\t?p }")
    assert caught.value.excerpt == "WHERE { ?s ?p }\n              ^"


def test_tokens_keep_strings_iris_and_comments_apart() -> None:
    """A brace in a string, an IRI or a comment is no brace."""
    text = "SELECT * { # }\n ?s <http://x#y> '''a } ' b''' ; tg:p \"}\\\"\" }"
    assert [token for _, token, _ in tokens(text)] == [
        "SELECT", "*", "{", "?s", "<http://x#y>", "'''a } ' b'''", ";", "tg:p", '"}\\""', "}",
    ]  # fmt: skip
