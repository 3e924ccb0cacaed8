import gzip
import json
from collections.abc import Iterator
from decimal import Decimal

import pyoxigraph as ox
import pytest

from trialgraph.graph import Mention, Triple, trial_triples
from trialgraph.namespaces import BASE, TG
from trialgraph.records import Json, Source, TrialRecord
from trialgraph.sources.fields import packaged_fields
from trialgraph.sources.files import read_records
from trialgraph.sources.registry import read_study

from .shared_files import ROOT, shared_file

EXAMPLE = json.loads((ROOT / "tests" / "cases" / "study.json").read_text(encoding="utf-8"))
TRIAL = f"{BASE}trial/NCT00000001"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
PROV = "http://www.w3.org/ns/prov#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
IDENTITY = "http://www.w3.org/2004/02/skos/core#exactMatch"


def graph_of(study: dict[str, Json], **options: object) -> list[Triple]:
    """Return the graph of a study."""
    record = read_study(study, name="a.json", sha256="ab")
    return trial_triples(record, **options)  # type: ignore[arg-type]


GRAPH = graph_of(EXAMPLE)


def values(subject: str, predicate: str, graph: list[Triple] = GRAPH) -> list[str]:
    """Return what a graph says, subjects as paths below the trial and predicates as `tg:` names or IRIs."""
    node = f"{TRIAL}/{subject}" if subject and "://" not in subject else subject or TRIAL
    iri = predicate if "://" in predicate else str(TG[predicate])
    found = (t.object.value for t in graph if t.subject.value == node and t.predicate.value == iri)
    return [value.removeprefix(f"{TRIAL}/") for value in found]


def lines(graph: list[Triple]) -> list[str]:
    """Return a graph as sorted N-Triples."""
    return sorted(str(triple) for triple in graph)


def corpus() -> Iterator[dict[str, Json]]:
    """Yield the studies of the corpus."""
    with gzip.open(shared_file("corpus/ctgov_v2.jsonl.gz")) as file:
        yield from map(json.loads, file)


@pytest.mark.parametrize(
    ("subject", "predicate", "expected"),
    [
        ("", "nctId", ["NCT00000001"]),
        ("", "phase", ["PHASE1", "PHASE2"]),
        ("", "whoMasked", ["PARTICIPANT", "INVESTIGATOR"]),
        ("", "enrollmentCount", ["80"]),
        ("", "minimumAge", ["18 Years"]),
        ("", "country", ["France"]),
        (
            "",
            IDENTITY,
            ["https://identifiers.org/clinicaltrials/NCT00000001"],
        ),
        ("", "identifier", ["identifier/organization", "identifier/secondary/1"]),
        ("identifier/organization", "identifierRole", ["organization"]),
        ("identifier/secondary/1", "value", ["2024-500001-11-00"]),
        ("identifier/secondary/1", "identifierType", ["CTIS"]),
        ("", "leadSponsor", ["sponsor"]),
        ("sponsor", "name", ["Invented Hospital"]),
        ("collaborator/1", "name", ["Invented University"]),
        ("responsible-party", "title", ["Professor"]),
        ("", "arm", ["arm/1", "arm/2"]),
        ("arm/2", "order", ["2"]),
        ("arm/2", "armType", ["NO_INTERVENTION"]),
        ("intervention/1", "otherName", ["IVT-1"]),
        ("outcome/secondary/2", "measure", ["Safety"]),
        ("outcome/secondary/2", "outcomeType", ["secondary"]),
        ("outcome/primary/1", "timeFrame", ["2 years"]),
        ("location/1", "contact", ["location/1/contact/1"]),
        ("location/1/contact/1", "phone", ["1"]),
        ("location/1", "http://www.w3.org/2003/01/geo/wgs84_pos#lat", ["45.75"]),
        ("reference/1", f"{RDFS}seeAlso", ["https://pubmed.ncbi.nlm.nih.gov/36400583"]),
        ("", "conditionMesh", ["http://id.nlm.nih.gov/mesh/D008113"]),
        ("http://id.nlm.nih.gov/mesh/D008113", f"{RDFS}label", ["Liver Neoplasms"]),
        ("intervention/1/dose/1", "doseText", ["1000 mg/m2 BID, D1-14"]),
        ("intervention/1/dose/1", "doseHigh", ["1000"]),
        ("", "mentionsDose", ["dose/1"]),
        ("dose/1", "fractions", ["5"]),
    ],
)
def test_the_example_is_in_the_graph(subject: str, predicate: str, expected: list[str]) -> None:
    """What the example states is at its node, as a reader of it would write it down."""
    assert values(subject, predicate) == expected


def test_arms_and_interventions_are_linked_both_ways() -> None:
    """A link stated at either end holds at both; "DIETARY_SUPPLEMENT" is the "Dietary Supplement"."""
    assert values("arm/1", "usesIntervention") == ["intervention/1", "intervention/2"]
    assert values("intervention/1", "usedInArm") == ["arm/1"]
    assert values("intervention/2", "usedInArm") == ["arm/1"]
    assert values("arm/2", "usesIntervention") == []


