import json
from dataclasses import replace

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import expressions as screenable
from tests.strategies import limits
from trialgraph.criteria.criterion import Criterion, Kind, Part
from trialgraph.errors import InputError
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Expression,
    Fact,
    Limit,
    Narrative,
    Not,
    Value,
    Window,
    from_json,
)
from trialgraph.graph import Triple, criterion_triples, expression_from_graph, expression_to_graph
from trialgraph.namespaces import BASE, TG, TGC
from trialgraph.records import Source, TrialRecord

NODE = ox.NamedNode(f"{BASE}trial/NCT00000001/criterion/I1/expression")
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

ANC = Value(
    str(TGC.AbsoluteNeutrophilCount),
    "absolute neutrophil count",
    Limit(1.5),
    unit="10*9/L",
    within=Window(2, "week", "within 2 weeks"),
    span=(5, 20),
)
ALT = Value(str(TGC.ALT), "ALT", Limit(high=3, high_inclusive=False), relative_to="ULN", span=(25, 40))
METASTASIS = Fact(
    str(TGC.LiverMetastasis),
    "liver metastasis",
    "lesion",
    {"status": "active", "relation": "a=b"},
    count=Limit(1, high=5),
    size=Limit(high=60),
    span=(45, 60),
)
JUDGED = Narrative("good compliance", "judgement", (62, 77))

# Words and numbers of any kind; what the strategies for screening leave out.
words = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.floats(allow_nan=False, allow_infinity=False)
spans = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))
windows = st.none() | st.builds(
    Window,
    st.none() | st.floats(0, 10**6),
    st.sampled_from(["day", "week", "month", "year"]),
    words,
    open=st.booleans(),
)
iris = st.sampled_from([str(TGC.AbsoluteNeutrophilCount), str(TGC.LiverMetastasis)])
wide_limits = limits() | st.builds(Limit, low=numbers, high=numbers) | st.just(Limit())
strange_values = st.builds(
    Value,
    iris,
    words,
    wide_limits,
    unit=st.none() | words,
    relative_to=st.sampled_from([None, "ULN", "LLN", "baseline"]),
    within=windows,
    span=spans,
)
strange_facts = st.builds(
    Fact,
    iris,
    words,
    st.sampled_from(["condition", "lesion", "treatment", "other"]),
    modifiers=st.dictionaries(words.filter(lambda name: "=" not in name), words, max_size=3),
    count=st.none() | limits(),
    size=st.none() | limits(),
    within=windows,
    span=spans,
    exceptions=st.sets(iris).map(lambda found: tuple(sorted(found))),
)
narratives = st.builds(
    Narrative, words, st.sampled_from(["judgement", "consent", "remark", "not-formalised"]), spans
)


