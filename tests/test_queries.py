"""Named queries: their files, their parameters, their results."""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pyoxigraph as ox
import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner, Result

from trialgraph.cli import app
from trialgraph.errors import QueryError, UsageError
from trialgraph.loading import LoadReport, load_records
from trialgraph.queries import (
    FORMATS,
    PREFIXES,
    Query,
    format_results,
    load_query,
    named_queries,
    run_query,
    shorten,
    to_table,
)
from trialgraph.resources import product_folder
from trialgraph.sources.files import Refusal, read_records
from trialgraph.stores import Store, open_store
from trialgraph.stores.syntax import QuerySyntaxError, check_syntax, tokens

QUERY_CASES = Path(__file__).parent / "cases" / "queries"
ONTOLOGY = """
@prefix tgc: <https://w3id.org/trialgraph/concept/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
tgc:PD1Inhibitor rdfs:label "PD-1 inhibitor" ; skos:altLabel "anti-PD-1" .
tgc:Sintilimab rdfs:label "sintilimab" ; rdfs:subClassOf tgc:PD1Inhibitor .
"""
TRIAL = "https://w3id.org/trialgraph/trial/NCT00000001"
GRAPH = "https://w3id.org/trialgraph/graph/NCT00000001"
ECHO = """
#+ title = "Echo"
#+ purpose = "Give back what was given"
#+ [parameters.value]
#+ type = "{type}"
#+ description = "what to give back"
#+ required = {required}
#+ [columns]
#+ value = "The value"
SELECT ?value WHERE {{ VALUES ?value {{ UNDEF }} }}
"""


def echo(kind: str, *, required: bool = True) -> Query:
    """Return a query that gives back its one parameter."""
    return load_query(ECHO.format(type=kind, required=str(required).lower()))


@pytest.fixture(scope="module")
def small() -> Store:
    """Return a store with one empty trial and two concepts."""
    store = open_store()
    store.replace_graph(
        "https://example.org/concepts",
        [quad.triple for quad in ox.parse(ONTOLOGY, format=ox.RdfFormat.TURTLE)],
    )
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    store.replace_graph(GRAPH, [ox.Triple(ox.NamedNode(TRIAL), label, ox.Literal('one "odd" é'))])
    return store


def test_there_are_the_queries_that_the_product_promises() -> None:
    """The folder holds at least the fifteen cross-trial queries asked for."""
    assert len(named_queries()) >= 15


@pytest.mark.parametrize("query", named_queries().values(), ids=named_queries())
def test_a_query_file_is_plain_sparql(query: Query) -> None:
    """A file is valid SPARQL 1.1 by itself, with every prefix it uses declared."""
    assert check_syntax(query.text) in {ox.QuerySolutions, ox.QueryTriples}


@pytest.mark.parametrize("query", named_queries().values(), ids=named_queries())
def test_a_query_file_says_what_it_is_for(query: Query, small: Store) -> None:
    """Title, purpose, parameters and columns are all described, and the columns are the query's own."""
    assert query.title
    assert len(query.purpose) > 40
    assert all(parameter.description for parameter in query.parameters)
    assert all(description for _, description in query.columns)
    results = small.select(query.text, prefixes=PREFIXES)
    assert [name for name, _ in query.columns] == [variable.value for variable in results.variables]


@pytest.mark.parametrize("query", named_queries().values(), ids=named_queries())
def test_a_query_file_uses_terms_of_the_ontology_only(query: Query) -> None:
    """Each tg: and tgc: term of a query is defined in the ontology, so that none is misspelt."""
    defined = {
        quad.subject.value
        for file in product_folder("ontology").glob("*.ttl")
        for quad in ox.parse(path=str(file))
        if isinstance(quad.subject, ox.NamedNode)
    }
    used = {token for kind, token, _ in tokens(query.text) if kind == "name" and re.match("tgc?:.", token)}
    full = {PREFIXES[name.split(":")[0]] + name.split(":")[1] for name in used}
    assert full <= defined, sorted(full - defined)


@pytest.mark.parametrize("query", named_queries().values(), ids=named_queries())
def test_a_query_file_declares_no_prefix_in_vain(query: Query) -> None:
    """The prefixes at the head of a file are those that its body uses."""
    names = [token.split(":")[0] for kind, token, _ in tokens(query.text) if kind == "name"]
    assert [name for name in set(names) if names.count(name) == 1] == []


