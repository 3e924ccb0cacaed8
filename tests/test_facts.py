"""Facts survive the way through RDF, and Turtle is checked before it is read."""

from datetime import date
from pathlib import Path

import pyshacl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph

from tests.patient_resources import condition, observation, record
from trialgraph.errors import PatientError
from trialgraph.namespaces import TGC
from trialgraph.patients.dates import ANY_DAY, DateRange, date_text, parse_date, parse_range
from trialgraph.patients.facts import (
    AllergyFact,
    Amount,
    Coded,
    CompletenessStatement,
    ConditionFact,
    Demographics,
    ExposureFact,
    LesionFact,
    LesionSize,
    Measurement,
    PatientRecord,
    PlanFact,
    ProcedureFact,
    ResultFact,
    in_order,
)
from trialgraph.patients.files import read_patients
from trialgraph.patients.turtle import from_graph, to_graph
from trialgraph.resources import product_folder

days = st.dates(date(1990, 1, 1), date(2026, 12, 31))
words = st.text("abcdef -/1", min_size=1, max_size=12)
concepts = st.sampled_from([str(TGC.Nivolumab), str(TGC.BrainMetastasis), str(TGC.HepatitisB)])


@st.composite
def ranges(draw: st.DrawFn) -> DateRange:
    """Draw a date, partial date or open interval."""
    first, second = sorted([draw(days), draw(days)])
    partial = parse_date(first.isoformat()[: draw(st.sampled_from([4, 7, 10]))])
    interval = DateRange(draw(st.none() | st.just(first)), draw(st.none() | st.just(second)))
    return draw(st.sampled_from([partial, interval]))


@st.composite
def amounts(draw: st.DrawFn) -> Amount:
    """Draw an exact number, a bound or a range."""
    low, high = sorted([draw(st.floats(0, 1000)), draw(st.floats(1000.5, 2000))])
    unit = draw(st.sampled_from(["", "g/L", "10*9/L"]))
    return draw(
        st.sampled_from(
            [
                Amount(low, low, unit=unit),
                Amount(None, high, high_open=True, unit=unit),
                Amount(low, None, low_open=True, unit=unit),
                Amount(low, high, unit=unit),
            ]
        )
    )


coded = st.builds(
    Coded, words, st.lists(concepts, max_size=2, unique=True).map(sorted).map(tuple), st.booleans()
)
optional_flag = st.none() | st.booleans()
course = {
    "certain": st.booleans(),
    "active": optional_flag,
    "began": ranges(),
    "ended": st.none() | ranges().filter(lambda when: when != ANY_DAY),
}
names = st.lists(words, max_size=2, unique=True).map(sorted).map(tuple)
sizes = st.lists(st.builds(LesionSize, words, amounts(), ranges()), max_size=2, unique=True)
facts = st.one_of(
    st.builds(Measurement, words, coded, amounts(), ranges(), st.none() | st.floats(0, 9), st.none()),
    st.builds(ResultFact, words, coded, st.booleans(), ranges()),
    st.builds(ConditionFact, words, coded, related=names, organ=st.sampled_from(["", "liver"]), **course),
    st.builds(ExposureFact, words, coded, **course),
    st.builds(ProcedureFact, words, coded, sites=names, **course),
    st.builds(PlanFact, words, coded, ranges(), ranges()),
    st.builds(AllergyFact, words, coded, **course),
    st.builds(
        LesionFact,
        words,
        coded,
        st.sampled_from(["", "liver"]),
        ranges(),
        sizes.map(lambda each: tuple(sorted(each, key=repr))),
        names,
    ),
    st.builds(
        CompletenessStatement,
        words,
        st.sampled_from(["conditions", "lesions"]),
        st.none() | ranges().filter(lambda when: when != ANY_DAY),
        words,
        ranges(),
    ),
)
records = st.builds(
    PatientRecord,
    words,
    st.builds(
        Demographics,
        words,
        st.sampled_from([None, "female", "male"]),
        st.none() | ranges().filter(lambda when: when != ANY_DAY),
        st.none(),
    ),
    st.lists(facts, max_size=6).map(in_order),
)


@given(records)
def test_a_record_survives_the_way_through_rdf(one: PatientRecord):
    """Writing a record as a graph and reading it back gives the same record."""
    assert list(from_graph(to_graph(one))) == [one]


@given(ranges())
def test_a_date_range_survives_the_way_through_text(when: DateRange):
    """Each range of days has a text that means it."""
    assert parse_range(date_text(when)) == when


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-08-20T23:30:00-05:00", date(2025, 8, 20), date(2025, 8, 20)),
    ],
)
def test_a_partial_date_is_every_day_that_it_may_mean(text: str, low: date, high: date):
    """A month is all its days; a time is its day as written, in its own time zone."""
    assert parse_date(text) == DateRange(low, high)