def test_a_name_that_leads_nowhere_is_kept() -> None:
    """The words stay; no link is made up."""
    assert values("arm/1", "namedIntervention") == ["Drug: Nowhere"]
    assert values("intervention/1", "namedArm") == ["Z"]


def test_a_name_that_two_interventions_have_links_neither() -> None:
    """When the record doesn't show which is meant, neither is linked by that name."""
    arms = {"label": "A", "interventionNames": ["Drug: X"]}
    two = [{"type": "DRUG", "name": "X"}, {"type": "DRUG", "name": "X", "armGroupLabels": ["A"]}]
    protocol = {
        "identificationModule": {"nctId": "NCT00000001"},
        "armsInterventionsModule": {"armGroups": [arms], "interventions": two},
    }
    graph = graph_of({"protocolSection": protocol})
    assert values("arm/1", "usesIntervention", graph) == ["intervention/2"]
    assert values("arm/1", "namedIntervention", graph) == ["Drug: X"]


@pytest.mark.parametrize(
    ("stated", "datatype"),
    [
        ("2025-05-31", "date"),
        ("2025-05", "gYearMonth"),
        ("2025", "gYear"),
        ("٢٠٢٥", "string"),
        ("2025-02-30", "string"),
        ("2025-13", "string"),
        ("May 2025", "string"),
    ],
)
def test_dates_stay_as_precise_as_stated(stated: str, datatype: str) -> None:
    """A month is not made a day, and what is no date stays its own words."""
    protocol = {
        "identificationModule": {"nctId": "NCT00000001"},
        "statusModule": {"startDateStruct": {"date": stated}},
    }
    graph = graph_of({"protocolSection": protocol})
    [start] = [t.object for t in graph if t.predicate.value == str(TG.startDate)]
    assert isinstance(start, ox.Literal)
    assert (start.value, start.datatype.value) == (stated, f"{XSD}{datatype}")


def test_a_field_that_is_absent_null_or_empty_says_nothing() -> None:
    """Missing is not false, and not an empty text either."""
    protocol = {
        "identificationModule": {"nctId": "NCT00000001", "acronym": "", "officialTitle": None},
        "armsInterventionsModule": {"armGroups": [None], "interventions": []},
    }
    graph = graph_of({"protocolSection": protocol})
    assert {t.predicate.value for t in graph if t.subject.value == TRIAL} == {str(TG.nctId), IDENTITY, TYPE}


def test_provenance_leads_to_the_source() -> None:
    """The named graph is derived from what was read: file, hash, layout, dates."""
    source = Source("a.zip!b.json", "ab" * 32, "ctgov-v2", "2025-06-03", "2025-09-01T08:00:00+00:00")
    record = TrialRecord("NCT00000001", EXAMPLE, source, None)
    graph = trial_triples(record)
    named = f"{BASE}graph/NCT00000001"
    [iri] = values(named, f"{PROV}wasDerivedFrom", graph)
    assert iri == f"{BASE}source/{'ab' * 32}"
    assert values(named, "describes", graph) == [TRIAL]
    assert values(iri, "fileName", graph) == ["a.zip!b.json"]
    assert values(iri, "sha256", graph) == ["ab" * 32]
    assert values(iri, "layout", graph) == ["ctgov-v2"]
    assert values(iri, "lastUpdated", graph) == ["2025-06-03"]
    assert values(iri, f"{PROV}generatedAtTime", graph) == ["2025-09-01T08:00:00+00:00"]


def test_a_field_outside_the_schema_is_named_in_the_graph() -> None:
    """Its values are not carried, and the graph says so."""
    graph = graph_of({**EXAMPLE, "newSection": {"a": 1}})
    assert values(f"{BASE}graph/NCT00000001", "unreadField", graph) == ["newSection"]


def test_inverted_headings_are_read_the_right_way_round() -> None:
    """A condition that is one name once it is turned round is that; others are read as they stand."""
    names = {"Lung Neoplasms": "LungCancer", "Neoplasms": "Neoplasm", "Acne": "Acne", "Eczema": "Eczema"}

    def find(text: str) -> Iterator[Mention]:
        for name, concept in names.items():
            if name in text:
                start = text.index(name)
                yield Mention(f"{BASE}concept/{concept}", start, start + len(name))

    for stated, expected in (
        ("Neoplasms, Lung", ["LungCancer"]),
        ("Eczema, Acne", ["Acne", "Eczema"]),
        ("Neoplasms", ["Neoplasm"]),
    ):
        study = json.loads(json.dumps(EXAMPLE))
        study["protocolSection"]["conditionsModule"]["conditions"] = [stated]
        graph = graph_of(study, mentions=find)
        assert sorted(values("", "conditionConcept", graph)) == [f"{BASE}concept/{each}" for each in expected]