def branches(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Build operators over expressions, with no operand and with more than nine."""
    operands = st.lists(inner, max_size=12).map(tuple)
    return st.builds(AllOf, operands) | st.builds(AnyOf, operands) | st.builds(Not, inner)


strange = st.recursive(strange_values | strange_facts | narratives, branches, max_leaves=15)


def written_and_read(triples: list[Triple]) -> list[Triple]:
    """Return triples after a way through N-Triples, in another order."""
    text = ox.serialize(reversed(triples), format=ox.RdfFormat.N_TRIPLES)
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]


@given(screenable | strange)
def test_an_expression_comes_back_from_its_graph(expression: Expression) -> None:
    """Whatever is written as RDF reads as the same expression, in whichever order the triples come."""
    triples = list(expression_to_graph(expression, NODE))
    assert expression_from_graph(written_and_read(triples), NODE) == expression


@given(screenable)
def test_an_expression_has_one_graph(expression: Expression) -> None:
    """The same expression gives the same triples, each once, without a blank node."""
    triples = list(expression_to_graph(expression, NODE))
    assert triples == list(expression_to_graph(expression, NODE))
    assert len(set(triples)) == len(triples)
    assert not any(isinstance(term, ox.BlankNode) for t in triples for term in (t.subject, t.object))


A = Narrative("A", "judgement", (0, 1))
B = Narrative("B", "judgement", (1, 2))
POLARITIES = [
    ("inclusion", A, {"A": ("required", "false")}),
    ("inclusion", AllOf((A, B)), {"A": ("required", "false"), "B": ("required", "false")}),
    ("inclusion", AnyOf((A, B)), {"A": ("required", "true"), "B": ("required", "true")}),
    ("inclusion", AnyOf((A,)), {"A": ("required", "false")}),
    ("inclusion", Not(A), {"A": ("barred", "false")}),
    ("inclusion", Not(Not(A)), {"A": ("required", "false")}),
    ("inclusion", Not(AnyOf((A, B))), {"A": ("barred", "false"), "B": ("barred", "false")}),
    ("inclusion", Not(AllOf((A, B))), {"A": ("barred", "true"), "B": ("barred", "true")}),
    ("exclusion", A, {"A": ("barred", "false")}),
    ("exclusion", AnyOf((A, B)), {"A": ("barred", "false"), "B": ("barred", "false")}),
    ("exclusion", AllOf((A, B)), {"A": ("barred", "true"), "B": ("barred", "true")}),
    ("exclusion", Not(A), {"A": ("required", "false")}),
    ("exclusion", AllOf((A, Not(B))), {"A": ("barred", "true"), "B": ("required", "true")}),
    ("exclusion", Not(AnyOf((A, B))), {"A": ("required", "true"), "B": ("required", "true")}),
    ("exclusion", Not(AllOf((A, B))), {"A": ("required", "false"), "B": ("required", "false")}),
]


@pytest.mark.parametrize(("kind", "expression", "expected"), POLARITIES, ids=str)
def test_an_atom_says_what_enrolment_asks_of_it(
    kind: Kind, expression: Expression, expected: dict[str, tuple[str, str]]
) -> None:
    """Negations above it and exclusion turn it round; it is an alternative where one of several will do."""
    said: dict[str, dict[str, str]] = {}
    for triple in expression_to_graph(expression, NODE, kind=kind):
        said.setdefault(triple.subject.value, {})[triple.predicate.value] = triple.object.value
    atoms = [node for node in said.values() if str(TG.text) in node]
    found = {node[str(TG.text)]: (node[str(TG.polarity)], node[str(TG.alternative)]) for node in atoms}
    assert found == expected


def record(layout: str = "ctgov-v2") -> TrialRecord:
    """Return a record whose criteria are given by a test."""
    return TrialRecord("NCT00000001", {}, Source("a.json", "ab", layout), None)


CRITERION = Criterion(
    id="E2",
    kind="exclusion",
    order=2,
    text="No ANC ≥ 1.5:\n1. ALT\n2. metastasis",
    span=(100, 135),
    normalized="No ANC ≥ 1.5: 1. ALT 2. metastasis",
    parts=(Part("ALT", (17, 20), marker="1."), Part("metastasis", (24, 34), 2)),
    scope="part B",
    expression=AllOf((Not(ANC), AnyOf((ALT, METASTASIS)), JUDGED)),
)
GRAPH = list(criterion_triples(record(), CRITERION))


def values(path: str, predicate: str, graph: list[Triple] = GRAPH) -> list[str]:
    """Return what a graph says of a node below the trial; predicates as `tg:` names or IRIs."""
    iri = predicate if "://" in predicate else str(TG[predicate])
    trial = f"{BASE}trial/NCT00000001"
    node = f"{trial}/{path}".rstrip("/")
    found = (t.object.value for t in graph if t.subject.value == node and t.predicate.value == iri)
    return [value.removeprefix(f"{trial}/").removeprefix(str(TG)) for value in found]


@pytest.mark.parametrize(
    ("path", "predicate", "expected"),
    [
        ("", "criterion", ["criterion/E2"]),
        ("criterion/E2", TYPE, ["Criterion", "ExclusionCriterion"]),
        ("criterion/E2", "id", ["E2"]),
        ("criterion/E2", "kind", ["exclusion"]),
        ("criterion/E2", "order", ["2"]),
        ("criterion/E2", "text", [CRITERION.text]),
        ("criterion/E2", "normalizedText", [CRITERION.normalized]),
        ("criterion/E2", "scope", ["part B"]),
        ("criterion/E2", f"{PROV}wasDerivedFrom", [f"{BASE}source/ab"]),
        ("criterion/E2", f"{OA}hasSelector", ["criterion/E2/span"]),
        ("criterion/E2/span", f"{OA}start", ["100"]),
        ("criterion/E2/span", f"{OA}end", ["135"]),
        ("criterion/E2/span", "spanOf", ["protocolSection.eligibilityModule.eligibilityCriteria"]),
        ("criterion/E2", "part", ["criterion/E2/part/1", "criterion/E2/part/2"]),
        ("criterion/E2/part/1", "marker", ["1."]),
        ("criterion/E2/part/2", "level", ["2"]),
        ("criterion/E2/part/2", "spanStart", ["24"]),
        (
            "criterion/E2",
            "mentions",
            [str(TGC.ALT), str(TGC.AbsoluteNeutrophilCount), str(TGC.LiverMetastasis)],
        ),
        ("criterion/E2/expression", TYPE, ["AllOf"]),
        ("criterion/E2/expression", "operand", [f"criterion/E2/expression/{number}" for number in (1, 2, 3)]),
        ("criterion/E2/expression/1/1", "withinText", ["within 2 weeks"]),
        ("criterion/E2/expression/1/1", "withinMaxDays", ["14"]),
        ("criterion/E2/expression/1/1", "low", ["1.5"]),
        ("criterion/E2/expression/1/1", "high", []),
        ("criterion/E2/expression/1/1", "highInclusive", []),
        ("criterion/E2/expression/2/1", "relativeTo", ["ULN"]),
        ("criterion/E2/expression/2/1", "highInclusive", ["false"]),
        ("criterion/E2/expression/2/2", "modifier", ["relation=a=b", "status=active"]),
        ("criterion/E2/expression/2/2", "countHigh", ["5"]),
        ("criterion/E2/expression/2/2", "sizeHigh", ["60"]),
        ("criterion/E2/expression/2/2", "category", ["lesion"]),
        ("criterion/E2/expression/3", "reason", ["judgement"]),
    ],
)
def test_a_criterion_is_in_the_graph(path: str, predicate: str, expected: list[str]) -> None:
    """Its words, where they stand, its items, and its reading, node by node."""
    assert values(path, predicate) == expected


def test_the_reading_is_there_as_json_too() -> None:
    """The literal is the contract's JSON of the same expression."""
    [reading] = values("criterion/E2", "expressionJson")
    assert from_json(json.loads(reading)) == CRITERION.expression


def test_a_structured_criterion_has_no_span() -> None:
    """Age and sex are stated by fields, not by words of the eligibility section."""
    age = replace(CRITERION, id="AGE", kind="inclusion", span=(0, 0), parts=(), scope=None)
    graph = list(criterion_triples(record(), age))
    assert values("criterion/AGE", TYPE, graph) == ["Criterion", "InclusionCriterion", "StructuredCriterion"]
    assert values("criterion/AGE", f"{OA}hasSelector", graph) == []


def test_a_pages_span_is_of_the_page() -> None:
    """Its positions count in the whole page."""
    graph = list(criterion_triples(record("medpath"), CRITERION))
    assert values("criterion/E2/span", "spanOf", graph) == ["page"]


def test_a_graph_without_the_expression_is_refused() -> None:
    """The node that is none, lacks a part, or says a thing twice is named."""
    triples = list(expression_to_graph(Not(ANC), NODE))
    with pytest.raises(InputError, match="not an expression"):
        expression_from_graph([], NODE)
    without_operand = [t for t in triples if t.predicate.value != str(TG.operand)]
    with pytest.raises(InputError, match="negation of 0 operands"):
        expression_from_graph(without_operand, NODE)
    without_concept = [t for t in triples if t.predicate.value != str(TG.concept)]
    with pytest.raises(InputError, match=r"expression/1: not an expression: it lacks tg:concept"):
        expression_from_graph(without_concept, NODE)
    twice = Triple(ox.NamedNode(f"{NODE.value}/1"), ox.NamedNode(str(TG.low)), ox.Literal("2"))
    with pytest.raises(InputError, match="2 values of tg:low"):
        expression_from_graph([*triples, twice], NODE)