@pytest.mark.parametrize("text", ["", "20.8.2025", "2025-13", "2025-02-30", "yesterday"])
def test_what_is_no_date_is_refused(text: str):
    """Text that isn't a FHIR date raises, and is never read as some other day."""
    with pytest.raises(ValueError, match=r"."):
        parse_date(text)


def test_the_same_record_is_the_same_graph():
    """Graphs of one record are equal byte for byte once sorted: no blank nodes, no random IRIs."""
    one = record(condition("hypertension"), observation("hemoglobin", (12.5, "g/dL")))
    texts = {"\n".join(sorted(to_graph(one).serialize(format="nt").splitlines())) for _ in range(2)}
    assert len(texts) == 1
    assert "_:" not in texts.pop()


def conforms(turtle: str) -> tuple[bool, str]:
    """Validate patient Turtle against the input shapes."""
    data = Graph().parse(data=turtle, format="turtle")
    shapes = Graph().parse(product_folder("shapes") / "patient.ttl")
    ok, _, text = pyshacl.validate(data, shacl_graph=shapes, advanced=False)
    return ok, text


PREFIXES = """
@prefix tg: <https://w3id.org/trialgraph/ontology#> .
@prefix tgc: <https://w3id.org/trialgraph/concept/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://hospital.example.org/> .
"""
GOOD = (
    PREFIXES
    + """
:p1 a tg:Patient ; tg:patientId "p1" ; tg:administrativeSex "female" ; tg:born "1960-06"^^xsd:gYearMonth ;
    tg:hasFact :hb , :met , :nivo , :all .
:hb a tg:MeasurementRecord ; tg:instanceOfConcept tgc:Hemoglobin ; tg:resultValue 128 ; tg:unitCode "g/L" ;
    tg:measured "2025-08-26"^^xsd:date ; tg:normalHigh 175 .
:met a tg:ConditionRecord ; tg:recordText "liver metastases" ; tg:instanceOfConcept tgc:LiverMetastasis ;
    tg:began "../2025-05-20" ; tg:ongoing true .
:nivo a tg:ExposureRecord ; tg:instanceOfConcept tgc:Nivolumab ; tg:began "2024-01"^^xsd:gYearMonth ;
    tg:ended "2024-06"^^xsd:gYearMonth .
:all a tg:CompletenessStatement ; tg:completeFor "conditions" .
"""
)


def test_turtle_written_by_hand_is_a_patient(tmp_path: Path):
    """A hospital without FHIR writes its patients in Turtle; the shapes pass it and it is read."""
    path = tmp_path / "patient.ttl"
    path.write_text(GOOD, encoding="utf-8")
    assert conforms(GOOD)[0], conforms(GOOD)[1]
    (one,) = read_patients(path)
    assert one.id == "p1"
    assert len(one.facts) == 4
    assert one.demographics.born == parse_date("1960-06")


def test_graphs_of_records_conform_to_the_input_shapes():
    """What is written as patient Turtle passes its own input shapes."""
    one = record(condition("hypertension"), observation("hemoglobin", (12.5, "g/dL")))
    ok, text = conforms(to_graph(one).serialize())
    assert ok, text


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('"female"', '"F"', "female or male"),
        ('"conditions"', '"problems"', "conditions, treatments"),
        ("tg:resultValue 128 ;", "", "number"),
        ('"2025-08-26"^^xsd:date', '"26.8.2025"', "date"),
        ("tg:instanceOfConcept tgc:Hemoglobin ;", "", "concept"),
        ("tg:ongoing true", 'tg:ongoing "yes"', "true or false"),
    ],
)
def test_the_shapes_say_what_is_wrong(wrong: str, right: str, message: str):
    """A slip in patient Turtle is named in words that tell how to mend it."""
    ok, text = conforms(GOOD.replace(wrong, right))
    assert not ok
    assert message in text


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('"female"', '"F"', "administrativeSex"),
        ('"conditions"', '"problems"', "completeFor"),
        ("tg:resultValue 128 ;", "", "resultValue"),
        ('"2025-08-26"^^xsd:date', '"26.8.2025"', "measured"),
        ("tg:ongoing true", 'tg:ongoing "yes"', "ongoing"),
        (":p1 a tg:Patient ;", ":p1", "no patient"),
        ("tg:ConditionRecord", "tg:Problem", "classes of facts"),
        ("@prefix tg:", "@prefix tg", "not Turtle"),
    ],
)
def test_turtle_that_is_wrong_is_refused_with_its_place(tmp_path: Path, wrong: str, right: str, message: str):
    """Reading wrong Turtle raises one error that says where and what."""
    path = tmp_path / "patient.ttl"
    path.write_text(GOOD.replace(wrong, right), encoding="utf-8")
    with pytest.raises(PatientError, match=message):
        list(read_patients(path))