def test_concepts_are_linked_where_a_finder_is_given() -> None:
    """Names give what is given, descriptions what is mentioned, a dose what is named beside it."""

    def find(text: str) -> Iterator[Mention]:
        for word in ("Inventumab", "Powder", "powder", "Liver", "Capecitabine", "Oxaliplatin"):
            if word in text:
                yield Mention(f"{BASE}concept/{word}", text.index(word), text.index(word) + len(word))

    study = json.loads(json.dumps(EXAMPLE))
    interventions = study["protocolSection"]["armsInterventionsModule"]["interventions"]
    interventions[1]["description"] = "Capecitabine: 1000 mg/m2 BID Oxaliplatin: 130 mg/m2, 5 mg"
    graph = graph_of(study, mentions=find)
    concept = f"{BASE}concept/"
    assert values("", "conditionConcept", graph) == [f"{concept}Liver"]
    assert values("intervention/1", "interventionConcept", graph) == [f"{concept}Inventumab"]
    assert values("arm/1", "mentions", graph) == [f"{concept}powder"]
    doses = [values(f"intervention/2/dose/{n}", "concept", graph) for n in (1, 2, 3)]
    assert doses == [[f"{concept}Capecitabine"], [f"{concept}Oxaliplatin"], []]
    assert values("intervention/1/dose/1", "concept", graph) == []


def test_a_page_uses_the_same_properties() -> None:
    """A saved page's graph has its values where the registry's JSON would have them, and its own beside."""
    [record] = read_records([ROOT / "data" / "trials" / "NCT06850103.txt"])
    assert isinstance(record, TrialRecord)
    graph = trial_triples(record)
    trial = f"{BASE}trial/NCT06850103"
    assert values(trial, "enrollmentCount", graph) == ["102"]
    assert values(f"{trial}/arm/2", "usesIntervention", graph) == [
        f"{trial}/intervention/{n}" for n in (1, 2, 4)
    ]
    assert values(f"{trial}/intervention/1/dose/1", "doseText", graph) == [
        "25 Gy, delivered in 5 fractions of 5 Gy each"
    ]
    assert values(trial, "relatedTrial", graph)[0] == f"{BASE}trial/NCT06864013"
    assert values(f"{BASE}trial/NCT06864013", f"{RDFS}label", graph)
    assert values(trial, "pageLastUpdated", graph) == ["2025-12-01"]


def test_the_same_record_gives_the_same_triples() -> None:
    """All 670 studies load, and load again to the same sorted N-Triples, without a blank node."""
    number = 0
    for study in corpus():
        number += 1
        graph = graph_of(study)
        again = graph_of(json.loads(json.dumps(study)))
        assert lines(graph) == lines(again)
        assert len(set(graph)) == len(graph)
        assert not any(isinstance(term, ox.BlankNode) for t in graph for term in (t.subject, t.object))
    assert number == 670


def test_every_graph_of_the_corpus_is_valid_rdf() -> None:
    """IRIs have no character that RDF forbids: the graphs can be written as N-Triples and read again."""
    for study in list(corpus())[::10]:
        graph = graph_of(study)
        text = ox.serialize(graph, format=ox.RdfFormat.N_TRIPLES)
        assert {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)} == set(graph)


CARRIED = {row.path for row in packaged_fields() if not row.omitted}
REFERRING = {row.path for row in packaged_fields() if row.value.startswith("link tg:")}
NAMING = {str(TG.name), str(TG.label)}
IN_AN_IRI = {row.path for row in packaged_fields() if row.value in ("trial", "node identity")}


def scalars(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield each carried value of a study with its path."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from scalars(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for member in value:
            yield from scalars(member, f"{path}[]")
    elif path in CARRIED and value not in (None, ""):
        yield path, value


def is_stated(path: str, value: Json, terms: set[str], names: set[str]) -> bool:
    """Return whether a value is a term of a graph, or refers by name to one of its nodes."""
    if isinstance(value, bool):
        return str(value).lower() in terms
    if isinstance(value, int | float):
        return format(Decimal(str(value)), "f") in terms
    if path in REFERRING:
        words = value.casefold()
        return value in terms or any(words == name or words.endswith(f": {name}") for name in names)
    if path in IN_AN_IRI:
        return any(term.endswith(f"/{value}") for term in terms)
    return value in terms


def test_nothing_that_is_carried_is_dropped() -> None:
    """Each value of a carried field is a term of the graph, in studies from all over the corpus."""
    checked = 0
    for study in [EXAMPLE, *list(corpus())[::5]]:
        graph = graph_of(study)
        terms = {term.value for t in graph for term in (t.subject, t.object)}
        names = {
            t.object.value.casefold() for t in graph if t.predicate.value in (str(TG.name), str(TG.label))
        }
        lost = [pair for pair in scalars(study) if not is_stated(*pair, terms, names)]
        assert lost == []
        checked += sum(1 for _ in scalars(study))
    assert checked > 20_000