@pytest.mark.parametrize(
    ("kind", "given_value", "expected"),
    [
        ("trial", "NCT00000001", f"<{TRIAL}>"),
        ("trial", "nct00000001", f"<{TRIAL}>"),
        ("trial", TRIAL, f"<{TRIAL}>"),
        ("concept", "PD1Inhibitor", "<https://w3id.org/trialgraph/concept/PD1Inhibitor>"),
        ("concept", "tgc:PD1Inhibitor", "<https://w3id.org/trialgraph/concept/PD1Inhibitor>"),
        ("concept", "pd-1 INHIBITOR", "<https://w3id.org/trialgraph/concept/PD1Inhibitor>"),
        ("concept", "anti-PD-1", "<https://w3id.org/trialgraph/concept/PD1Inhibitor>"),
        ("string", 'a "b" \\ }', '"a \\"b\\" \\\\ }"'),
        ("number", "1.5", '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("number", "1e3", '"1000"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("any", "NCT00000001", f"<{TRIAL}>"),
        ("any", "tgc:Sintilimab", "<https://w3id.org/trialgraph/concept/Sintilimab>"),
        ("any", "<https://example.org/x>", "<https://example.org/x>"),
        ("any", "China", '"China"'),
        ("any", "7", '"7"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    ],
)
def test_a_parameter_becomes_a_term_of_its_type(
    small: Store, kind: str, given_value: str, expected: str
) -> None:
    """Registry numbers, concept names in any of their forms, texts and numbers become RDF terms."""
    [row] = run_query(echo(kind), small, {"value": given_value})
    assert str(row["value"]) == expected


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_text_is_never_read_as_query(small: Store, text: str) -> None:
    """Whatever a user gives as a text comes back as that very text, quotes and braces included."""
    [row] = run_query(echo("string", required=False), small, {"value": text})
    assert row["value"].value == text.strip()


@pytest.mark.parametrize(
    ("kind", "wrong", "message"),
    [
        ("trial", "NCT123", "no registry number"),
        ("trial", "NCT99999999", "the store has no trial NCT99999999"),
        ("trial", "NCT00000001> } DROP", "no registry number"),
        ("concept", "PD1 inhibtor", "no concept is called 'PD1 inhibtor'.*near: pd-?1 inhibitor"),
        ("concept", "", "no concept is called ''"),
        ("number", "many", "'many' is no number"),
        ("number", "NaN", "'NaN' is no number"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(small: Store, kind: str, wrong: str, message: str) -> None:
    """The message names the parameter, says what is wrong and what the parameter means."""
    with pytest.raises(QueryError, match=message) as caught:
        run_query(echo(kind, required=False), small, {"value": wrong})
    assert "parameter 'value'" in str(caught.value)
    assert "what to give back" in str(caught.value)


def test_a_missing_parameter_is_named_with_its_meaning(small: Store) -> None:
    """A required parameter that isn't given is an error that says what it is and how to give it."""
    with pytest.raises(QueryError, match=r"parameter 'value' is missing: what to give back.*-p value="):
        run_query(echo("string"), small)


def test_an_unknown_parameter_is_named_with_the_known_ones(small: Store) -> None:
    """A parameter that the query doesn't take is an error that lists those it takes."""
    with pytest.raises(QueryError, match="no parameter 'valeu'; it takes value"):
        run_query(echo("string", required=False), small, {"valeu": "x"})


def test_several_values_are_alternatives(small: Store) -> None:
    """A parameter given more than once stands for each of its values."""
    rows = run_query(echo("string"), small, {"value": ["a", "b"]})
    assert sorted(row["value"].value for row in rows) == ["a", "b"]


def test_a_query_without_metadata_takes_parameters(small: Store) -> None:
    """A user's own query takes a value for any of its variables, by VALUES or without it."""
    free = load_query("SELECT ?label WHERE { ?trial rdfs:label ?label }")
    [row] = run_query(free, small, {"trial": "NCT00000001"})
    assert row["label"].value == 'one "odd" é'
    with pytest.raises(QueryError, match="no parameter 'site'"):
        run_query(free, small, {"site": "x"})


def test_braces_in_strings_and_comments_are_no_values(small: Store) -> None:
    """A VALUES in a comment or a string is not taken for a parameter's place."""
    text = '# VALUES ?x { 1 }\nSELECT ?x ?s WHERE { BIND("VALUES ?x { 2 }" AS ?s) VALUES ?x { "}" } }'
    [row] = run_query(load_query(text), small, {"x": "given"})
    assert (row["x"].value, row["s"].value) == ("given", "VALUES ?x { 2 }")


def test_a_query_is_found_by_name_file_or_text(tmp_path: Path) -> None:
    """A name, a path and a text each give a query; anything else is an error with near names."""
    file = tmp_path / "own.rq"
    file.write_text("SELECT * WHERE { ?s ?p ?o }")
    assert load_query("child-pugh-limits").title
    assert load_query(file).text == load_query("SELECT * WHERE { ?s ?p ?o }").text
    with pytest.raises(QueryError, match="did you mean child-pugh-limits"):
        load_query("child-pugh")
    with pytest.raises(QueryError, match="no named query and no file"):
        load_query(tmp_path / "missing.rq")


def test_broken_metadata_is_named(tmp_path: Path) -> None:
    """Metadata that isn't TOML, or a parameter without its place in the query, is an error."""
    for head in ("#+ title =", '#+ [parameters.x]\n#+ type = "string"\n#+ description = "x"'):
        with pytest.raises(QueryError, match="metadata can't be read"):
            load_query(f"{head}\nSELECT * WHERE {{ ?s ?p ?o }}")


def test_a_syntax_error_keeps_the_place_in_the_users_text(small: Store) -> None:
    """Line and column are those of the query as written, not of the query with its values."""
    broken = load_query("SELECT * WHERE {\n VALUES ?x { UNDEF } ?x ?p }")
    with pytest.raises(QuerySyntaxError, match="line 2, column 28"):
        run_query(broken, small, {"x": "a much longer value"})


@pytest.mark.parametrize("form", FORMATS)
def test_results_come_in_the_formats_that_fit(small: Store, form: str) -> None:
    """Rows come as JSON, XML, CSV and TSV, triples as Turtle and N-Triples; others are refused."""
    rows = "SELECT ?label WHERE { ?trial rdfs:label ?label FILTER(?trial = trial:NCT00000001) }"
    triples = "CONSTRUCT WHERE { trial:NCT00000001 rdfs:label ?label }"
    fits = rows if form in {"json", "xml", "csv", "tsv"} else triples
    for text in (rows, triples):
        results = small.query(text, prefixes=PREFIXES)
        if text == fits and form != "table":
            written = format_results(results, form)  # type: ignore[arg-type]
            assert "odd" in written
        else:
            with pytest.raises(UsageError, match="gives"):
                format_results(results, form)  # type: ignore[arg-type]


def test_rows_round_trip_through_their_formats(small: Store) -> None:
    """A program reads back from JSON, XML and TSV the very terms that the query gave."""
    for form in ("json", "xml", "tsv"):
        results = small.query("SELECT ?t ?l WHERE { ?t rdfs:label ?l } ORDER BY ?l", prefixes=PREFIXES)
        written = format_results(results, form)  # type: ignore[arg-type]
        read = ox.parse_query_results(written, format=ox.QueryResultsFormat.from_extension(form))
        assert 'one "odd" é' in {row["l"].value for row in read}


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (None, ""),
        (ox.Literal("[bold]text[/]"), "[bold]text[/]"),
        (ox.NamedNode(f"{TRIAL}/criterion/I4"), "NCT00000001/criterion/I4"),
        (ox.NamedNode("https://w3id.org/trialgraph/concept/SBRT"), "tgc:SBRT"),
        (ox.NamedNode("https://example.org/x"), "https://example.org/x"),
    ],
)
def test_terms_are_shortened_for_people(term: ox.NamedNode | ox.Literal | None, shown: str) -> None:
    """A table shows registry numbers and prefixed names, and text as it is."""
    assert shorten(term) == shown


def test_a_table_has_a_column_for_each_variable(small: Store) -> None:
    """The table's headings are the variables, or the columns asked for."""
    results = small.select("SELECT ?one_thing ?other WHERE { VALUES (?one_thing ?other) { (1 2) } }")
    assert [column.header for column in to_table(results).columns] == ["one thing", "other"]


CASES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(QUERY_CASES.glob("*.toml"))
}


def _marked(kind: str) -> list[ParameterSet]:
    """Return rows known to be missing or too many, each a strict failure with its reason."""
    return [
        pytest.param(
            name,
            tuple(known["row"]),
            id=f"{name}-{known['row']}",
            marks=pytest.mark.xfail(strict=True, reason=known["reason"]),
        )
        for name, case in CASES.items()
        for known in case.get(kind, [])
    ]


@pytest.fixture(scope="module")
def five() -> Store:
    """Return a store with the packaged records."""
    store = open_store()
    for record in load_records(read_records([product_folder("data") / "trials"]), store, LoadReport()):
        assert not isinstance(record, Refusal), record
    return store


def _rows(store: Store, name: str) -> set[tuple[str, ...]]:
    case = CASES[name]
    results = run_query(named_queries()[name], store, case.get("parameters", {}))
    assert isinstance(results, ox.QuerySolutions)
    return {tuple(" ".join(shorten(row[column]).split()) for column in case["columns"]) for row in results}


def test_every_named_query_has_expected_rows() -> None:
    """Each query of the product has a case that was written by reading the five records."""
    assert set(CASES) == set(named_queries())


@pytest.mark.parametrize("name", CASES)
def test_a_query_gives_the_rows_that_a_careful_reader_expects(five: Store, name: str) -> None:
    """Every expected row is there, and no other, but for those that are known to be too many."""
    case, rows = CASES[name], _rows(five, name)
    expected = {tuple(row) for row in case["rows"]}
    known = {tuple(row["row"]) for kind in ("unreached", "beyond") for row in case.get(kind, [])}
    assert expected - rows == set()
    assert case.get("at_least") or rows - expected - known == set()


@pytest.mark.parametrize(("name", "row"), _marked("unreached"))
def test_a_row_that_a_reader_expects_is_not_reached_yet(five: Store, name: str, row: tuple[str, ...]) -> None:
    """Rows that reading criteria doesn't give yet are counted as missing until it does."""
    assert row in _rows(five, name)


@pytest.mark.parametrize(("name", "row"), _marked("beyond"))
def test_a_row_that_a_reader_would_not_expect_is_there(five: Store, name: str, row: tuple[str, ...]) -> None:
    """Rows that come from a misreading are counted as wrong until it is mended."""
    assert row not in _rows(five, name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a store's folder with the packaged records."""
    place = str(tmp_path_factory.mktemp("query") / "store")
    with open_store(place) as store:
        assert list(load_records(read_records([product_folder("data") / "trials"]), store, LoadReport()))
    return place


def _run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [*arguments], input=stdin)


def test_the_command_answers_a_named_query_as_a_table(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come with IRIs shortened, and their number goes to standard error."""
    monkeypatch.setattr(import_module("trialgraph.cli.query"), "output", Console(width=200))
    result = _run("query", "child-pugh-limits", "--store", folder)
    assert result.exit_code == 0
    assert "NCT06592612/criterion/I5" in result.stdout
    assert "https://" not in result.stdout
    assert "4 rows" in result.stderr


def test_the_command_answers_a_file_and_standard_input(folder: str, tmp_path: Path) -> None:
    """A file and standard input hold any query; parameters are given with -p."""
    text = "SELECT ?title WHERE { ?trial tg:briefTitle ?title }"
    file = tmp_path / "title.rq"
    file.write_text(text)
    from_file = _run("query", str(file), "-p", "trial=NCT06794086", "--format", "csv", "--store", folder)
    from_input = _run(
        "query", "-", "-p", "trial=NCT06794086", "--format", "csv", "--store", folder, stdin=text
    )
    assert from_file.stdout == from_input.stdout
    assert "SBRT + PD-1 Monoclonal Antibody" in from_file.stdout


def test_the_command_gives_turtle_for_triples(folder: str) -> None:
    """CONSTRUCT gives Turtle unless another format is asked for; ASK gives yes or no."""
    triples = "CONSTRUCT { ?t a tg:Trial } WHERE { ?t a tg:Trial }"
    assert "trial:NCT06794086 a tg:Trial" in _run("query", triples, "--store", folder).stdout
    assert _run("query", "ASK { ?t a tg:Trial }", "--store", folder).stdout == "yes\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-query"], "no named query and no file"),
        (["criterion-provenance"], "parameter 'trial' is missing: registry number of the trial"),
        (["criterion-provenance", "-p", "trial"], "write -p name=value"),
        (["criterion-provenance", "-p", "trial=NCT99999999"], "the store has no trial NCT99999999"),
        (["child-pugh-limits", "-p", "trail=x"], "no parameter 'trail'; it takes quantity"),
        (["child-pugh-limits", "--format", "yaml"], "unknown format 'yaml'"),
        (["child-pugh-limits", "--format", "turtle"], "gives rows, not turtle"),
        (["SELECT ?s\nWHERE { ?s ?p }"], "query: line 2, column 15: not valid SPARQL: unexpected '}'"),
    ],
)
def test_the_command_refuses_wrong_usage(folder: str, arguments: list[str], message: str) -> None:
    """What is wrong, where, and what to do about it."""
    result = _run("query", *arguments, "--store", folder)
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)


def test_the_command_lists_every_query() -> None:
    """The list names each query with its purpose and parameters, for people and for programs."""
    table = " ".join(_run("queries").stdout.split())
    assert all(name in table for name in named_queries())
    listed = json.loads(_run("queries", "--format", "json").stdout)
    assert {one["name"] for one in listed} == set(named_queries())
    assert all(one["purpose"] and one["columns"] for one in listed)
